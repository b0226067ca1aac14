"""A county, and a paper that proves what is entered."""

import pytest

from credit_repair.cases.models import Paper
from credit_repair.cases.services.papers import keep_paper
from tests.world import World, build_world, upload


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def paper(world: World) -> Paper:
    return keep_paper(subject=world.subject, upload=upload("撤销决定.pdf"), actor=world.approver)

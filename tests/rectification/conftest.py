"""What tests of orders stand on: a county, and an order at every stage, by the real services."""

import pytest

from tests.rectification.stages import build
from tests.world import World


@pytest.fixture
def world(db: None) -> World:
    return build()

"""What nearly every test of this package stands on: a county with a record that could be repaired."""

from collections.abc import Iterator

import pytest

from credit_repair.core.clock import assume
from tests.world import TODAY, World, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def on_the_day() -> Iterator[None]:
    """For tests that ask pages, which know the day only by the clock."""
    with assume(TODAY):
        yield

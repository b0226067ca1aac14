"""What nearly every test of a repair stands on: a county, and the day on which it is looked at."""

from collections.abc import Iterator

import pytest

from credit_repair.core.clock import assume
from tests.world import TODAY, World, build_world


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def on_the_day() -> Iterator[None]:
    """For tests that ask pages, which know the day only by the clock."""
    with assume(TODAY):
        yield

"""People with telephones, and their walks."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.people import Person
from tests.browser.walks.walk import PICTURES, TELEPHONE, Walk

Visitor = Callable[..., Page]
Telephone = Callable[[str], Person]


def _telephone() -> dict[str, Any]:
    return {**TELEPHONE, **({"device_scale_factor": 2} if PICTURES else {})}


@pytest.fixture
def visitor(stranger: Callable[..., Page]) -> Visitor:
    """Return a maker of people with a telephone who have not signed in."""
    return lambda **options: stranger(**_telephone(), **options)


@pytest.fixture
def telephone(person: Callable[..., Person]) -> Telephone:
    """Return a maker of people with a telephone who have signed in."""
    return lambda username: person(username, **_telephone())


@pytest.fixture
def begin() -> Callable[..., Walk]:
    """Return a maker of walks: of whom, what it is called in files and to people."""

    def make(page: Page, name: str, title: str, who: str) -> Walk:
        return Walk(page=page, name=name, title=title, who=who)

    return make

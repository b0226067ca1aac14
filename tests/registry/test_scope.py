"""Whose rows a person may bring."""

import pytest

from credit_repair.registry.importing.scope import ImportScope
from credit_repair.registry.models import NameConflict, Office, Record
from tests.registry.factories import make_code
from tests.registry.tables import AUTHORITY_CODE, as_csv, row, take_in

pytestmark = pytest.mark.django_db

MINE, OTHER = make_code(901, prefix="11"), make_code(902, prefix="11")


def scope_of(*codes):
    return ImportScope(offices=frozenset(codes), answers_for=lambda code: False)


def codes_of(*rows, scope):
    return [found.code for found in take_in(as_csv(rows), scope=scope)[1]]


def test_own_decisions_and_own_supplies_come_in_others_are_refused():
    mine = row(1, authority_code=MINE, source_code=OTHER)
    supplied = row(2, authority_code=OTHER, source_code=MINE)
    foreign = row(3, authority_code=OTHER, source_code=OTHER)
    assert codes_of(mine, supplied, foreign, scope=scope_of(MINE)) == ["", "", "not_your_office"]
    assert Record.objects.count() == 2


def test_what_is_refused_leaves_no_office_behind_and_says_what_to_do():
    _batch, [found] = take_in(as_csv([row(1)]), scope=scope_of(MINE))
    assert found.code == "not_your_office"
    assert "请" in found.reason
    assert not Office.objects.exists()


def test_to_name_oneself_as_the_supplier_changes_nothing_that_others_brought():
    take_in(as_csv([row(1)]))
    changed = row(1, facts="改过的事实", source_code=MINE)
    assert codes_of(changed, scope=scope_of(MINE)) == ["not_your_office"]
    assert codes_of(changed, scope=scope_of(AUTHORITY_CODE)) == [""]


def test_it_is_asked_after_what_is_wrong_with_the_row_itself():
    assert codes_of(row(1), row(1, fine="-1"), scope=scope_of(MINE)) == ["not_your_office", "negative_fine"]


def test_a_row_of_others_tells_no_registered_name_and_makes_no_conflict():
    take_in(as_csv([row(1)]))
    _batch, [found] = take_in(as_csv([row(1, name="另一家公司", doc_no="另一号")]), scope=scope_of(MINE))
    assert found.code == "not_your_office"
    assert row(1)["name"] not in found.reason
    assert not NameConflict.objects.exists()


def test_an_authority_that_is_not_known_yet_is_asked_by_its_code():
    scope = ImportScope(offices=frozenset(), answers_for=lambda code: code == AUTHORITY_CODE)
    assert codes_of(row(1), row(2), row(3, authority_code=OTHER), scope=scope) == ["", "", "not_your_office"]

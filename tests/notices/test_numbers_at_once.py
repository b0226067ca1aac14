"""Fifty who take a number at once, on a database with several writers."""

import pytest

from credit_repair.notices import ending
from credit_repair.notices.models import Document
from tests.notices.test_services import issue
from tests.registry.factories import OfficeFactory
from tests.world import TODAY, in_threads


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_take_fifty_numbers_without_gap_or_double(postgres: None) -> None:
    office = OfficeFactory(document_prefix="濉信修")
    numbers, errors = in_threads(50, lambda _number: issue(office).number)
    assert errors == []
    assert sorted(numbers) == sorted(f"濉信修〔2026〕{serial}号" for serial in range(1, 51))
    codes = set(Document.objects.values_list("check_code", flat=True))
    assert len(codes) == 50 and None not in codes


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_those_that_fail_leave_no_gap(postgres: None) -> None:
    from django.db import transaction

    office = OfficeFactory(document_prefix="濉信修")

    def take(number: int) -> str | None:
        with transaction.atomic():
            row = issue(office)
            if number % 5 == 0:
                raise RuntimeError("the decision fell through")
        return row.number

    numbers, errors = in_threads(50, take)
    assert len(errors) == 10 and {type(error) for error in errors} == {RuntimeError}
    assert sorted(numbers) == sorted(f"濉信修〔2026〕{serial}号" for serial in range(1, 41))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_end_a_document_at_once_one_does(postgres: None) -> None:
    document = issue(OfficeFactory(document_prefix="濉信修"))
    verbs = [ending.revoke, ending.void]
    done, errors = in_threads(
        2, lambda number: verbs[number](document=document, why="有误", actor=None, today=TODAY)
    )
    assert len(done) == 1 and [type(error) for error in errors] == [ending.CannotEnd]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_that_replace_each_other_at_once_leave_one_that_holds(postgres: None) -> None:
    office = OfficeFactory(document_prefix="濉信修")
    pair = [issue(office), issue(office)]
    done, errors = in_threads(
        2,
        lambda number: ending.replace(
            document=pair[number], by=pair[1 - number], why="有误", actor=None, today=TODAY
        ),
    )
    assert len(done) == 1 and [type(error) for error in errors] == [ending.CannotEnd]
    assert Document.objects.filter(standing="valid").count() == 1


@pytest.mark.django_db
def test_a_spoilt_number_is_voided_with_a_reason_and_never_given_again() -> None:
    office = OfficeFactory(document_prefix="濉信修")
    issue(office)
    spoilt = issue(office)
    ending.void(document=spoilt, why="打印时文号盖错", actor=None, today=TODAY)
    assert issue(office).number == "濉信修〔2026〕3号"
    spoilt.refresh_from_db()
    assert (spoilt.number, spoilt.ended_why) == ("濉信修〔2026〕2号", "打印时文号盖错")

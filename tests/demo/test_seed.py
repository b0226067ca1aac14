"""The demo's own data: something of every kind and at every stage, on whatever day the demo begins."""

from datetime import date

import pytest

from credit_repair.cases.models import Case
from credit_repair.core import clock
from credit_repair.demo import seed
from credit_repair.notices.models import OfficeStyle
from credit_repair.notices.proposals import may_review, propose_style
from credit_repair.people.models import Role, User
from credit_repair.registry.models import Record
from credit_repair.repairs.selectors import explain_record


#: A Friday, and a day of a long holiday.
@pytest.mark.django_db
@pytest.mark.parametrize("today", [date(2026, 11, 20), date(2026, 10, 3)], ids=str)
def test_the_enterprise_finds_something_of_every_kind_and_at_every_stage(today: date) -> None:
    with clock.assume(today):
        seed.load()
    records = Record.objects.filter(subject__mandates__user__username="qiye")
    cases = {case.state: case for case in Case.objects.filter(record__in=records)}
    assert set(cases) == {"submitted", "scheduled", "correction", "verifying", "refused", "approved"}
    assert cases["verifying"].clocks.filter(stopped_on__isnull=True, due_on__lt=today).exists()
    assert [reason.code for reason in cases["refused"].reasons.all()] == [
        "duties_open",
        "evidence_not_proving",
    ]
    assert cases["correction"].correction_items.count() == 2

    free = [record for record in records if not record.cases.exists()]
    days = {record: explain_record(record=record, today=today).first_day for record in free}
    now = [record for record, day in days.items() if day and day <= today]
    assert len(now) >= 5
    assert {record.kind for record in now} == set(Record.Kind.values)
    assert len({record.authority_id for record in now}) >= 3
    assert any(day and 0 < (day - today).days <= 7 for day in days.values())
    assert any(record.standing == Record.Standing.UNPUBLISHED for record in free)


@pytest.mark.django_db
def test_the_credit_office_has_a_second_supervisor_who_approved_its_opening_hours() -> None:
    today = date(2026, 11, 20)
    with clock.assume(today):
        seed.load(with_records=False)
        seed.load(with_records=False)
    style = OfficeStyle.objects.get()
    assert (style.state, style.author.username, style.reviewer.username) == ("current", "duban", "duban2")  # type: ignore[union-attr]
    assert style.hours and style.office.kind == "credit"
    supervisors = User.objects.filter(memberships__role=Role.SUPERVISOR, memberships__office=style.office)
    (first, second) = supervisors.order_by("username")
    proposal = propose_style(office=style.office, why="换一个", actor=first, today=today, phone="0561-1")
    assert may_review(proposal=proposal, user=second, on=today)
    assert not may_review(proposal=proposal, user=first, on=today)


@pytest.mark.django_db
def test_the_authority_that_decides_has_a_supervisor_who_can_decide_on_a_revocation() -> None:
    with clock.assume(date(2026, 11, 20)):
        seed.load(with_records=False)
    (supervisor,) = User.objects.filter(
        memberships__role=Role.SUPERVISOR, memberships__office__name="濉溪县市场监督管理局"
    )
    approvers = User.objects.filter(memberships__role=Role.APPROVER)
    assert supervisor.username == "jiandu"
    assert supervisor not in approvers

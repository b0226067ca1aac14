"""Extending the time for the decision 延长办理期限."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, Clock
from credit_repair.cases.services.clocks import pause_clock
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people.models import Role
from credit_repair.repairs.forms.office import office_form
from tests.registry.factories import OfficeFactory
from tests.world import TODAY, World, deciding_case, do, fresh, member, substitute_of, verifying_case

pytestmark = pytest.mark.django_db

WHY = {"reason": "需要向原执法单位核实罚款缴纳情况。\n对方尚未回复"}
DUE, EXTENDED = date(2026, 12, 1), date(2026, 12, 15)
ANSWER_DUE, ANSWER_EXTENDED = date(2026, 12, 4), date(2026, 12, 18)


def refusal(case: Case, actor: object, *, today: date = TODAY, **data: object) -> ActionRefused:
    with pytest.raises(ActionRefused) as caught:
        do(case, "extend", actor, today=today, **(data or WHY))  # type: ignore[arg-type]
    return caught.value


def due(case: Case) -> dict[str, date]:
    return dict(case.clocks.filter(stopped_on=None).values_list("kind", "due_on"))


@pytest.mark.parametrize("build", [verifying_case, deciding_case])
def test_both_clocks_get_ten_working_days_and_the_case_stays_where_it_is(world: World, build) -> None:  # type: ignore[no-untyped-def]
    case = build(world)
    state = case.state
    assert due(case) == {"decision": DUE, "answer": ANSWER_DUE}
    do(case, "extend", world.approver, **WHY)
    assert case.state == state
    assert due(case) == {"decision": EXTENDED, "answer": ANSWER_EXTENDED}


def test_once_and_no_second_time(world: World) -> None:
    case = verifying_case(world)
    do(case, "extend", world.approver, **WHY)
    assert refusal(case, world.approver).code == "extended_already"
    assert due(fresh(case))["decision"] == EXTENDED


def test_on_its_last_day_but_not_after(world: World) -> None:
    late, last = verifying_case(world), date(2026, 12, 2)
    why = refusal(late, world.approver, today=last)
    assert why.code == "overdue" and "已经届满" in why.words
    do(late, "extend", world.approver, today=DUE, **WHY)
    assert due(late)["decision"] == EXTENDED


def test_not_when_the_whole_answer_is_overdue_though_the_decision_is_not(world: World) -> None:
    """Accepted late: the answer was due before the decision is."""
    case = verifying_case(world)
    Clock.objects.filter(case=case, kind="answer").update(due_on=date(2026, 11, 25))
    assert refusal(case, world.approver, today=date(2026, 11, 26)).code == "overdue"
    assert due(fresh(case))["decision"] == DUE, "neither is moved"


def test_not_while_the_clock_stands(world: World) -> None:
    case = deciding_case(world)
    pause_clock(case=case, kind="decision", today=TODAY, reason="异议处理")
    assert refusal(case, world.approver).code == "clock_stands"


def test_not_without_a_reason_and_not_by_who_does_not_approve(world: World) -> None:
    case = verifying_case(world)
    assert refusal(case, world.approver, reason=" ").code == "missing_text"
    for actor in (world.verifier, world.intake, world.clerk, member(OfficeFactory(), Role.APPROVER)):
        with pytest.raises(NotYours):
            do(case, "extend", actor, **WHY)


def test_the_notice_is_the_deciding_offices_and_says_until_when(world: World) -> None:
    case = verifying_case(world)
    event = do(case, "extend", world.approver, **WHY)
    notice = Document.objects.get(kind="extension_notice")
    assert notice.office == world.authority
    assert notice.number == f"{world.authority.document_prefix}〔2026〕1号"
    said = notice.context
    assert (said["days"], said["due_before"], said["decide_by"]) == (10, "2026-12-01", "2026-12-15")
    assert said["reasons"] == ["需要向原执法单位核实罚款缴纳情况", "对方尚未回复"]
    assert said["provisional"] is False
    assert list(event.documents.values_list("document", flat=True)) == [notice.pk]


def test_the_applicant_is_told_by_mail_and_on_the_timeline(world: World) -> None:
    case = verifying_case(world)
    event = do(case, "extend", world.approver, **WHY)
    mail = Mail.objects.get(kind="repair_extended")
    assert mail.to_address == world.clerk.email
    assert "2026年12月15日" in mail.body and "对方尚未回复" in mail.body
    assert event.audience == "public" and event.text == WHY["reason"]


def test_days_that_no_calendar_knows_yet_are_called_provisional(world: World) -> None:
    late = date(2026, 12, 18)
    case = verifying_case(world, today=late)
    words = office_form("extend", case=case, today=late).fields["reason"].help_text
    do(case, "extend", world.approver, today=late, **WHY)
    clock = case.clocks.get(kind="decision")
    assert clock.due_on is not None and clock.due_on.year == 2027
    assert clock.provisional == ("暂定" in words)
    assert Document.objects.get(kind="extension_notice").context["provisional"] == clock.provisional
    assert clock.provisional, "2027 is not announced in this calendar"


def test_the_form_says_the_new_days(world: World) -> None:
    words = office_form("extend", case=deciding_case(world), today=TODAY).fields["reason"].help_text
    for day in ("2026年12月1日", "2026年12月15日", "2026年12月4日", "2026年12月18日", "10个工作日"):
        assert day in words


def test_by_the_page(world: World, on_the_day: None, client: Client) -> None:
    case = verifying_case(world)
    client.force_login(world.approver)
    address = reverse("office_repair_act", args=[case.uuid, "extend"])
    assert client.post(address, {"extend-reason": ""}).status_code == 422
    assert client.post(address, {"extend-reason": "需要核实"}).status_code == 302
    assert due(fresh(case))["decision"] == EXTENDED
    told = client.post(address, {"extend-reason": "再延"})
    assert told.status_code == 409 and "已经延长过" in told.content.decode()


def test_a_substitute_extends_in_the_members_name(world: World) -> None:
    standing_in = substitute_of(world.approver, OfficeFactory())
    case = verifying_case(world)
    event = do(case, "extend", standing_in, **WHY)
    assert event.actor_label == "代办（代赵批）"

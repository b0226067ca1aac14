"""The notice of a forwarding 转送告知书: it goes out with the act, and can be read before."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.notices.services import CannotIssue, render
from credit_repair.people.models import Role, User
from credit_repair.registry.models import Office
from tests.registry.factories import OfficeFactory
from tests.repairs.test_letter_preview import UNPRINTABLE, ask, read, stored
from tests.world import TODAY, World, do, fresh, member, submitted_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

WHY = "该信息由烈山区的单位认定，应由烈山区信用办受理"


@pytest.fixture
def other() -> Office:
    office: Office = OfficeFactory(
        credit=True,
        name="烈山区信用办",
        document_prefix="烈信修",
        address="烈山区建设路1号",
        phone="0561-2222222",
    )
    member(office, Role.INTAKE, name="孙受")
    return office


def forward(case: Case, world: World, to: Office, reason: str = WHY) -> Document:
    do(case, "forward", world.intake, office=to, reason=reason)
    return Document.objects.get(kind="forwarding_notice")


def test_it_is_issued_with_the_act_by_the_office_that_sends_the_application_on(
    world: World, other: Office
) -> None:
    case = submitted_case(world)
    notice = forward(case, world, other, reason=f"{WHY}。\n申请人同意转送；")
    assert notice.office == world.credit and notice.addressee == world.subject
    assert notice.number == f"{world.credit.document_prefix}〔2026〕1号"
    assert notice.check_code
    said = notice.context
    assert said["issuer"] == world.credit.name and said["issue_date"] == said["forwarded_on"] == "2026-11-20"
    assert said["receiver"] == {
        "office": "烈山区信用办",
        "address": "烈山区建设路1号",
        "phone": "0561-2222222",
        "hours": "",
    }
    assert said["reasons"] == [WHY, "申请人同意转送"]
    due = case.clocks.get(kind="acceptance", stopped_on=None).due_on
    assert said["acceptance_due"] == due.isoformat() == "2026-11-25"
    assert case.documents.get(document=notice).event == case.events.get(action="forward")


def test_it_stands_on_the_page_of_the_case_and_of_the_applicant(world: World, other: Office) -> None:
    case = submitted_case(world)
    notice = render(document_id=forward(case, world, other).pk)

    def page(user: User, name: str) -> str:
        client = Client()
        client.force_login(user)
        return client.get(reverse(name, args=[case.uuid])).content.decode()

    taker = User.objects.get(display_name="孙受")
    readers = ((world.clerk, "my_repair"), (world.intake, "office_repair"), (taker, "office_repair"))
    for user, name in readers:
        text = page(user, name)
        assert "信用修复申请转送告知书" in text and (notice.number or "") in text


def test_where_the_notice_cannot_go_out_nothing_is_sent_on(world: World, other: Office) -> None:
    case = submitted_case(world)
    before = stored(case)
    with pytest.raises(MissingGlyphs):
        forward(case, world, other, reason=f"不属于{UNPRINTABLE}")
    assert stored(case) == before
    world.credit.document_prefix = ""
    world.credit.save(update_fields=["document_prefix"])
    with pytest.raises(CannotIssue):
        forward(case, world, other)
    assert fresh(case).intake_office == world.credit


def test_the_form_says_which_character_cannot_be_printed(world: World, other: Office) -> None:
    case = submitted_case(world)
    client = Client()
    client.force_login(world.intake)
    url = reverse("office_repair_act", args=[case.uuid, "forward"])
    answer = client.post(url, {"forward-office": other.pk, "forward-reason": f"不属于{UNPRINTABLE}"})
    assert answer.status_code == 409 and "U+1F600" in answer.content.decode()
    assert fresh(case).intake_office == world.credit


def test_it_is_read_before_it_goes_out_and_says_what_goes_out(world: World, other: Office) -> None:
    case = submitted_case(world)
    before = stored(case)
    text = read(ask(world.intake, case, "forward", office=other.pk, reason=WHY))
    assert stored(case) == before
    assert "转送告知书" in text and "草稿" in text and WHY in text
    assert "烈山区建设路1号" in text and "2026年11月25日前（含当日）" in text
    said = forward(case, world, other).context
    assert date.fromisoformat(said["acceptance_due"]) == date(2026, 11, 25)


def test_a_preview_without_an_office_says_what_is_missing(world: World, other: Office) -> None:
    answer = ask(world.intake, submitted_case(world), "forward", reason=WHY)
    assert answer.status_code == 422 and "请选择接收的信用办" in answer.content.decode()


def test_who_does_not_take_in_previews_nothing(world: World, other: Office) -> None:
    case = submitted_case(world)
    assert ask(world.approver, case, "forward", office=other.pk, reason=WHY).status_code == 404
    do(case, "forward", world.intake, today=TODAY, office=other, reason=WHY)
    answer = ask(world.intake, case, "forward", office=other.pk, reason=WHY)
    assert answer.status_code in (409, 422), "it lies with the other office by now"
    with pytest.raises(ActionRefused):
        do(case, "forward", world.intake, today=TODAY, office=other, reason=WHY)

"""At the window what is signed on paper is what is done, and what is filled in there is filled in there."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Attachment, Case, Filing
from credit_repair.people.models import Role, User
from credit_repair.repairs import services as repairs
from credit_repair.repairs.services import window as services
from tests.repairs.baskets import NOT_YET, another, answers, text
from tests.sides import window_basket, window_case, window_draft
from tests.world import PDF, TODAY, World, do, fresh, member, signed_in, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def clerk(world: World) -> User:
    return member(world.credit, Role.WINDOW, name="邵窗")


@pytest.fixture
def desk(clerk: User) -> Client:
    return signed_in(clerk)


def forms(filing: Filing) -> int:
    return Attachment.objects.filter(case__filing=filing, kind=Attachment.Kind.FORM).count()


# -- each withdrawal has its own paper


@pytest.mark.parametrize("back", ["unschedule", "return_to_draft"])
def test_a_paper_for_a_withdrawal_that_was_not_made_serves_no_later_one(
    world: World, clerk: User, back: str
) -> None:
    case = window_draft(world, clerk)
    world.record.decision_date = NOT_YET
    world.record.save()
    case = fresh(case)
    case.repair.performed_on = date(2026, 11, 1)
    case.repair.save()
    do(case, "schedule", clerk)
    services.add_withdrawal_paper(case=case, actor=clerk, today=TODAY, upload=upload(content=PDF + b"paper"))
    if back == "unschedule":
        do(case, back, clerk)
        do(case, "schedule", clerk)
        with pytest.raises(ActionRefused):
            do(case, "withdraw", clerk)
    else:
        do(case, back, None, today=date(2027, 1, 11), reason="义务还没有履行完毕")
    assert not case.attachments.filter(kind=Attachment.Kind.WITHDRAWAL).exists()


# -- what was signed is what is filed

AGAIN = "请重新打印申请表"


def test_a_signed_form_holds_while_nothing_changes(world: World, clerk: User, desk: Client) -> None:
    filing = window_draft(world, clerk).filing
    page = desk.post(reverse("window_filing_statement", args=[filing.uuid]), answers(filing), follow=True)
    assert forms(filing) == 1
    assert AGAIN not in page.content.decode()


def test_a_signed_form_is_dropped_when_an_answer_changes(world: World, clerk: User, desk: Client) -> None:
    case = window_draft(world, clerk)
    changed = answers(case.filing, statement="罚款已经缴清，机构也已经整改。")
    page = desk.post(reverse("window_filing_statement", args=[case.filing.uuid]), changed, follow=True)
    assert AGAIN in page.content.decode()
    with pytest.raises(ActionRefused):
        do(fresh(case), "submit", clerk)


def test_a_signed_form_is_dropped_when_a_record_is_added_or_dropped(
    world: World, clerk: User, desk: Client
) -> None:
    case = window_draft(world, clerk)
    window_basket(world, clerk, another(world))
    assert forms(case.filing) == 0
    scan_anew(case.filing, clerk)
    url = reverse("window_filing_drop_record", args=[case.filing.uuid, case.uuid])
    assert AGAIN in desk.post(url, follow=True).content.decode()
    assert not Attachment.objects.filter(case__filing=case.filing, case__state="draft", kind="form").exists()


def scan_anew(filing: Filing, clerk: User) -> None:
    """Scan the form that was signed anew."""
    repairs.add_material(
        filing=filing, actor=clerk, today=TODAY, kind="form", upload=upload(content=PDF + b"anew")
    )


# -- what a window fills in is not filled in elsewhere


def test_a_draft_of_a_window_is_shown_to_its_subject_but_not_edited(world: World, clerk: User) -> None:
    case = window_draft(world, clerk)
    own = signed_in(world.clerk)
    for name in ("my_filing", "my_filing_statement", "my_filing_check", "my_filing_discard"):
        assert own.get(reverse(name, args=[case.filing.uuid])).status_code == 404
    listed = text(own, "my_cases")
    assert "在窗口办理" in listed
    assert reverse("my_filing", args=[case.filing.uuid]) not in listed
    led = own.get(reverse("my_repair", args=[case.uuid]), follow=True)
    assert led.status_code == 200
    assert "请到原来的窗口办理" in led.content.decode()
    for name, args in (("my_repair_choose", []), ("my_record", [world.record.uuid]), ("me", [])):
        assert reverse("my_filing", args=[case.filing.uuid]) not in text(own, name, *args)


def test_what_a_window_has_handed_in_its_subject_follows(world: World, clerk: User) -> None:
    case: Case = window_case(world, clerk)
    own = signed_in(world.clerk)
    assert text(own, "my_filing_filed", case.filing.uuid)
    assert text(own, "my_repair", case.uuid)

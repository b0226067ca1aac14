"""The window after somebody was found: who sees what came in there, what is printed, how it is withdrawn."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case
from credit_repair.people.models import Role, User
from credit_repair.people.services import grant_mandate, leave_office
from credit_repair.repairs.services import window as services
from tests.registry.factories import OfficeFactory, RecordFactory
from tests.sides import window_basket, window_case, window_draft
from tests.world import (
    SINCE,
    TODAY,
    World,
    do,
    make_user,
    member,
    signed_in,
    submitted_case,
    substitute_of,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def clerk(world: World) -> User:
    """Serves the window of the credit office."""
    return member(world.credit, Role.WINDOW, name="邵窗")


def find(client: Client, number: str | None) -> Any:
    return client.post(reverse("window"), {"number": number})


# -- who sees what came in


def reaches(user: User, case: Case) -> list[bool]:
    """Whether the pages and files of a case filed at the window are there for `user`."""
    client = signed_in(user)
    material = case.attachments.first()
    assert material is not None
    addresses = [
        reverse("window_repair", args=[case.uuid]),
        reverse("window_slip", args=[case.filing.uuid]),
        reverse("window_withdrawal", args=[case.uuid]),
        reverse("attachment", args=[material.uuid]),
    ]
    return [client.get(address).status_code == 200 for address in addresses]


def test_the_windows_clerks_reach_what_came_in_there_and_nobody_elses(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    colleague = member(world.credit, Role.WINDOW)
    for user in (clerk, colleague, substitute_of(colleague, OfficeFactory())):
        assert reaches(user, case) == [True] * 4
    others = [
        member(OfficeFactory(credit=True), Role.WINDOW),
        member(world.credit, Role.WINDOW, until=TODAY - timedelta(days=1)),
        member(world.credit, Role.SUPERVISOR),
        make_user(is_superuser=True),
    ]
    for user in others:
        assert reaches(user, case)[:3] == [False] * 3
    for user in (world.intake, world.clerk):
        assert reaches(user, case) == [False, False, False, True], "by their own doors alone"
    grant_mandate(user=clerk, subject=world.subject, since=SINCE)
    assert reaches(clerk, case)[:3] == [False] * 3, "a clerk who acts for the subject"


def test_a_clerk_who_has_left_reaches_nothing(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    leave_office(membership=clerk.memberships.get(), until=TODAY - timedelta(days=1), today=TODAY)
    assert reaches(User.objects.get(pk=clerk.pk), case) == [False] * 4


def test_what_was_filed_online_is_not_the_windows(world: World, clerk: User) -> None:
    case = submitted_case(world)
    assert reaches(clerk, case) == [False] * 4
    assert find(signed_in(clerk), case.number).status_code == 200
    assert case.number not in signed_in(clerk).get(reverse("window")).content.decode()


def test_the_subjects_own_person_sees_it_on_their_side(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    assert signed_in(world.clerk).get(reverse("my_repair", args=[case.uuid])).status_code == 200


# -- the papers


def pages_of(response: Any) -> int:
    assert response["Content-Type"] == "application/pdf"
    return len(PdfReader(BytesIO(b"".join(response.streaming_content))).pages)


def test_form_and_letters_come_in_one_file_to_print(world: World, clerk: User) -> None:
    filing = window_draft(world, clerk).filing
    client, address = signed_in(clerk), reverse("window_papers", args=[filing.uuid])
    assert pages_of(client.get(address)) == 2, "the form, and one letter"


def test_before_the_answers_are_there_nothing_is_printed(world: World, clerk: User) -> None:
    filing = window_basket(world, clerk)
    client = signed_in(clerk)
    response = client.get(reverse("window_papers", args=[filing.uuid]), follow=True)
    assert "请先填写“改正和履行情况”" in response.content.decode()
    assert "打印全部材料" not in response.content.decode()
    with pytest.raises(NotYours):
        services.papers_in_one(filing=filing, actor=world.clerk, today=TODAY)


def test_the_withdrawal_is_printed_while_it_can_be_withdrawn(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    client, address = signed_in(clerk), reverse("window_withdrawal_form", args=[case.uuid])
    assert pages_of(client.get(address)) == 1
    do(case, "refuse_to_accept", world.intake, reason="不属于本县")
    assert client.get(address).status_code == 404


def test_the_pages_of_a_basket_say_whose_it_is(world: World, clerk: User) -> None:
    filing = window_draft(world, clerk).filing
    client = signed_in(clerk)
    for name in ("filing", "filing_records", "filing_statement", "filing_letters", "filing_check"):
        page = client.get(reverse(f"window_{name}", args=[filing.uuid])).content.decode()
        assert world.subject.name in page, name
        assert "签一次名" not in page, "nobody signs on the clerk's screen"


# -- the slip


def test_the_slip_has_number_and_code_and_nothing_of_a_person_but_the_name(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    page = signed_in(clerk).get(reverse("window_slip", args=[case.filing.uuid])).content.decode()
    for shown in (case.number, case.filing.query_code, world.subject.name):
        assert shown is not None
        assert shown in page
    for hidden in ("13800000000", "周小敏", world.subject.code or ""):
        assert hidden not in page


def test_before_it_is_filed_there_is_no_slip(world: World, clerk: User) -> None:
    filing = window_basket(world, clerk)
    assert signed_in(clerk).get(reverse("window_slip", args=[filing.uuid])).status_code == 404


# -- withdrawing on paper


def test_a_clerk_withdraws_on_the_signed_paper_alone(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    client = signed_in(clerk)
    with pytest.raises(ActionRefused, match="撤回申请"):
        do(case, "withdraw", clerk)
    address = reverse("window_withdrawal", args=[case.uuid])
    assert client.post(address, {"file": upload("撤回.pdf")})["Location"] == address
    assert Attachment.objects.get(case=case, kind="withdrawal").uploaded_by == clerk
    assert "撤回.pdf" in client.get(address).content.decode()
    do(case, "withdraw", clerk)
    assert case.state == "withdrawn"


def test_a_wrong_scan_is_taken_away_again(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    paper = services.add_withdrawal_paper(case=case, actor=clerk, today=TODAY, upload=upload())
    client = signed_in(clerk)
    address = reverse("window_withdrawal", args=[case.uuid])
    proof = case.attachments.get(kind="proof")
    assert client.post(address, {"drop": str(proof.uuid)}).status_code == 404
    assert client.post(address, {"drop": str(paper.uuid)}).status_code == 302
    assert [each.kind for each in case.attachments.order_by("kind")] == ["commitment", "form", "proof"]


def test_what_is_no_paper_is_refused_in_words(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    client, address = signed_in(clerk), reverse("window_withdrawal", args=[case.uuid])
    assert "请选择扫描好的撤回申请" in client.post(address, {}).content.decode()
    assert client.post(address, {"file": upload("x.pdf", b"MZ" * 200)}).status_code == 200
    assert not Attachment.objects.filter(kind="withdrawal").exists()


def test_a_case_that_is_full_of_files_can_be_withdrawn(
    world: World, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = window_case(world, clerk)
    monkeypatch.setattr("credit_repair.cases.services.attachments.MOST_FILES", 3)
    assert services.add_withdrawal_paper(case=case, actor=clerk, today=TODAY, upload=upload())


def test_a_decided_case_takes_no_withdrawal(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    do(case, "refuse_to_accept", world.intake, reason="不属于本县")
    with pytest.raises(ActionRefused, match="不能再撤回"):
        services.add_withdrawal_paper(case=case, actor=clerk, today=TODAY, upload=upload())
    assert signed_in(clerk).get(reverse("window_withdrawal", args=[case.uuid])).status_code == 302


def test_nobody_else_brings_a_withdrawal(world: World, clerk: User) -> None:
    case, online = (
        window_case(world, clerk),
        submitted_case(world, record=RecordFactory(subject=world.subject, authority=world.authority)),
    )
    for user in (world.intake, world.clerk, member(OfficeFactory(credit=True), Role.WINDOW)):
        with pytest.raises(NotYours):
            services.add_withdrawal_paper(case=case, actor=user, today=TODAY, upload=upload())
    with pytest.raises(NotYours):
        services.add_withdrawal_paper(case=online, actor=clerk, today=TODAY, upload=upload())

"""The window: whom a clerk finds, what they see, what they may do, and for whom they may not."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Clock, Filing
from credit_repair.core.crypto import keyed_hash
from credit_repair.core.models import AuditEntry
from credit_repair.people.models import Role, User
from credit_repair.people.services import grant_mandate, join_office
from credit_repair.registry.models import Record, Subject
from credit_repair.repairs.views.window import _SESSION_KEY
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory
from tests.sides import TO_CORRECT, window_basket, window_case, window_draft
from tests.world import (
    SINCE,
    TODAY,
    World,
    do,
    draft,
    make_user,
    member,
    signed_in,
    submitted_case,
    substitute_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def clerk(world: World) -> User:
    """Serves the window of the credit office."""
    return member(world.credit, Role.WINDOW, name="邵窗")


def find(client: Client, number: str | None) -> Any:
    return client.post(reverse("window"), {"number": number})


def subject_url(subject: Subject) -> str:
    return reverse("window_subject", args=[subject.uuid])


# -- finding who stands there


def test_the_whole_credit_code_leads_to_its_subject(world: World, clerk: User) -> None:
    client = signed_in(clerk)
    code = world.subject.code or ""
    for typed in (code, f" {code.lower()} ", f"{code[:6]} {code[6:]}"):
        assert find(client, typed)["Location"] == subject_url(world.subject)
    page = client.get(subject_url(world.subject)).content.decode()
    assert world.subject.name in page
    assert code in page


def test_a_person_is_found_by_the_whole_number_and_shown_with_a_masked_one(clerk: User) -> None:
    person = SubjectFactory(person=True)
    client = signed_in(clerk)
    assert find(client, person.personal_number)["Location"] == subject_url(person)
    page = client.get(subject_url(person)).content.decode()
    assert person.name in page
    assert person.personal_number not in page
    assert person.shown_number in page


def test_another_paper_than_the_identity_card_finds_its_person(clerk: User) -> None:
    SubjectFactory(
        person=True, id_type="other", personal_number="H12345678", number_hash=keyed_hash("H12345678")
    )
    assert find(signed_in(clerk), "h12345678").status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("91340621MA2N0A0000", "这个号码不正确"),
        ("340621198001010010", "这个号码不正确"),
        ("华泰食品", "这个号码不正确"),
        ("9134", "这个号码不正确"),
        ("", "请填写申请人出示的证照号码"),
        ("914403001922038216", "没有查到这个号码的信用记录"),
    ],
)
def test_what_is_no_number_or_nobodys_is_said_in_words(clerk: User, typed: str, words: str) -> None:
    response = find(signed_in(clerk), typed)
    assert response.status_code == 200
    assert words in response.content.decode()


def test_part_of_a_code_or_a_name_finds_nobody(world: World, clerk: User) -> None:
    for typed in ((world.subject.code or "")[:12], world.subject.name):
        assert find(signed_in(clerk), typed).status_code == 200


def test_every_look_up_is_on_record_without_the_number(world: World, clerk: User) -> None:
    client = signed_in(clerk)
    find(client, world.subject.code)
    find(client, "914403001922038216")
    entries = AuditEntry.objects.filter(action__startswith="window.look_up").order_by("pk")
    assert [(entry.action, entry.object_id) for entry in entries] == [
        ("window.look_up", str(world.subject.uuid)),
        ("window.look_up_in_vain", str(clerk.pk)),
    ]
    assert all(entry.data == {} for entry in entries)


def test_look_ups_are_counted(world: World, clerk: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"window": "2/h/user"}
    client = signed_in(clerk)
    assert [find(client, world.subject.code).status_code for _number in range(3)] == [302, 302, 429]
    assert client.get(reverse("window")).status_code == 200


def test_who_acts_or_acted_for_the_subject_is_told_to_leave_it_to_a_colleague(
    world: World, clerk: User
) -> None:
    client = signed_in(clerk)
    find(client, world.subject.code)
    grant_mandate(user=clerk, subject=world.subject, since=SINCE, until=TODAY - timedelta(days=1))
    assert "您是这个主体的经办人" in find(client, world.subject.code).content.decode()
    assert client.get(subject_url(world.subject))["Location"] == reverse("window")
    with pytest.raises(ActionRefused, match="经办人"):
        window_basket(world, clerk)


def test_nobody_leafs_through_subjects(world: World, clerk: User) -> None:
    client = signed_in(clerk)
    assert client.get(subject_url(world.subject)).status_code == 404
    find(client, world.subject.code)
    assert client.get(subject_url(world.subject)).status_code == 200
    assert client.get(subject_url(SubjectFactory())).status_code == 404
    assert signed_in(clerk).get(subject_url(world.subject)).status_code == 404, "another session"


def test_a_look_up_is_forgotten_after_half_an_hour(world: World, clerk: User) -> None:
    client = signed_in(clerk)
    find(client, world.subject.code)
    session = client.session
    session[_SESSION_KEY] = {str(world.subject.uuid): "2026-01-05T09:00:00+08:00"}
    session.save()
    assert client.get(subject_url(world.subject)).status_code == 404


def test_who_has_filed_here_before_is_found_from_the_list(world: World, clerk: User) -> None:
    window_case(world, clerk)
    assert signed_in(clerk).get(subject_url(world.subject)).status_code == 200
    elsewhere = member(OfficeFactory(credit=True), Role.WINDOW)
    assert signed_in(elsewhere).get(subject_url(world.subject)).status_code == 404


def test_a_number_or_query_code_of_this_window_leads_to_what_was_filed(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    client = signed_in(clerk)
    assert find(client, case.number)["Location"] == reverse("window_repair", args=[case.uuid])
    code = case.filing.query_code
    assert find(client, code)["Location"] == reverse("window_filing", args=[case.filing.uuid])
    elsewhere = signed_in(member(OfficeFactory(credit=True), Role.WINDOW))
    assert find(elsewhere, case.number).status_code == 200
    assert find(elsewhere, code).status_code == 200


# -- choosing, and the basket


def test_a_subjects_page_says_no_more_than_one_must_know_to_choose(world: World, clerk: User) -> None:
    Record.objects.filter(pk=world.record.pk).update(facts="很多事实", content="罚款一万元整的内容")
    online = submitted_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))
    client = signed_in(clerk)
    find(client, world.subject.code)
    page = client.get(subject_url(world.subject)).content.decode()
    assert world.record.doc_no in page
    assert world.authority.name in page
    for hidden in ("很多事实", "罚款一万元整的内容", online.number or "", "周小敏", "13800000000"):
        assert hidden not in page
    assert "已经有一件申请正在办理" in page


def test_chosen_records_go_into_one_basket_of_the_window(world: World, clerk: User) -> None:
    records = [world.record, RecordFactory(subject=world.subject, authority=world.authority)]
    client = signed_in(clerk)
    find(client, world.subject.code)
    response = client.post(subject_url(world.subject), {"records": [str(each.uuid) for each in records]})
    filing = Filing.objects.get()
    assert response["Location"] == reverse("window_filing", args=[filing.uuid])
    assert (filing.channel, filing.window_office, filing.created_by) == ("window", world.credit, clerk)
    assert {case.record for case in filing.cases.all()} == set(records)
    assert (filing.basket.contact_name, filing.basket.contact_phone) == ("", ""), "the applicant's own"


def test_nothing_chosen_or_something_foreign_is_refused_in_words(world: World, clerk: User) -> None:
    foreign = RecordFactory(subject=SubjectFactory(), authority=world.authority)
    client = signed_in(clerk)
    find(client, world.subject.code)
    nothing = client.post(subject_url(world.subject), {})
    assert "请至少选择一条信息" in nothing.content.decode()
    other = client.post(subject_url(world.subject), {"records": [str(foreign.uuid)]})
    assert "请重新选择" in other.content.decode()
    assert not Filing.objects.exists()
    with pytest.raises(NotYours):
        window_basket(world, clerk, foreign)


def test_an_unfinished_basket_is_continued_by_a_colleague_too(world: World, clerk: User) -> None:
    colleague = member(world.credit, Role.WINDOW)
    first = window_basket(world, clerk)
    more = RecordFactory(subject=world.subject, authority=world.authority)
    assert window_basket(world, colleague, more) == first
    assert first.cases.count() == 2


def test_after_it_was_filed_a_new_basket_begins(world: World, clerk: User) -> None:
    case = window_case(world, clerk)
    more = RecordFactory(subject=world.subject, authority=world.authority)
    assert window_basket(world, clerk, more) != case.filing


def test_a_clerk_at_two_windows_says_at_which(world: World, clerk: User) -> None:
    second = OfficeFactory(credit=True, name="第二窗口")
    join_office(user=clerk, office=second, role=Role.WINDOW, since=SINCE)
    client = signed_in(clerk)
    find(client, world.subject.code)
    chosen = {"records": [str(world.record.uuid)]}
    assert "请选择在哪个窗口办理" in client.post(subject_url(world.subject), chosen).content.decode()
    client.post(subject_url(world.subject), chosen | {"office": second.code})
    assert Filing.objects.get().window_office == second


def test_only_who_serves_the_window_files_there(world: World, clerk: User) -> None:
    others = [
        world.intake,
        world.clerk,
        make_user(),
        member(OfficeFactory(credit=True), Role.WINDOW),
        member(world.credit, Role.WINDOW, until=TODAY - timedelta(days=1)),
        member(world.credit, Role.WINDOW, is_active=False),
    ]
    for user in others:
        with pytest.raises(NotYours):
            window_basket(world, user)
    assert window_basket(world, substitute_of(clerk, OfficeFactory())).window_office == world.credit


def test_form_letter_and_proof_are_all_needed(world: World, clerk: User) -> None:
    case = window_draft(world, clerk)
    case.attachments.filter(kind="form").delete()
    with pytest.raises(ActionRefused, match="打印申请表"):
        do(case, "submit", clerk)
    assert window_case(world, clerk, RecordFactory(subject=world.subject, authority=world.authority)).number


# -- the desk


def test_what_waits_for_the_applicant_stands_first(world: World, clerk: User) -> None:
    records = [RecordFactory(subject=world.subject, authority=world.authority) for _number in range(2)]
    waiting = window_case(world, clerk)
    later = window_case(world, clerk, records[0])
    do(waiting, "ask_correction", world.intake, **TO_CORRECT)
    unfinished = window_draft(world, clerk, records[1])
    response = signed_in(clerk).get(reverse("window"))
    assert [row["case"].number for row in response.context["filed"]] == [waiting.number, later.number]
    assert (
        response.context["filed"][0]["clock"]["due"]
        == Clock.objects.get(case=waiting, kind="correction").due_on
    )
    assert [row["filing"] for row in response.context["drafts"]] == [unfinished.filing]


def test_the_desk_asks_the_same_for_one_and_for_many(world: World, clerk: User) -> None:
    client = signed_in(clerk)

    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        return len(caught)

    def fill(count: int) -> None:
        for _number in range(count):
            world.subject = SubjectFactory()
            case = window_case(world, clerk, RecordFactory(subject=world.subject, authority=world.authority))
            do(case, "ask_correction", world.intake, **TO_CORRECT)
            window_case(world, clerk, RecordFactory(subject=world.subject, authority=world.authority))
            window_basket(world, clerk, RecordFactory(subject=world.subject, authority=world.authority))

    fill(1)
    cost(reverse("window"))
    one = cost(reverse("window"))
    fill(3)
    assert cost(reverse("window")) == one


def test_a_subjects_page_asks_the_same_for_few_and_many_records(world: World, clerk: User) -> None:
    client = signed_in(clerk)
    find(client, world.subject.code)
    window_case(world, clerk)

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(subject_url(world.subject)).status_code == 200
        return len(caught)

    def fill(count: int) -> None:
        for _number in range(count):
            window_case(world, clerk, RecordFactory(subject=world.subject, authority=world.authority))
            draft(world, record=RecordFactory(subject=world.subject, authority=world.authority))
            RecordFactory(subject=world.subject, authority=world.authority)
            RecordFactory(subject=world.subject, authority=world.authority, decision_date=date(2026, 11, 2))

    fill(1)
    cost()
    one = cost()
    fill(3)
    assert cost() == one


def test_long_lists_have_pages(world: World, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credit_repair.repairs.views.window.PAGE_SIZE", 1)
    for _number in range(2):
        window_case(world, clerk, RecordFactory(subject=world.subject, authority=world.authority))
    client = signed_in(clerk)
    first, second = (client.get(reverse("window"), {"page": page}) for page in (1, 2))
    assert first.context["filed"][0]["case"] != second.context["filed"][0]["case"]
    assert client.get(reverse("window"), {"page": "none", "drafts": "99"}).status_code == 200


# -- the way in


def test_who_serves_a_window_alone_begins_there(world: World, clerk: User) -> None:
    client = signed_in(clerk)
    assert client.get(reverse("after_sign_in"))["Location"] == reverse("window")
    page = client.get(reverse("window"))
    labels = [item["label"] for item in page.context["nav_items"]]
    assert labels[0] == "窗口办理"
    assert "待办" not in labels
    assert [item["active"] for item in page.context["nav_items"]][0]


def test_who_does_other_work_too_keeps_the_inbox(world: World) -> None:
    both = member(world.credit, Role.WINDOW, Role.INTAKE)
    client = signed_in(both)
    assert client.get(reverse("after_sign_in"))["Location"] == reverse("office")
    labels = [item["label"] for item in client.get(reverse("office")).context["nav_items"]]
    assert labels[:2] == ["待办", "窗口办理"]
    assert "窗口办理" not in [
        item["label"] for item in signed_in(world.intake).get(reverse("office")).context["nav_items"]
    ]

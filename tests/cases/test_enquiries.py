"""Enquiries 协查: asked by who verifies, answered once by link, paper or office, seen by no applicant."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from credit_repair.cases import enquiry_selectors as selectors
from credit_repair.cases.document_selectors import replacements_for
from credit_repair.cases.enquiry_presenters import letter_link
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, Enquiry, ReviewStep, StoredFile, TimelineEvent
from credit_repair.cases.selectors import timeline
from credit_repair.cases.services import enquiries
from credit_repair.cases.services.clocks import current_calendar
from credit_repair.cases.services.ending import end_document
from credit_repair.cases.services.sweeping import sweep_unused
from credit_repair.core import clock
from credit_repair.core.logs import without_secrets
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.notices.enquiries import open_secret
from credit_repair.notices.models import Document
from credit_repair.notices.services import render
from credit_repair.people.models import Role, User
from credit_repair.people.services import join_office
from credit_repair.repairs.presenters.enquiries import enquiries_of
from tests.registry.factories import OfficeFactory, RecordFactory
from tests.world import (
    AGREE,
    PDF,
    SINCE,
    TODAY,
    World,
    build_world,
    do,
    fresh,
    in_threads,
    member,
    signed_in,
    upload,
    verifying_case,
)

pytestmark = pytest.mark.django_db

YES = enquiries.Reply(answer="confirmed", words="罚款已于4月28日缴清", name="钱会", phone="0561-1234567")
FORM = {"answer": "confirmed", "words": "罚款已于4月28日缴清", "name": "钱会", "phone": "0561-1234567"}


@pytest.fixture
def case(world: World) -> Case:
    return verifying_case(world)


@pytest.fixture(autouse=True)
def _day() -> Any:
    with clock.assume(TODAY):
        yield


def verify_step(case: Case) -> ReviewStep:
    return case.steps.get(phase="verify")


def ask(world: World, case: Case, **changed: Any) -> Enquiry:
    given = {
        "addressee": "濉溪县财政局",
        "email": "caizheng@example.gov",
        "question": "罚款是否已经缴清？",
        **changed,
    }
    actor, today = given.pop("actor", world.verifier), given.pop("today", TODAY)
    return enquiries.ask(step=verify_step(case), actor=actor, today=today, **given)


def secret_of(enquiry: Enquiry) -> str:
    assert enquiry.document is not None
    return open_secret(enquiry.document.context["sealed_secret"])


def address(enquiry: Enquiry) -> str:
    return reverse("enquiry", args=[secret_of(enquiry)])


# -- asking


def test_a_verifier_asks_and_the_letter_has_a_number_of_their_office(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    assert enquiry.due_on == current_calendar().add_working_days(TODAY, 5).due == date(2026, 11, 27)
    assert enquiry.document is not None
    assert enquiry.document.office == world.authority
    assert str(enquiry.document.number).startswith(world.authority.document_prefix)
    event = case.events.get(action="ask_enquiry")
    assert event.audience == TimelineEvent.Audience.INTERNAL
    assert "濉溪县财政局" in event.text
    assert AuditEntry.objects.filter(action="case.ask_enquiry", object_id=str(case.uuid)).count() == 1


def test_several_are_asked_at_once_and_the_clocks_run_on(world: World, case: Case) -> None:
    before = list(case.clocks.values("kind", "due_on", "stopped_on"))
    ask(world, case)
    ask(world, case, addressee="濉溪县税务局", days=15)
    assert case.enquiries.count() == 2
    assert list(case.clocks.values("kind", "due_on", "stopped_on")) == before
    assert not case.clocks.filter(pauses__isnull=False).exists()


@pytest.mark.parametrize("days", [0, 16])
def test_an_addressee_has_one_to_fifteen_working_days(world: World, case: Case, days: int) -> None:
    with pytest.raises(ActionRefused, match="1至15"):
        ask(world, case, days=days)


def test_one_must_say_whom_and_what(world: World, case: Case) -> None:
    with pytest.raises(ActionRefused, match="主送单位"):
        ask(world, case, addressee=" ")
    with pytest.raises(ActionRefused, match="核实什么"):
        ask(world, case, question=" ")
    with pytest.raises(ActionRefused, match="本单位"):
        ask(world, case, office=world.authority)


def test_nobody_asks_who_does_not_hold_the_step(world: World, case: Case) -> None:
    for actor in (world.clerk, world.intake, world.approver, member(OfficeFactory(), Role.VERIFIER)):
        with pytest.raises(NotYours):
            ask(world, case, actor=actor)
    assert not Enquiry.objects.exists()


def test_what_a_colleague_has_in_hand_is_asked_by_the_colleague(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    verify_step(case)
    case.steps.filter(phase="verify").update(taken_by=member(world.authority, Role.VERIFIER, name="钱核"))
    with pytest.raises(ActionRefused, match="钱核"):
        ask(world, case)
    with pytest.raises(ActionRefused, match="钱核"):
        enquiries.close(enquiry=enquiry, actor=world.verifier, today=TODAY)


# -- the secret


def test_the_secret_stands_nowhere_in_clear(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    secret = secret_of(enquiry)
    assert re.fullmatch("[2-9A-HJ-NP-Z]{26}", secret)
    assert enquiry.secret_hash == enquiries.by_secret(secret).secret_hash != secret  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            assert secret not in str(cursor.fetchall()), table
    link = f"https://example.gov/enquiry/{secret}/"
    assert secret not in without_secrets(f"GET {link} 200")
    mail = Mail.objects.get(kind="enquiry")
    assert mail.body == ""
    assert secret in mail.secret_body
    assert mail.to_address == "caizheng@example.gov"


def test_each_enquiry_has_a_secret_of_its_own_and_typing_it_badly_does_no_harm(
    world: World, case: Case
) -> None:
    first, second = ask(world, case), ask(world, case)
    assert secret_of(first) != secret_of(second)
    typed = "-".join(re.findall("....|..$", secret_of(first))).lower()
    assert enquiries.by_secret(f" {typed} ") == first
    assert enquiries.by_secret("K7Q4") is None


def test_without_an_address_nothing_is_mailed(world: World, case: Case) -> None:
    ask(world, case, email="")
    assert not Mail.objects.filter(kind="enquiry").exists()


# -- answering by link


def test_the_page_says_who_asks_what_until_when_and_little_of_the_subject(world: World, case: Case) -> None:
    type(world.subject).objects.filter(pk=world.subject.pk).update(legal_representative="李隐名")
    response = Client().get(address(ask(world, case)))
    page = response.content.decode()
    for told in (world.authority.name, "罚款是否已经缴清？", "2026年11月27日", world.subject.name):
        assert told in page
    assert world.record.doc_no in page
    for kept in (world.subject.code or "?", "李隐名", "周小敏"):
        assert kept not in page
    assert response["Referrer-Policy"] == "no-referrer"
    assert 'name="referrer" content="no-referrer"' in page
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_an_answer_is_shown_before_it_is_sent_and_counts_once(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    client = Client(enforce_csrf_checks=True)  # nothing but the secret is asked for
    preview = client.post(
        address(enquiry),
        {**FORM, "do": "preview", "evidence": upload("缴款书.pdf")},
        headers={"origin": "null"},
    ).content.decode()
    assert "还没有提交" in preview
    assert "缴款书.pdf" in preview
    enquiry.refresh_from_db()
    assert enquiry.is_open

    kept = re.search(r'name="kept" value="([^"]+)"', preview)
    assert kept
    done = client.post(address(enquiry), {**FORM, "do": "send", "kept": kept[1]}).content.decode()
    assert "罚款已于4月28日缴清" in done
    enquiry.refresh_from_db()
    assert (enquiry.answer, enquiry.channel, enquiry.replied_by) == ("confirmed", "link", "钱会")
    assert [file.name for file in enquiry.files.all()] == ["缴款书.pdf"]

    again = client.get(address(enquiry))
    assert again.status_code == 200
    assert "已经回复过了" in again.content.decode()
    for gone in ("罚款已于4月28日缴清", "钱会", "罚款是否已经缴清", world.subject.name):
        assert gone not in again.content.decode()
    late = client.post(address(enquiry), {**FORM, "answer": "denied", "do": "send"})
    assert "已经回复过了" in late.content.decode()
    enquiry.refresh_from_db()
    assert enquiry.answer == "confirmed"
    with pytest.raises(enquiries.Answered):
        enquiries.reply_by_link(secret=secret_of(enquiry), reply=YES, today=TODAY)


def test_the_preview_leads_back_with_what_was_typed(world: World, case: Case) -> None:
    page = Client().post(address(ask(world, case)), {**FORM, "do": "edit"}).content.decode()
    assert 'value="钱会"' in page
    assert "罚款已于4月28日缴清" in page


def test_only_files_that_the_page_has_kept_itself_are_sent_along(world: World, case: Case) -> None:
    enquiry, other = ask(world, case), ask(world, case)
    foreign = StoredFile.objects.filter(filing=case.filing).first()
    assert foreign is not None
    forged = signing.dumps([str(foreign.uuid)], salt=f"enquiry:{other.uuid}")
    Client().post(address(enquiry), {**FORM, "do": "send", "kept": forged})
    enquiry.refresh_from_db()
    assert not enquiry.is_open
    assert not enquiry.files.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"answer": ""}, "请选择核实结果"),
        ({"answer": "denied", "words": ""}, "请写明不属实的情况"),
        ({"answer": "unknown", "words": ""}, "请写明不属实的情况"),
        ({"phone": "12"}, "11位手机号码"),
        ({"name": ""}, "回复人的姓名"),
    ],
)
def test_what_is_missing_is_said(world: World, case: Case, changed: dict[str, str], words: str) -> None:
    response = Client().post(address(ask(world, case)), {**FORM, "do": "preview", **changed})
    assert response.status_code == 422
    assert words in response.content.decode()


def test_three_files_at_most_and_no_program(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    four = [upload(f"{n}.pdf", PDF + b"%d" % n) for n in range(4)]
    response = Client().post(address(enquiry), {**FORM, "do": "preview", "evidence": four})
    assert "最多上传3个文件" in response.content.decode()
    bad = Client().post(address(enquiry), {**FORM, "do": "preview", "evidence": upload("a.pdf", b"MZ")})
    assert bad.status_code == 422
    assert "不是PDF" in bad.content.decode()


def test_links_that_open_nothing_answer_kindly(world: World, case: Case) -> None:
    unknown = Client().get(reverse("enquiry", args=["A" * 26]))
    assert unknown.status_code == 404
    assert "没有找到这个链接对应的协查函" in unknown.content.decode()
    closed = ask(world, case)
    enquiries.close(enquiry=closed, actor=world.verifier, today=TODAY)
    assert Client().get(address(closed)).status_code == 410
    ended = ask(world, case)
    Case.objects.filter(pk=case.pk).update(closed_on=TODAY)
    response = Client().post(address(ended), {**FORM, "do": "send"})
    assert "不需要回复" in response.content.decode()
    with pytest.raises(enquiries.NotAwaited):
        enquiries.reply_by_link(secret=secret_of(ended), reply=YES, today=TODAY)


def test_once_it_is_decided_nobody_is_asked_or_reminded_any_more(world: World, case: Case) -> None:
    """The platforms still take it down, so that the case is not closed yet."""
    enquiry = ask(world, case)
    do(case, "give_opinion", world.verifier, **AGREE)
    do(case, "approve", world.approver)
    assert case.closed_on is None
    page = Client().get(address(enquiry))
    assert page.status_code == 410
    assert "罚款是否已经缴清" not in page.content.decode()
    with pytest.raises(enquiries.NotAwaited):
        enquiries.reply_by_link(secret=secret_of(enquiry), reply=YES, today=TODAY)
    assert enquiries.remind_of_overdue(today=date(2026, 12, 8)) == 0
    (item,) = enquiries_of(fresh(case), world.verifier, TODAY)["items"]
    assert item["remind_url"] == ""
    assert item["state"] == "没有回复，案件已经作出决定。"


def test_a_code_that_is_typed_leads_to_the_enquiry(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    response = Client().post(reverse("enquiry_code"), {"code": secret_of(enquiry).lower()})
    assert response["Location"] == address(enquiry)
    assert response["Referrer-Policy"] == "no-referrer"
    assert Client().post(reverse("enquiry_code"), {"code": "123"}).status_code == 422


def test_links_are_not_tried_without_end(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"enquiry": "2/m/ip"}
    found = [Client().get(reverse("enquiry", args=["B" * 26])).status_code for _n in range(3)]
    assert found == [404, 404, 429]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_is_told_that_it_is_answered(postgres: None) -> None:
    with clock.assume(TODAY):
        world = build_world()
        enquiry = ask(world, verifying_case(world))
    secret = secret_of(enquiry)

    def reply(number: int) -> Any:
        return enquiries.reply_by_link(
            secret=secret,
            reply=enquiries.Reply("confirmed", f"第{number}个", "钱会", "0561-1234567"),
            today=TODAY,
        )

    results, errors = in_threads(4, reply)
    assert len(results) == 1
    assert [type(error) for error in errors] == [enquiries.Answered] * 3
    assert TimelineEvent.objects.filter(action="answer_enquiry").count() == 1


# -- answering on paper and as an office


def test_a_paper_is_entered_with_its_scan_and_closes_the_link(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    with pytest.raises(ActionRefused, match="扫描件"):
        enquiries.reply_on_paper(enquiry=enquiry, actor=world.verifier, today=TODAY, reply=YES, scan=[])
    client = signed_in(world.verifier)
    response = client.post(
        reverse("office_enquiry_paper", args=[enquiry.uuid]),
        {"answer": "denied", "words": "只缴了一半", "name": "", "phone": "", "evidence": upload("回函.pdf")},
    )
    assert response.status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.answer, enquiry.channel, enquiry.entered_by) == ("denied", "paper", world.verifier)
    assert "已经回复过了" in Client().get(address(enquiry)).content.decode()


def test_only_the_asking_side_reminds_closes_and_enters(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    for actor in (world.intake, world.approver, world.clerk, member(OfficeFactory(), Role.VERIFIER)):
        with pytest.raises(NotYours):
            enquiries.remind(enquiry=enquiry, actor=actor, today=TODAY)
        with pytest.raises(NotYours):
            enquiries.close(enquiry=enquiry, actor=actor, today=TODAY)
        with pytest.raises(NotYours):
            enquiries.reply_on_paper(enquiry=enquiry, actor=actor, today=TODAY, reply=YES, scan=[upload()])


def test_an_office_of_this_site_answers_signed_in(world: World, case: Case) -> None:
    asked = OfficeFactory(name="濉溪县税务局")
    officer = member(asked, Role.VERIFIER, name="孙税")
    enquiry = ask(world, case, office=asked, addressee="", email="")
    client = signed_in(officer)
    assert "罚款是否已经缴清？" in client.get(reverse("office_enquiries")).content.decode()
    page = reverse("office_enquiry", args=[enquiry.uuid])
    assert client.post(page, {**FORM, "answer": ""}).status_code == 422
    assert client.post(page, {**FORM, "evidence": upload("凭证.pdf")}).status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.answer, enquiry.entered_by) == ("confirmed", officer)
    assert "罚款已于4月28日缴清" in client.get(page).content.decode()
    file = reverse("office_enquiry_file", args=[enquiry.uuid, enquiry.files.get().uuid])
    assert client.get(file).status_code == 200
    assert signed_in(world.intake).get(file).status_code == 200
    assert signed_in(member(OfficeFactory(), Role.VERIFIER)).get(page).status_code == 404


def test_the_office_that_is_asked_is_mailed_reminded_and_the_asker_told(world: World, case: Case) -> None:
    asked = OfficeFactory(name="濉溪县税务局")
    officer = member(asked, Role.VERIFIER, name="孙税", email="sun@example.gov.cn")
    User.objects.filter(pk=world.verifier.pk).update(email="wang@example.gov.cn")
    enquiry = ask(world, case, office=asked, addressee="", email="")
    enquiries.remind(enquiry=enquiry, actor=world.verifier, today=TODAY)
    mails = Mail.objects.filter(kind__startswith="enquiry").order_by("pk")
    assert [(mail.kind, mail.to_name) for mail in mails] == [
        ("enquiry_received", str(officer)),
        ("enquiry_overdue", str(officer)),
    ]
    assert "罚款是否已经缴清？" in mails[0].body
    enquiries.reply_by_link(secret=secret_of(enquiry), reply=YES, today=TODAY)
    answered = Mail.objects.get(kind="enquiry_answered")
    assert answered.to_address == "wang@example.gov.cn" and "濉溪县税务局" in answered.body
    assert f"{reverse('office_repair', args=[case.uuid])}#enquiries" in answered.body


def test_who_asked_does_not_answer_for_the_other_office(world: World, case: Case) -> None:
    """One person may verify at both offices; an answer of their own would confirm nothing."""
    other = OfficeFactory()
    join_office(user=world.verifier, office=other, role=Role.VERIFIER, since=SINCE, until=None)
    enquiry = ask(world, case, office=other, addressee="")
    assert not Mail.objects.filter(kind="enquiry_received", to_address=world.verifier.email).exists()
    with pytest.raises(ActionRefused, match="您自己"):
        enquiries.reply_by_office(enquiry=enquiry, actor=world.verifier, today=TODAY, reply=YES)
    page = signed_in(world.verifier).post(reverse("office_enquiry", args=[enquiry.uuid]), FORM)
    assert page.status_code == 409
    enquiries.reply_by_office(enquiry=enquiry, actor=member(other, Role.VERIFIER), today=TODAY, reply=YES)


def test_open_ones_come_first_and_the_list_asks_no_more_with_more_rows(world: World, case: Case) -> None:
    asked = OfficeFactory()
    client = signed_in(member(asked, Role.VERIFIER))
    first = ask(world, case, office=asked, addressee="", email="", question="第一问")
    client.get(reverse("office_enquiries"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse("office_enquiries"))
    for number in range(4):
        ask(world, case, office=asked, addressee="", email="", question=f"后{number}问")
    enquiries.reply_by_link(secret=secret_of(first), reply=YES, today=TODAY)
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("office_enquiries")).content.decode()
    assert len(many) <= len(few)
    assert page.index("后3问") < page.index("第一问")


def test_the_letter_is_named_in_the_readers_language(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    assert enquiry.document is not None
    render(document_id=enquiry.document.pk)
    enquiry.document.refresh_from_db()
    for language, name in (("zh-hans", "协查函"), ("en", "Letter of enquiry")):
        with translation.override(language):
            link = letter_link(enquiry)
            assert link is not None and link["name"] == name


# -- what applicants see


def test_a_link_does_not_fill_the_disk(world: World, case: Case) -> None:
    """What was brought and never sent is swept away after a day; until then it is not brought without end."""
    client, url = Client(), address(ask(world, case))
    before = StoredFile.objects.count()
    for number in range(7):
        three = [upload(f"{n}.pdf", PDF + b"%d-%d" % (number, n)) for n in range(3)]
        last = client.post(url, {**FORM, "do": "preview", "evidence": three})
    assert StoredFile.objects.count() - before <= 12
    assert last.status_code == 409
    assert "上传的文件太多" in last.content.decode()


def test_no_applicant_sees_anything_of_an_enquiry(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    kept = enquiries.keep_files(enquiry=enquiry, files=[upload("内部证明.pdf", PDF + b"%secret")])
    enquiries.reply_by_link(secret=secret_of(enquiry), reply=YES, today=TODAY, files=kept)
    assert enquiry.document is not None
    render(document_id=enquiry.document.pk)
    client = signed_in(world.clerk)
    for page in ("my_repair", "my_filing"):
        about = case if page == "my_repair" else case.filing
        shown = client.get(reverse(page, args=[about.uuid]), follow=True).content.decode()
        for hidden in ("协查", "财政局", "罚款已于4月28日缴清", "内部证明"):
            assert hidden not in shown
    assert "协查函" not in client.get(reverse("my_letters")).content.decode()
    assert not any("enquiry" in event.action for event in timeline(case=case, internal=False))
    for closed in (
        reverse("document", args=[enquiry.document.uuid]),
        reverse("attachment", args=[kept[0].uuid]),
        reverse("office_enquiry_letter", args=[enquiry.uuid]),
        reverse("office_enquiry_file", args=[enquiry.uuid, kept[0].uuid]),
        reverse("office_enquiry", args=[enquiry.uuid]),
    ):
        assert client.get(closed).status_code == 404, closed
    assert not case.attachments.filter(stored__in=kept).exists()


def test_the_letter_is_for_who_sends_it_and_who_is_asked(world: World, case: Case) -> None:
    asked = OfficeFactory()
    enquiry = ask(world, case, office=asked, addressee="", email="")
    Document.objects.filter(pk=enquiry.document_id).update(state="pending")
    seen = {
        "verifier": world.verifier,
        "asked": member(asked, Role.VERIFIER),
    }
    for user in seen.values():
        assert selectors.letter_for(user=user, uuid=enquiry.uuid, on=TODAY) == enquiry.document
    for user in (world.intake, world.approver, world.clerk):
        with pytest.raises(Enquiry.DoesNotExist):
            selectors.letter_for(user=user, uuid=enquiry.uuid, on=TODAY)


def test_the_sweep_keeps_what_was_answered_and_drops_what_was_never_sent(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    sent = enquiries.keep_files(enquiry=enquiry, files=[upload("发.pdf", PDF + b"%1")])
    unsent = enquiries.keep_files(enquiry=enquiry, files=[upload("未发.pdf", PDF + b"%2")])
    enquiries.reply_by_link(secret=secret_of(enquiry), reply=YES, today=TODAY, files=sent)
    sweep_unused(now=clock.now() + timedelta(days=3))
    assert StoredFile.objects.filter(pk=sent[0].pk).exists()
    assert not StoredFile.objects.filter(pk=unsent[0].pk).exists()


# -- silence


def test_silence_is_shown_as_silence(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    later = enquiry.due_on + timedelta(days=3)  # a Monday: one working day
    page = enquiries_of(case, world.verifier, later)
    assert "没有回复不等于同意" in page["warning"]
    (item,) = page["items"]
    assert item["tag"] == {"label": "逾期1个工作日未回复", "tone": "danger"}
    assert "没有回复不等于同意" in item["state"]
    assert enquiries_of(case, world.verifier, TODAY)["items"][0]["tag"]["label"] == "等待回复"


def test_the_case_page_offers_each_person_their_own(world: World, case: Case) -> None:
    ask(world, case)
    verifier = enquiries_of(case, world.verifier, TODAY)
    assert verifier["form"] is not None
    assert all(verifier["items"][0][key] for key in ("remind_url", "paper_url", "close_url"))
    intake = enquiries_of(case, world.intake, TODAY)
    assert (intake["form"], intake["warning"]) == (None, "")
    assert not any(intake["items"][0][key] for key in ("remind_url", "paper_url", "close_url", "letter"))


def test_one_is_reminded_by_hand_once_a_day(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    enquiries.remind(enquiry=enquiry, actor=world.verifier, today=TODAY)
    mail = Mail.objects.get(kind="enquiry_reminder")
    assert secret_of(enquiry) in mail.secret_body
    with pytest.raises(ActionRefused, match="今天已经催过"):
        enquiries.remind(enquiry=enquiry, actor=world.verifier, today=TODAY)
    with pytest.raises(ActionRefused, match="打电话"):
        enquiries.remind(enquiry=ask(world, case, email=""), actor=world.verifier, today=TODAY)


def test_an_overdue_one_is_reminded_once_on_the_day_after(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    answered, closed = ask(world, case), ask(world, case)
    ask(world, case, email="")
    enquiries.reply_by_link(secret=secret_of(answered), reply=YES, today=TODAY)
    enquiries.close(enquiry=closed, actor=world.verifier, today=TODAY)
    due = enquiry.due_on
    with clock.assume(due):
        assert enquiries.remind_of_overdue(today=due) == 0
    for day in (due + timedelta(days=1), due + timedelta(days=2)):
        with clock.assume(day):
            assert enquiries.remind_of_overdue(today=day) == (1 if day == due + timedelta(days=1) else 0)
    assert Mail.objects.filter(kind="enquiry_reminder").count() == 1
    assert case.events.filter(action="remind_enquiry").get().actor is None


# -- the pages of the asking office


def test_a_letter_is_asked_for_on_a_page_that_keeps_what_was_typed(world: World, case: Case) -> None:
    page = reverse("office_enquiry_ask", args=[case.uuid])
    client = signed_in(world.verifier)
    refused = client.post(page, {"question": "缴清了吗", "days": "5"})
    assert refused.status_code == 422
    assert "缴清了吗" in refused.content.decode()
    assert "请选择主送单位" in refused.content.decode()
    sent = client.post(page, {"question": "缴清了吗", "days": "3", "addressee": "濉溪县财政局"})
    assert sent.status_code == 302
    assert Enquiry.objects.get().due_on == current_calendar().add_working_days(TODAY, 3).due
    assert signed_in(world.intake).get(page).status_code == 404


def test_the_buttons_of_the_case_page_do_what_they_say(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    client = signed_in(world.verifier)
    assert client.post(reverse("office_enquiry_remind", args=[enquiry.uuid])).status_code == 302
    assert Mail.objects.filter(kind="enquiry_reminder").exists()
    assert client.post(reverse("office_enquiry_close", args=[enquiry.uuid])).status_code == 302
    enquiry.refresh_from_db()
    assert enquiry.closed_at is not None
    assert (
        signed_in(world.intake).post(reverse("office_enquiry_close", args=[enquiry.uuid])).status_code == 404
    )


# -- when the letter ends


def test_a_letter_that_was_sent_is_not_voided_and_its_link_ends_with_it(world: World, case: Case) -> None:
    supervisor = member(world.authority, Role.SUPERVISOR)
    enquiry = ask(world, case)
    letter = enquiry.document
    assert letter is not None
    given: dict[str, Any] = {"document": letter, "why": "有误", "actor": supervisor, "today": TODAY}
    with pytest.raises(ActionRefused, match="已经送出"):
        end_document(standing="void", **given)
    end_document(standing="revoked", **given)
    enquiry.refresh_from_db()
    assert enquiry.closed_at is not None
    assert Client().get(address(enquiry)).status_code == 410
    with pytest.raises(enquiries.NotAwaited):
        enquiries.reply_by_link(secret=secret_of(enquiry), reply=YES, today=TODAY)
    assert case.events.filter(action="close_enquiry", actor=supervisor).count() == 1


def test_an_answered_letter_keeps_its_answer_when_it_is_revoked(world: World, case: Case) -> None:
    enquiry = ask(world, case)
    enquiries.reply_by_link(secret=secret_of(enquiry), reply=YES, today=TODAY)
    assert enquiry.document is not None
    supervisor = member(world.authority, Role.SUPERVISOR)
    end_document(document=enquiry.document, standing="revoked", why="有误", actor=supervisor, today=TODAY)
    enquiry.refresh_from_db()
    assert enquiry.replied_at is not None and enquiry.closed_at is None


def test_a_letter_is_replaced_by_one_of_the_same_case_that_one_finds(world: World, case: Case) -> None:
    supervisor = member(world.authority, Role.SUPERVISOR)
    other = verifying_case(world, record=RecordFactory(subject=world.subject, authority=world.authority))
    letters = [ask(world, each).document for each in (case, case, other)]
    old, new, stray = (letter for letter in letters if letter is not None)
    assert list(replacements_for(old, user=supervisor, on=TODAY)) == [new]
    given: dict[str, Any] = {"document": old, "why": "有误", "actor": supervisor, "today": TODAY}
    with pytest.raises(ActionRefused):
        end_document(standing="replaced", by=stray, **given)
    assert end_document(standing="replaced", by=new, **given).replaced_by == new

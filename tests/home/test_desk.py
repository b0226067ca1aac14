"""The two desks: the enterprise's, with what was sent to it, and the official's, with counts and search."""

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credit_repair.cases.models import Case, CaseDocument, Clock, TimelineEvent
from credit_repair.home.desk import waits_for_applicant
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.people.models import User
from credit_repair.people.services import grant_mandate, join_office
from tests.home.conftest import NOW, SINCE, TODAY, open_case, person
from tests.home.test_queries import grows
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory
from tests.world import signed_in

pytestmark = pytest.mark.django_db
NUMBER = "XF-2026-000118"


def page_of(client, name, *args, **answers):
    answer = client.get(reverse(name, args=args), answers)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def clerk_user(subject):
    user = person("agent")
    user.email, user.date_joined = "Agent@example.com", NOW - timedelta(days=30)
    user.save()
    grant_mandate(user=user, subject=subject, since=SINCE)
    EmailAddress.objects.create(user=user, email="agent@example.com", verified=True, primary=True)
    return user


def letter(case, *, title="受理通知书", state=Document.State.READY, kind="acceptance_notice", on=TODAY):
    document = Document.objects.create(
        kind=kind,
        title=title,
        issued_on=on,
        addressee=case.subject,
        state=state,
        created_at=NOW,
        sha256="0" * 64,
        size=2048,
        file=ContentFile(b"%PDF-", name="a.pdf"),
    )
    return CaseDocument.objects.create(case=case, document=document)


def event_of(subject):
    """Something that happened in a case of the subject, to be mailed about."""
    case = Case.objects.filter(subject=subject).first() or open_case(RecordFactory(subject=subject))
    return TimelineEvent.objects.create(
        case=case, at=NOW, action="submit", title="提交", state_to="submitted"
    )


def mail(to="agent@example.com", *, kind="repair_submitted", subject="信用修复申请已提交", **fields):
    """A mail about a case of the agent's subject; `about` and `reader` stand in its key."""
    reader = fields.pop("reader", None) or User.objects.get(username="agent")
    about = fields.pop("about", None) or event_of(reader.mandates.get().subject)
    fields = {"body": "您好，申请已经提交。\n", "state": "sent", **fields}
    return Mail.objects.create(
        key=f"{kind}:{about.uuid}:{reader.pk}",
        kind=kind,
        to_address=to,
        subject=subject,
        next_attempt_at=NOW,
        created_at=NOW,
        **fields,
    )


# ---- the enterprise's desk ---------------------------------------------------------------------------


def test_the_desk_says_what_waits_what_runs_and_what_comes_next(clerk, subject):
    RecordFactory(subject=subject, doc_no="甲1号")
    draft = open_case(RecordFactory(subject=subject, doc_no="乙2号"), state="draft")
    running = open_case(RecordFactory(subject=subject, doc_no="丙3号"), number=NUMBER, state="submitted")
    Clock.objects.create(
        case=running,
        kind="acceptance",
        started_on=TODAY,
        limit_days=3,
        due_on=date(2026, 11, 25),
        basis="x",
        mark="C",
    )
    page = page_of(clerk, "me")
    assert "1条记录现在可以申请修复" in page
    assert "继续填写申请" in page
    assert reverse("my_filing", args=[draft.filing.uuid]) in page
    assert reverse("my_repair", args=[running.uuid]) in page
    assert "2026年11月25日" in page
    assert "接下来的日期" in page
    assert "公示期满，自动停止公示" in page


def test_a_desk_without_anything_to_do_says_so(clerk, subject):
    page = page_of(clerk, "me")
    assert "现在没有要您办的事" in page
    assert "没有查到信用记录" in page


def test_records_are_shown_by_what_can_be_done_with_them(clerk, subject):
    now = RecordFactory(subject=subject, doc_no="甲1号")
    later = RecordFactory(subject=subject, doc_no="乙2号", decision_date=date(2026, 10, 10))
    page = page_of(clerk, "me", show="later")
    assert reverse("my_record", args=[later.uuid]) in page.split('id="records"')[1]
    assert reverse("my_record", args=[now.uuid]) not in page.split('id="records"')[1]
    assert reverse("my_record", args=[now.uuid]) in page_of(clerk, "me", show="nonsense")
    assert "这一类现在没有记录" in page_of(clerk, "me", show="running")
    over = RecordFactory(subject=subject, doc_no="丙3号", decision_date=date(2023, 1, 10))
    page = page_of(clerk, "me", show="ended").split('id="records"')[1]
    assert "不再公示" in page
    assert reverse("my_record", args=[over.uuid]) in page
    assert reverse("my_record", args=[now.uuid]) not in page


def test_the_desk_of_one_subject_shows_nothing_of_another(clerk_user, subject):
    other = SubjectFactory(name="濉溪县第二商店")
    grant_mandate(user=clerk_user, subject=other, since=SINCE)
    theirs = open_case(RecordFactory(subject=other), number=NUMBER)
    letter(theirs, title="另一家的通知书")
    page = page_of(signed_in(clerk_user), "me", subject=subject.uuid)
    assert NUMBER not in page
    assert "另一家的通知书" not in page
    assert "另一家的通知书" in page_of(signed_in(clerk_user), "me", subject=other.uuid)


def test_further_pages_are_of_the_records_alone(clerk, subject):
    RecordFactory.create_batch(31, subject=subject)
    assert "等您办理" in page_of(clerk, "me")
    assert "等您办理" not in page_of(clerk, "me", page=2)


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        ("draft", True),
        ("scheduled", False),
        ("submitted", False),
        ("correction", True),
        ("verifying", False),
        ("approved", False),
    ],
)
def test_by_the_state_table_it_is_known_who_comes_next(state, waits):
    assert waits_for_applicant(Case(kind="repair", state=state)) is waits


# ---- letters and mails -------------------------------------------------------------------------------


def test_letters_are_the_finished_documents_of_ones_own_cases(clerk, subject):
    case = open_case(RecordFactory(subject=subject), number=NUMBER)
    shown = letter(case)
    letter(case, title="还没有生成", state=Document.State.PENDING)
    letter(case, title="信用修复承诺书", kind="commitment_letter")
    letter(open_case(RecordFactory(), number="XF-2026-000119"), title="别人的决定书")
    page = page_of(clerk, "my_letters")
    assert reverse("document", args=[shown.document.uuid]) in page
    for title in ("还没有生成", "信用修复承诺书", "别人的决定书"):
        assert title not in page
    export = clerk.get(reverse("my_letters"), {"format": "csv"})
    assert NUMBER in b"".join(export.streaming_content).decode("utf-8-sig")


def test_letters_come_newest_first_in_pages_whose_cost_does_not_grow(clerk, subject):
    def add(n):
        for _ in range(n):
            letter(open_case(RecordFactory(subject=subject), number=f"XF-2026-{Case.objects.count():06}"))

    assert grows(clerk, reverse("my_letters"), add) == 0
    add(25)
    assert "第 1–30 条，共 35 条" in page_of(clerk, "my_letters")
    letter(Case.objects.first(), title="最新的", on=TODAY + timedelta(days=1))
    page = page_of(clerk, "my_letters").split("<tbody")[1]
    assert page.index("最新的") < page.index("受理通知书")
    assert "最新的" not in page_of(clerk, "my_letters", page=2)


def test_nobody_reads_letters_of_a_subject_they_do_not_act_for(clerk):
    assert clerk.get(reverse("my_letters"), {"subject": SubjectFactory().uuid}).status_code == 404


def test_mails_are_those_to_ones_own_confirmed_address(clerk_user):
    client = signed_in(clerk_user)
    mine = mail("AGENT@example.com")
    foreign = mail("somebody@example.com", subject="别人的邮件")
    assert mine.subject in page_of(client, "my_mails")
    assert "别人的邮件" not in page_of(client, "my_mails")
    assert "申请已经提交" in page_of(client, "my_mail", mine.uuid)
    assert client.get(reverse("my_mail", args=[foreign.uuid])).status_code == 404


def test_the_next_owner_of_an_address_reads_nothing_that_was_written_to_the_one_before(clerk_user, subject):
    old = mail(subject="写给前一位的")
    EmailAddress.objects.all().delete()
    other = person("other")
    EmailAddress.objects.create(user=other, email="agent@example.com", verified=True, primary=True)
    grant_mandate(user=other, subject=subject, since=SINCE)
    client = signed_in(other)
    for joined in (NOW + timedelta(hours=1), NOW - timedelta(days=30)):  # made afterwards, and long before
        User.objects.filter(pk=other.pk).update(date_joined=joined)
        assert "写给前一位的" not in page_of(client, "my_mails")
        assert "写给前一位的" not in page_of(client, "me")
        assert client.get(reverse("my_mail", args=[old.uuid])).status_code == 404


def test_a_mail_older_than_the_account_is_not_shown(clerk_user):
    found = mail(subject="开户以前的")
    User.objects.filter(pk=clerk_user.pk).update(date_joined=NOW + timedelta(seconds=1))
    assert "开户以前的" not in page_of(signed_in(clerk_user), "my_mails")
    User.objects.filter(pk=clerk_user.pk).update(date_joined=found.created_at)
    assert "开户以前的" in page_of(signed_in(clerk_user), "my_mails")


def test_mails_about_a_subject_end_with_the_mandate_those_about_oneself_stay(clerk_user, subject):
    grant_mandate(user=clerk_user, subject=SubjectFactory(), since=SINCE)
    mandate = clerk_user.mandates.get(subject=subject)
    about_others = [
        mail(about=event_of(subject), subject="案件的"),
        mail(kind="mandate_ended", about=mandate, subject="同事的"),
    ]
    own = mail(kind="mandate_ended_yours", about=mandate, subject="自己的")
    client = signed_in(clerk_user)
    assert all(each.subject in page_of(client, "my_mails") for each in (*about_others, own))
    clerk_user.mandates.filter(pk=mandate.pk).update(until=TODAY - timedelta(days=1))
    page = page_of(client, "my_mails")
    assert "自己的" in page and "案件的" not in page and "同事的" not in page
    assert client.get(reverse("my_mail", args=[about_others[0].uuid])).status_code == 404
    assert client.get(reverse("my_mail", args=[own.uuid])).status_code == 200


def test_an_address_that_is_not_confirmed_opens_no_mails(clerk_user):
    EmailAddress.objects.update(verified=False)
    found = mail()
    client = signed_in(clerk_user)
    assert found.subject not in page_of(client, "my_mails")
    assert client.get(reverse("my_mail", args=[found.uuid])).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "repair_submitted", "body": "", "secret_body": "验证码 123456\n"},
        {"kind": "repair_submitted", "body": ""},
        {"kind": "invitation"},
        {"kind": "account_confirm"},
        {"kind": "step_due"},
        {"kind": "regain"},
    ],
)
def test_mails_that_open_an_account_or_are_for_officials_are_never_shown(clerk_user, fields):
    hidden = mail(subject="不给看的", **fields)
    client = signed_in(clerk_user)
    assert "不给看的" not in page_of(client, "my_mails")
    assert "不给看的" not in page_of(client, "me")
    assert client.get(reverse("my_mail", args=[hidden.uuid])).status_code == 404


def test_a_mail_that_failed_is_said_to_have_failed(clerk_user):
    failed = mail(state="failed")
    client = signed_in(clerk_user)
    assert "发送失败" in page_of(client, "my_mails")
    assert "没有发到" in page_of(client, "my_mail", failed.uuid)


def test_mails_cost_the_same_however_many(clerk_user):
    client = signed_in(clerk_user)
    assert grows(client, reverse("my_mails"), lambda n: [mail() for _ in range(n)]) == 0


def test_the_desk_costs_the_same_however_much_was_sent(clerk_user, subject):
    def add(n):
        for _ in range(n):
            case = open_case(
                RecordFactory(subject=subject), number=f"XF-2026-{Case.objects.count():06}", state="submitted"
            )
            letter(case)
            mail()

    assert grows(signed_in(clerk_user), reverse("me"), add) == 0


# ---- the official's desk -----------------------------------------------------------------------------


@pytest.fixture
def inbox(credit):
    user = person("intake")
    join_office(user=user, office=credit, role="intake", since=SINCE)

    def add(due, *, taken=False):
        number = f"XF-2026-{Case.objects.count():06}"
        case = open_case(RecordFactory(), number=number, office=credit)
        clock = Clock.objects.create(
            case=case, kind="acceptance", started_on=SINCE, limit_days=3, due_on=due, basis="x", mark="C"
        )
        case.steps.update(clock=clock, taken_by=user if taken else None)
        return number

    return signed_in(user), add


def test_the_counts_say_how_much_is_due_and_lead_to_it(inbox):
    client, add = inbox
    over, today = add(date(2026, 11, 18)), add(TODAY, taken=True)
    week, later = add(date(2026, 11, 22)), add(date(2026, 11, 23))
    page = page_of(client, "office")
    shown = client.get(reverse("office")).context
    counts = {each["label"]: each["count"] for each in (*shown["figures"], *shown["tabs"])}
    assert counts == {
        "全部待办": "4",
        "已超期": "1",
        "今天到期": "1",
        "本周内到期": "1",
        "我已接手": "1",
        "待接手": "3",
        "本单位": "4",
    }
    for number in (over, today, week, later):
        assert number in page
    for view, number in (("overdue", over), ("today", today), ("week", week), ("mine", today)):
        part = page_of(client, "office", show=view)
        assert number in part
        assert later not in part


def test_a_part_without_cases_leads_back_to_all(inbox):
    client, add = inbox
    number = add(date(2026, 12, 4))
    page = page_of(client, "office", show="overdue")
    assert "这一类没有待办" in page
    assert number not in page
    assert number in page_of(client, "office", show="nonsense")


def test_the_counts_cost_one_question_however_much_there_is(inbox):
    client, add = inbox
    assert grows(client, reverse("office"), lambda n: [add(TODAY) for _ in range(n)]) == 0


# ---- search ------------------------------------------------------------------------------------------


@pytest.fixture
def found_by(official, credit):
    client = official("intake", credit)
    return lambda text: client.get(reverse("office_search"), {"q": text})


def test_the_number_of_a_case_leads_to_the_case(found_by, credit):
    case = open_case(RecordFactory(), number=NUMBER, office=credit)
    for text in (NUMBER, f" {NUMBER.lower()} "):
        assert found_by(text)["Location"] == reverse("office_repair", args=[case.uuid])


def test_cases_subjects_and_records_are_found_in_one_page(found_by, credit):
    record = RecordFactory(subject=SubjectFactory(name="濉溪县长河运输有限公司"))
    case = open_case(record, number=NUMBER, office=credit)
    for text in ("长河运输", record.subject.code, record.doc_no, NUMBER[-4:]):
        page = found_by(text).content.decode()
        assert reverse("office_repair", args=[case.uuid]) in page, text
    page = found_by("长河运输").content.decode()
    assert reverse("office_record", args=[record.uuid]) in page
    assert record.subject.code in page


def test_nothing_is_found_that_the_official_may_not_read(official, credit):
    authority, elsewhere = OfficeFactory(name="甲局"), OfficeFactory(name="乙局")
    record = RecordFactory(authority=authority, subject=SubjectFactory(name="长河运输有限公司"))
    case = open_case(record, number=NUMBER, office=credit)
    client = official("verifier", elsewhere)
    for text in ("长河运输", record.subject.code, record.doc_no, NUMBER):
        page = page_of(client, "office_search", q=text)
        assert "没有找到" in page
        assert str(case.uuid) not in page
        assert str(record.uuid) not in page


def test_a_whole_personal_number_finds_the_person_and_is_not_repeated(found_by):
    individual = SubjectFactory(person=True)
    RecordFactory(subject=individual)
    page = found_by(individual.personal_number).content.decode()
    assert individual.shown_number in page
    assert individual.personal_number not in page


def test_a_personal_number_typed_in_the_header_stands_in_no_address(official, credit):
    individual = SubjectFactory(person=True)
    RecordFactory(subject=individual)
    client, number = official("intake", credit), individual.personal_number
    assert 'role="search" method="post"' in page_of(client, "office")
    for typed in (number, f" {number[:6]} {number[6:].lower()} "):
        answer = client.post(reverse("office_search"), {"q": typed})
        assert answer.status_code == 200
        page = answer.content.decode()
        assert individual.shown_number in page and number not in page
    unknown = client.post(reverse("office_search"), {"q": "340621199003079990"})
    assert unknown.status_code == 200 and "340621199003079990" not in unknown.content.decode()


def test_everything_else_typed_in_the_header_has_an_address_to_come_back_to(official, credit):
    answer = official("intake", credit).post(reverse("office_search"), {"q": " 长河 "})
    assert answer.status_code == 302 and answer["Location"].startswith(f"{reverse('office_search')}?q=%E9")


def test_the_search_without_a_text_says_how(found_by):
    assert "可以只输入一部分" in found_by("").content.decode()
    assert "可以只输入一部分" in found_by("   ").content.decode()


def test_the_search_costs_the_same_however_much_it_finds(official, credit):
    client, subject = official("intake", credit), SubjectFactory(name="长河运输有限公司")

    def add(n):
        for _ in range(n):
            number = f"XF-2026-{Case.objects.count():06}"
            open_case(RecordFactory(subject=subject), number=number, office=credit)

    assert grows(client, f"{reverse('office_search')}?q=长河运输", add) == 0


def test_the_header_leads_to_the_search(official, credit):
    page = page_of(official("intake", credit), "office")
    assert f'action="{reverse("office_search")}"' in page


# ---- where one is ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["my_cases", "my_calendar", "my_letters", "my_mails"])
def test_every_page_of_an_enterprise_leads_back_to_its_desk(clerk, name):
    page = page_of(clerk, name)
    crumbs = page.split('class="dk-crumbs"')[1].split("</nav>")[0]
    assert f'href="{reverse("me")}"' in crumbs


def test_no_way_names_the_same_place_twice(clerk, subject):
    page = page_of(clerk, "my_record", RecordFactory(subject=subject).uuid)
    assert page.split('class="dk-crumbs"')[1].split("</nav>")[0].count("我的办事台") == 1


@pytest.mark.parametrize("name", ["office_records", "office_search", "office_rules"])
def test_every_page_of_an_official_leads_back_to_the_inbox(official, credit, name):
    page = page_of(official("intake", credit), name)
    assert f'href="{reverse("office")}"' in page.split('class="dk-crumbs"')[1].split("</nav>")[0]


def test_a_stranger_is_told_how_to_come_in(client: Client):
    page = page_of(client, "front")
    assert reverse("account_login") in page
    assert timezone.localdate() >= date(2025, 1, 1)

"""The pages: for everybody, for the subject's own people, for officials."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.cases.file_parts import OFFICE, SUBJECT, FileReader, parts
from credit_repair.commitments import services
from credit_repair.commitments.models import Commitment, CommitmentList
from credit_repair.commitments.presenters import list_facts
from credit_repair.home.message_acts import readable
from credit_repair.people.models import Role
from credit_repair.platforms.models import Message
from tests.commitments.conftest import SAID, answered, declare, fresh, opened, proposed, sign
from tests.home.test_queries import grows
from tests.registry.factories import OfficeFactory, SubjectFactory
from tests.repairs.signing import AS_SENT
from tests.world import TODAY, approved_case, clerk_of, member, signed_in, upload

SIGNATURE = {"name": "周小敏", "agreed": "on", "strokes": AS_SENT}


@pytest.fixture
def clerk(world) -> Client:
    return signed_in(world.clerk)


@pytest.fixture
def verifier(world) -> Client:
    return signed_in(world.verifier)


def page(client, name, *args, status=200, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def published(subject, office, **fields):
    return Commitment.objects.create(
        subject=subject,
        office=office,
        kind="voluntary",
        title="诚信经营承诺",
        items=["明码标价"],
        made_on=TODAY,
        is_public=True,
        published_on=TODAY,
        state="made",
        created_at=f"{TODAY}T00:00:00+08:00",
        **fields,
    )


# -- everybody


def test_the_public_finds_what_is_published_by_part_of_the_name_or_the_code(client, world):
    found = published(world.subject, world.credit)
    published(SubjectFactory(name="濉溪县另一家有限公司"), world.credit)
    for text in (world.subject.name[3:8], world.subject.code.lower()):
        shown = page(client, "commitments", q=text)
        assert str(found.uuid) in shown
        assert "另一家" not in shown
    assert "没有公开的信用承诺" in page(client, "commitments", q="无此企业")
    detail = page(client, "commitment", found.uuid)
    assert "明码标价" in detail
    assert world.subject.code in detail


def test_the_public_reads_nothing_of_what_is_not_published(client, world, row):
    waiting = declare(world)
    page(client, "commitment", waiting.uuid, status=404)
    services.decline(commitment=waiting, reason="与信用无关", actor=world.intake, today=TODAY)
    page(client, "commitment", waiting.uuid, status=404)
    assert str(waiting.uuid) not in page(client, "commitments")


def test_a_natural_person_is_masked_and_not_found_by_name(client, world):
    person = SubjectFactory(person=True, name="周小敏")
    found = published(person, world.credit)
    assert "没有公开的信用承诺" in page(client, "commitments", q="周小敏")
    for shown in (page(client, "commitments"), page(client, "commitment", found.uuid)):
        assert "周*敏" in shown
        assert "周小敏" not in shown
        assert person.personal_number not in shown


def test_a_check_that_is_running_is_no_news_for_the_public(client, world, row):
    commitment = proposed(world, row)
    shown = page(client, "commitment", commitment.uuid)
    for words in ("核查中", "三名驾驶员", "没有取得从业资格证明"):
        assert words not in shown
    assert "履行中" in shown


def test_what_was_broken_stays_public_and_what_was_withdrawn_does_not(client, world, row):
    commitment = answered(world, row)
    services.confirm_broken(commitment=commitment, reply="不成立。", actor=world.approver, today=TODAY)
    assert "已违背" in page(client, "commitment", commitment.uuid)
    own = declare(world)
    services.accept(commitment=own, check_from=None, actor=world.intake, today=TODAY)
    page(client, "commitment", own.uuid)
    services.withdraw(commitment=own, actor=world.clerk, today=TODAY)
    page(client, "commitment", own.uuid, status=404)


def test_the_public_list_asks_the_same_for_many(client, world):
    def add(n):
        for _ in range(n):
            published(SubjectFactory(), world.credit)

    assert grows(client, reverse("commitments"), add) == 0


# -- the subject's own people


def test_an_enterprise_reads_a_list_signs_it_and_gets_its_letter(clerk, world, row):
    assert row.title in page(clerk, "my_commitment_new")
    assert "驾驶员取得从业资格证明" in page(clerk, "my_commitment_sign", row.uuid)
    answer = clerk.post(reverse("my_commitment_sign", args=[row.uuid]), {**SIGNATURE, "version": row.version})
    commitment = Commitment.objects.get()
    assert answer["Location"] == reverse("my_commitment", args=[commitment.uuid])
    shown = page(clerk, "my_commitment", commitment.uuid)
    assert "2026年12月18日" in shown, "the day of the check"
    pdf = clerk.get(reverse("my_commitment_letter", args=[commitment.uuid]))
    assert b"".join(pdf).startswith(b"%PDF")
    assert row.title in page(clerk, "my_commitments")


def test_a_signature_that_is_none_or_an_old_list_is_said_on_the_page(clerk, world, row):
    address = reverse("my_commitment_sign", args=[row.uuid])
    empty = clerk.post(address, {**SIGNATURE, "strokes": "", "version": 1})
    assert (empty.status_code, "请在方框里签名" in empty.content.decode()) == (422, True)
    old = clerk.post(address, {**SIGNATURE, "version": 7})
    assert (old.status_code, "重新阅读" in old.content.decode()) == (422, True)
    assert not Commitment.objects.exists()


def test_a_declaration_with_a_personal_number_is_refused_on_the_page(clerk, world):
    said = {**SIGNATURE, "title": "诚信经营承诺", "items": "找张三340621199001011234"}
    answer = clerk.post(reverse("my_commitment_declare"), said)
    assert answer.status_code == 422
    assert "不要写身份证号码" in answer.content.decode()
    said["items"] = "明码标价\n不虚假宣传"
    assert clerk.post(reverse("my_commitment_declare"), said).status_code == 302
    assert Commitment.objects.get().items == ["明码标价", "不虚假宣传"]


def test_the_subject_sees_the_reasons_and_answers(clerk, world, row):
    commitment = proposed(world, row)
    shown = page(clerk, "my_commitment", commitment.uuid)
    for words in ("没有取得从业资格证明", "2026年11月27日", "提交申辩"):
        assert words in shown
    assert "王核" not in shown, "who checked is the office's own affair"
    address = reverse("my_commitment_act", args=[commitment.uuid, "answer"])
    assert clerk.post(address, {"text": ""}).status_code == 422
    bad = clerk.post(address, {"text": "不是", "upload": upload("坏.pdf", b"nothing")})
    assert bad.status_code == 422
    assert clerk.post(address, {"text": "该驾驶员已离职。", "upload": upload("证明.pdf")}).status_code == 302
    assert 'name="upload"' not in page(clerk, "my_commitment", commitment.uuid), "once is enough"
    assert fresh(commitment).checks.get().answer == "该驾驶员已离职。"


def test_a_foreign_commitment_does_not_exist(world, row):
    commitment = sign(world, row)
    other = signed_in(clerk_of(SubjectFactory()))
    page(other, "my_commitment", commitment.uuid, status=404)
    page(other, "my_commitment_letter", commitment.uuid, status=404)
    assert other.post(reverse("my_commitment_act", args=[commitment.uuid, "answer"])).status_code == 404


def test_an_unknown_act_does_not_exist(clerk, verifier, world, row):
    commitment = sign(world, row)
    assert clerk.post(reverse("my_commitment_act", args=[commitment.uuid, "burn"])).status_code == 404
    assert verifier.post(reverse("office_commitment_act", args=[commitment.uuid, "burn"])).status_code == 404


def test_my_list_asks_the_same_for_many(clerk, world):
    def add(n):
        for _ in range(n):
            published(world.subject, world.credit)

    assert grows(clerk, reverse("my_commitments"), add) == 0


# -- officials


def test_the_list_shows_what_is_due_overdue_and_to_be_confirmed(verifier, world, row):
    commitment = opened(world, row)
    assert str(commitment.uuid) in page(verifier, "office_commitments")
    assert str(commitment.uuid) not in page(verifier, "office_commitments", show="overdue")
    commitment.checks.update(opened_on=date(2026, 11, 2), due_on=date(2026, 11, 16))
    late = page(verifier, "office_commitments", show="overdue")
    assert str(commitment.uuid) in late
    assert "已超期" in late
    assert str(commitment.uuid) in page(verifier, "office_commitments", show="all")
    assert str(commitment.uuid) not in page(verifier, "office_commitments", show="confirm")


def test_a_finding_is_entered_on_the_page_and_its_faults_are_said(verifier, world, row):
    commitment = opened(world, row)
    address = reverse("office_commitment_act", args=[commitment.uuid, "find"])
    empty = verifier.post(address, {"finding": "broken", "text": "看过"})
    assert empty.status_code == 422
    assert "请写明理由" in empty.content.decode()
    said = {"finding": "kept", "text": "证明齐全。", "papers": [upload("证明.pdf"), upload("照片.pdf")]}
    assert verifier.post(address, said).status_code == 302
    shown = page(verifier, "office_commitment", commitment.uuid)
    assert "照片.pdf" in shown
    assert fresh(commitment).state == "kept"


def test_who_found_it_is_offered_no_confirming(verifier, world, row):
    commitment = answered(world, row)
    assert "复核认定" not in page(verifier, "office_commitment", commitment.uuid)
    approver = signed_in(world.approver)
    assert "复核认定" in page(approver, "office_commitment", commitment.uuid)
    address = reverse("office_commitment_act", args=[commitment.uuid, "confirm"])
    assert verifier.post(address, {"reply": "不成立。"}).status_code == 404
    assert approver.post(address, {"reply": "不成立。"}).status_code == 302
    assert fresh(commitment).state == "broken"


def test_an_enterprise_that_is_not_registered_is_said_at_the_field(verifier, world, row):
    said = {
        "code": "91340402QF808N2594",
        "row": row.uuid,
        "made_on": "2026-11-18",
        "signer_name": "李明华",
        "scan": upload("承诺书.pdf"),
    }
    answer = verifier.post(reverse("office_commitment_paper"), said)
    assert answer.status_code == 422
    assert "没有登记过" in answer.content.decode()
    said |= {"code": world.subject.code, "scan": upload("承诺书.pdf")}
    assert verifier.post(reverse("office_commitment_paper"), said).status_code == 302
    assert Commitment.objects.get().entered_by == world.verifier


def test_a_supervisor_edits_an_item_list_on_the_page(world, supervisor, row):
    browser = signed_in(supervisor)
    form = {
        "title": SAID.title,
        "items": "一项\n两项",
        "legal_basis": SAID.legal_basis,
        "check_unit": "months",
        "active": "on",
        "version": 1,
    }
    address = reverse("office_commitment_list", args=[row.uuid])
    assert browser.post(address, form).status_code == 302
    assert browser.post(address, form).status_code == 422, "from an old version"
    assert CommitmentList.objects.get().items == ["一项", "两项"]
    assert "两项" in page(browser, "office_commitment_lists")
    new = {**form, "office": world.authority.code, "kind": "proof", "title": "新的清单"}
    assert browser.post(reverse("office_commitment_list_new"), new).status_code == 302


def test_the_officials_list_asks_the_same_for_many(world):
    browser = signed_in(world.intake)

    def add(n):
        for _ in range(n):
            published(SubjectFactory(), world.credit)

    assert grows(browser, reverse("office_commitments") + "?show=all", add) == 0


def test_another_offices_natural_person_is_masked_for_the_credit_office(world):
    person = SubjectFactory(person=True, name="周小敏")
    found = published(person, world.authority)
    for user, name in ((world.intake, "周*敏"), (world.verifier, "周小敏")):
        browser = signed_in(user)
        assert name in page(browser, "office_commitments", show="all")
        assert name in page(browser, "office_commitment", found.uuid)
    assert "周小敏" not in page(signed_in(world.intake), "office_commitment", found.uuid)


def test_who_acts_for_the_subject_finds_it_at_no_office(world, row):
    commitment = sign(world, row)
    from credit_repair.people.services import grant_mandate

    grant_mandate(user=world.verifier, subject=world.subject, since=date(2026, 1, 1))
    page(signed_in(world.verifier), "office_commitment", commitment.uuid, status=404)


# -- elsewhere


def test_the_subjects_file_has_a_line_for_the_office_and_for_itself(world, row):
    commitment = sign(world, row)
    (part,) = [part for part in parts() if part.code == "commitments"]
    readers = ((OFFICE, world.verifier, "office_commitment"), (SUBJECT, world.clerk, "my_commitment"))
    for side, user, name in readers:
        (line,) = part.lines(world.subject, FileReader(user=user, on=TODAY, side=side), 10)
        assert (line.title, line.state, line.url) == (
            row.title,
            "履行中",
            reverse(name, args=[commitment.uuid]),
        )
    stranger = FileReader(user=clerk_of(SubjectFactory()), on=TODAY, side=SUBJECT)
    assert part.lines(world.subject, stranger, 10) == []


def test_messages_about_it_are_read_by_its_office_and_not_by_another(world, row):
    sign(world, row)
    OfficeFactory(credit=True, name="桓台县信用办")
    elsewhere = OfficeFactory(name="濉溪县水务局")
    data, other = member(world.authority, Role.DATA), member(elsewhere, Role.DATA)
    assert Message.objects.filter(readable(user=data, on=TODAY)).count() == 1
    assert not Message.objects.filter(readable(user=other, on=TODAY)).exists()


def test_a_record_and_what_was_promised_about_it_lead_to_each_other(clerk, verifier, world):
    case = approved_case(world)
    promised = Commitment.objects.get(origin=case.uuid)
    for client, of_record, of_promise in (
        (clerk, "my_record", "my_commitment"),
        (verifier, "office_record", "office_commitment"),
    ):
        assert reverse(of_promise, args=[promised.uuid]) in page(client, of_record, world.record.uuid)
        assert reverse(of_record, args=[world.record.uuid]) in page(client, of_promise, promised.uuid)


def test_the_letter_is_called_a_pdf(clerk, world, row):
    signed = page(clerk, "my_commitment", sign(world, row).uuid)
    assert "PDF</span>" in signed
    assert "pdf</span>" not in signed


def test_an_item_list_says_on_what_its_publication_rests(row):
    row.published, row.published_basis = True, "国办发〔2020〕42号"
    rows = {each["key"]: each["value"] for each in list_facts(row)}
    assert (rows.get("公开依据"), rows.get("公开")) == ("国办发〔2020〕42号", None)
    row.published = False
    rows = {each["key"]: each["value"] for each in list_facts(row)}
    assert (rows.get("公开依据"), rows.get("公开")) == (None, "不公开")

"""The register of documents 发文登记簿: who finds what, and how a document is ended."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.document_selectors import found_in_register, number_runs, register
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseDocument, Recusal
from credit_repair.cases.services import enquiries
from credit_repair.cases.services.ending import end_document
from credit_repair.core import clock
from credit_repair.core.codes import new_code
from credit_repair.core.models import AuditEntry
from credit_repair.notices import ending
from credit_repair.notices.models import Document
from credit_repair.people.models import Role, User
from credit_repair.people.services import grant_mandate
from credit_repair.registry.models import Office
from tests.registry.factories import MOMENT, OfficeFactory
from tests.world import SINCE, TODAY, World, member, signed_in, submitted_case, verifying_case

Standing = Document.Standing


@pytest.fixture
def supervisor(world: World) -> User:
    return member(world.authority, Role.SUPERVISOR, name="郑督")


def made(office: Office, serial: int, *, case: Case | None = None, **fields: Any) -> Document:
    """A decision of an office, without a file."""
    given = {
        "kind": "decision_approve",
        "title": "准予信用修复决定书",
        "prefix": office.document_prefix,
        "year": 2026,
        "number": f"{office.document_prefix}〔2026〕{serial}号",
        "issued_on": TODAY,
        "created_at": MOMENT,
        "check_code": new_code(16),
        **fields,
    }
    document: Document = Document.objects.create(office=office, serial=serial, **given)
    if case is not None:
        CaseDocument.objects.create(case=case, document=document)
    return document


def found(user: User, **asked: Any) -> list[str]:
    return [str(each.number) for each in found_in_register(user=user, on=TODAY, **asked)]


def shown(user: User, name: str, *arguments: Any, query: str = "") -> HttpResponse:
    with clock.assume(TODAY):
        return signed_in(user).get(reverse(name, args=arguments) + query)


def text(response: HttpResponse) -> str:
    return response.content.decode()


# -- who finds what


def test_an_office_finds_what_it_issued_and_nobody_else_s(world: World, supervisor: User) -> None:
    own, other = made(world.authority, 1), made(world.credit, 1)
    assert found(supervisor) == found(world.verifier) == [own.number]
    assert found(world.intake) == [other.number]
    assert found(world.clerk) == []
    answer = shown(world.intake, "office_document", own.uuid)
    assert answer.status_code == 404


def test_who_has_left_finds_nothing(world: World) -> None:
    made(world.authority, 1)
    left = member(world.authority, Role.SUPERVISOR, until=date(2026, 11, 19))
    assert found(left) == [] and shown(left, "office_documents").status_code == 404


@pytest.mark.parametrize("how", ["declared", "acts for the subject"])
def test_who_keeps_away_from_a_case_does_not_find_its_documents(
    world: World, supervisor: User, how: str
) -> None:
    case = submitted_case(world)
    document = made(world.authority, 1, case=case)
    assert found(supervisor) == [document.number]
    if how == "declared":
        Recusal.objects.create(case=case, user=supervisor, declared_at=MOMENT, reason="亲属")
    else:
        grant_mandate(user=supervisor, subject=world.subject, since=SINCE)
    assert found(supervisor) == []
    with pytest.raises(NotYours):
        end_document(document=document, standing="revoked", why="有误", actor=supervisor, today=TODAY)


@pytest.mark.parametrize("typed", ["12", "信修〔2026〕12号", "[2026] 12", "（2026）12号", "【2026】12"])
def test_a_number_is_found_however_its_brackets_are_typed(world: World, typed: str) -> None:
    made(world.authority, 12, prefix="濉交信修", number="濉交信修〔2026〕12号")
    made(world.authority, 7, prefix="濉交信修", number="濉交信修〔2026〕7号")
    assert found(world.verifier, text=typed) == ["濉交信修〔2026〕12号"]


def test_a_check_code_finds_its_document(world: World) -> None:
    made(world.authority, 1)
    wanted = made(world.authority, 2, check_code="K7Q429XMABCDEFGH")
    assert found(world.verifier, text="k7q4-29xm-abcd-efgh") == [wanted.number]


def test_kind_standing_and_days_narrow_the_list(world: World) -> None:
    one = made(world.authority, 1, issued_on=date(2026, 11, 2))
    two = made(world.authority, 2, kind="decision_refuse", title="不予信用修复决定书")
    three = made(world.authority, 3)
    ending.void(document=three, why="打印错误", actor=None, today=TODAY)
    assert found(world.verifier) == [three.number, two.number, one.number]
    assert found(world.verifier, kind="decision_refuse") == [two.number]
    assert found(world.verifier, standing="void") == [three.number]
    assert found(world.verifier, since=date(2026, 11, 3)) == [three.number, two.number]
    assert found(world.verifier, until=date(2026, 11, 2)) == [one.number]


# -- the pages


def test_the_page_filters_and_says_how_many(world: World) -> None:
    made(world.authority, 1)
    made(world.authority, 2, kind="decision_refuse", title="不予信用修复决定书")
    page = text(shown(world.verifier, "office_documents", query="?kind=decision_refuse"))
    assert "共1份" in page and "〔2026〕2号" in page and "〔2026〕1号" not in page
    nothing = text(shown(world.verifier, "office_documents", query="?kind=acceptance_notice"))
    assert "没有符合条件的文书" in nothing and "看全部文书" in nothing
    empty = text(shown(world.intake, "office_documents"))
    assert "还没有签发过文书" in empty and "没有符合条件的文书" not in empty


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=yesterday", "日历上有的日子"),
        ("since=2026-02-30", "日历上有的日子"),
        ("since=2026-11-20&until=2026-11-19", "不能早于开始的那一天"),
        (f"text={'x' * 61}", "不超过60个字"),
        ("kind=zz", "请从列出的选项里选择"),
        ("standing=zz", "请从列出的选项里选择"),
    ],
)
def test_a_filter_that_makes_no_sense_is_said_at_the_field_and_on_top(
    world: World, query: str, said: str
) -> None:
    made(world.authority, 1)
    page = text(shown(world.verifier, "office_documents", query=f"?{query}"))
    assert page.count(said) == 2 and "没有符合条件的文书" not in page and "共0份" not in page


def queries_of(user: User, name: str) -> int:
    client = signed_in(user)
    with clock.assume(TODAY), CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(name)).status_code == 200
    return len(asked)


def test_the_list_is_paged_and_costs_the_same_for_thirty_as_for_two(world: World) -> None:
    case = submitted_case(world)
    made(world.authority, 1, case=case)
    made(world.authority, 2)
    few = queries_of(world.verifier, "office_documents")
    for serial in range(3, 36):
        made(world.authority, serial, case=case if serial % 2 else None)
    assert queries_of(world.verifier, "office_documents") == few <= 24
    first = text(shown(world.verifier, "office_documents"))
    assert "共35份" in first and first.count("准予信用修复决定书</a>") == 30
    second = text(shown(world.verifier, "office_documents", query="?page=2"))
    assert second.count("准予信用修复决定书</a>") == 5


def test_the_list_is_handed_out_as_a_file_under_its_filters(world: World) -> None:
    made(world.authority, 1)
    voided = made(world.authority, 2)
    ending.void(document=voided, why="=打印错误", actor=None, today=TODAY)
    answer = shown(world.verifier, "office_documents", query="?standing=void&format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row["文号"] for row in rows] == [voided.number]
    assert rows[0]["失效原因"] == "'=打印错误" and rows[0]["效力"] == "作废"


def test_a_document_s_page_says_what_became_of_it(world: World, supervisor: User) -> None:
    case = verifying_case(world)
    old, new = (made(world.authority, serial, case=case) for serial in (1, 2))
    end_document(document=old, standing="replaced", by=new, why="文字有误", actor=supervisor, today=TODAY)
    page = text(shown(world.verifier, "office_document", old.uuid))
    assert all(said in page for said in ("被替换", "文字有误", "郑督", str(new.number), str(case.number)))
    assert f"替换{old.number}" in text(shown(world.verifier, "office_document", new.uuid))


def test_a_document_s_page_leads_to_what_took_its_place(world: World, supervisor: User) -> None:
    old, new = made(world.authority, 1), made(world.authority, 2)
    end_document(document=old, standing="replaced", by=new, why="文字有误", actor=supervisor, today=TODAY)
    page = text(shown(world.verifier, "office_document", old.uuid))
    assert f'<a href="{reverse("office_document", args=[new.uuid])}">' in page


def test_a_document_that_cannot_be_signed_is_not_said_to_be_ready_in_minutes(world: World) -> None:
    document = made(world.authority, 1, signing_failures=2, signing_error="没有证书文件")
    page = text(shown(world.verifier, "office_document", document.uuid))
    assert "电子签章还没有加盖成功" in page and "请过几分钟" not in page


def test_only_a_supervisor_is_offered_to_end_a_document(world: World, supervisor: User) -> None:
    document = made(world.authority, 1)
    address = reverse("office_document_revoke", args=[document.uuid])
    assert address in text(shown(supervisor, "office_document", document.uuid))
    assert address not in text(shown(world.approver, "office_document", document.uuid))
    ending.void(document=document, why="有误", actor=None, today=TODAY)
    assert address not in text(shown(supervisor, "office_document", document.uuid))


def test_a_file_goes_out_once_it_is_made(world: World) -> None:
    document = made(world.authority, 1)
    assert shown(world.verifier, "office_document_file", document.uuid).status_code == 404
    document.file.save("one.pdf", ContentFile(b"%PDF"), save=False)
    document.sha256, document.state = "0" * 64, "ready"
    document.save()
    answer = shown(world.verifier, "office_document_file", document.uuid)
    assert b"".join(answer) == b"%PDF" and "attachment" in answer["Content-Disposition"]


def test_a_letter_of_enquiry_is_opened_only_by_who_sends_or_answers_it(world: World) -> None:
    """It has the code that answers it."""
    case = verifying_case(world)
    enquiry = enquiries.ask(
        step=case.steps.get(phase="verify"),
        actor=world.verifier,
        today=TODAY,
        office=OfficeFactory(),
        email="asked@example.gov",
        question="罚款是否已经缴清？",
    )
    document = enquiry.document
    assert document is not None
    document.file.save("one.pdf", ContentFile(b"%PDF"), save=False)
    document.sha256, document.state = "0" * 64, "ready"
    document.save()
    assert "只有发函和回复的单位能打开" in text(shown(world.approver, "office_document", document.uuid))
    assert shown(world.approver, "office_document_file", document.uuid).status_code == 404
    assert shown(world.verifier, "office_document_file", document.uuid).status_code == 200


# -- numbers


def test_the_numbers_say_what_was_given_voided_and_that_none_is_missing(world: World) -> None:
    documents = [made(world.authority, serial) for serial in range(1, 6)]
    ending.void(document=documents[2], why="打印时文号盖错", actor=None, today=TODAY)
    (run,) = number_runs(user=world.verifier, on=TODAY)
    assert (run.year, run.last, run.given, run.voided, run.missing) == (2026, 5, 5, 1, 0)
    page = text(shown(world.verifier, "office_document_numbers"))
    assert "打印时文号盖错" in page and str(documents[2].number) in page
    documents[3].delete()
    (run,) = number_runs(user=world.verifier, on=TODAY)
    assert run.missing == 1, "what nobody can do through the site would be seen"


def test_the_page_of_numbers_costs_the_same_however_many_were_voided(world: World) -> None:
    ending.void(document=made(world.authority, 1), why="有误", actor=None, today=TODAY)
    few = queries_of(world.verifier, "office_document_numbers")
    for serial in range(2, 21):
        ending.void(document=made(world.authority, serial), why="有误", actor=None, today=TODAY)
    assert queries_of(world.verifier, "office_document_numbers") == few <= 24


# -- to end a document


def post(user: User, document: Document, name: str, **given: Any) -> HttpResponse:
    with clock.assume(TODAY):
        return signed_in(user).post(reverse(f"office_document_{name}", args=[document.uuid]), given)


@pytest.mark.parametrize(("name", "standing"), [("revoke", "revoked"), ("void", "void")])
def test_a_supervisor_ends_a_document_with_a_reason_and_it_is_on_record(
    world: World, supervisor: User, name: str, standing: str
) -> None:
    document = made(world.authority, 1)
    assert post(supervisor, document, name, why="").status_code == 422
    assert post(supervisor, document, name, why="决定已被撤销").status_code == 302
    document.refresh_from_db()
    assert (document.standing, document.ended_why) == (standing, "决定已被撤销")
    entry = AuditEntry.objects.get(action=f"document.{standing}")
    assert (entry.actor_id, entry.object_id) == (supervisor.pk, str(document.uuid))
    assert entry.data["document_number"] == document.number
    again = post(supervisor, document, name, why="再来一次")
    assert again.status_code == 302 and AuditEntry.objects.filter(action=f"document.{standing}").count() == 1


@pytest.mark.parametrize("name", ["revoke", "void", "replace"])
def test_a_number_of_a_person_in_the_reason_is_refused_at_the_field(
    world: World, supervisor: User, name: str
) -> None:
    case = verifying_case(world)
    document, new = (made(world.authority, serial, case=case) for serial in (1, 2))
    answer = post(supervisor, document, name, by=new.pk, why="请致电+86 138 0013 8000")
    assert answer.status_code == 422 and 'href="#id_why"' in text(answer)
    assert "不要写个人的手机号码" in text(answer)


def test_the_replacing_document_is_of_the_same_case_kind_and_office(world: World, supervisor: User) -> None:
    case = verifying_case(world)
    old, new = (made(world.authority, serial, case=case) for serial in (1, 2))
    stray = made(world.authority, 3)
    other_kind = made(world.authority, 4, case=case, kind="decision_refuse")
    for wrong in (stray, other_kind, old):
        assert post(supervisor, old, "replace", by=wrong.pk, why="有误").status_code == 422
    assert post(supervisor, old, "replace", by=new.pk, why="文字有误").status_code == 302
    old.refresh_from_db()
    assert (old.standing, old.replaced_by) == ("replaced", new)


def test_where_nothing_can_take_its_place_the_page_says_so(world: World, supervisor: User) -> None:
    document = made(world.authority, 1)
    with clock.assume(TODAY):
        address = reverse("office_document_replace", args=[document.uuid])
        answer = signed_in(supervisor).get(address, follow=True)
    assert answer.redirect_chain == [(reverse("office_document", args=[document.uuid]), 302)]
    assert "还没有可以用来替换的文书" in text(answer)


@pytest.mark.parametrize("role", [Role.INTAKE, Role.VERIFIER, Role.APPROVER, Role.DATA])
def test_nobody_but_a_supervisor_ends_a_document(world: World, role: str) -> None:
    document, actor = made(world.authority, 1), member(world.authority, role)
    assert post(actor, document, "revoke", why="有误").status_code == 404
    with pytest.raises(NotYours):
        end_document(document=document, standing="revoked", why="有误", actor=actor, today=TODAY)


def test_a_supervisor_elsewhere_who_only_sees_cases_here_ends_nothing_here(world: World) -> None:
    document = made(world.authority, 1)
    actor = member(world.credit, Role.SUPERVISOR)
    from credit_repair.people.services import join_office

    join_office(user=actor, office=world.authority, role=Role.VERIFIER, since=SINCE)
    assert found(actor) == [document.number]
    assert post(actor, document, "void", why="有误").status_code == 404
    with pytest.raises(ending.NotTheirs):
        ending.void(document=document, why="有误", actor=actor, today=TODAY)


def _left(world: World, document: Document) -> Callable[[], Any]:
    actor = member(world.authority, Role.SUPERVISOR, until=date(2026, 11, 19))
    return lambda: ending.revoke(document=document, why="有误", actor=actor, today=TODAY)


def test_the_permission_is_asked_for_in_the_transaction_on_the_day(world: World) -> None:
    document = made(world.authority, 1)
    with pytest.raises(ending.NotTheirs):
        _left(world, document)()
    document.refresh_from_db()
    assert document.standing == "valid" and not AuditEntry.objects.filter(action="document.revoked").exists()


def test_what_has_ended_meanwhile_does_not_take_another_s_place(world: World) -> None:
    """Not what was read a moment ago counts, but what the row says under lock."""
    old, new = made(world.authority, 1), made(world.authority, 2)
    ending.void(document=Document.objects.get(pk=new.pk), why="有误", actor=None, today=TODAY)
    assert new.standing == "valid", "as it was read before"
    with pytest.raises(ending.CannotEnd, match="已经作废"):
        ending.replace(document=old, by=new, why="有误", actor=None, today=TODAY)


def test_a_document_ends_once_and_for_a_reason(world: World) -> None:
    document = made(world.authority, 1)
    with pytest.raises(ending.CannotEnd, match="请写明原因"):
        ending.revoke(document=document, why=" ", actor=None, today=TODAY)
    ending.revoke(document=document, why="有误", actor=None, today=TODAY)
    with pytest.raises(ending.CannotEnd, match="已经撤销"):
        ending.void(document=document, why="有误", actor=None, today=TODAY)
    with pytest.raises(ending.CannotEnd, match="自己"):
        ending.replace(document=document, by=document, why="有误", actor=None, today=TODAY)


def test_a_refusal_has_words(world: World, supervisor: User) -> None:
    document = made(world.authority, 1)
    ending.void(document=document, why="有误", actor=None, today=TODAY)
    with pytest.raises(ActionRefused, match="已经作废"):
        end_document(document=document, standing="void", why="有误", actor=supervisor, today=TODAY)


def test_the_register_of_a_substitute_is_that_of_whose_work_they_do(world: World) -> None:
    from tests.world import substitute_of

    document = made(world.authority, 1)
    standing_in = substitute_of(world.verifier, OfficeFactory())
    assert list(register(user=standing_in, on=TODAY)) == [document]

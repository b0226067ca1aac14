"""Papers to print: form, statement, withdrawal, and who may act; filled in from a filing, or blank."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from credit_repair.core import clock
from credit_repair.notices import papers as kinds
from credit_repair.notices.bases import Document
from credit_repair.people.models import Role
from credit_repair.repairs import papers
from credit_repair.repairs import services as repairs
from credit_repair.repairs.models import RepairBasket
from tests.registry.factories import RecordFactory, SubjectFactory
from tests.world import TODAY, World, answer, build_world, clerk_of, draft, member, submitted_case

pytestmark = pytest.mark.django_db

OF_A_FILING = ("form", "statement_pdf", "authorisation", "power")
OF_AN_ENTERPRISE = ("representative",)
PDF = b"%PDF-1.7 a paper"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The documents that are made; how they look, tests/notices sees."""
    documents: list[Any] = []

    def build(document: Document) -> papers.Paper:
        documents.append(document)
        return f"{document.title}.pdf", PDF

    monkeypatch.setattr(papers, "_made", build)
    papers._blank.cache_clear()
    with clock.assume(TODAY):
        yield documents
    papers._blank.cache_clear()


def as_user(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_form_has_every_record_with_what_was_answered(world: World, made: list[Any]) -> None:
    case = draft(world)
    other = RecordFactory(subject=world.subject, authority=world.authority)
    repairs.add_records(filing=case.filing, records=[other], actor=world.clerk, today=TODAY)
    answer(world, case, statement="罚款已缴清。\n\n台账已补齐。")
    answered = as_user(world.clerk).get(reverse("my_filing_form", args=[case.filing.uuid]))

    assert b"".join(answered.streaming_content) == PDF
    (form,) = made
    assert [item.record.document_number for item in form.items] == [world.record.doc_no, other.doc_no]
    assert form.items[0].performed_on and form.items[1].performed_on is None
    assert form.items[0].statement == ("罚款已缴清。", "台账已补齐。")
    assert (form.contact_name, form.contact_phone) == ("周小敏", "13800000000")
    assert form.party.name == world.subject.name and form.case_number == case.filing.query_code


def test_the_authorisation_names_who_files(world: World, made: list[Any]) -> None:
    case = draft(world)
    as_user(world.clerk).get(reverse("my_filing_authorisation", args=[case.filing.uuid]))
    assert (made[-1].agent, made[-1].agent_phone) == (str(world.clerk), world.clerk.phone)


def test_at_a_window_the_authorisation_names_who_stands_there(world: World, made: list[Any]) -> None:
    clerk = member(world.credit, Role.WINDOW)
    filing = repairs.open_basket(subject=world.subject, actor=clerk, today=TODAY, window_office=world.credit)
    RepairBasket.objects.filter(filing=filing).update(contact_name="李明华", contact_phone="0561-1")
    as_user(clerk).get(reverse("window_filing_authorisation", args=[filing.uuid]))
    assert (made[-1].agent, made[-1].agent_phone) == ("李明华", "0561-1")


def test_the_power_is_for_the_records_of_the_filing_and_leaves_the_rest_to_the_hand(
    world: World, made: list[Any]
) -> None:
    case = draft(world)
    as_user(world.clerk).get(reverse("my_filing_power", args=[case.filing.uuid]))
    (power,) = made
    assert [record.document_number for record in power.records] == [world.record.doc_no]
    assert (power.agent, power.agent_phone) == (str(world.clerk), world.clerk.phone)
    assert power.powers is None and power.valid_from is None
    assert power.party.name == world.subject.name


def test_the_certificate_names_the_legal_representative(world: World, made: list[Any]) -> None:
    world.subject.legal_representative = "李明华"
    world.subject.save(update_fields=["legal_representative"])
    case = draft(world)
    as_user(world.clerk).get(reverse("my_filing_representative", args=[case.filing.uuid]))
    (paper,) = made
    assert paper.party.legal_representative == "李明华" and paper.post == ""


def test_they_are_offered_beside_the_letters_where_a_clerk_acts_and_hinder_nothing(world: World) -> None:
    case = draft(world)
    with clock.assume(TODAY):
        page = as_user(world.clerk).get(reverse("my_filing_letters", args=[case.filing.uuid]))
    text = page.content.decode()
    for name in ("power", "representative"):
        assert reverse(f"my_filing_{name}", args=[case.filing.uuid]) in text
    assert "不是必须提交的材料" in text


def test_a_withdrawal_says_which_application_and_to_whom(world: World, made: list[Any]) -> None:
    case = submitted_case(world)
    name, _pdf = papers.withdrawal(case)
    (paper,) = made
    assert name == "撤回信用修复申请书.pdf"
    assert (paper.case_number, paper.filed_on, paper.addressee) == (case.number, TODAY, "濉溪县信用办")


@pytest.mark.parametrize("name", OF_A_FILING + OF_AN_ENTERPRISE)
def test_foreign_papers_do_not_exist(world: World, made: list[Any], name: str) -> None:
    filing = draft(world).filing
    stranger = clerk_of(build_world().subject)
    for user in (stranger, world.intake):
        assert as_user(user).get(reverse(f"my_filing_{name}", args=[filing.uuid])).status_code == 404
    assert not made


def test_no_paper_has_a_persons_number(world: World, made: list[Any]) -> None:
    person = SubjectFactory(kind="person", id_type="resident_id", code=None, number_hash="x" * 64)
    person.personal_number = "11010519491231002X"
    person.save()
    clerk = clerk_of(person)
    record = RecordFactory(subject=person, authority=world.authority)
    case = repairs.start(record=record, actor=clerk, today=TODAY)
    for name in OF_A_FILING:
        as_user(clerk).get(reverse(f"my_filing_{name}", args=[case.filing.uuid]))
    assert len(made) == len(OF_A_FILING) and "11010519491231002X" not in repr(made)
    assert all(paper.party.is_person for paper in made)
    for name in OF_AN_ENTERPRISE:
        answered = as_user(clerk).get(reverse(f"my_filing_{name}", args=[case.filing.uuid]))
        assert answered.status_code == 404, "nobody represents a person by law"
    page = as_user(clerk).get(reverse("my_filing", args=[case.filing.uuid])).content.decode()
    assert "授权委托书（单项事项）" in page and "身份证明" not in page


def test_a_word_that_no_font_can_print_is_said_in_words(world: World) -> None:
    case = draft(world)
    answer(world, case, statement="台账\U0003134a已补齐")
    with clock.assume(TODAY):
        answered = as_user(world.clerk).get(reverse("my_filing_form", args=[case.filing.uuid]), follow=True)
    assert answered.redirect_chain[0][0] == reverse("my_filing", args=[case.filing.uuid])
    assert "U+3134A" in answered.content.decode()


# -- blank


@pytest.mark.parametrize("kind", sorted(papers.BLANK))
def test_anybody_prints_a_blank_paper_and_it_is_made_once(made: list[Any], kind: str) -> None:
    for _each in range(2):
        answered = Client().get(reverse("blank_paper", args=[kind]))
        assert answered.status_code == 200
        assert answered["Content-Disposition"].startswith("attachment")
        assert answered["Cache-Control"] == "public, max-age=3600"
    assert len(made) == 1 and made[0].party == kinds.NOBODY


def test_there_is_no_other_blank_paper(made: list[Any]) -> None:
    assert Client().get(reverse("blank_paper", args=["withdrawal"])).status_code == 404
    assert Client().post(reverse("blank_paper", args=["form"])).status_code == 405


def test_the_pages_that_speak_of_papers_lead_to_them(world: World) -> None:
    shown = Client().get(reverse("guide")).content.decode()
    for kind in papers.BLANK:
        assert reverse("blank_paper", args=[kind]) in shown
    shown = as_user(world.clerk).get(reverse("my_mandate_template")).content.decode()
    for kind in ("authorisation", "representative"):
        assert reverse("blank_paper", args=[kind]) in shown

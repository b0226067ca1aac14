"""What is found before submission, in words, and that it never stops anybody."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases.models import Attachment, Case, StoredFile
from credit_repair.cases.services.inspection import inspect_stored_file
from credit_repair.core import clock
from credit_repair.people.models import Mandate
from credit_repair.registry.models import FormerName
from credit_repair.repairs import preflight, services
from credit_repair.repairs.preflight import Finding, findings_of, letters_in
from credit_repair.repairs.presenters.preflight import findings_panel
from credit_repair.repairs.views.sides import ME
from tests.cases import scans
from tests.registry.factories import MOMENT, RecordFactory, SubjectFactory
from tests.world import TODAY, World, answer, clerk_of, do, draft, fresh, upload

pytestmark = pytest.mark.django_db

COMMITMENT, PROOF = Attachment.Kind.COMMITMENT, Attachment.Kind.PROOF
LOOKED_INTO: dict[str, Any] = {
    "kind": "pdf",
    "pages": 1,
    "looks": [{}],
    "letters": [],
    "chars": 500,
    "numbers": [],
    "codes": [],
}


@pytest.fixture
def case(world: World) -> Case:
    return draft(world)


def more_records(world: World, case: Case, count: int) -> list[Case]:
    records = [RecordFactory(subject=world.subject, authority=world.authority) for _number in range(count)]
    return services.add_records(filing=case.filing, records=records, actor=world.clerk, today=TODAY)


def brought(
    world: World, case: Case, kind: str = PROOF, *, only: list[Case] | None = None, **found: Any
) -> StoredFile:
    """A file of the filing in which `found` was found."""
    content = f"%PDF-1.4 {StoredFile.objects.count()}".encode()
    stored = StoredFile.objects.create(
        filing=case.filing,
        file="nowhere",
        name="凭证.pdf",
        mime="application/pdf",
        size=len(content),
        sha256=f"{StoredFile.objects.count():064}",
        uploaded_at=MOMENT,
        inspected_at=MOMENT,
        facts={
            **LOOKED_INTO,
            "sought": [world.subject.name, world.record.doc_no],
            "found": [world.subject.name],
            **found,
        },
    )
    for one in [case] if only is None else only:
        Attachment.objects.create(case=one, kind=kind, stored=stored, uploaded_at=MOMENT)
    return stored


def found_in(world: World, case: Case) -> list[Finding]:
    return findings_of(filing=case.filing, today=TODAY, user=world.clerk)


def codes(world: World, case: Case) -> list[str]:
    return [finding.code for finding in found_in(world, case)]


# The look of files


def test_a_good_file_gives_no_advice(world: World, case: Case) -> None:
    brought(world, case)
    assert codes(world, case) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"looks": [{"blank": True}]}, "file_blank"),
        ({"looks": [{}, {"blank": True}]}, "page_blank"),
        ({"looks": [{"bad": "blurred"}]}, "page_unreadable"),
        ({"unreadable": True}, "file_unreadable"),
        ({"unreadable": True, "locked": True}, "file_locked"),
    ],
)
def test_what_nobody_can_read_is_said(world: World, case: Case, facts: dict[str, Any], code: str) -> None:
    brought(world, case, **facts)
    assert codes(world, case) == [code]


def test_each_page_that_is_hard_to_read_is_named_with_its_reason(world: World, case: Case) -> None:
    brought(world, case, looks=[{"bad": "dark"}, {}, {"bad": "blurred"}, {"bad": "blurred"}])
    (finding,) = found_in(world, case)
    assert finding.text == "第1页太暗；第3、4页比较模糊。"


def test_a_file_that_only_failed_to_be_read_says_nothing_else(world: World, case: Case) -> None:
    stored = brought(world, case, COMMITMENT)
    StoredFile.objects.filter(pk=stored.pk).update(facts={"unreadable": True})
    assert codes(world, case) == ["file_unreadable"]


def test_a_file_not_yet_looked_into_says_nothing(world: World, case: Case) -> None:
    stored = brought(world, case)
    StoredFile.objects.filter(pk=stored.pk).update(facts={}, inspected_at=None)
    assert codes(world, case) == []


# Numbers and names


def test_another_penaltys_number_is_said_with_both_numbers(world: World, case: Case) -> None:
    brought(world, case, numbers=["濉交罚[2025]77号"])
    (finding,) = found_in(world, case)
    assert finding.code == "number_differs"
    assert "濉交罚〔2025〕77号" in finding.text
    assert world.record.doc_no in finding.text


@pytest.mark.parametrize(
    "written", ["[濉]交罚[2026]第0012号", "决定书[濉]交罚[2026]12号", "[濉]交罚[2026]12号"]
)
def test_the_number_may_be_written_in_many_ways(world: World, written: str) -> None:
    record = RecordFactory(subject=world.subject, authority=world.authority, doc_no="（濉）交罚〔2026〕12号")
    case = draft(world, record=record)
    brought(world, case, numbers=["别单位罚[2020]1号", written])
    assert codes(world, case) == []


def test_the_number_of_a_regulation_is_no_penaltys(world: World, case: Case) -> None:
    brought(world, case, numbers=["国发[2022]5号"])
    assert codes(world, case) == []


def test_a_file_for_two_records_may_name_either(world: World, case: Case) -> None:
    (other,) = more_records(world, case, 1)
    assert other.record is not None
    brought(
        world,
        case,
        only=[case, other],
        found=[world.subject.name, other.record.doc_no],
        numbers=["甲罚[2020]1号"],
    )
    assert codes(world, case) == []


def test_another_firms_code_is_said_and_our_own_silences_it(world: World, case: Case) -> None:
    brought(world, case, found=[], codes=["91350100M000100Y43"])
    (finding,) = found_in(world, case)
    assert finding.code == "subject_differs"
    assert "91350100M000100Y43" in finding.text
    StoredFile.objects.update(facts={**LOOKED_INTO, "codes": ["91350100M000100Y43", world.subject.code]})
    assert codes(world, case) == []


def test_a_former_name_is_the_subjects_too(world: World, case: Case) -> None:
    FormerName.objects.create(subject=world.subject, name="濉溪老名字有限公司", until=date(2026, 1, 1))
    brought(world, case, found=["濉溪老名字有限公司"], codes=["91350100M000100Y43"])
    assert codes(world, case) == []


def test_a_long_text_without_the_name_is_a_hint_and_a_short_one_is_nothing(world: World, case: Case) -> None:
    stored = brought(world, case, found=[])
    assert codes(world, case) == ["subject_absent"]
    StoredFile.objects.filter(pk=stored.pk).update(facts={**stored.facts, "chars": 20})
    assert codes(world, case) == []


def test_a_name_that_nobody_looked_for_is_not_missed(world: World, case: Case) -> None:
    brought(world, case, found=[], sought=["以前的名称"])
    assert codes(world, case) == []


# Letters


def scan(world: World, *cases: Case, hand: Any = scans.signed, only: list[Case] | None = None) -> StoredFile:
    """Print the letters of `cases`, sign them with `hand`, scan them into one file, and look into it."""
    pages = []
    for case in cases:
        link = services.letter_to_sign(case=case, actor=world.clerk, today=TODAY)
        with link.document.file.open("rb") as file:
            pages.append(hand(scans.printed(file.read())))
    (attachment, *_rest) = services.add_material(
        filing=cases[0].filing,
        actor=world.clerk,
        today=TODAY,
        kind=COMMITMENT,
        upload=SimpleUploadedFile("承诺书.pdf", scans.pdf_of(*pages)),
        only=only or list(cases),
    )
    inspect_stored_file(file_id=attachment.stored.pk)
    attachment.stored.refresh_from_db()
    return attachment.stored


def test_a_scan_of_signed_letters_says_whose_they_are_and_gives_no_advice(world: World, case: Case) -> None:
    (other,) = more_records(world, case, 1)
    stored = scan(world, case, other)
    assert letters_in(stored) == {case.pk, other.pk}
    assert [letter["signed"] for letter in stored.facts["letters"]] == [True, True]
    assert codes(world, case) == []


def test_an_unsigned_letter_is_said_with_its_record(world: World, case: Case) -> None:
    scan(world, case, hand=lambda page: page)
    (finding,) = found_in(world, case)
    assert finding.code == "letter_unsigned"
    assert "看起来还没有签字或者盖章" in finding.title
    assert world.record.doc_no in finding.text


def test_an_unsigned_letter_that_is_signed_in_another_scan_is_only_spare(world: World, case: Case) -> None:
    scan(world, case, hand=lambda page: page)
    scan(world, case)
    assert codes(world, case) == ["letter_spare"]


def test_a_letter_of_another_firm_is_not_ours_and_is_not_named(world: World, case: Case) -> None:
    stranger = SubjectFactory()
    clerk = clerk_of(stranger)
    record = RecordFactory(subject=stranger, authority=world.authority, doc_no="他人罚〔2026〕9号")
    theirs = services.start(record=record, actor=clerk, today=TODAY)
    link = services.letter_to_sign(case=theirs, actor=clerk, today=TODAY)
    stored = brought(world, case, COMMITMENT, letters=[{"document": link.document.uuid.hex, "page": 2}])
    (finding,) = found_in(world, case)
    assert finding.code == "letter_not_ours"
    assert "第2页" in finding.text
    assert "他人罚" not in finding.title + finding.text
    assert letters_in(stored) == set()


def test_a_letter_that_the_scan_lacks_and_one_that_it_has_besides_are_said(world: World, case: Case) -> None:
    second, third = more_records(world, case, 2)
    scan(world, case, third, only=[case, second])
    found = {finding.code: finding for finding in found_in(world, case)}
    assert set(found) == {"letter_missing", "letter_unused"}
    assert found["letter_missing"].cases == {second.pk}
    assert found["letter_unused"].cases == {third.pk}


def test_a_letter_that_is_in_another_scan_is_not_missed(world: World, case: Case) -> None:
    (second,) = more_records(world, case, 1)
    scan(world, case, only=[case, second])
    assert codes(world, case) == ["letter_missing"]
    scan(world, second)
    assert codes(world, case) == []


def test_a_letter_printed_before_the_facts_changed_is_old(world: World, case: Case) -> None:
    scan(world, case)
    world.subject.legal_representative = "新任"
    world.subject.save()
    services.letter_to_sign(case=fresh(case), actor=world.clerk, today=TODAY)
    assert codes(world, case) == ["letter_outdated"]


def test_without_a_code_it_is_said_gently(world: World, case: Case) -> None:
    brought(world, case, COMMITMENT)
    (finding,) = found_in(world, case)
    assert (finding.code, finding.tone) == ("letter_no_code", preflight.Tone.INFO)


# The mandate


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (TODAY + timedelta(days=5), ["mandate_ends"]),
        (TODAY + timedelta(days=20), ["mandate_ends_soon"]),
        (TODAY + timedelta(days=60), []),
        (None, []),
    ],
)
def test_a_mandate_that_ends_before_the_answer_or_soon_is_said(
    world: World, case: Case, until: date | None, code: list[str]
) -> None:
    Mandate.objects.filter(user=world.clerk).update(until=until)
    assert codes(world, case) == code


def test_a_mandate_that_ends_before_the_first_lawful_day_is_said_with_that_day(world: World) -> None:
    record = RecordFactory(subject=world.subject, authority=world.authority, decision_date=date(2026, 10, 1))
    case = draft(world, record=record)
    Mandate.objects.filter(user=world.clerk).update(until=TODAY + timedelta(days=5))
    (finding,) = found_in(world, case)
    assert "2027年1月" in finding.text


# Advice, and where it is shown


def test_no_finding_stops_a_submission(world: World, case: Case) -> None:
    answer(world, case)
    brought(world, case, COMMITMENT, unreadable=True)
    brought(world, case, looks=[{"blank": True}], numbers=["甲罚[2020]1号"])
    assert len(codes(world, case)) >= 2
    do(fresh(case), "submit", world.clerk)
    assert case.filing.cases.get().state == "submitted"
    assert codes(world, case) == [], "what was handed in is no longer advised on"


def test_findings_of_a_file_and_of_a_case_are_told_apart(world: World, case: Case) -> None:
    (other,) = more_records(world, case, 1)
    one = brought(world, case, looks=[{"blank": True}])
    two = brought(world, other, unreadable=True)
    found = found_in(world, case)
    assert [finding.code for finding in preflight.of_file(found, one)] == ["file_blank"]
    assert [finding.code for finding in preflight.of_case(found, other)] == ["file_unreadable"]
    assert preflight.of_file(found, two) == preflight.of_case(found, other)


def test_warnings_come_before_hints(world: World, case: Case) -> None:
    brought(world, case, looks=[{}, {"blank": True}])
    brought(world, case, unreadable=True)
    assert codes(world, case) == ["file_unreadable", "page_blank"]


def panel(world: World, case: Case) -> dict[str, Any]:
    return findings_panel(filing=case.filing, side=ME, user=world.clerk, today=TODAY)


def test_a_panel_waits_for_a_file_but_not_for_ever(world: World, case: Case) -> None:
    stored = brought(world, case)
    assert (panel(world, case)["looking"], panel(world, case)["clear"]) == (False, True)
    StoredFile.objects.filter(pk=stored.pk).update(inspected_at=None, uploaded_at=clock.now(), facts={})
    assert (panel(world, case)["looking"], panel(world, case)["clear"]) == (True, False)
    StoredFile.objects.filter(pk=stored.pk).update(uploaded_at=clock.now() - timedelta(hours=1))
    assert (panel(world, case)["looking"], panel(world, case)["clear"]) == (False, False)


def test_a_finding_leads_to_its_file(world: World, case: Case) -> None:
    stored = brought(world, case, unreadable=True)
    (row,) = panel(world, case)["findings"]
    assert row["url"] == f"{ME.url('filing_materials', case.filing.uuid, 'proof')}#file-{stored.uuid}"


def test_the_page_shows_advice_and_asks_again_while_it_looks(
    world: World, case: Case, client: Client
) -> None:
    client.force_login(world.clerk)
    address = reverse("my_filing_findings", args=[case.filing.uuid])
    services.add_material(
        filing=case.filing,
        actor=world.clerk,
        today=TODAY,
        kind=PROOF,
        upload=upload("缴款凭证.pdf"),
        only=None,
    )
    with clock.assume(TODAY):
        assert "正在检查您上传的文件" in client.get(address).content.decode()
        stored = StoredFile.objects.get()
        inspect_stored_file(file_id=stored.pk)
        page = client.get(address).content.decode()
        assert "“缴款凭证.pdf”看起来是空白的" in page
        assert "正在检查" not in page
        assert "空白" in client.get(address, {"file": str(stored.uuid)}).content.decode()
        assert "空白" in client.get(address, {"case": str(case.uuid)}).content.decode()
        assert client.get(address, {"file": "x"}).status_code == 404
        assert client.get(address, {"file": str(case.uuid)}).status_code == 404


def test_findings_ask_no_more_where_there_is_more(world: World, case: Case) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            panel(world, fresh(case))
        return len(caught)

    def fill(one: Case) -> None:
        link = services.letter_to_sign(case=one, actor=world.clerk, today=TODAY)
        letters = [{"document": link.document.uuid.hex, "page": 1, "signed": False}]
        brought(world, one, COMMITMENT, letters=letters)
        brought(world, one, numbers=["甲罚[2020]1号"], found=[])

    Mandate.objects.filter(user=world.clerk).update(until=TODAY + timedelta(days=5))
    fill(case)
    panel(world, fresh(case))
    few = cost()
    for other in more_records(world, case, 4):
        fill(other)
    assert cost() == few
    assert few <= 12

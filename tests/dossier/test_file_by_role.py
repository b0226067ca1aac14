"""Who sees what of a subject's file."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_repair.cases import file_parts
from credit_repair.cases.file_parts import FileLine, FilePart
from credit_repair.core.models import AuditEntry
from credit_repair.dossier import file
from credit_repair.dossier.access import open_files
from credit_repair.people.models import Role
from credit_repair.registry.models import FormerName
from tests import world as county
from tests.dossier.conftest import TODAY, event, official, own, person_record, titles
from tests.registry.factories import OfficeFactory, RecordFactory, SubjectFactory


def address(subject):
    return reverse("office_subject_file", args=[subject.uuid])


def test_the_matrix_of_readers_and_parts(files):
    """Every part, for every reader: R record of the bureau, T of the tax bureau, C case, E event, D document,
    M mandates; a part that a reader does not have at all is a dash."""
    case = county.submitted_case(files.county)
    event(files)
    made = files.county
    readers = {
        "clerk": own(files.clerk),
        "intake": official(made.intake),
        "supervisor": official(files.supervisor),
        "data": official(files.data),
        "verifier": official(made.verifier),
        "tax": official(files.tax_verifier),
    }
    found = {name: titles(files.subject, reader) for name, reader in readers.items()}
    both = [made.record.doc_no, files.tax_record.doc_no]
    receipt = ["材料接收凭证"]
    told = ["司法裁判"]
    clerk = [str(files.clerk)]
    expected = {
        # reader: records, cases, events, documents, mandates
        "clerk": (both, [case.number], told, [], clerk),  # the receipt's file is still being made
        "intake": (both, [case.number], told, receipt, clerk),
        "supervisor": (both, [case.number], told, receipt, None),
        "data": (both, [], told, [], None),
        "verifier": ([made.record.doc_no], [case.number], told, [], None),
        "tax": ([files.tax_record.doc_no], [], [], [], None),
    }
    for name, parts in expected.items():
        for code, lines in zip(("records", "cases", "events", "documents", "mandates"), parts, strict=True):
            assert (name, code, found[name].get(code) and sorted(found[name][code])) == (
                name,
                code,
                lines and sorted(lines),
            )


def test_the_subject_reads_a_document_once_its_file_is_there(files):
    from credit_repair.cases.models import CaseDocument
    from credit_repair.notices.services import render

    case = county.submitted_case(files.county)
    render(document_id=CaseDocument.objects.get(case=case).document_id)
    assert titles(files.subject, own(files.clerk))["documents"] == ["材料接收凭证"]


def test_a_draft_stands_in_nobodys_file(files):
    county.draft(files.county)
    for reader in (own(files.clerk), official(files.county.intake)):
        assert titles(files.subject, reader)["cases"] == []


@pytest.mark.parametrize("who", ["foreign", "window", "auditor", "stranger", "left"])
def test_for_others_the_file_does_not_exist(files, who):
    people = {
        "foreign": files.foreign,
        "window": county.member(files.county.credit, Role.WINDOW),
        "auditor": county.member(files.county.credit, Role.AUDITOR),
        "stranger": county.make_user(),
        "left": county.member(files.county.credit, Role.INTAKE, until=county.SINCE),
    }
    client = county.signed_in(people[who])
    assert client.get(address(files.subject)).status_code == 404
    assert not open_files(user=people[who], on=TODAY).exists()


@pytest.mark.parametrize("until", [None, county.SINCE])
def test_an_official_who_acts_or_acted_for_the_subject_keeps_away(files, until):
    both = county.member(files.county.credit, Role.INTAKE, Role.DATA, Role.SUPERVISOR)
    event(files)
    client = county.signed_in(both)
    assert client.get(address(files.subject)).status_code == 200
    from credit_repair.people.services import grant_mandate

    grant_mandate(user=both, subject=files.subject, since=county.SINCE, until=until)
    found = files.subject.file_events.get()
    for where in (
        address(files.subject),
        reverse("office_subject_file_print", args=[files.subject.uuid]),
        reverse("office_subject_file_issue", args=[files.subject.uuid]),
        reverse("office_subject_event_new", args=[files.subject.uuid]),
        reverse("office_subject_event", args=[found.uuid]),
        reverse("office_subject_event_correct", args=[found.uuid]),
    ):
        assert client.get(where).status_code == 404, where


def test_a_person_without_a_case_is_masked_for_who_only_reads_the_register(files):
    record = person_record(files.county.authority)
    FormerName.objects.create(subject=record.subject, name="欧阳大明", until=TODAY)
    masked = file.head_of(record.subject, official(files.supervisor))
    clear = file.head_of(record.subject, official(files.county.verifier))
    assert (masked.name, masked.former, masked.in_clear) == ("欧**明", "欧**明", False)
    assert (clear.name, clear.former, clear.in_clear) == ("欧阳小明", "欧阳大明", True)
    for head in (masked, clear):
        assert record.subject.personal_number not in head.number and "*" in head.number


def test_what_another_package_writes_about_a_person_is_masked_too(files, monkeypatch):
    record = person_record(files.county.authority)
    number = record.subject.personal_number

    def lines(subject, reader, limit):
        return [FileLine(day=TODAY, title=f"约谈{subject.name}", text=f"{subject.name}，{number}")]

    monkeypatch.setitem(file_parts._parts, "x", FilePart("x", "约谈", "没有。", lines))
    (section,) = [
        part for part in file.sections(record.subject, official(files.supervisor)) if part.code == "x"
    ]
    assert section.lines[0].title == "约谈欧**明"
    assert "欧阳小明" not in section.lines[0].text and number not in section.lines[0].text


def test_who_acts_is_told_to_officials_with_a_case_alone(files):
    assert file.head_of(files.subject, official(files.county.intake)).acting is None
    county.submitted_case(files.county)
    assert file.head_of(files.subject, official(files.county.intake)).acting == str(files.clerk)
    assert file.head_of(files.subject, official(files.tax_verifier)).acting is None
    assert file.head_of(files.subject, own(files.clerk)).acting == str(files.clerk)


def test_figures_are_those_of_what_the_reader_may_read(files):
    county.submitted_case(files.county)
    figures = dict(file.figures_of(files.subject, official(files.tax_verifier)))
    assert figures["信用记录"] == "1项" and figures["办件"] == "0件"
    figures = dict(file.figures_of(files.subject, official(files.county.intake)))
    assert figures["信用记录"] == "2项" and figures["其中正在办理"] == "1件"


def test_registered_parts_stand_in_their_order_and_newest_first(files, monkeypatch):
    asked = []

    def lines(subject, reader, limit):
        asked.append((subject, reader.side, limit))
        return [FileLine(day=TODAY, title=f"承诺{n}") for n in range(limit)]

    monkeypatch.setitem(file_parts._parts, "x", FilePart("x", "信用承诺", "没有承诺。", lines, place=15))
    found = file.sections(files.subject, own(files.clerk))
    assert [part.code for part in found][:3] == ["records", "x", "cases"]
    assert (len(found[1].lines), found[1].more) == (file.SHOWN, True)
    assert asked == [(files.subject, "subject", file.SHOWN + 1)]


def test_each_part_begins_with_the_newest_and_leads_to_all_of_it(files):
    for number in range(40):
        RecordFactory(subject=files.subject, authority=files.tax, doc_no=f"濉税罚〔2025〕{number}号")
    client = county.signed_in(files.tax_verifier)
    page = client.get(address(files.subject)).content.decode()
    assert page.count("〔2025〕") + page.count("〔2026〕7号") == file.SHOWN
    assert "?part=records" in page
    whole = client.get(address(files.subject), {"part": "records"}).content.decode()
    assert whole.count("濉税罚") == 30
    second = client.get(address(files.subject), {"part": "records", "page": 2}).content.decode()
    assert second.count("濉税罚") == 11
    assert client.get(address(files.subject), {"part": "nothing"}).status_code == 404
    assert client.get(address(files.subject), {"part": "mandates"}).status_code == 404


def test_that_somebody_read_a_file_is_kept(files):
    county.signed_in(files.tax_verifier).get(address(files.subject))
    county.signed_in(files.clerk).get(reverse("my_file"))
    found = AuditEntry.objects.filter(action="open_subject_file").order_by("pk")
    assert [(row.actor_id, row.object_id, row.data["side"]) for row in found] == [
        (files.tax_verifier.pk, str(files.subject.uuid), "office"),
        (files.clerk.pk, str(files.subject.uuid), "subject"),
    ]


def test_who_acts_for_several_chooses_and_never_gets_anothers(files):
    other, foreign = SubjectFactory(), SubjectFactory()
    county.clerk_of(foreign)
    from credit_repair.people.services import grant_mandate

    grant_mandate(user=files.clerk, subject=other, since=county.SINCE)
    client = county.signed_in(files.clerk)
    choice = client.get(reverse("my_file")).content.decode()
    assert str(other.uuid) in choice and str(files.subject.uuid) in choice
    assert other.name in client.get(reverse("my_file"), {"subject": str(other.uuid)}).content.decode()
    assert client.get(reverse("my_file"), {"subject": str(foreign.uuid)}).status_code == 404
    assert client.get(reverse("my_file_print"), {"subject": str(foreign.uuid)}).status_code == 404


@pytest.mark.parametrize("side", ["office", "own"])
def test_no_part_asks_more_often_because_it_has_more_lines(files, side):
    def add(count):
        for _ in range(count):
            county.submitted_case(
                files.county, record=RecordFactory(subject=files.subject, authority=files.tax)
            )
            event(files)

    client = county.signed_in(files.county.intake if side == "office" else files.clerk)
    url = address(files.subject) if side == "office" else reverse("my_file")
    add(1)
    client.get(url)

    def queries(**query):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url, query).status_code == 200
        return len(captured)

    parts = ["", "records", "cases", "events", "documents"]
    few = {part: queries(**({"part": part} if part else {})) for part in parts}
    add(3)
    many = {part: queries(**({"part": part} if part else {})) for part in parts}
    assert many == few
    assert max(many.values()) < 80, "a few for each part that a package adds"


def test_search_record_and_case_lead_to_the_file(files):
    case = county.submitted_case(files.county)
    client = county.signed_in(files.county.intake)
    link = f'href="{address(files.subject)}"'
    for page in (
        client.get(reverse("office_search"), {"q": files.subject.name}),
        client.get(reverse("office_record", args=[files.county.record.uuid])),
        client.get(reverse("office_repair", args=[case.uuid])),
    ):
        assert link in page.content.decode()


def test_nobody_is_led_to_the_file_of_whom_they_act_for(files):
    both = county.member(files.county.credit, Role.INTAKE)
    from credit_repair.people.services import grant_mandate

    grant_mandate(user=both, subject=files.subject, since=county.SINCE)
    page = county.signed_in(both).get(reverse("office_record", args=[files.county.record.uuid]))
    assert address(files.subject) not in page.content.decode()


def test_a_record_that_another_office_supplied_is_read_by_both(files):
    supplier = OfficeFactory(name="濉溪县数据局")
    RecordFactory(subject=files.subject, authority=files.tax, source_office=supplier, doc_no="供〔2026〕1号")
    reader = county.member(supplier, Role.DATA)
    assert titles(files.subject, official(reader))["records"] == ["供〔2026〕1号"]


def test_a_line_is_left_as_it_is_where_the_name_is_in_clear(files):
    line = FileLine(day=TODAY, title="甲", text=files.subject.name)
    level = file.level_of(files.subject, official(files.tax_verifier))
    assert file._as_seen(line, files.subject, level) == replace(line)

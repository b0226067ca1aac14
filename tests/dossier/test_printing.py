"""The file on paper: what stands in it for whom, sealed or not."""

from dataclasses import replace
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from credit_repair.cases import file_parts
from credit_repair.cases.file_parts import FileLine, FilePart
from credit_repair.core.models import AuditEntry
from credit_repair.dossier.errors import DossierRefused, NotInCharge
from credit_repair.dossier.services import correct_event, issue_file
from credit_repair.dossier.services.events import Entry
from credit_repair.dossier.services.issuing import MOST_A_DAY
from credit_repair.dossier.statement import PRINTED, issued_file, printed_file
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.notices.services import render
from credit_repair.notices.subject_files import SUBJECT_FILES, FileChapter, SubjectFile
from credit_repair.notices.verification import said_of
from credit_repair.people.services import grant_mandate
from credit_repair.registry.models import FormerName, Record
from tests import world as county
from tests.dossier.conftest import TODAY, event, official, own, person_record
from tests.notices.reading import assert_kept, assert_signed_with_text, pages_of, text_of, variants
from tests.registry.factories import RecordFactory


def read(response):
    data = b"".join(response.streaming_content)
    pages = [
        page.extract_text().replace("\n", "").replace(" ", "") for page in PdfReader(BytesIO(data)).pages
    ]
    return "".join(pages)


def issued_to(files):
    """What the credit office would issue today, as text."""
    return text_of(
        issued_file(subject=files.subject, office=files.county.credit, actor=files.county.intake, today=TODAY)
    )


def printed(files, reader):
    return text_of(printed_file(subject=files.subject, reader=reader))


@pytest.mark.parametrize(("name", "document"), variants(*SUBJECT_FILES))
def test_every_sample_is_kept_numbers_its_pages_and_names_no_article(name, document):
    pages = pages_of(document)
    assert_kept(document)
    for number, page in enumerate(pages, start=1):
        assert f"—{number}—" in page
    assert "主体信用档案" in pages[0] and document.party.name in pages[0]
    assert "条" not in "".join(pages)
    if isinstance(document, SubjectFile):
        assert_signed_with_text(document, pages)
    else:
        assert "核验码" not in "".join(pages)


def test_a_long_file_repeats_the_heads_of_its_columns_on_each_page():
    document = SubjectFile.samples()["many"]
    pages = pages_of(document)
    assert len(pages) > 2
    assert all("日期事项说明状态" in page for page in pages[:-1])
    assert "以上是最近的60项" in "".join(pages)


def test_its_own_people_print_what_they_see(files):
    case = county.submitted_case(files.county)
    event(files)
    text = printed(files, own(files.clerk))
    for words in (
        files.county.record.doc_no,
        files.tax_record.doc_no,
        case.number,
        "判令支付货款",
        str(files.clerk),
    ):
        assert str(words) in text
    assert "从本网站自助打印，没有盖章" in text


def test_an_official_prints_no_more_than_they_see(files):
    case = county.submitted_case(files.county)
    event(files)
    text = printed(files, official(files.tax_verifier))
    assert files.tax_record.doc_no in text
    for words in (files.county.record.doc_no, case.number, "判令支付货款", str(files.clerk)):
        assert str(words) not in text


def test_what_was_superseded_is_printed_as_such_and_never_issued(files):
    found = event(files, words="判令支付十二万元。")
    correct_event(
        event=found,
        entry=Entry(kind="judgement", day=found.day, body=found.body, words="判令支付一万元。"),
        reason="金额写错了",
        actor=files.county.approver,
        today=TODAY,
    )
    text = printed(files, own(files.clerk))
    assert "十二万元" in text and "支付一万元" in text and "已被更正" in text
    said = issued_to(files)
    assert "十二万元" not in said and "支付一万元" in said


@pytest.mark.parametrize("standing", ["repaired", "expired", "withdrawn", "history", "unpublished"])
def test_what_is_over_is_issued_no_more_nor_how_much_of_it_there_was(files, standing):
    case = county.submitted_case(files.county)
    assert files.county.record.doc_no in issued_to(files) and str(case.number) in issued_to(files)
    ended_on = None if standing == "unpublished" else TODAY
    Record.objects.filter(pk=files.county.record.pk).update(standing=standing, ended_on=ended_on)
    said = issued_to(files)
    assert files.county.record.doc_no not in said and str(case.number) not in said
    assert files.tax_record.doc_no in said
    document = issued_file(
        subject=files.subject, office=files.county.credit, actor=files.county.intake, today=TODAY
    )
    assert [(fact.name, fact.value) for fact in document.facts] == [("正在公示的信用记录", "1项")]
    assert files.county.record.doc_no in printed(files, own(files.clerk))


def test_a_masked_person_stays_masked_on_paper(files):
    record = person_record(files.county.authority)
    FormerName.objects.create(subject=record.subject, name="欧阳大明", until=TODAY)
    text = text_of(printed_file(subject=record.subject, reader=official(files.supervisor), office="信用办"))
    assert "欧**明" in text and "欧阳" not in text
    assert record.subject.personal_number not in text
    assert "内部查阅件，不对外提供" in "".join(
        pages_of(printed_file(subject=record.subject, reader=official(files.supervisor), office="信用办"))
    )


def test_the_pages_hand_it_out_and_it_is_kept_who_took_it(files):
    response = county.signed_in(files.clerk).get(reverse("my_file_print"))
    assert response["Content-Type"] == "application/pdf" and "no-store" in response["Cache-Control"]
    assert files.county.record.doc_no in read(response)
    url = reverse("office_subject_file_print", args=[files.subject.uuid])
    text = read(county.signed_in(files.tax_verifier).get(url))
    assert files.tax_record.doc_no in text and files.county.record.doc_no not in text
    found = AuditEntry.objects.filter(action="open_subject_file", data__form="pdf").order_by("pk")
    assert [row.actor_id for row in found] == [files.clerk.pk, files.tax_verifier.pk]
    assert not Document.objects.exists()


def test_what_is_issued_is_sealed_served_and_can_be_checked(files):
    event(files)
    row = issue_file(
        subject=files.subject, office=files.county.credit, actor=files.county.intake, today=TODAY
    )
    row = render(document_id=row.pk)
    assert (row.addressee, row.number, row.office) == (files.subject, None, files.county.credit)
    assert row.check_code and said_of(row, on=TODAY)["is_valid"]
    assert row.deliveries.get().subject == files.subject
    assert Mail.objects.filter(kind="subject_letter", to_address=files.clerk.email).exists()
    text = "".join(
        page.extract_text().replace("\n", "").replace(" ", "") for page in PdfReader(row.file).pages
    )
    assert files.county.record.doc_no in text and "判令支付货款" in text and "核验码" in text
    assert AuditEntry.objects.get(action="dossier.issue_file").object_id == str(row.uuid)


def test_only_what_is_for_others_is_issued_and_never_who_acts(files, monkeypatch):
    def lines(subject, reader, limit):
        return [FileLine(day=TODAY, title="内部提示")]

    county.submitted_case(files.county)
    monkeypatch.setitem(file_parts._parts, "x", FilePart("x", "提示", "没有。", lines))
    document = issued_file(
        subject=files.subject, office=files.county.credit, actor=files.county.intake, today=TODAY
    )
    said = str(document.chapters)
    assert [chapter.title for chapter in document.chapters] == ["信用记录", "办件", "侵权和司法事件"]
    assert "内部提示" not in said and str(files.clerk) not in said
    inside = printed_file(subject=files.subject, reader=official(files.county.intake))
    assert "内部提示" in str(inside.chapters)


@pytest.mark.parametrize("who", ["data", "verifier", "foreign", "clerk", "approver"])
def test_who_does_not_take_in_or_supervise_at_the_credit_office_issues_none(files, who):
    people = {
        "data": files.data,
        "verifier": files.county.verifier,
        "foreign": files.foreign,
        "clerk": files.clerk,
        "approver": files.county.approver,
    }
    with pytest.raises(NotInCharge):
        issue_file(subject=files.subject, office=files.county.credit, actor=people[who], today=TODAY)
    assert not Document.objects.exists()


def test_who_acts_for_the_subject_issues_none_nor_who_sees_the_name_masked(files):
    record = person_record(files.county.authority)
    with pytest.raises(NotInCharge):
        issue_file(subject=record.subject, office=files.county.credit, actor=files.supervisor, today=TODAY)
    grant_mandate(user=files.supervisor, subject=files.subject, since=county.SINCE, until=county.SINCE)
    with pytest.raises(NotInCharge):
        issue_file(subject=files.subject, office=files.county.credit, actor=files.supervisor, today=TODAY)


def test_so_many_a_day_and_no_more(files):
    how = {
        "subject": files.subject,
        "office": files.county.credit,
        "actor": files.county.intake,
        "today": TODAY,
    }
    for _ in range(MOST_A_DAY):
        issue_file(**how)
    with pytest.raises(DossierRefused) as refused:
        issue_file(**how)
    assert refused.value.code == "enough"


def test_issued_on_the_page(files):
    client = county.signed_in(files.county.intake)
    url = reverse("office_subject_file_issue", args=[files.subject.uuid])
    assert files.county.credit.name in client.get(url).content.decode()
    response = client.post(url)
    assert response["Location"] == reverse("office_document", args=[Document.objects.get().uuid])


def test_of_very_many_lines_the_newest_are_printed(files):
    RecordFactory.create_batch(PRINTED + 1, subject=files.subject, authority=files.tax)
    for document in (
        printed_file(subject=files.subject, reader=official(files.tax_verifier)),
        issued_file(
            subject=files.subject, office=files.county.credit, actor=files.county.intake, today=TODAY
        ),
    ):
        (records,) = [chapter for chapter in document.chapters if chapter.title == "信用记录"]
        assert (len(records.entries), records.more) == (PRINTED, True)


def test_without_anything_public_the_sealed_one_does_not_say_that_there_never_was(files):
    Record.objects.update(standing="repaired", ended_on=TODAY)
    said = issued_to(files)
    assert "没有信用记录" not in said and "截至当日没有应当列出的内容" in said


def test_chapters_beyond_the_tenth_are_counted_in_chinese_too():
    chapters = tuple(FileChapter(str(place), "没有登记。") for place in range(12))
    said = replace(SubjectFile.sample(), chapters=chapters).to_context()["numbered_chapters"]
    assert [numeral for numeral, _chapter in said][8:] == ["九", "十", "十一", "十二"]

"""The import through the page."""

import csv
import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from credit_repair.core.jobs import run_due
from credit_repair.core.models import AuditEntry, Job
from credit_repair.core.tables import safe_text
from credit_repair.home.reports import report_csv
from credit_repair.home.views import imports
from credit_repair.people.models import Membership
from credit_repair.people.services import join_office, leave_office
from credit_repair.registry.importing.columns import COLUMNS
from credit_repair.registry.models import ImportBatch, ImportLine, Publication, Record
from credit_repair.registry.services import import_file
from tests.home.conftest import NOW, SINCE, TODAY, person
from tests.registry.factories import OfficeFactory, PlatformFactory, make_code, make_resident_id

pytestmark = pytest.mark.django_db
NEW = reverse("office_import_new")


def table(*rows, encoding="utf-8-sig"):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.header for column in COLUMNS)
    for number, changes in enumerate(rows, start=1):
        row = {
            "name": "濉溪县华泰食品有限公司",
            "category": "法人及非法人组织",
            "code": make_code(5),
            "doc_no": f"（濉）交罚〔2026〕{number}号",
            "conduct": "超限运输",
            "penalty_text": "罚款",
            "fine": "1.5",
            "decision_date": (TODAY - timedelta(days=30)).isoformat(),
            "authority": "濉溪县交通运输局",
            "authority_code": make_code(1, prefix="11"),
        } | changes
        writer.writerow(row.get(column.field, "") for column in COLUMNS)
    return SimpleUploadedFile("处罚表.csv", text.getvalue().encode(encoding), content_type="text/csv")


@pytest.fixture
def data_officer(official, credit):
    return official("data", credit)


def test_required_platforms_are_ticked_and_closed_ones_not_offered(data_officer):
    PlatformFactory(code="own", name="自有平台")
    PlatformFactory(code="third", name="第三方", required=False)
    PlatformFactory(code="closed", name="停用平台", active=False)
    form = data_officer.get(NEW).context["form"]
    assert [code for code, _name in form["platforms"].field.choices] == ["own", "third"]
    assert form["platforms"].initial == ["own"]


def bring(client, *files, **said):
    """Upload files as the page does, and let the worker do what was asked of it."""
    answer = client.post(NEW, {"file": list(files), **said})
    run_due()
    return answer


def test_import_takes_good_rows_and_reports_bad_ones(data_officer):
    PlatformFactory(code="own")
    PlatformFactory(code="third", required=False)
    answer = bring(data_officer, table({}, {"code": "123"}, {"doc_no": ""}), platforms=["own"])
    batch = ImportBatch.objects.get()
    assert answer["Location"] == reverse("office_import", args=[batch.uuid])
    assert (batch.state, batch.taken, batch.refused, batch.as_of) == ("done", 1, 2, TODAY)
    assert batch.imported_by is not None
    assert batch.file_name == "处罚表.csv"
    assert not batch.file, "the file holds personal numbers and is deleted"
    assert list(Publication.objects.values_list("platform__code", flat=True)) == ["own"]
    assert Job.objects.filter(name="announce_publications").count() == 1
    page = data_officer.get(answer["Location"]).content.decode()
    for line in batch.lines.all():
        assert line.reason in page
        assert line.code not in page, "codes are for the table to mend, people read the reason"
    assert "第2行" in page and "第3行" in page
    assert set(batch.lines.values_list("code", flat=True)) == {"bad_uscc", "missing_doc_no"}


def test_nothing_is_imported_inside_the_request(data_officer):
    answer = data_officer.post(NEW, {"file": table({})})
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.total, Record.objects.count()) == ("waiting", 1, 0)
    page = data_officer.get(answer["Location"]).content.decode()
    assert "<progress" in page and 'http-equiv="refresh"' in page


def test_several_files_become_batches_of_one_group(data_officer):
    unreadable = SimpleUploadedFile("通讯录.csv", "姓名,电话\n张三,1\n".encode())
    answer = bring(data_officer, table({}), unreadable, table({"doc_no": "另一个文号"}))
    assert answer["Location"] == reverse("office_imports")
    first, second = ImportBatch.objects.all()
    assert first.group == second.group
    assert (first.taken, second.taken) == (1, 1)
    page = data_officer.get(answer["Location"]).content.decode()
    assert "没有导入“通讯录.csv”" in page
    assert "2个文件已上传" in page


def test_a_table_of_another_kind_than_was_chosen_is_refused(data_officer):
    answer = bring(data_officer, table({}), kind="serious_list")
    assert "行政处罚信息表" in str(answer.context["form"].errors["file"])


def test_who_may_import_no_longer_when_the_worker_comes_imports_nothing(
    data_officer, django_capture_on_commit_callbacks
):
    answer = data_officer.post(NEW, {"file": table({})})
    batch = ImportBatch.objects.get()
    stored = batch.file.name
    for membership in Membership.objects.all():
        leave_office(membership=membership, until=TODAY - timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        run_due()
    batch.refresh_from_db()
    assert (batch.state, Record.objects.count()) == ("stopped", 0)
    assert "没有导入数据的权限" in batch.problem
    assert not batch.file.storage.exists(stored)
    # Nothing is left to serve, so the session has ended too.
    assert data_officer.get(answer["Location"])["Location"].startswith(reverse("account_login"))


def test_progress_is_told_until_the_import_has_ended(data_officer):
    data_officer.post(NEW, {"file": table({}, {"doc_no": "另一个文号"})})
    batch = ImportBatch.objects.get()
    ImportBatch.objects.update(state="running", taken=1)
    url, htmx = reverse("office_import_progress", args=[batch.uuid]), {"HX-Request": "true"}
    piece = data_officer.get(url, headers=htmx).content.decode()
    assert 'value="50"' in piece and "已处理1行，共2行" in piece and "<html" not in piece
    run_due()
    assert data_officer.get(url, headers=htmx)["HX-Refresh"] == "true"
    assert data_officer.get(url)["Location"] == reverse("office_import", args=[batch.uuid])


def test_one_that_ends_while_its_page_is_made_is_not_said_to_have_stopped(data_officer, monkeypatch):
    answer = data_officer.post(NEW, {"file": table({})})

    def ended_meanwhile(batch):
        run_due()
        return False

    monkeypatch.setattr(imports, "is_asked_for", ended_meanwhile)
    page = data_officer.get(answer["Location"]).content.decode()
    assert "导入停下了" not in page and "every 1s" in page
    monkeypatch.undo()
    assert "导入停下了" not in data_officer.get(answer["Location"]).content.decode()


def test_an_import_that_failed_again_and_again_can_be_asked_for_anew(data_officer):
    answer = data_officer.post(NEW, {"file": table({})})
    Job.objects.update(state="failed")
    assert "导入停下了" in data_officer.get(answer["Location"]).content.decode()
    batch = ImportBatch.objects.get()
    data_officer.post(reverse("office_import_resume", args=[batch.uuid]))
    run_due()
    batch.refresh_from_db()
    assert (batch.state, batch.taken) == ("done", 1)


def test_one_that_stopped_without_its_file_offers_to_be_taken_back_not_to_go_on(data_officer):
    answer = bring(data_officer, table({}))
    ImportBatch.objects.update(state="stopped", problem="上传的文件已经不在了，请重新上传。")
    args = [ImportBatch.objects.get().uuid]
    page = data_officer.get(answer["Location"]).content.decode()
    assert "这次导入没有完成" in page and "请重新上传" in page
    assert reverse("office_import_undo", args=args) in page
    assert reverse("office_import_resume", args=args) not in page


def test_second_import_changes_nothing(data_officer):
    for _time in range(2):
        bring(data_officer, table({}))
    assert Record.objects.count() == 1
    assert ImportBatch.objects.order_by("-pk")[0].unchanged == 1


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("a.csv", b"a,b\n1,2\n"), "没有找到行政处罚信息表的列名"),
        (SimpleUploadedFile("a.csv", b""), "这个文件是空的"),
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04broken"), "工作簿无法读取"),
        (None, "请选择要导入的文件"),
    ],
)
def test_unreadable_file_is_explained_at_its_field(data_officer, upload, words):
    answer = data_officer.post(NEW, {"file": upload} if upload else {})
    assert answer.status_code == 200
    assert words in str(answer.context["form"].errors["file"])
    assert not ImportBatch.objects.exists()
    assert not Job.objects.exists()


def test_file_that_is_too_large_is_not_read(data_officer, settings):
    settings.IMPORT_MAX_BYTES = 100
    answer = data_officer.post(NEW, {"file": table({})})
    assert "超过" in str(answer.context["form"].errors["file"])


def test_platform_that_was_closed_meanwhile_is_refused(data_officer):
    PlatformFactory(code="closed", active=False)
    answer = data_officer.post(NEW, {"file": table({}), "platforms": ["closed"]})
    assert answer.status_code == 200
    assert not Record.objects.exists()


def test_report_lines_are_paged_and_filtered(data_officer):
    batch = ImportBatch.objects.create(
        file_name="a.csv", sha256="0" * 64, as_of=TODAY, started_at=NOW, finished_at=NOW
    )
    ImportLine.objects.bulk_create(
        ImportLine(batch=batch, row=row, outcome="refused" if row % 2 else "taken", code="c", reason="r")
        for row in range(1, 121)
    )
    url = reverse("office_import", args=[batch.uuid])
    assert data_officer.get(url).context["page_obj"].paginator.num_pages == 3
    for kind in ("refused", "warnings"):
        page = data_officer.get(url, {"show": kind}).context["page_obj"]
        assert page.paginator.count == 60
    lines = data_officer.get(reverse("office_import_report", args=[batch.uuid]))
    assert lines["Content-Type"].startswith("text/csv")
    assert lines.content.decode("utf-8-sig").count("\r\n") == 121


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_report_is_a_formula(start):
    line = ImportLine(row=1, outcome="refused", field="列", code="c", reason=f"{start}HYPERLINK(1)")
    body = report_csv([line]).decode("utf-8-sig").split("\r\n", 1)[1]
    row = next(csv.reader(io.StringIO(body, newline="")))
    assert row[4] == f"'{start}HYPERLINK(1)"


def test_plain_words_stay_as_they_are():
    assert safe_text("文号=1") == "文号=1"


def codes(batch):
    return list(batch.lines.order_by("row").values_list("code", flat=True))


def test_an_authority_imports_its_own_rows_only(official, credit, authority):
    own = {"authority_code": authority.code, "code": make_code(5)}
    supplied = {"source": authority.name, "source_code": authority.code}
    other = official("data", authority)
    bring(other, table(own, supplied, {"authority_code": make_code(77, prefix="11")}))
    batch = ImportBatch.objects.get()
    assert (batch.taken, batch.refused, codes(batch)) == (2, 1, ["not_your_office"])


def test_an_unrelated_office_ends_nobodys_record(official, data_officer):
    bring(data_officer, table({}))
    before = Record.objects.get().effective_until
    unrelated = OfficeFactory()
    end = (TODAY - timedelta(days=1)).isoformat()
    row = {"own_until": end, "source": unrelated.name, "source_code": unrelated.code}
    bring(official("data", unrelated), table(row))
    assert codes(ImportBatch.objects.order_by("-pk")[0]) == ["not_your_office"]
    assert Record.objects.get().effective_until == before


def test_of_two_credit_offices_each_imports_for_its_region(official, data_officer, credit):
    far = OfficeFactory(credit=True, division="370321", name="另一县信用办")
    below = OfficeFactory(division="340621", parent=far)
    here, there = make_code(701, prefix="11"), make_code(702, prefix="11", division="370321")
    nowhere = make_code(703, prefix="11", division="110101")
    # Known, not known yet twice, and of a division without a credit office, which falls to the first by code.
    rows = [{"authority_code": code} for code in (below.code, here, there, there, nowhere)]
    bring(data_officer, table(*rows))
    bring(official("data", far), table(*rows))
    mine, theirs = ImportBatch.objects.order_by("pk")
    assert list(mine.lines.order_by("row").values_list("row", flat=True)) == [1, 3, 4]
    assert list(theirs.lines.order_by("row").values_list("row", flat=True)) == [2, 5]


def test_the_only_credit_office_imports_everything(data_officer):
    bring(data_officer, table({"authority_code": make_code(702, prefix="11", division="370321")}))
    assert ImportBatch.objects.get().taken == 1


def refused_file(client, batch, form):
    return client.get(reverse("office_import_refused", args=[batch.uuid, form]))


def test_refused_rows_are_mended_and_taken(data_officer):
    facts = "=1+1 车货总质量超限"
    bring(data_officer, table({}, {"doc_no": "", "code": make_code(7), "facts": facts}, {"code": "123"}))
    answer = refused_file(data_officer, ImportBatch.objects.get(), "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    header, *rows = [list(line) for line in book.active.iter_rows()]
    assert [cell.value for cell in header] == [*(column.header for column in COLUMNS), "拒收原因"]
    assert len(rows) == 2 and "文号" in rows[0][-1].value
    place = {column.field: n for n, column in enumerate(COLUMNS)}
    assert rows[0][place["facts"]].data_type == "s" and rows[0][place["facts"]].quotePrefix
    assert rows[0][place["doc_no"]].number_format == "@", "what is typed there stays a text"
    rows[0][place["doc_no"]].value = "补〔2026〕1号"
    mended = io.BytesIO()
    book.save(mended)
    bring(data_officer, SimpleUploadedFile("改好.xlsx", mended.getvalue()))
    again = ImportBatch.objects.order_by("-pk")[0]
    assert (again.taken, again.refused) == (1, 1)
    assert Record.objects.get(doc_no="补〔2026〕1号").facts == facts
    assert AuditEntry.objects.filter(action="download_refused_rows").count() == 1


def test_refused_rows_as_csv_hold_no_formula(data_officer):
    bring(data_officer, table({"doc_no": "", "facts": "=cmd|calc"}))
    answer = refused_file(data_officer, ImportBatch.objects.get(), "csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(lines) == 2 and lines[0][-1] == "拒收原因"
    assert "'=cmd|calc" in lines[1]
    assert refused_file(data_officer, ImportBatch.objects.get(), "exe").status_code == 404


def test_a_wrong_import_is_taken_back(data_officer):
    bring(data_officer, table({}, {"doc_no": "另一个文号"}))
    batch = ImportBatch.objects.get()
    url = reverse("office_import_undo", args=[batch.uuid])
    assert "新增的2条记录" in data_officer.get(url).content.decode()
    answer = data_officer.post(url)
    assert answer["Location"] == reverse("office_import", args=[batch.uuid])
    assert not Record.objects.exists()
    page = data_officer.get(answer["Location"]).content.decode()
    assert "这次导入已经撤销" in page and url not in page


def test_a_large_import_is_taken_back_by_a_worker(data_officer, monkeypatch):
    monkeypatch.setattr("credit_repair.home.views.import_undo.AT_ONCE", 1)
    bring(data_officer, table({}, {"doc_no": "另一个文号"}))
    url = reverse("office_import_undo", args=[ImportBatch.objects.get().uuid])
    answer = data_officer.post(url)
    assert Record.objects.count() == 2
    assert "正在撤销" in data_officer.get(answer["Location"]).content.decode()
    run_due()
    assert not Record.objects.exists()
    assert ImportBatch.objects.get().state == "undone"


def test_what_keeps_an_import_is_said_and_nothing_happens(data_officer):
    PlatformFactory(code="own")
    bring(data_officer, table({}), platforms=["own"])
    Publication.objects.update(state="shown")
    url = reverse("office_import_undo", args=[ImportBatch.objects.get().uuid])
    for page in (data_officer.get(url), data_officer.post(url)):
        assert "现在不能撤销" in page.content.decode() and "确认公示" in page.content.decode()
    assert Record.objects.count() == 1


def test_only_who_may_import_everybodys_data_takes_back_what_the_command_line_brought(
    official, data_officer, authority
):
    batch = ImportBatch.objects.create(file_name="a.csv", sha256="0" * 64, as_of=TODAY, started_at=NOW)
    url = reverse("office_import_undo", args=[batch.uuid])
    assert official("data", authority).get(url).status_code == 404
    assert data_officer.get(url).status_code == 200


ID_NUMBER = make_resident_id(7)
PERSON = {"category": "自然人", "code": "", "person_number": ID_NUMBER, "name": ""}


def pages_of_the_rows(batch):
    names = {"office_import_refused": ["xlsx"], "office_import_report": [], "office_import_resume": []}
    return {name: reverse(name, args=[batch.uuid, *more]) for name, more in names.items()}


def test_rows_of_the_command_line_are_for_those_alone_who_answer_for_everybody(
    official, data_officer, authority
):
    conflicting = {"name": "另一家公司", "doc_no": "另一个文号"}
    batch = import_file(path_or_file=table({}, PERSON, conflicting), file_name="表.csv", as_of=TODAY)
    one_authoritys = official("data", authority)
    for name, url in pages_of_the_rows(batch).items():
        ask = "post" if name == "office_import_resume" else "get"
        assert getattr(one_authoritys, ask)(url).status_code == 404
        assert getattr(data_officer, ask)(url).status_code in (200, 302)
    url = reverse("office_import", args=[batch.uuid])
    page = one_authoritys.get(url).content.decode()
    assert "拒收2行" in page
    assert "已登记的名称" not in page and not any(each in page for each in pages_of_the_rows(batch).values())
    assert b"".join(one_authoritys.get(url, {"format": "csv"}).streaming_content).count(b"\r\n") == 1
    assert "已登记的名称" in data_officer.get(url).content.decode()


def test_what_a_colleague_brought_after_they_moved_is_not_their_former_offices(official, credit, authority):
    moved = person("moved")
    last = TODAY - timedelta(days=30)
    join_office(user=moved, office=authority, role="data", since=SINCE, until=last)
    join_office(user=moved, office=credit, role="data", since=last + timedelta(days=1))
    before, after = (
        import_file(path_or_file=table(PERSON), file_name="表.csv", as_of=day, imported_by=moved)
        for day in (last, TODAY)
    )
    former = official("data", authority)
    assert refused_file(former, before, "csv").status_code == 200
    assert refused_file(former, after, "csv").status_code == 404
    assert former.post(reverse("office_import_undo", args=[after.uuid])).status_code == 404
    assert refused_file(official("data", credit), after, "csv").status_code == 200


def test_the_workbook_of_refused_rows_opens_whatever_a_kept_row_holds(data_officer):
    batch = ImportBatch.objects.create(
        file_name="a.csv", sha256="0" * 64, as_of=TODAY, started_at=NOW, finished_at=NOW, state="done"
    )
    cells = json.dumps({"name": "华泰\ufffe公司\uffff"})
    ImportLine.objects.create(batch=batch, row=1, outcome="refused", code="c", reason="r", cells=cells)
    answer = refused_file(data_officer, batch, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert "华泰\ufffd公司\ufffd" in [cell.value for cell in list(book.active.iter_rows())[1]]

"""Issue a document, number it, make its PDF."""

import dataclasses
import hashlib
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from credit_repair.core import jobs
from credit_repair.core.models import Job, Sequence
from credit_repair.notices import engine_check, services
from credit_repair.notices.contexts import CommitmentLetter, DecisionApprove, ReceiptOfMaterials
from credit_repair.notices.engine_check import missing_libraries
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.models import Document
from credit_repair.registry.models import Office
from tests.registry.factories import OfficeFactory
from tests.world import TODAY

pytestmark = pytest.mark.django_db
needs_engine = pytest.mark.skipif(
    bool(missing_libraries()),
    reason=f"PDF ENGINE MISSING {missing_libraries()}: {engine_check.INSTALL_COMMAND}",
)


@pytest.fixture
def office() -> Office:
    return OfficeFactory(document_prefix="濉信修")


def decision(**changed: object) -> DecisionApprove:
    return dataclasses.replace(DecisionApprove.sample(), document_number="", **changed)  # type: ignore[arg-type]


def issue(office: Office | None, on: date = TODAY, **changed: object) -> Document:
    with transaction.atomic():
        return services.issue(document=decision(**changed), office=office, issued_on=on, rule_set="ndrc-36")


def test_numbers_run_from_one_without_a_leading_zero(office: Office) -> None:
    rows = [issue(office) for _each in range(12)]
    assert rows[0].number == "濉信修〔2026〕1号"
    assert rows[11].number == "濉信修〔2026〕12号"
    assert [row.serial for row in rows] == list(range(1, 13))
    assert rows[11].context["document_number"] == "濉信修〔2026〕12号"
    assert rows[0].rule_set == "ndrc-36"


def test_a_new_year_begins_anew_and_the_old_one_goes_on(office: Office) -> None:
    numbers = [
        issue(office, on).number
        for on in (date(2026, 12, 31), date(2027, 1, 1), date(2026, 12, 31), date(2027, 1, 4))
    ]
    assert numbers == [
        "濉信修〔2026〕1号",
        "濉信修〔2027〕1号",
        "濉信修〔2026〕2号",
        "濉信修〔2027〕2号",
    ]


def test_each_office_counts_for_itself_and_a_new_prefix_begins_anew(office: Office) -> None:
    other = OfficeFactory(document_prefix="宿信修")
    assert [issue(office).number, issue(other).number] == ["濉信修〔2026〕1号", "宿信修〔2026〕1号"]
    office.document_prefix = "濉信决"
    office.save()
    assert issue(office).number == "濉信决〔2026〕1号"


def test_what_cannot_be_printed_gets_no_number(office: Office) -> None:
    with pytest.raises(MissingGlyphs, match="U\\+31350"):
        issue(office, facts=("当事人\U00031350某。",))
    assert not Sequence.objects.exists() and not Document.objects.exists() and not Job.objects.exists()
    assert issue(office).serial == 1


def test_a_prefix_that_cannot_be_printed_gives_no_number(office: Office) -> None:
    office.document_prefix = "濉\U00031350修"
    with pytest.raises(MissingGlyphs):
        issue(office)
    assert not Sequence.objects.exists()


@pytest.mark.parametrize("who", ["nobody", "no-prefix"])
def test_without_a_prefix_there_is_no_number(office: Office, who: str) -> None:
    office.document_prefix = ""
    with pytest.raises(services.CannotIssue, match="发文代字"):
        issue(None if who == "nobody" else office)
    assert not Document.objects.exists()


def test_two_offices_cannot_share_a_prefix(office: Office) -> None:
    issue(office)
    with pytest.raises(services.CannotIssue, match="不能相同"):
        issue(OfficeFactory(document_prefix="濉信修"))
    assert Document.objects.count() == 1


def test_a_rolled_back_decision_leaves_no_gap_and_no_job(office: Office) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        issue(office)
        raise RuntimeError
    assert not Document.objects.exists() and not Job.objects.exists()
    assert issue(office).serial == 1


@pytest.mark.parametrize("kind", [CommitmentLetter, ReceiptOfMaterials], ids=lambda kind: kind.template)
def test_letters_and_receipts_have_no_number(kind: type[CommitmentLetter]) -> None:
    row = services.issue(document=kind.sample(), office=None, issued_on=TODAY)
    assert (row.number, row.serial, row.year, row.state) == (None, None, None, "pending")
    assert row.file_name == f"{row.title}.pdf"


def test_half_a_number_is_no_number(office: Office) -> None:
    row = issue(office)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=row.pk).update(serial=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=row.pk).update(state="ready")


# -- the PDF


@needs_engine
def test_the_pdf_is_made_once_by_its_job(office: Office) -> None:
    row = issue(office)
    assert jobs.run_due() == 1
    row.refresh_from_db()
    data = row.file.read()
    assert data.startswith(b"%PDF")
    assert (row.state, row.size, row.sha256) == ("ready", len(data), hashlib.sha256(data).hexdigest())

    again = services.render(document_id=row.pk)
    assert (again.file.name, again.sha256) == (row.file.name, row.sha256)


def test_what_another_worker_has_made_meanwhile_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = issue(office)

    def slow(**_what: object) -> bytes:
        if Document.objects.get(pk=row.pk).state == "pending":
            monkeypatch.setattr("credit_repair.notices.render.render_pdf", lambda **_: b"%PDF first")
            services.render(document_id=row.pk)
        return b"%PDF second"

    monkeypatch.setattr("credit_repair.notices.render.render_pdf", slow)
    assert services.render(document_id=row.pk).file.read() == b"%PDF first"


def test_what_is_printed_is_what_was_said_on_the_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    row = issue(office, issuer="濉溪县交通运输局")
    office.name = "改名后的局"
    office.save()
    seen: dict[str, object] = {}

    def keep(*, template: str, context: dict[str, object], **_others: object) -> bytes:
        seen.update(context, template=template)
        return b"%PDF"

    monkeypatch.setattr("credit_repair.notices.render.render_pdf", keep)
    services.render(document_id=row.pk)
    assert (seen["template"], seen["issuer"]) == ("decision_approve", "濉溪县交通运输局")
    assert seen["document_number"] == row.number
    assert "<svg" in str(seen["seal"]), "the seal is drawn anew"


def test_a_document_whose_worker_died_is_asked_for_again(office: Office) -> None:
    row = issue(office)
    services.issue(document=CommitmentLetter.sample(), office=None, issued_on=TODAY)
    Job.objects.all().update(state="failed")
    assert services.dispatch_pending() == 2
    waiting = Job.objects.filter(state="waiting", name="render_document")
    assert {job.payload["document_id"] for job in waiting} == set(
        Document.objects.values_list("pk", flat=True)
    )
    assert services.dispatch_pending() == 2 and waiting.count() == 2, "asked for once"

    Document.objects.filter(pk=row.pk).update(state="ready", file="x.pdf", sha256="0" * 64)
    assert services.dispatch_pending() == 1


def test_an_old_job_under_way_does_not_hide_a_missing_pdf(office: Office) -> None:
    issue(office)
    Job.objects.update(state="running", lease_until=timezone.now() + timedelta(hours=1))
    services.dispatch_pending()
    assert Job.objects.filter(state="waiting").count() == 1

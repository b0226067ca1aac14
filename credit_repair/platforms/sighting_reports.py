"""What an enterprise reports of its own record on websites that are not ours, and the office's answer.

A report is what the subject says, no proof: an official looks themself. What they see becomes a sighting
第三方核查 like every other; where they see nothing, they say so in words.
"""

from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.uploads import check_evidence
from credit_repair.platforms.kept_files import keep_file
from credit_repair.platforms.models import SightingReport
from credit_repair.platforms.sightings import NotRecorded, record_sighting
from credit_repair.registry.models import Platform, Record

State = SightingReport.State
#: So many reports on one record may wait for an answer.
MOST_OPEN = 5


def report_sighting(
    *,
    record: Record,
    actor: Any,
    address: str,
    seen_on: date,
    upload: File,
    today: date,
    platform: Platform | None = None,
    website: str = "",
    words: str = "",
) -> SightingReport:
    """Keep what the subject saw of its ended record at `platform`, or at another `website`, and where.

    The file is checked before anything is locked; whether the actor acts for the subject is the caller's to
    ask, in the same transaction. Raises NotRecorded with the field for what cannot be, and where too much
    waits already; uploads.UploadRefused, uploads.NotNow where the file cannot be taken.
    """
    if not record.has_ended:
        raise NotRecorded(_("这条信息还在公示期内，网站可以公示。"))
    if seen_on > today:
        raise NotRecorded(_("日期不能晚于今天。"), field="seen_on")
    if record.ended_on is not None and seen_on < record.ended_on:
        raise NotRecorded(_("请填写停止公示以后看到的日期。"), field="seen_on")
    if platform is not None and platform.kind != Platform.Kind.THIRD_PARTY:
        raise NotRecorded(_("这个平台由系统发送消息，请直接联系信用办。"), field="platform")
    if platform is None and not website.strip():
        raise NotRecorded(_("请填写网站名称。"), field="website")
    checked = check_evidence(upload)
    with transaction.atomic():
        # The record's lock counts: two at once would both find room for the last one.
        Record.objects.select_for_update(no_key=True).only("pk").get(pk=record.pk)
        if open_reports().filter(record=record).count() >= MOST_OPEN:
            raise NotRecorded(_("这条信息已经有多项反映等待核查，请等信用办答复以后再反映。"))
        row = SightingReport(
            record=record,
            platform=platform,
            website="" if platform else website.strip(),
            address=address,
            seen_on=seen_on,
            words=words.strip(),
            reported_by=actor,
            reported_at=now(),
        )
        keep_file(row, upload, checked)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise NotRecorded(_("这个网址已经反映过，正在等待核查。"), field="address") from None
        _note(row, actor, "report_sighting")
    return row


@transaction.atomic
def confirm_report(
    *,
    report: SightingReport,
    platform: Platform,
    actor: Any,
    seen_at: datetime,
    evidence: File | None = None,
    note: str = "",
) -> SightingReport:
    """Keep what the official saw themself as a sighting, which answers the report.

    Raises NotRecorded where it was answered already, or as record_sighting() does.
    """
    row = _locked(report)
    row.sighting = record_sighting(
        record=row.record,
        platform=platform,
        actor=actor,
        shown=True,
        seen_at=seen_at,
        address=row.address,
        evidence=evidence,
        note=note,
    )
    return _answered(row, actor, State.CONFIRMED, note)


@transaction.atomic
def decline_report(*, report: SightingReport, actor: Any, answer: str) -> SightingReport:
    """Say why nothing follows from a report. Raises NotRecorded without words, or where it is answered."""
    if not answer.strip():
        raise NotRecorded(_("请写明答复，经营主体会看到。"), field="note")
    return _answered(_locked(report), actor, State.DECLINED, answer)


def open_reports() -> QuerySet[SightingReport]:
    """Return the reports that wait for an answer, the oldest first."""
    found = SightingReport.objects.filter(state=State.OPEN).select_related("record__subject", "platform")
    return found.order_by("reported_at", "pk")


def reports_on(record: Record) -> QuerySet[SightingReport]:
    """Return what was reported on `record`, the newest first."""
    found = SightingReport.objects.filter(record=record).select_related("platform", "sighting")
    return found.order_by("-reported_at", "-pk")


def _locked(report: SightingReport) -> SightingReport:
    rows = SightingReport.objects.select_related("record", "platform").select_for_update(of=("self",))
    row = rows.get(pk=report.pk)
    if row.state != State.OPEN:
        raise NotRecorded(_("这项反映已经答复过了。"))
    return row


def _answered(row: SightingReport, actor: Any, state: SightingReport.State, answer: str) -> SightingReport:
    row.state, row.decided_by, row.decided_at, row.answer = state, actor, now(), answer.strip()
    if state == State.CONFIRMED and row.sighting is not None:
        row.platform = row.sighting.platform
    row.save(update_fields=["state", "decided_by", "decided_at", "answer", "sighting", "platform"])
    _note(row, actor, "answer_report")
    return row


def _note(row: SightingReport, actor: Any, what: str) -> None:
    audit.record(
        actor=actor,
        action=f"platforms.{what}",
        target=row,
        data={"record": str(row.record.uuid), "to": row.state, "sha256": row.sha256},
    )

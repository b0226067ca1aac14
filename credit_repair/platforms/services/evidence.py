"""Evidence 佐证 in a receipt's place, where none can come: one official enters it, a second one confirms.

Only where nobody tells the platform any more (its message was given up, or it takes none of ours). Confirmed,
it does what a receipt does: the publication is REMOVED, the measure ENDED, and the settlers go on from there.
A receipt that comes later all the same is kept as a duplicate; what is seen again shows as seen again.
"""

from datetime import date
from functools import partial
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.jobs import dispatch
from credit_repair.core.sequences import next_value
from credit_repair.core.uploads import check_evidence
from credit_repair.platforms.effects import ACTION_FOR, EffectLine, effects_of
from credit_repair.platforms.kept_files import keep_file
from credit_repair.platforms.models import EffectEvidence, EffectKind, Measure, Message
from credit_repair.platforms.services.queueing import lock_record
from credit_repair.registry.models import Platform, Publication, Record

State = EffectEvidence.State


class EvidenceRefused(ValueError):  # noqa: N818 - it carries words for the person
    """Evidence cannot be taken so; `field` of the form it belongs to, if any."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


def propose_evidence(
    *,
    record: Record,
    platform: Platform,
    effect: str,
    gone_on: date,
    words: str,
    upload: File,
    actor: Any,
    today: date,
) -> EffectEvidence:
    """Enter that `effect` of `record` is over at `platform` since `gone_on`, with what proves it.

    The file is checked before anything is locked. The actor's permission is the caller's to ask, in the same
    transaction. Raises EvidenceRefused where a receipt can still come, evidence waits already, the day lies
    before the end of the record or ahead, or nothing is said; uploads.UploadRefused, uploads.NotNow where the
    file cannot be taken.
    """
    if gone_on > today:
        raise EvidenceRefused(_("日期不能晚于今天。"), field="gone_on")
    if record.ended_on is not None and gone_on < record.ended_on:
        raise EvidenceRefused(_("日期不能早于这条记录结束的日期。"), field="gone_on")
    if not words.strip():
        raise EvidenceRefused(_("请写明怎样核实的。"), field="words")
    checked = check_evidence(upload)
    with transaction.atomic():
        lock_record(record.pk)
        if not line_of(record, platform, effect).takes_evidence:
            raise EvidenceRefused(_("这一项现在不能登记佐证：还在等回执，已经登记过，或者已经终止。"))
        row = EffectEvidence(
            record=record,
            platform=platform,
            effect=effect,
            gone_on=gone_on,
            words=words.strip(),
            proposed_by=actor,
            proposed_at=now(),
        )
        keep_file(row, upload, checked)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise EvidenceRefused(_("这一项已经登记了佐证，正在等待复核。")) from None
        _note(row, actor, "propose_evidence")
    return row


@transaction.atomic
def confirm_evidence(*, evidence: EffectEvidence, actor: Any, answer: str = "") -> EffectEvidence:
    """Let evidence stand as receipt; a second person's act 四眼原则. Returns the row with its number.

    That `actor` holds the permission otherwise than in the place of who entered it is the caller's to ask, in
    the same transaction.

    Raises EvidenceRefused where it was decided already, is the actor's own, or what it is about has moved on.
    """
    row = _locked(evidence, actor)
    line = line_of(row.record, row.platform, row.effect)
    if not line.is_stuck:
        raise EvidenceRefused(_("情况已经变化：回执已经收到，或者通知已经重新发送。请退回这份佐证。"))
    moment = now()
    row.state, row.decided_by, row.decided_at = State.CONFIRMED, actor, moment
    row.answer = answer.strip()
    row.number = f"ZZ-{moment.year}-{next_value(f'effect_evidence:{moment.year}'):06d}"
    row.save(update_fields=["state", "decided_by", "decided_at", "answer", "number"])
    _end(row, moment)
    _note(row, actor, "confirm_evidence")
    transaction.on_commit(partial(dispatch, "settle_cases", key="settle_cases"), robust=True)
    return row


@transaction.atomic
def decline_evidence(*, evidence: EffectEvidence, actor: Any, answer: str) -> EffectEvidence:
    """Send evidence back with words, so that it can be entered anew.

    Raises EvidenceRefused without words, where it was decided already, or is the actor's own.
    """
    if not answer.strip():
        raise EvidenceRefused(_("请写明退回的理由。"), field="answer")
    row = _locked(evidence, actor)
    row.state, row.decided_by, row.decided_at, row.answer = State.DECLINED, actor, now(), answer.strip()
    row.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    _note(row, actor, "decline_evidence")
    return row


def line_of(record: Record, platform: Platform, effect: str) -> EffectLine:
    """Return how one effect of `record` stands at one platform. Raises EvidenceRefused where it has none."""
    for line in effects_of(record).lines:
        if (line.platform_id, line.effect) == (platform.pk, effect):
            return line
    raise EvidenceRefused(_("这个平台没有这一项需要终止。"))


def _locked(evidence: EffectEvidence, actor: Any) -> EffectEvidence:
    """The row, locked behind its record, if `actor` may decide on it."""
    lock_record(evidence.record_id)
    rows = EffectEvidence.objects.select_related("record", "platform").select_for_update(of=("self",))
    row = rows.get(pk=evidence.pk)
    if row.state != State.PROPOSED:
        raise EvidenceRefused(_("这份佐证已经复核过了。"))
    if row.proposed_by_id == actor.pk:
        raise EvidenceRefused(_("登记人不能复核自己登记的佐证，请由另一位工作人员复核。"))
    return row


def _end(row: EffectEvidence, moment: Any) -> None:
    """Let the publication or the measure be over; a message that nobody will send is given up with it."""
    waiting = Message.objects.filter(
        record=row.record,
        platform=row.platform,
        action=ACTION_FOR[EffectKind(row.effect)],
        state__in=[Message.State.WAITING, Message.State.FAILED],
    )
    if row.platform.transport == Platform.Transport.BY_HAND:
        waiting.update(state=Message.State.GIVEN_UP)
    if row.effect == EffectKind.PUBLICITY:
        publications = Publication.objects.filter(record=row.record, platform=row.platform)
        publications.exclude(state=Publication.State.REMOVED).update(
            state=Publication.State.REMOVED, removed_at=moment, receipt=row.number
        )
        return
    Measure.objects.filter(
        record=row.record, platform=row.platform, kind=row.effect, state=Measure.State.ENDING
    ).update(state=Measure.State.ENDED, ended_at=moment, receipt=row.number)


def _note(row: EffectEvidence, actor: Any, what: str) -> None:
    audit.record(
        actor=actor,
        action=f"platforms.{what}",
        target=row,
        data={
            "platform": row.platform.code,
            "record": str(row.record.uuid),
            "effect": row.effect,
            "number": row.number or "",
            "sha256": row.sha256,
        },
    )

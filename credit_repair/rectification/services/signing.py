"""The record of an interview 约谈记录 is signed by both sides: on the screen, or on paper with its scan."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.services.attachments import look_into
from credit_repair.cases.services.papers import keep_paper
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.wording import day_text
from credit_repair.notices import services as notices
from credit_repair.notices.glyphs import check_text
from credit_repair.notices.ink import Signature, Stroke
from credit_repair.people.capacity import capacity_of
from credit_repair.rectification.models import (
    Interview,
    InterviewSignature,
    Order,
    OrderEvent,
)
from credit_repair.rectification.services.acting import is_who, locked
from credit_repair.rectification.services.interviews import record_of_interview
from credit_repair.rectification.states import Who

Side = InterviewSignature.Side


@transaction.atomic
@in_site_language()
def sign_record(
    *, interview: Interview, side: str, actor: Any, today: date, name: str, strokes: Sequence[Stroke]
) -> Interview:
    """Sign the record of an interview on the screen, for one side; with the second signature the record with
    both is made.

    Raises NotYours, ActionRefused with words, MissingGlyphs where the name cannot be printed.
    """
    order, row = _to_sign(interview)
    who = Who.SUBJECT if side == Side.SUBJECT else Who.OFFICE
    if not is_who(who=who, actor=actor, office=order.office, subject=order.subject, on=today):
        raise NotYours(f"interview {row.uuid}")
    if row.signatures.filter(side=side).exists():
        raise ActionRefused("signed", _("这一方已经签过名。"))
    if row.signatures.filter(by=actor).exists():
        raise ActionRefused("both_sides", _("同一个人不能代双方签名。"))
    check_text(name)
    capacity = capacity_of(actor, subject=order.subject, on=today) if side == Side.SUBJECT else _("约谈人")
    InterviewSignature.objects.create(
        interview=row,
        side=side,
        name=name.strip(),
        capacity=capacity,
        strokes=[list(stroke) for stroke in strokes],
        by=actor,
        at=now(),
    )
    signed = {each.side: _drawn(each) for each in row.signatures.all()}
    if len(signed) == len(Side):
        document = record_of_interview(
            row, order=order, signature=signed[Side.SUBJECT], office_signature=signed[Side.OFFICE]
        )
        row.signed_document = notices.issue(document=document, office=None, issued_on=today)
        row.save(update_fields=["signed_document"])
    note(order, actor, "sign_record", text=_("%s签名") % InterviewSignature.Side(side).label)
    return row


def _drawn(row: InterviewSignature) -> Signature:
    return Signature(
        name=row.name,
        capacity=row.capacity,
        signed_at=day_text(row.at, "datetime"),
        strokes=tuple(tuple(stroke) for stroke in row.strokes),
    )


@in_site_language()
def keep_signed_record(
    *, interview: Interview, actor: Any, today: date, scan: File, refused: str = ""
) -> Interview:
    """Keep the scan of the record that both sides signed on paper, by an official of the authority.

    :param refused: where the subject's side refused to sign: why, as it stands on the paper.

    Raises NotYours, ActionRefused with words, uploads.UploadRefused.
    """
    look_into(scan)
    with transaction.atomic():
        order, row = _to_sign(interview)
        if not is_who(who=Who.OFFICE, actor=actor, office=order.office, subject=order.subject, on=today):
            raise NotYours(f"interview {row.uuid}")
        row.signed_paper = keep_paper(subject=order.subject, upload=scan, actor=actor)
        row.refused_to_sign = refused.strip()
        row.save(update_fields=["signed_paper", "refused_to_sign"])
        note(order, actor, "keep_record", text=row.refused_to_sign)
    return row


def _to_sign(interview: Interview) -> tuple[Order, Interview]:
    """Return the locked order and its interview, whose record is not signed yet."""
    order = locked(Order.objects.get(pk=interview.order_id))
    row = Interview.objects.select_related("document", "record_document").get(pk=interview.pk)
    if row.state != Interview.State.HELD:
        raise ActionRefused("not_held", _("约谈记录还没有录入。"))
    if row.is_signed:
        raise ActionRefused("record_signed", _("这份约谈记录已经签好。"))
    return order, row


def note(order: Order, actor: Any, action: str, *, text: str = "") -> OrderEvent:
    """Write what leaves the order where it is onto its timeline, and audit it."""
    event = OrderEvent.objects.create(
        order=order,
        action=action,
        at=now(),
        text=text,
        actor=actor,
        actor_label=str(actor),
        state_from=order.state,
        state_to=order.state,
    )
    audit.record(actor=actor, action=f"rectification.{action}", target=order, data={"event": str(event.uuid)})
    return event

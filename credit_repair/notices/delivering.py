"""Service 送达 by officials: in person, left 留置, by post or by another office, each with its proof; what
came back; and the proof of service 送达回证. Whether the actor may is asked where the case is known.

Public notice 公告送达 is in `announcing`.
"""

import uuid
from dataclasses import dataclass, fields
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.core.uploads import CheckedUpload, check_evidence
from credit_repair.core.wording import day_text
from credit_repair.notices import services
from credit_repair.notices.errors import DeliveryRefused
from credit_repair.notices.freezing import thaw
from credit_repair.notices.models import Delivery, Document
from credit_repair.notices.serving import Served, ServiceRecord, Witness

Way = Delivery.Way
#: How officials serve, each with a proof.
ON_PAPER = (Way.DIRECT, Way.LEFT, Way.POST, Way.ENTRUSTED)


@dataclass(frozen=True)
class Handed:
    """How a document was handed over: way, day of signing, who signed, what they are to the addressee, where,
    who served it, and whatever else, such as the number of a letter.

    entrusted_to  of what another office served 委托送达: which
    refusal, witness, witness_of, other_witness, other_witness_of  of what was left 留置送达: why nobody
                  signed, and who saw that it was left; nobody has received it then
    """

    way: str
    day: date
    received_by: str = ""
    relation: str = ""
    place: str = ""
    remark: str = ""
    servers: str = ""
    entrusted_to: str = ""
    refusal: str = ""
    witness: str = ""
    witness_of: str = ""
    other_witness: str = ""
    other_witness_of: str = ""

    @property
    def words(self) -> dict[str, str]:
        """What of it is written, trimmed, by the name of its field."""
        return {
            each.name: getattr(self, each.name).strip()
            for each in fields(self)
            if each.name not in _NOT_WORDS
        }


_NOT_WORDS = ("way", "day")
_LEFT_ONLY = ("refusal", "witness", "witness_of", "other_witness", "other_witness_of")


def words_of(way: str) -> tuple[str, ...]:
    """Return which words of Handed there are for a way."""
    others = {
        Way.DIRECT: ("received_by", "relation", "place", "servers", "remark"),
        Way.LEFT: ("place", *_LEFT_ONLY, "servers", "remark"),
        Way.POST: ("received_by", "relation", "place", "remark"),
        Way.ENTRUSTED: ("entrusted_to", "received_by", "relation", "place", "servers", "remark"),
    }
    return others[Way(way)]


def missing_words() -> dict[str, dict[str, str]]:
    """Return for each way what must be written, and what to say where it is not."""
    signed = {"received_by": _("请填写签收人。")}
    return {
        Way.DIRECT: signed,
        Way.LEFT: {
            "refusal": _("请写明拒收的情况：谁、为什么不签收。"),
            "place": _("请填写文书留置的地点。"),
            "witness": _("留置送达要有见证人，请填写见证人的姓名。"),
            "witness_of": _("请填写见证人的单位或者身份。"),
            "servers": _("请填写送达人。"),
        },
        Way.POST: signed,
        Way.ENTRUSTED: {"entrusted_to": _("请填写受委托送达的单位。"), **signed},
    }


@dataclass(frozen=True)
class Scan:
    """The scan that proves a service, and what its checks say of it."""

    file: File
    known: CheckedUpload


def checked_scan(*, handed: Handed, scan: File | None) -> Scan:
    """Return the scan that proves a service after its checks: outside of any transaction, because they take
    their time.

    Raises DeliveryRefused with words where the scan or a word is missing, uploads.UploadRefused where the
    scan cannot be taken.
    """
    _refuse_words(handed)
    if scan is None:
        raise DeliveryRefused("scan", _("请上传送达回证或者邮寄签收凭证的扫描件。"), field="scan")
    return Scan(scan, check_evidence(scan))


@transaction.atomic
def enter_service(*, delivery: Delivery, actor: Any, today: date, handed: Handed, scan: Scan) -> Delivery:
    """Enter that a document was handed over, or left with who refused it, with the scan that proves it.

    Raises DeliveryRefused with words where it is served already, or the day cannot be.
    """
    row = locked(delivery)
    refuse_served(row)
    _refuse_day(row, handed.day, today)
    known = scan.known
    row.scan_name, row.scan_mime, row.scan_sha256 = known.name, known.mime, known.sha256
    row.scan.save(f"{uuid.uuid4()}{PurePosixPath(known.name).suffix}", scan.file, save=False)
    row.way, row.delivered_on = handed.way, handed.day
    for name, words in handed.words.items():
        setattr(row, name, words)
    row.announced_from = row.announced_until = None
    row.entered_by, row.entered_at = actor, now()
    row.save()
    facts = {"kind": row.way, "since": row.delivered_on.isoformat(), "sha256": row.scan_sha256}
    note(row, actor, "delivery.enter", facts)
    return row


def _refuse_words(handed: Handed) -> None:
    """What the way needs is written, and nothing that belongs to another way."""
    if handed.way not in ON_PAPER:
        raise DeliveryRefused("way", _("请选择送达方式。"), field="way")
    said = handed.words
    for name, words in missing_words()[handed.way].items():
        if not said[name]:
            raise DeliveryRefused(name, words, field=name)
    strange = [name for name, words in said.items() if words and name not in words_of(handed.way)]
    if strange:
        raise ValueError(f"{handed.way} has no {', '.join(strange)}")
    if said["other_witness_of"] and not said["other_witness"]:
        raise DeliveryRefused("other_witness", _("请填写第二见证人的姓名。"), field="other_witness")
    if said["other_witness"] and not said["other_witness_of"]:
        words = _("请填写第二见证人的单位或者身份。")
        raise DeliveryRefused("other_witness_of", words, field="other_witness_of")


@transaction.atomic
def enter_failure(
    *, delivery: Delivery, actor: Any, today: date, failure: str, day: date, why: str
) -> Delivery:
    """Enter that a document was refused or could not be served, and why; a later failure takes its place.

    Raises DeliveryRefused with words where it is served or announced already, or something is missing.
    """
    row = locked(delivery)
    refuse_served(row)
    if row.way == Way.ANNOUNCED:
        raise DeliveryRefused("announced", _("这份文书正在公告送达。"))
    if failure not in Delivery.Failure.values:
        raise DeliveryRefused("failure", _("请选择没有送达的情形。"), field="failure")
    _refuse_day(row, day, today)
    if not why.strip():
        raise DeliveryRefused("why", _("请写明没有送达的原因。"), field="why")
    row.failure, row.failed_on, row.failed_why = failure, day, why.strip()
    row.entered_by, row.entered_at = actor, now()
    row.save(update_fields=["failure", "failed_on", "failed_why", "entered_by", "entered_at"])
    note(row, actor, "delivery.fail", {"kind": failure, "since": day.isoformat()})
    return row


@transaction.atomic
@in_site_language()
def prove(*, delivery: Delivery, actor: Any, today: date) -> Document:
    """Issue the proof of service 送达回证 of what was served, once.

    Raises DeliveryRefused with words where it is not served or has its proof, and glyphs.MissingGlyphs where
    a name cannot be printed.
    """
    row = locked(delivery)
    if row.delivered_on is None:
        raise DeliveryRefused("not_served", _("这份文书还没有送达，不能制作送达回证。"))
    if row.proof_id is not None:
        raise DeliveryRefused("proved", _("送达回证已经制作。"))
    served = row.document
    row.proof = services.issue(
        document=_record_of(row), office=served.office, issued_on=today, rule_set=served.rule_set
    )
    row.save(update_fields=["proof"])
    note(row, actor, "delivery.prove", {"proof": str(row.proof.uuid)})
    return row.proof


def _record_of(row: Delivery) -> ServiceRecord:
    served = row.document
    said = thaw(services.KINDS[served.kind], served.context)
    moment = timezone.localtime(row.delivered_at) if row.delivered_at else None
    consent = row.consent
    return ServiceRecord(
        party=said.party,
        case_number=said.case_number,
        demo=said.demo,
        issuer=served.office.name if served.office else "",
        documents=(Served(served.title, served.number or ""),),
        way=row.way,
        place=row.place or (_("信用修复服务网站") if row.way == Way.ELECTRONIC else ""),
        served_on=row.delivered_on,
        served_at=f"{moment.hour}时{moment.minute:02}分" if moment else "",
        received_by=row.received_by,
        relation=row.relation,
        refusal=row.refusal.rstrip("。"),
        witnesses=tuple(Witness(name, of) for name, of in row.witnesses),
        servers=(row.servers,) if row.servers else (),
        consented_on=timezone.localdate(consent.given_at) if consent else None,
        remark=_remark(row),
    )


def _remark(row: Delivery) -> str:
    """What was entered, who served at our request, and for a public notice why it was needed and how long it
    lasted."""
    parts = [_("受委托送达单位：%s") % row.entrusted_to if row.entrusted_to else "", row.remark]
    if row.announced_from and row.announced_until and row.failed_on:
        parts.append(f"{day_text(row.failed_on)}{row.get_failure_display()}：{row.failed_why.rstrip('。')}")
        parts.append(
            _("公告自%(since)s起，至%(until)s止")
            % {"since": day_text(row.announced_from), "until": day_text(row.announced_until)}
        )
    return "；".join(part for part in parts if part)


def locked(delivery: Delivery) -> Delivery:
    """Return the service as it is now, locked with its document: what is ended meanwhile is not served."""
    found = Delivery.objects.select_for_update(of=("self", "document"))
    return found.select_related("document__office", "subject", "consent").get(pk=delivery.pk)


def refuse_served(row: Delivery) -> None:
    """Raise DeliveryRefused with words where a document is served already, void, or not made yet."""
    if row.is_delivered:
        raise DeliveryRefused("served", _("这份文书已经送达。"))
    if row.document.standing == Document.Standing.VOID:
        raise DeliveryRefused("void", _("这份文书已经作废，不再送达。"))
    if row.document.state != Document.State.READY:
        raise DeliveryRefused("not_made", _("这份文书正在生成，请稍后再登记。"))


def _refuse_day(row: Delivery, day: date, today: date) -> None:
    if not row.since <= day <= today:
        words = _("日期应当是文书签发当天（%(day)s）或者以后，不晚于今天。") % {"day": day_text(row.since)}
        raise DeliveryRefused("day", words, field="day")


def note(row: Delivery, actor: Any, action: str, facts: dict[str, str]) -> None:
    """Write into the audit what was done about a service."""
    data = {"document": str(row.document.uuid), "number": row.document.number or "", **facts}
    audit.record(actor=actor, action=action, target=row, data=data)

"""Websites that are not ours 第三方网站: nobody there takes our messages, so somebody looks and keeps what
was seen. A sighting never holds a case: it follows the repair.

Who looks is a person, with a picture of the page, or a checker: a plugin that an installation registers.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Protocol, TypeVar

from django.core.files.base import ContentFile, File
from django.db import models, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core import audit, clock
from credit_repair.core.uploads import CheckedUpload, check_evidence
from credit_repair.platforms.models import Sighting
from credit_repair.registry.models import Platform, Record

logger = logging.getLogger(__name__)

#: Records that a checker is asked about in one run: what is left is asked about the next day.
PER_RUN = 500
#: After what a copy elsewhere should be gone.
REPAIRED = (Record.Standing.REPAIRED,)


class NotRecorded(ValueError):
    """A sighting cannot be recorded so; `field` of the form it belongs to, if any."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class Seen:
    """What a checker saw of one record.

    address   the page that was looked at
    evidence  a picture or PDF of it, with the name it should have; both empty where there is none
    """

    shown: bool
    address: str = ""
    evidence: bytes = b""
    name: str = ""
    note: str = ""


class Checker(Protocol):
    """Looks at a website that is not ours."""

    #: What the sightings are signed with.
    name: str

    def look(self, record: Record, platform: Platform) -> Seen | None:
        """Return what can be seen of `record` on `platform`; None where this checker cannot say."""


Factory = TypeVar("Factory", bound=Callable[[], Checker])
_checkers: list[Callable[[], Checker]] = []


def checker(factory: Factory) -> Factory:
    """Register the class below as a checker; its module is imported by an app of the installation."""
    _checkers.append(factory)
    return factory


def third_parties() -> list[Platform]:
    """Return the websites that are looked at."""
    return list(Platform.objects.filter(kind=Platform.Kind.THIRD_PARTY, active=True).order_by("code"))


def not_seen_gone(records: QuerySet[Record], *, at: Sequence[Platform]) -> QuerySet[Record]:
    """Return those of `records` whose copy at one of these websites was not seen to be gone: nobody has
    looked since the record ended, or it was still there when somebody last did."""
    open_at, last_seen = Q(pk__in=[]), {}
    for platform in at:
        seen = Sighting.objects.filter(
            record=OuterRef("pk"), platform=platform, seen_at__date__gte=OuterRef("ended_on")
        )
        name = f"last_seen_{platform.pk}"
        last_seen[name] = Subquery(seen.order_by("-seen_at", "-pk").values("shown")[:1])
        open_at |= Q(**{f"{name}__isnull": True}) | Q(**{name: True})
    return records.alias(**last_seen).filter(open_at)


def repaired_records() -> QuerySet[Record]:
    """Return the records whose copies elsewhere should be gone, the newest end first."""
    return Record.objects.filter(standing__in=REPAIRED).order_by("-ended_on", "-pk")


def newest_sightings(records: Sequence[Record]) -> dict[tuple[int, int], Sighting]:
    """Return the newest sighting of each record at each website since the record ended, in one query."""
    ended = {record.pk: record.ended_on for record in records}
    found: dict[tuple[int, int], Sighting] = {}
    for each in Sighting.objects.filter(record__in=ended).order_by("seen_at", "pk"):
        since = ended[each.record_id]
        if since is None or timezone.localdate(each.seen_at) >= since:
            found[each.record_id, each.platform_id] = each
    return found


def record_sighting(
    *,
    record: Record,
    platform: Platform,
    actor: Any,
    shown: bool,
    seen_at: datetime,
    address: str = "",
    evidence: File | None = None,
    note: str = "",
) -> Sighting:
    """Keep what a person saw of `record` on a website that is not ours.

    The file is checked before anything is locked. Raises NotRecorded for a platform that is told by messages,
    for a time that lies ahead, and where neither a picture nor a note says what was seen;
    uploads.UploadRefused where the file cannot be taken.
    """
    if platform.kind != Platform.Kind.THIRD_PARTY:
        raise NotRecorded(_("这个平台由系统发送消息，不用人工核查。"), field="platform")
    if seen_at > clock.now():
        raise NotRecorded(_("核查时间不能晚于现在。"), field="seen_at")
    if evidence is None and not note.strip():
        raise NotRecorded(_("请上传网页截图或者PDF，或者写明看到了什么。"), field="evidence")
    checked = check_evidence(evidence) if evidence is not None else None
    return _keep(
        Sighting(
            record=record,
            platform=platform,
            by=actor,
            shown=shown,
            seen_at=seen_at,
            address=address,
            note=note.strip(),
        ),
        evidence,
        checked,
        actor=actor,
    )


@transaction.atomic
def _keep(
    sighting: Sighting, evidence: File | None, checked: CheckedUpload | None, *, actor: Any
) -> Sighting:
    if evidence is not None and checked is not None:
        sighting.sha256 = checked.sha256
        # Under a name of our own: theirs says too much, and not always the truth.
        sighting.evidence.save(f"{uuid.uuid4()}{PurePosixPath(checked.name).suffix}", evidence, save=False)
    sighting.save()
    audit.record(
        actor=actor,
        action="platforms.record_sighting",
        target=sighting,
        data={
            "platform": sighting.platform.code,
            "record": str(sighting.record.uuid),
            "shown": sighting.shown,
            "sha256": sighting.sha256,
        },
    )
    return sighting


def look_everywhere(*, per_run: int = PER_RUN) -> int:
    """Let every registered checker look for repaired records where nobody has seen them gone; return how
    many sightings were kept. One that fails keeps no other from its turn."""
    kept = 0
    checkers = [make() for make in _checkers]
    for platform in third_parties() if checkers else []:
        records = not_seen_gone(repaired_records(), at=[platform]).select_related("subject", "authority")
        for record in records[:per_run]:
            kept += any(_look(each, record, platform) for each in checkers)
    return kept


def _look(each: Checker, record: Record, platform: Platform) -> bool:
    try:
        seen = each.look(record, platform)
        if seen is None:
            return False
        file = ContentFile(seen.evidence, name=seen.name) if seen.evidence else None
        checked = check_evidence(file) if file is not None else None
        _keep(
            Sighting(
                record=record,
                platform=platform,
                checker=each.name,
                shown=seen.shown,
                seen_at=clock.now(),
                address=seen.address,
                note=seen.note,
            ),
            file,
            checked,
            actor=None,
        )
    except Exception:
        logger.exception("checker %s failed on record %s at %s", each.name, record.uuid, platform.code)
        return False
    return True


def sightings_of(record: Record) -> models.QuerySet[Sighting]:
    """Return what was seen of `record`, the newest first."""
    found = Sighting.objects.filter(record=record).select_related("platform", "by")
    return found.order_by("-seen_at", "-pk")

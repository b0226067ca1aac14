"""Files that a platform or supplier left for us: receipts, records, changes.

A file is known by its content. It is read as a whole, its lines are idempotent, and only then is it moved
away; where we die in between, the next pass goes through it once more and nothing happens twice.
"""

import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.languages import in_site_language
from credit_repair.platforms.exchange.folders import (
    REPORT,
    ExchangeBroken,
    Folders,
    Unfit,
    arrived,
    checked_copy,
    has_content,
    move_away,
    plain_name,
    put,
    telling,
)
from credit_repair.platforms.exchange.lines import NotJson, json_lines
from credit_repair.platforms.exchange.records import take_changes, take_records
from credit_repair.platforms.exchange.reports import RECEIPTS_HEADER, WHOLE_HEADER, Report, as_csv
from credit_repair.platforms.models import InboundFile, ReceivedReceipt
from credit_repair.platforms.receipts import INVALID, Taken, take_receipts
from credit_repair.registry.models import Platform

logger = logging.getLogger(__name__)

Kind = InboundFile.Kind
State = InboundFile.State

#: What follows the platform's code in a file's name, in the order in which they are read.
_NAMES = {
    Kind.RECEIPTS: re.compile(r"[0-9]{8}-receipt-[0-9]{1,9}\.jsonl"),
    Kind.RECORDS: re.compile(r"records-[A-Za-z0-9_-]{1,60}\.(csv|xlsx|jsonl)"),
    Kind.CHANGES: re.compile(r"changes-[A-Za-z0-9_-]{1,60}\.jsonl"),
}
RECEIPTS_MAX_BYTES = 64 * 1024 * 1024
#: Receipts that did what they were for: a refusal is heard, too.
_GOOD = ("taken", "already", "refused")


@dataclass
class InboxReport:
    """What a pass found: how many files were taken, the names of those that were refused, and the first
    thing by which one could not be read or put away."""

    taken: int = 0
    refused: list[str] = field(default_factory=list)
    broken: str = ""


@in_site_language()
def read_inbox(
    platform: Platform, folders: Folders, *, stop: Callable[[], bool] = lambda: False
) -> InboxReport:
    """Go through the inbox of `platform`: receipts first, then records, then changes, each by name.

    A file that cannot be read or put away for now, also for a fault of ours, keeps the others from nothing;
    it is tried again with the next pass. Raises ExchangeBroken where the inbox itself cannot be read.
    """
    report = InboxReport()
    for name in sorted(arrived(folders), key=lambda name: _turn(platform, name)):
        if stop():
            break
        try:
            if _take(platform, folders, name):
                report.taken += 1
            else:
                report.refused.append(plain_name(name))
        except ExchangeBroken as error:
            report.broken = report.broken or str(error)
        except Exception:  # one file that we cannot read must not stop all the others
            logger.exception("file %s of %s could not be read", plain_name(name), platform.code)
            words = _("处理文件%(name)s时程序出错，文件仍在原处，请查看日志。") % {"name": plain_name(name)}
            report.broken = report.broken or words
    return report


def kind_of(name: str, *, code: str) -> str | None:
    """Return what a file is by its name, None for one that nobody knows."""
    own = f"{code}-"
    if not name.startswith(own):
        return None
    rest = name.removeprefix(own)
    return next((kind for kind, pattern in _NAMES.items() if pattern.fullmatch(rest)), None)


def _turn(platform: Platform, name: str) -> tuple[int, str]:
    kind = kind_of(name, code=platform.code)
    return list(_NAMES).index(Kind(kind)) if kind else len(_NAMES), name


def _take(platform: Platform, folders: Folders, name: str) -> bool:
    """Take one file in, give its report back and put it away; return whether it was not refused."""
    kind = kind_of(name, code=platform.code)
    most = RECEIPTS_MAX_BYTES if kind == Kind.RECEIPTS else settings.IMPORT_MAX_BYTES
    try:
        if kind is None:
            raise Unfit(_("不认识这个文件名，请按约定命名。"))
        with checked_copy(folders.inbox / name, most_bytes=most) as (copy, sha256):
            row = _known(platform, kind=kind, name=name, sha256=sha256)
            if row.state != State.TAKEN:
                # What was refused may be fit by now: under another name, or since the folder may bring it.
                row.kind, row.name = kind, plain_name(name)
                row = _read(row, platform, copy)
    except Unfit as error:
        row = _refused_unread(platform, kind=kind, folders=folders, name=name, words=str(error))
        _report(row, folders, name)
        _put_away(row, folders, name)
    else:
        _report(row, folders, name)
        # Who left it may have put another one in its place meanwhile: that one is for the next pass.
        if has_content(folders.inbox / name, sha256):
            _put_away(row, folders, name)
    return row.state == State.TAKEN


def _known(platform: Platform, *, kind: str, name: str, sha256: str) -> InboundFile:
    """Return the row of this content: a new one, or the first one's."""
    row, _new = InboundFile.objects.get_or_create(
        platform=platform,
        sha256=sha256,
        defaults={"kind": kind, "name": plain_name(name), "received_at": timezone.now()},
    )
    return row


def _read(row: InboundFile, platform: Platform, copy: IO[bytes]) -> InboundFile:
    try:
        match row.kind:
            case Kind.RECEIPTS:
                report = _take_receipts(platform, copy)
            case Kind.RECORDS:
                report = take_records(platform, copy, name=row.name)
            case _:
                report = take_changes(platform, copy, name=row.name)
    except Unfit as error:
        return _finish(row, State.REFUSED, _whole(row.name, str(error)))
    return _finish(row, State.TAKEN, report)


def _take_receipts(platform: Platform, copy: IO[bytes]) -> Report:
    report = Report(RECEIPTS_HEADER)
    for number, data in json_lines(copy):
        if data is NotJson:
            taken = Taken("", INVALID, _("不是JSON"))
        else:
            (taken,) = take_receipts(platform=platform, said=[data], source=ReceivedReceipt.Source.FILE)
        report.add((number, taken.id, taken.outcome, taken.detail), good=taken.outcome in _GOOD)
    return report


def _whole(name: str, words: str) -> Report:
    return Report(WHOLE_HEADER, rows=[(name, "refused", words)])


@transaction.atomic
def _finish(row: InboundFile, state: str, report: Report) -> InboundFile:
    row.state, row.finished_at = state, timezone.now()
    row.lines, row.taken, row.refused = report.lines, report.taken, report.refused
    row.report = [list(report.header), *(list(line) for line in report.rows)]
    row.save()
    if row.kind != Kind.RECEIPTS:
        counts = {"kind": str(row.kind), "lines": row.lines, "taken": row.taken, "refused": row.refused}
        audit.record(actor=None, action="platforms.take_file", target=row, data=counts)
    return row


def _refused_unread(
    platform: Platform, *, kind: str | None, folders: Folders, name: str, words: str
) -> InboundFile:
    """Keep that a file was refused before it was read: its content is not known to be what was meant, so it
    does not stand for that content."""
    with telling(folders.inbox / name):
        found = (folders.inbox / name).lstat()
    said = f"{name}\0{found.st_size}\0{found.st_mtime_ns}\0{words}"
    row = _known(
        platform,
        kind=kind or Kind.RECEIPTS,
        name=name,
        sha256=hashlib.sha256(said.encode(errors="surrogateescape")).hexdigest(),
    )
    return _finish(row, State.REFUSED, _whole(plain_name(name), words))


def _report(row: InboundFile, folders: Folders, name: str) -> None:
    header, *lines = row.report or [list(WHOLE_HEADER)]
    put(_to(row, folders), plain_name(name) + REPORT, as_csv(header, lines))


def _to(row: InboundFile, folders: Folders) -> Path:
    return folders.done if row.state == State.TAKEN else folders.refused


def _put_away(row: InboundFile, folders: Folders, name: str) -> None:
    """Take the file out of the inbox.

    A table that was imported is deleted: it holds personal numbers, and its supplier has it.
    """
    to = _to(row, folders)
    moved = move_away(folders, name, to=to, sha256=row.sha256)
    if row.state == State.TAKEN and row.kind != Kind.RECEIPTS:
        (to / moved).unlink(missing_ok=True)
    logger.info("file %s of %s: %s", plain_name(name), row.platform.code, row.state)

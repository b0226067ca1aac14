"""One run: begun, gone on with from its last checkpoint, and finished with its proof."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core import audit
from credit_repair.core.jobs import dispatch
from credit_repair.core.languages import in_site_language
from credit_repair.core.leases import lease
from credit_repair.platforms.models import Difference, Reconciliation
from credit_repair.platforms.reconciling import proving
from credit_repair.platforms.reconciling.judging import (
    Asked,
    Outcome,
    as_answered,
    compare,
    deal_with,
    lacks_its_receipt,
    raise_with_people,
    seen_gone,
)
from credit_repair.platforms.reconciling.walking import Pair, pairs
from credit_repair.platforms.transports import CannotList, OpenTransports, Transport, UnknownTransport
from credit_repair.registry.models import Platform

logger = logging.getLogger(__name__)

State = Reconciliation.State
Handling = Difference.Handling

#: A portion begins no new piece after so many seconds; nobody else may be at the same platform for so long.
PORTION_SECONDS = 60
ALONE_SECONDS = 600
#: With more differences for a person than this the list itself is wrong: nobody can settle them one by one.
RAISED_MOST = 5000
#: So many pairs lie between two checkpoints.
PIECE = 2000

#: Which platforms can be asked for their list: through files and by hand nobody can.
ASKABLE = Q(kind=Platform.Kind.PUBLISHER, transport=Platform.Transport.HTTP)


class CannotReconcile(ValueError):
    """The platform is not one that can be asked for what it shows; the words say why."""


def to_reconcile() -> list[Platform]:
    """Return the platforms that are asked every day what they show."""
    return list(Platform.objects.filter(ASKABLE, active=True).order_by("code"))


def not_to_reconcile() -> list[Platform]:
    """Return the platforms that publish and cannot be asked what they show: somebody has to look."""
    publishers = Platform.objects.filter(kind=Platform.Kind.PUBLISHER, active=True)
    return list(publishers.exclude(ASKABLE).order_by("code"))


@transaction.atomic
def begin(*, platform: Platform, today: date, actor: Any = None) -> Reconciliation:
    """Begin a run, or return the one that is under way; `actor` is the person who asked for it.

    What broke off today is gone on with. Raises CannotReconcile for a platform that has no list to ask for.
    """
    platform = Platform.objects.select_for_update(no_key=True).get(pk=platform.pk)
    if not Platform.objects.filter(ASKABLE, pk=platform.pk).exists():
        raise CannotReconcile(_("这个平台不能查询公示清单。"))
    run = _open_run(platform, today) or Reconciliation.objects.create(
        platform=platform, day=today, started_at=timezone.now(), by=actor
    )
    if actor is not None:
        audit.record(actor=actor, action="platforms.reconcile", target=run, data={"platform": platform.code})
    return run


@transaction.atomic
def resume(*, platform: Platform, today: date) -> Reconciliation | None:
    """Return the run that is under way, or the last one of today where it broke off, open again."""
    Platform.objects.select_for_update(no_key=True).get(pk=platform.pk)
    return _open_run(platform, today)


def _open_run(platform: Platform, today: date) -> Reconciliation | None:
    runs = Reconciliation.objects.filter(platform=platform)
    running = runs.filter(state=State.RUNNING).first()
    if running is not None and running.day >= today:
        return running
    if running is not None:
        # Its first findings are too old for its last ones.
        break_off(running, _("没有在当天完成，以后一次对账为准。"))
    last = runs.filter(day=today).order_by("-started_at", "-pk").first()
    if last is None or last.state != State.BROKEN:
        return None
    last.state, last.finished_at, last.note = State.RUNNING, None, ""
    last.save(update_fields=["state", "finished_at", "note"])
    return last


def ask_to_go_on(platform: Platform) -> None:
    """Ask for the next portion of the run that is under way, after the caller's transaction."""
    key = f"reconcile_platform:{platform.code}"
    transaction.on_commit(
        partial(dispatch, "reconcile_platform", key=key, platform=platform.code), robust=True
    )


def break_off(run: Reconciliation, words: str) -> None:
    """End a run that did not get through; what it has found so far stays."""
    Reconciliation.objects.filter(pk=run.pk, state=State.RUNNING).update(
        state=State.BROKEN, finished_at=timezone.now(), note=words
    )


@in_site_language()
def go_on(
    *,
    platform: Platform,
    today: date,
    transports: OpenTransports | None = None,
    seconds: float = PORTION_SECONDS,
    piece: int = PIECE,
) -> Reconciliation | None:
    """Work off a portion of the run that is under way on `platform`; return it, or None where there is none
    or somebody else is at it.

    A run that is RUNNING afterwards has more to do. One whose platform cannot be asked is BROKEN, with the
    words, and is gone on with by the next begin() of that day.
    """
    with _alone(platform) as may_run:
        run = _running(platform) if may_run else None
        if run is None:
            return None
        with transports or OpenTransports() as opened:
            try:
                portion = _Portion(run, opened.of(platform), today=today, piece=piece)
                through = portion.work(until=time.monotonic() + seconds)
            except UnknownTransport:
                break_off(run, _("平台设置的接口方式没有安装。"))
            except CannotList as error:
                break_off(run, _("不能取得平台的公示清单：%(error)s") % {"error": error})
            else:
                if through:
                    _finish(run)
        run.refresh_from_db()
        return run


@contextmanager
def _alone(platform: Platform) -> Iterator[bool]:
    with lease(f"reconcile:{platform.code}", seconds=ALONE_SECONDS) as won:
        yield won


def _running(platform: Platform) -> Reconciliation | None:
    running = Reconciliation.objects.filter(platform=platform, state=State.RUNNING)
    return running.select_related("platform").first()


@dataclass
class _Piece:
    """What was done since the last checkpoint."""

    begun_at: str
    agreed: int = 0
    under_way: int = 0
    last: str = ""
    lines: list[list[Any]] = field(default_factory=list)


class _Portion:
    """A part of a run, checkpoint by checkpoint."""

    def __init__(self, run: Reconciliation, transport: Transport, *, today: date, piece: int) -> None:
        self._run, self._transport, self._today, self._size = run, transport, today, piece
        #: What the list says was true at some moment after this one.
        self._asked_at: datetime = timezone.now()
        self._has_asked = False

    def work(self, *, until: float) -> bool:
        """Go on until the walk is through, and return True; or until the time is over."""
        cursor = self._run.cursor
        said = self._transport.listing(self._run.platform, after=cursor)
        coming = pairs(self._run.platform, said=said, after=UUID(cursor) if cursor else None)
        while True:
            piece = _Piece(begun_at=self._run.cursor)
            try:
                self._fill(piece, islice(coming, self._size), until=until)
            finally:  # where the list breaks off, what was done is done
                if piece.last:
                    self._check_in(piece)
            if not piece.last:
                return True
            if self._run.raised > RAISED_MOST:
                raise CannotList(_("差异超过%(most)s条，清单不可信") % {"most": RAISED_MOST})
            if time.monotonic() > until:
                return False

    def _fill(self, piece: _Piece, coming: Iterator[Pair], *, until: float) -> None:
        """Go on to the end of the piece; where the platform is asked about single records, which may take
        it long, no further than the time lasts."""
        for pair in coming:
            self._has_asked = False
            said, result = self._look_at(pair)
            piece.last = str(pair.uuid)
            if result is not Outcome.NOTHING:
                piece.agreed += result is Outcome.AGREED
                piece.under_way += result is Outcome.UNDER_WAY
                piece.lines.append(proving.line_of(pair, said=said, result=result))
            if self._has_asked and time.monotonic() > until:
                return

    def _look_at(self, pair: Pair) -> tuple[Any, Difference | Outcome]:
        found = compare(pair.ours, pair.said, today=self._today)
        if found is Outcome.AGREED and pair.ours is not None and lacks_its_receipt(pair.ours):
            asked = self._ask(pair)
            seen_gone(pair, run=self._run, asked=asked)
            return asked.said, found
        if isinstance(found, Outcome):
            return pair.said, self._known(pair) or found
        asked = self._ask(pair)
        try:
            return asked.said, deal_with(pair, run=self._run, asked=asked, today=self._today)
        except Exception:  # one record that cannot be dealt with must not hide all the others
            logger.exception("difference of record %s could not be dealt with", pair.uuid)
            return asked.said, raise_with_people(pair, run=self._run, kind=found, asked=asked)

    def _known(self, pair: Pair) -> Difference | None:
        """Return what this run found of the record before it was cut off: its message is on its way now."""
        if pair.ours is None or not pair.ours.unfinished:
            return None
        return self._found_before.get(pair.uuid)

    @property
    def _found_before(self) -> dict[UUID, Difference]:
        """What was found behind the checkpoint from which this portion goes on."""
        if not hasattr(self, "_before"):
            behind = self._run.differences.all()
            if self._run.cursor:
                behind = behind.filter(record_uuid__gt=UUID(self._run.cursor))
            self._before = {each.record_uuid: each for each in behind}
        return self._before

    def _ask(self, pair: Pair) -> Asked:
        """Ask about this record alone: the list may be older than what has happened since."""
        at = timezone.now()
        self._has_asked = True
        shown = self._transport.shown(pair.uuid, self._run.platform)
        if shown is None:
            return Asked(pair.said, self._asked_at)
        return Asked(as_answered(pair.said, pair.uuid, shown), at, by_itself=True)

    def _check_in(self, piece: _Piece) -> None:
        """Keep what was done, first the lines, then that they are done."""
        run = self._run
        proving.keep_piece(run, begun_at=piece.begun_at, lines=piece.lines)
        run.cursor = piece.last
        run.agreed += piece.agreed
        run.under_way += piece.under_way
        figures = _figures(run)
        for name, value in figures.items():
            setattr(run, name, value)
        run.save(update_fields=["cursor", *figures])


def _figures(run: Reconciliation) -> dict[str, int]:
    """Return the counts of a run as far as it has come."""
    found = run.differences.aggregate(
        mended=Count("pk", filter=Q(handling=Handling.SENT_AGAIN)), every=Count("pk")
    )
    return {
        "compared": run.agreed + run.under_way + found["every"],
        "agreed": run.agreed,
        "under_way": run.under_way,
        "mended": found["mended"],
        "raised": found["every"] - found["mended"],
    }


def _finish(run: Reconciliation) -> None:
    """Make the proof, say that the run is done, and let what earlier runs raised rest on this one."""
    sha256 = proving.bind(run, figures=_figures(run))
    with transaction.atomic():
        Reconciliation.objects.filter(pk=run.pk, state=State.RUNNING).update(
            state=State.DONE, finished_at=timezone.now(), sha256=sha256
        )
        earlier = Difference.objects.filter(
            reconciliation__platform=run.platform, reconciliation__pk__lt=run.pk, handling=Handling.RAISED
        )
        earlier.update(
            handling=Handling.SETTLED,
            settled_at=timezone.now(),
            note=_("以%(day)s的对账为准。") % {"day": run.day.isoformat()},
        )
    proving.forget_pieces(run)

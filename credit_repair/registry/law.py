"""The law as it stands here and now: the bundled rules, under the files and the decisions of this office.

Everything that computes dates asks :func:`law_in_force`. It costs one small query; what it is made of is read
again only when the office has changed something. One verb sees one law from its beginning to its end: it
wraps itself in :func:`one_law`, and the query is made once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from credit_repair.core.clock import now
from credit_repair.registry.models import CalendarDay, CalendarYear, LawEdition, LawStamp, RuleOverride
from credit_repair.rules import DayOverride, RuleBook, RuleSet, RuleValue, WorkCalendar, load_rule_set
from credit_repair.rules import national_book as bundled_book
from credit_repair.rules.book import Level

#: Rule sets made of an override in the back office are called this, and the override's UUID.
LOCAL_PREFIX = "local-"


@dataclass(frozen=True)
class Law:
    """The rules and the working days that hold now; `version` counts the office's own changes.

    `changed_at` tells two changes of the same number apart, of which one was taken back with its transaction.
    """

    book: RuleBook
    calendar: WorkCalendar
    version: int
    changed_at: datetime | None = None


class LawBroken(ValueError):
    """A local rule no longer fits the rule files, e.g. after an upgrade: no date can be computed until it is
    withdrawn. The words name each; `misfits` has them by UUID, with the reason.
    """

    def __init__(self, misfits: Mapping[UUID, str], names: Sequence[str]) -> None:
        words = _("有本地规则与现在的规则文件不符，须先撤回：%s。")
        super().__init__(words % "；".join(names))
        self.misfits = misfits


_held: ContextVar[Law | None] = ContextVar("law_held", default=None)
#: Where a request keeps the law that it has asked for once; None outside of one_law_a_request().
_kept: ContextVar[list[Law] | None] = ContextVar("law_kept", default=None)
_latest: Law | None = None
_making = Lock()


def law_in_force() -> Law:
    """Return the rules and the calendar that hold now, or those of the surrounding one_law()."""
    held = _held.get()
    if held is not None:
        return held
    kept = _kept.get()
    if kept:
        return kept[0]
    law = _latest_law()
    if kept is not None:
        kept.append(law)
    return law


def _latest_law() -> Law:
    global _latest
    stamp = _stamp()
    law = _latest
    if law is None or (law.version, law.changed_at) != stamp:
        with _making:
            law = _latest = _read(*stamp)
    return law


@contextmanager
def one_law(law: Law | None = None) -> Iterator[Law]:
    """Let everything inside the block see one law, `law` or the one in force at its beginning."""
    chosen = law or law_in_force()
    token = _held.set(chosen)
    try:
        yield chosen
    finally:
        _held.reset(token)


def one_law_a_request(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Middleware: a page asks once which law is in force, however many dates it shows; or not at all."""

    def middleware(request: Any) -> Any:
        token = _kept.set([])
        try:
            return get_response(request)
        finally:
            _kept.reset(token)

    return middleware


def current_book() -> RuleBook:
    """Return the rules in force."""
    return law_in_force().book


def current_calendar() -> WorkCalendar:
    """Return the working days 工作日 that count now."""
    return law_in_force().calendar


@lru_cache(maxsize=1)
def shipped_book() -> RuleBook:
    """Return the bundled rules under the files of RULES_DIR, read once per process.

    Raises RuleDataError, with file and line, where a file is wrong.
    """
    local = local_files(settings.RULES_DIR)
    return bundled_book().with_overrides(local) if local else bundled_book()


def local_files(directory: Path | None) -> list[RuleSet]:
    """Return the rule sets of an installation's own files, in the order of their names."""
    if directory is None:
        return []
    return [load_rule_set(path) for path in sorted(Path(directory).glob("*.yaml"))]


def rule_set_of(override: RuleOverride) -> RuleSet:
    """Return what a row says as a rule set of one value, laid over the set that it names."""
    value = override.value
    line = RuleValue(
        path=override.path,
        value=tuple(value) if isinstance(value, list) else value,
        basis=override.basis,
        mark="C",
        origin=_local_id(override),
    )
    return RuleSet(
        id=_local_id(override),
        kind="general",  # of no account: the values are checked as those of the set beneath
        title=override.basis,
        source=override.basis,
        level=cast(Level, str(override.level)),
        in_force_from=override.in_force_from,
        in_force_to=override.in_force_to,
        mark="C",
        values=(line,),
        sector=override.sector.code if override.sector else None,
        overrides=(override.rule_set,),
    )


def book_with(overrides: Iterable[RuleOverride]) -> RuleBook:
    """Return the shipped rules with these rows laid over them; without any, always the same object.

    Raises ValueError, with words, where a row does not fit: an unknown set or item, a value of another kind.
    """
    local = [rule_set_of(override) for override in overrides]
    return shipped_book().with_overrides(local) if local else shipped_book()


def standing_book() -> RuleBook:
    """Return the shipped rules under every local rule that stands.

    Raises LawBroken where one of them does not fit, RuleDataError where a rule file is wrong.
    """
    shipped_book()
    overrides = standing_overrides()
    try:
        return book_with(overrides)
    except ValueError as error:
        misfits = {each: fault for each in overrides if (fault := fault_of(each))}
        names = [f"{each.rule_set} {each.path}（{fault}）" for each, fault in misfits.items()]
        raise LawBroken(
            {each.uuid: fault for each, fault in misfits.items()}, names or [str(error)]
        ) from error


def fault_of(override: RuleOverride) -> str:
    """Why a row does not fit the shipped rules; nothing where it does."""
    try:
        book_with([override])
    except ValueError as error:
        return str(error).removeprefix(f"规则集 {_local_id(override)}：")
    return ""


def standing_overrides() -> list[RuleOverride]:
    """Return the overrides that nobody has withdrawn, in the order in which they were set."""
    return list(
        RuleOverride.objects.filter(withdrawn_at__isnull=True).select_related("sector").order_by("id")
    )


def keep_edition(book: RuleBook) -> None:
    """Keep the content of `book` under its hash, so that what was decided by it can be explained for ever."""
    if LawEdition.objects.filter(hash=book.content_hash).exists():
        return  # nearly always: the whole book is not sent along each time that somebody asks
    LawEdition.objects.bulk_create(
        [LawEdition(hash=book.content_hash, content=book.content(), first_used_at=now())],
        ignore_conflicts=True,
    )


def _local_id(override: RuleOverride) -> str:
    return f"{LOCAL_PREFIX}{override.uuid}"


def _stamp() -> tuple[int, datetime | None]:
    row = LawStamp.objects.filter(pk=1).values_list("version", "changed_at").first()
    return row or (0, None)


def _read(version: int, changed_at: datetime | None) -> Law:
    days = {row.day: DayOverride(working=row.working, reason=row.reason) for row in CalendarDay.objects.all()}
    years = CalendarYear.objects.values_list("year", flat=True)
    return Law(
        book=standing_book(),
        calendar=WorkCalendar(days, announced_years=years),
        version=version,
        changed_at=changed_at,
    )

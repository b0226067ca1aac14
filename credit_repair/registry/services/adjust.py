"""What a person finds about one record 人工认定, against what the source's words say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import said_by_site
from credit_repair.registry.flags import has_flag
from credit_repair.registry.law import keep_edition, law_in_force
from credit_repair.registry.models import Record, RecordEvent, RecordFlag
from credit_repair.registry.plain import as_json
from credit_repair.registry.services.flags import take_flag_off
from credit_repair.registry.services.records import (
    ASSESSED_FIELDS,
    assess_record,
    change_standing,
    keep_until_down,
    publish_again,
)
from credit_repair.rules import RuleBook

#: What can be set on a record, and what says “nothing set: the source's own words decide”.
ADJUSTABLE: Mapping[str, Any] = MappingProxyType(
    {
        "set_class": "",
        "set_min_months": None,
        "set_max_months": None,
        "procedure": "",
        "sector": None,
        "restriction_until": None,
        "repeat_offender": False,
    }
)
#: Which of them rest on a basis in law, and where it is kept.
_BASIS_OF = {
    "set_class": "set_class_basis",
    "set_min_months": "set_period_basis",
    "set_max_months": "set_period_basis",
}
#: No restriction is longer; 9999-12-31, which sources write for “for ever”, leaves no day after it.
MOST_YEARS = 100
_BASES = ("set_class_basis", "set_period_basis")
#: What follows from it, and is worth telling in the record's history.
FOLLOWS = (
    "rule_class",
    "published",
    "min_until",
    "repairable_from",
    "max_until",
    "effective_until",
    "standing",
)


class RecordNotAdjusted(ValueError):
    """The record stays as it is; the words say why. `field` is where a form shows them."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class Adjustment:
    """What an adjustment changes on a record: name of the field → (old, new).

    `record` has the new values in memory alone; `set_values` was set by hand, `follows` follows by the rules.
    """

    record: Record
    set_values: dict[str, tuple[Any, Any]]
    follows: dict[str, tuple[Any, Any]]


def preview_adjustment(
    *, record: Record, today: date, values: Mapping[str, Any], basis: str, reason: str
) -> Adjustment:
    """Say what adjust_record() would make of `record`, and save nothing. It refuses the same."""
    fresh = Record.objects.select_related("authority__sector", "sector").get(pk=record.pk)
    return _adjust(fresh, today=today, values=values, basis=basis, reason=reason, book=law_in_force().book)


@transaction.atomic
def adjust_record(
    *, record: Record, actor: Any, today: date, values: Mapping[str, Any], basis: str, reason: str
) -> RecordEvent:
    """Set what a person finds about `record`, compute class and dates anew, and return the event.

    `values` is some of ADJUSTABLE: class, own minimum and maximum period (calendar months), procedure,
    sector, the last day of an attached restriction, repeat offence. An empty value goes back to what the
    source's words say. `basis` names the law behind a class or a period; `reason` is asked for always.
    Periods of another law or administrative regulation prevail over those of the rules.

    What is shown and by the new dates is over ends by the next expiry run, with its messages; what is not to
    be published any longer is taken down, and what is to be published again goes back to where it was.
    An open case goes on, under the new dates. Whether `actor` may do this is asked by the caller.

    Raises RecordNotAdjusted where the record has ended, nothing would change, or basis or reason is missing.
    """
    locked = (
        Record.objects.select_for_update(of=("self",), no_key=True)
        .select_related("authority__sector", "sector")
        .get(pk=record.pk)
    )
    book = law_in_force().book
    made = _adjust(locked, today=today, values=values, basis=basis, reason=reason, book=book)
    keep_edition(book)
    locked.changed_at = now()
    locked.save(update_fields=[*ADJUSTABLE, *_BASES, *ASSESSED_FIELDS, "standing", "ended_on", "changed_at"])
    event = RecordEvent.objects.create(
        record=locked,
        what=RecordEvent.What.ADJUSTED,
        at=locked.changed_at,
        on=today,
        actor_label=str(actor),
        data=_said(made, basis=basis.strip(), reason=reason.strip(), book=book),
    )
    _bring_back(made)
    _let_go_if_running_again(locked, today=today, actor_label=str(actor))
    audit.record(actor=actor, action="adjust_record", target=locked, data={"event": str(event.uuid)})
    return event


def _adjust(
    record: Record, *, today: date, values: Mapping[str, Any], basis: str, reason: str, book: RuleBook
) -> Adjustment:
    """Change `record` in memory and say what changed, or refuse."""
    if record.has_ended:
        raise RecordNotAdjusted(_("这条记录的公示已经结束，不能再调整。"))
    changed = {
        name: (getattr(record, name), value)
        for name, value in values.items()
        if name in ADJUSTABLE and getattr(record, name) != value
    }
    _refuse_what_does_not_fit(record, changed, basis=basis.strip(), reason=reason.strip())
    before = {name: getattr(record, name) for name in FOLLOWS}
    for name, (_old, new) in changed.items():
        setattr(record, name, new)
    _set_bases(record, changed, basis.strip())
    assess_record(record, book=book, as_of=today)
    change_standing(record, as_of=today)
    keep_until_down(record)
    follows = {
        name: (old, getattr(record, name)) for name, old in before.items() if old != getattr(record, name)
    }
    return Adjustment(record=record, set_values=changed, follows=follows)


def _refuse_what_does_not_fit(
    record: Record, changed: Mapping[str, tuple[Any, Any]], *, basis: str, reason: str
) -> None:
    if not changed:
        raise RecordNotAdjusted(_("没有改动：各项认定都与现在相同。"))
    if not reason:
        raise RecordNotAdjusted(_("请写明调整的原因。"), field="reason")
    if not basis and any(new not in ("", None) for name, (_old, new) in changed.items() if name in _BASIS_OF):
        raise RecordNotAdjusted(_("认定等级或者特别规定公示期的，请写明依据的文件和条款。"), field="basis")
    shortest, longest = (
        changed[name][1] if name in changed else getattr(record, name)
        for name in ("set_min_months", "set_max_months")
    )
    if longest is not None and longest < 1:
        raise RecordNotAdjusted(_("最长公示期至少1个月。"), field="set_max_months")
    if shortest is not None and longest is not None and shortest > longest:
        raise RecordNotAdjusted(_("最短公示期长于最长公示期，请核对。"), field="set_min_months")
    until = changed.get("restriction_until", (None, None))[1]
    if until is not None and until < record.decision_date:
        raise RecordNotAdjusted(_("附带限制的截止日早于决定日期，请核对。"), field="restriction_until")
    if until is not None and until.year > record.decision_date.year + MOST_YEARS:
        raise RecordNotAdjusted(_("附带限制最长100年，请核对年份。"), field="restriction_until")


def _set_bases(record: Record, changed: Mapping[str, Any], basis: str) -> None:
    """Keep the basis with what rests on it; what is no longer set has none."""
    for name in changed:
        if name in _BASIS_OF and basis:
            setattr(record, _BASIS_OF[name], basis)
    if not record.set_class:
        record.set_class_basis = ""
    if record.set_min_months is None and record.set_max_months is None:
        record.set_period_basis = ""


def _said(made: Adjustment, *, basis: str, reason: str, book: RuleBook) -> dict[str, Any]:
    changes = {
        name: {"old": as_json(old), "new": as_json(new)}
        for name, (old, new) in (made.set_values | made.follows).items()
    }
    return {"changes": changes, "basis": basis, "reason": reason, "rulebook_hash": book.content_hash}


def _bring_back(made: Adjustment) -> None:
    """What was not to be published, and now is, waits for its platforms."""
    if made.follows.get("standing", ("", ""))[1] == Record.Standing.ACTIVE:
        publish_again([made.record])


def _let_go_if_running_again(record: Record, *, today: date, actor_label: str) -> None:
    """A record that was held at a maximum which now lies ahead is shown by right again."""
    over = record.effective_until is not None and record.effective_until < today
    if over or not has_flag(record, RecordFlag.Kind.HELD):
        return
    take_flag_off(
        record=record,
        kind=RecordFlag.Kind.HELD,
        reason=said_by_site(gettext_lazy("公示期经人工认定调整，尚未届满")),
        actor_label=actor_label,
        at=record.changed_at,
    )

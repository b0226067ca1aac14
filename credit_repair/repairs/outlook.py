"""What is in store for a record, in one line and one reason, from its stored dates: no queries.

For the single page there is the full explanation; a list needs the same answer for many rows, without rules.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit_repair.core.wording import day_text
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.law_words import sentences
from credit_repair.registry.models import Record
from credit_repair.rules import Explanation
from credit_repair.rules.eligibility import APPLICANTS_PART

State = Literal["now", "soon", "later", "none", "ended"]
Standing = Record.Standing


@dataclass(frozen=True)
class Outlook:
    """Whether a repair can be applied for, in words.

    state   now; soon (it could be applied for, but publicity ends by itself sooner); later (from `day` on);
            none (nothing to apply for while it is shown); ended (not shown)
    """

    state: State
    title: str
    reason: str
    day: date | None = None


def cn(day: date | None) -> str:
    """Return a date as people read it: 2026年7月11日."""
    return day_text(day)


def outlook(record: Record, *, today: date, held: bool = False, barred_until: date | None = None) -> Outlook:
    """Return what is in store for `record` on `today`; `held`: it is shown on past its maximum 到期待核;
    `barred_until`: until then its subject may file nothing 申请限制."""
    found = _unbarred(record, today=today, held=held)
    if barred_until is None or barred_until < today or found.state not in ("now", "soon", "later"):
        return found
    first = max(barred_until + timedelta(days=1), found.day or date.min)
    until = record.effective_until
    if until is not None and first > until and not held:
        reason = _("%(day)s前不得申请信用修复，公示到%(until)s自动停止。")
        return Outlook("none", _("期满自动撤下"), reason % {"day": cn(barred_until), "until": cn(until)})
    reason = _("因曾提供虚假材料或者违背承诺，%s前（含当日）不得再次申请。") % cn(barred_until)
    return Outlook("later", _("自%s起可申请修复") % cn(first), reason, first)


def _unbarred(record: Record, *, today: date, held: bool) -> Outlook:
    if record.has_ended:
        return Outlook("ended", _("已不再公示，无需申请"), _ending(record))
    if record.standing == Standing.UNPUBLISHED or not record.published:
        return Outlook("none", _("不公示，无需申请"), _("依照规定，这类信息不对外公示。"))
    until = record.effective_until
    if held:
        return _held(record)
    if until is not None and until < today:
        return Outlook("ended", _("公示期已满，无需申请"), _("公示到%s为止，各平台会自动撤下。") % cn(until))
    if not record.assessment.get("application_needed", True):
        title = _("期满自动撤下，无需申请")
        return Outlook("none", title, _("公示至%s，届时自动停止公示。") % cn(until))
    first = record.repairable_from
    if first is None or (until is not None and first > until):
        reason = _("公示至%s，在此之前不能提前停止公示。") % cn(until) if until else _("请向处罚机关咨询。")
        return Outlook("none", _("期满自动撤下"), reason)
    if first > today:
        return Outlook("later", _("自%s起可申请修复") % cn(first), _waiting(record), first)
    return _open(record, _running(record), first, today=today)


def _open(record: Record, reason: str, first: date | None, *, today: date) -> Outlook:
    """What can be applied for: now, unless publicity ends by itself before an answer is due."""
    if not waiting_is_quicker(record, today=today):
        return Outlook("now", _("现在可以申请修复"), reason, first)
    until = record.effective_until
    left = (until - today).days if until else 0
    if left == 0:
        title = _("今天公示期满自动停止，不必申请")
    elif left == 1:
        title = _("明天公示期满自动停止，不必申请")
    else:
        words = ngettext(
            "%(days)s天后公示期满自动停止，不必申请", "%(days)s天后公示期满自动停止，不必申请", left
        )
        title = words % {"days": left}
    return Outlook("soon", title, _("公示到%s为止，各平台会自动撤下。") % cn(until), first)


def settled_outlook(record: Record, explanation: Explanation, *, today: date, held: bool = False) -> Outlook:
    """Return what is in store by the full explanation of today, which has the last word for one record.

    What is not shown, or ends by itself, stays as the stored dates say.
    """
    stored = outlook(record, today=today, held=held, barred_until=_bar_of(explanation))
    if stored.state not in ("now", "soon", "later"):
        return stored
    if explanation.eligible_now or explanation.waits_for_applicant:
        if held:
            return Outlook("now", _("现在可以申请修复"), stored.reason, stored.day)
        return _open(record, _running(record), stored.day, today=today)
    first = explanation.first_day
    if first is not None and first > today:
        reason = _waiting(record) if first == record.repairable_from else _why_then(explanation, first)
        return Outlook("later", _("自%s起可申请修复") % cn(first), reason, first)
    blocker = next(
        (condition for condition in explanation.blockers if condition.code not in APPLICANTS_PART),
        explanation.blockers[0],
    )
    return Outlook("none", _("暂时不能申请"), sentences([blocker.todo or blocker.text]))


def _bar_of(explanation: Explanation) -> date | None:
    """The last day on which the subject may file nothing 申请限制, if that is so today."""
    bar = next((each for each in explanation.blockers if each.code == "not_barred"), None)
    return bar.from_day - timedelta(days=1) if bar is not None and bar.from_day is not None else None


def _why_then(explanation: Explanation, first: date) -> str:
    """The condition that is met from that day on, in its own words."""
    waits = (each for each in explanation.blockers if each.from_day == first)
    return sentences([each.text for each in waits][:1])


def waiting_is_quicker(record: Record, *, today: date) -> bool:
    """Whether publicity ends by itself before an application of today would have to be answered."""
    until = record.effective_until
    if until is None or until < today or not record.is_public:
        return False
    rules = current_book().view(record.assessment["procedure_rule_set"], on=today)
    answer = current_calendar().add_working_days(today, rules["clock.answer.days"].value)
    return until <= answer.due


def _held(record: Record) -> Outlook:
    """Shown past the maximum: until somebody finds the duties performed, or a repair ends it."""
    reason = _("最长公示期已于%s届满，核实义务履行情况以前继续公示。")
    return Outlook("now", _("现在可以申请修复"), reason % cn(record.effective_until), record.repairable_from)


def _ending(record: Record) -> str:
    day = cn(record.ended_on)
    words = {
        Standing.REPAIRED: _("已于%s修复，停止公示。"),
        Standing.EXPIRED: _("公示于%s期满，自动停止。"),
        Standing.WITHDRAWN: _("已于%s撤回，停止公示。"),
        Standing.HISTORY: _("公示于%s期满，已经停止公示。"),
    }
    return words[Standing(record.standing)] % day


def _waiting(record: Record) -> str:
    """Why not yet: the minimum period, or a restriction that outlasts it."""
    if record.min_until and record.repairable_from and (record.repairable_from - record.min_until).days == 1:
        return _("最短公示期到%s届满，次日起可以申请。") % cn(record.min_until)
    return _("处罚附带的限制届满以后可以申请。")


def _running(record: Record) -> str:
    until = record.effective_until
    if until is None and record.min_until is None:
        return _("没有最短公示期，改正以后随时可以申请。")
    if until is None:
        return _("最短公示期已满。修复后各平台停止公示。")
    return _("不申请的话，会公示到%s。") % cn(until)


def count_outlooks(
    records: Iterable[Record],
    *,
    today: date,
    in_hand: Container[int],
    held: Container[int] = (),
    barred_until: date | None = None,
) -> str:
    """Return in one sentence how many records there are, and how many can be repaired now or later.

    `in_hand` holds the keys of the records that have an open application: they are counted apart; `held`
    those of the records that are shown past their maximum; `barred_until` as outlook() takes it.
    """
    listed = list(records)
    states = [
        outlook(record, today=today, held=record.pk in held, barred_until=barred_until).state
        for record in listed
        if record.pk not in in_hand
    ]
    open_ones = len(listed) - len(states)
    parts = [_("共%s条记录") % len(listed)]
    if open_ones:
        parts.append(_("%s条正在办理") % open_ones)
    if now := states.count("now"):
        parts.append(_("%s条现在可以申请修复") % now)
    if later := states.count("later"):
        parts.append(_("%s条以后可以申请") % later)
    return _("，").join(parts) + _("。")

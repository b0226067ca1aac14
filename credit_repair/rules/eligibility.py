"""Who may be repaired, and when: every condition of a repair (信用修复), explained one by one.

One small function per condition, in the order in which a person would ask. Each reads the situation and says:
met, not yet (and from which day), not met (and what to do), or unknown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from .book import RuleBook, RuleView
from .dates import add_months, said
from .schema import CONDITIONS
from .types import Assessment, Mark, RecordFacts, iso

ConditionState = Literal["met", "not_yet", "not_met", "unknown"]
Duties = Literal["open", "declared", "proved"]
Done = Literal["declared", "confirmed"]

ONE_DAY = timedelta(days=1)
APPLICANTS_PART = ("duties_performed", "commitment_signed")
"""What an applicant can still do while writing the application."""


@dataclass(frozen=True)
class Situation:
    """How things stand with a record and its subject.

    :param today: the day to judge by.
    :param assessment: what the rules make of the record.
    :param sector: code of the record's sector, for local rules.
    :param published_in_fact: whether a platform shows the record; None to go by the rules.
    :param record_ended_on: the day on which its authority withdrew or removed it.
    :param held_at_maximum: publicity goes on past the maximum because the duty is not performed.
    :param duties: corrected and performed (履行义务)? open, declared by the subject, proved; None not known.
    :param commitment_signed: is there a letter of commitment (信用承诺书) for this record?
    :param barred_until: the last day of a bar after false material.
    :param restriction_until: the last day of an attached restriction; the assessment's own counts too.
    :param open_case: number of an open repair application on the record.
    :param other_bar: another legal bar, in words.
    :param activities: what the subject has done of its own accord since the decision (training 信用培训,
        credit_report 信用报告, public_interest 公益活动): declared by it, or confirmed by an office.
    """

    today: date
    assessment: Assessment
    sector: str | None = None
    published_in_fact: bool | None = None
    record_ended_on: date | None = None
    held_at_maximum: bool = False
    duties: Duties | None = None
    commitment_signed: bool = False
    barred_until: date | None = None
    restriction_until: date | None = None
    open_case: str | None = None
    other_bar: str | None = None
    activities: Mapping[str, Done] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """One condition, judged: why, by which rule, from which day if it depends on time, and what to do."""

    code: str
    title: str
    state: ConditionState
    text: str
    basis: str
    mark: Mark
    from_day: date | None = None
    todo: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The condition as plain JSON values."""
        return {
            "code": self.code,
            "title": self.title,
            "state": self.state,
            "text": self.text,
            "basis": self.basis,
            "mark": self.mark,
            "from_day": iso(self.from_day),
            "todo": self.todo,
        }


@dataclass(frozen=True)
class Explanation:
    """All conditions of a repair.

    :param first_day: the first day on which everything that depends on time alone is met, be it past or to
        come; None when that day never comes, because there is nothing to repair or publicity ends before it.
    """

    conditions: tuple[Condition, ...]
    first_day: date | None

    @property
    def eligible_now(self) -> bool:
        """Is every condition met today?"""
        return all(condition.state == "met" for condition in self.conditions)

    @property
    def waits_for_applicant(self) -> bool:
        """Is all that is missing the applicant's own part: duties and commitment?"""
        missing = [c.code for c in self.conditions if c.state != "met"]
        return bool(missing) and all(code in APPLICANTS_PART for code in missing)

    @property
    def blockers(self) -> tuple[Condition, ...]:
        """The conditions that are not met, for whatever reason."""
        return tuple(condition for condition in self.conditions if condition.state != "met")

    def as_dict(self) -> dict[str, Any]:
        """The explanation as plain JSON values."""
        return {
            "eligible_now": self.eligible_now,
            "first_day": iso(self.first_day),
            "conditions": [condition.as_dict() for condition in self.conditions],
        }


@dataclass(frozen=True)
class Finding:
    """What one condition's function says; the rule's basis and mark are added by ``explain``."""

    state: ConditionState
    text: str
    from_day: date | None = None
    todo: str | None = None


def explain(situation: Situation, *, book: RuleBook) -> Explanation:
    """Judge every condition that the rules of the day of filing (``today``) ask for.

    :param situation: the facts; see :class:`Situation`.
    :param book: the rules. A condition whose value a local rule sets to false is left out.
    :raises NoRuleSet: when the assessment names a rule set that the book does not have.
    """
    rules = book.view(situation.assessment.procedure_rule_set, on=situation.today, sector=situation.sector)
    conditions = tuple(
        _judge(code, situation, rules) for code in CONDITIONS if rules[f"condition.{code}"].value
    )
    return Explanation(conditions, _first_day(situation, conditions))


def barred_until_after_false_material(found_on: date, *, facts: RecordFacts, book: RuleBook) -> date:
    """The last day on which no new application is taken after false material or a false commitment.

    :param found_on: the day on which the repair is revoked.
    :param facts: the record, for the kind of authority and the sector.
    :param book: the rules; the bar is in years (3 by default, mark ?).
    """
    rule_set = book.governing(facts.authority_kind, found_on).rule_set
    years = book.view(rule_set.id, on=found_on, sector=facts.sector)["bar.false_material.years"].value
    return add_months(found_on, 12 * years)


def _judge(code: str, situation: Situation, rules: RuleView) -> Condition:
    title, judge = JUDGES[code]
    finding, value = judge(situation), rules[f"condition.{code}"]
    return Condition(
        code=code,
        title=title,
        state=finding.state,
        text=finding.text,
        basis=value.basis,
        mark=value.mark,
        from_day=finding.from_day,
        todo=finding.todo,
    )


def _first_day(situation: Situation, conditions: tuple[Condition, ...]) -> date | None:
    assessment = situation.assessment
    never = {"published", "record_in_force", "period_running"}
    if any(c.code in never and c.state == "not_met" for c in conditions):
        return None
    days = [assessment.decision_date, *(c.from_day for c in conditions if c.from_day)]
    first = max(days)
    if assessment.has_ended(first) and not situation.held_at_maximum:
        return None
    return first


# -- the conditions


def is_published(situation: Situation) -> Finding:
    """Is there publicity that could end?"""
    shown = situation.published_in_fact
    if shown if shown is not None else situation.assessment.published:
        return Finding("met", "该信息正在公示或者依规定应当公示")
    return Finding(
        "not_met",
        "该信息不公示，无需申请修复",
        todo="如果您发现该信息仍在公示，可以提出异议",
    )


def is_record_in_force(situation: Situation) -> Finding:
    """Has the authority withdrawn, changed or removed the record?"""
    ended = situation.record_ended_on
    if ended is None or ended > situation.today:
        return Finding("met", "该信息没有被撤销、变更或者移出")
    return Finding(
        "not_met",
        f"该信息已于{said(ended)}撤销、变更或者移出，不必修复",
        todo="如果您发现该信息仍在公示，可以提出异议",
    )


def is_period_running(situation: Situation) -> Finding:
    """Has publicity ended by itself?"""
    assessment = situation.assessment
    until = assessment.effective_until
    if until is None:
        return Finding("met", "公示没有规定的截止日期")
    if assessment.has_ended(situation.today):
        if situation.held_at_maximum:
            return Finding("met", f"最长公示期已于{said(until)}届满，因义务尚未履行继续公示")
        return Finding(
            "not_met",
            f"公示已于{said(until)}届满，自行结束，不必修复",
            todo="如果您发现该信息仍在公示，可以提出异议",
        )
    alone = "" if assessment.application_needed else "，期满自动停止公示，无需申请"
    return Finding("met", f"公示至{said(until)}止{alone}")


def is_minimum_period_over(situation: Situation) -> Finding:
    """Is the minimum period over? Its last day still belongs to it."""
    until = situation.assessment.min_until
    if until is None:
        return Finding("met", "该信息没有最短公示期")
    return _by_day(situation.today, until, over="最短公示期已于{}届满", running="最短公示期至{}止")


def is_restriction_over(situation: Situation) -> Finding:
    """Has a restriction attached to the penalty run out?"""
    days = [day for day in (situation.restriction_until, situation.assessment.restriction_until) if day]
    if not days:
        return Finding("met", "处罚没有附带的限制期限")
    return _by_day(
        situation.today, max(days), over="处罚附带的限制已于{}届满", running="处罚附带的限制至{}止"
    )


def are_duties_performed(situation: Situation) -> Finding:
    """Is the conduct corrected, every duty performed? A declaration will do to file; the authority checks."""
    if situation.duties == "proved":
        return Finding("met", "已经证明纠正了失信行为、履行了全部义务")
    if situation.duties == "declared":
        return Finding("met", "您已声明纠正了失信行为、履行了全部义务，受理后由认定单位核实")
    todo = "请先纠正失信行为，履行处罚决定的全部义务，并保存缴款凭证等证明"
    if situation.duties == "open":
        return Finding("not_met", "失信行为尚未纠正，或者还有义务没有履行", todo=todo)
    return Finding("unknown", "尚不清楚是否已经纠正失信行为、履行全部义务", todo=todo)


def is_commitment_signed(situation: Situation) -> Finding:
    """Is there a letter of commitment for this record?"""
    if situation.commitment_signed:
        return Finding("met", "已经签署信用承诺书")
    return Finding(
        "not_met",
        "还没有签署信用承诺书",
        todo="请签署信用承诺书，承诺所交材料真实，并愿意承担相应责任",
    )


def is_not_barred(situation: Situation) -> Finding:
    """Is there a bar after false material? Its last day still belongs to it."""
    if situation.barred_until is None:
        return Finding("met", "没有因提供虚假材料或者违背承诺而不得申请的情形")
    return _by_day(
        situation.today,
        situation.barred_until,
        over="因提供虚假材料或者违背承诺而不得申请的期限已于{}届满",
        running="因曾提供虚假材料或者违背承诺，至{}止不得再次申请",
    )


def has_no_open_application(situation: Situation) -> Finding:
    """Is there another open application on the record?"""
    if not situation.open_case:
        return Finding("met", "该信息没有正在办理的修复申请")
    return Finding(
        "not_met",
        f"该信息已有正在办理的修复申请（{situation.open_case}）",
        todo="请等待该申请办结，或者先撤回该申请",
    )


def has_no_other_bar(situation: Situation) -> Finding:
    """Does another law stand in the way?"""
    if not situation.other_bar:
        return Finding("met", "没有发现其他不得修复的情形")
    return Finding("not_met", f"有其他不得修复的情形：{situation.other_bar}", todo="请向认定单位咨询")


def is_training_done(situation: Situation) -> Finding:
    """Has the subject taken part in a training, where its sector's rules ask for it?"""
    return _done(situation, "training", "参加信用培训")


def is_credit_report_given(situation: Situation) -> Finding:
    """Has the subject brought a credit report, where its sector's rules ask for it?"""
    return _done(situation, "credit_report", "提交信用报告")


def is_public_interest_done(situation: Situation) -> Finding:
    """Has the subject worked for the public, where its sector's rules ask for it?"""
    return _done(situation, "public_interest", "参加公益活动")


def _done(situation: Situation, kind: str, what: str) -> Finding:
    """Voluntary and free of charge everywhere else; asked only where a rule of the sector says so."""
    done = situation.activities.get(kind)
    if done == "confirmed":
        return Finding("met", f"已经{what}")
    if done == "declared":
        return Finding("met", f"您已登记{what}，由有关单位核实")
    return Finding(
        "not_met",
        f"该行业的规定要求{what}，还没有登记",
        todo=f"请在“自愿活动”中登记{what}的情况并上传证明，登记和活动都不收费",
    )


def _by_day(today: date, until: date, *, over: str, running: str) -> Finding:
    """Met once the last day is over, else not yet."""
    first = until + ONE_DAY
    if today >= first:
        return Finding("met", over.format(said(until)), from_day=first)
    text = f"{running.format(said(until))}，自{said(first)}起可以申请"
    return Finding("not_yet", text, from_day=first, todo=f"请于{said(first)}或者以后申请")


JUDGES: dict[str, tuple[str, Callable[[Situation], Finding]]] = {
    "published": ("信息在公示", is_published),
    "record_in_force": ("信息仍然有效", is_record_in_force),
    "period_running": ("公示期没有结束", is_period_running),
    "minimum_period": ("最短公示期届满", is_minimum_period_over),
    "restriction_over": ("附带的限制届满", is_restriction_over),
    "duties_performed": ("已纠正失信行为、履行义务", are_duties_performed),
    "commitment_signed": ("已作出信用承诺", is_commitment_signed),
    "not_barred": ("没有申请限制", is_not_barred),
    "no_open_application": ("没有其他正在办理的申请", has_no_open_application),
    "no_other_bar": ("没有其他不得修复的情形", has_no_other_bar),
    "training": ("已完成信用培训", is_training_done),
    "credit_report": ("已提交信用报告", is_credit_report_given),
    "public_interest": ("已参加公益活动", is_public_interest_done),
}

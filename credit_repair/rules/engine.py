"""What the law makes of a record: which rules, which class, from when it can be repaired, shown until when.

Reading the dates: a period of N calendar months from day D ends on D + N months, clamped to the end of the
month, and that day is the last day in it. An application can be filed from the day after.
"""

from collections.abc import Callable
from datetime import date, timedelta

from .book import RuleBook, RuleView
from .dates import add_months, said
from .terms import Terms, basis_of, find_terms
from .types import FROM_RECORD, Assessment, Basis, RecordFacts

ONE_DAY = timedelta(days=1)


def assess(facts: RecordFacts, *, book: RuleBook, filed_on: date) -> Assessment:
    """Class, periods and days of a record, each with its reason.

    Which set governs: by the day of the decision and the kind of authority.

    ======================  ===============================  =======================
    decision                market-supervision authority     every other authority
    ======================  ===============================  =======================
    before 2023-05-01       ndrc-58, marked ?                ndrc-58, marked ?
    to 2025-12-24           ndrc-58, marked ?                ndrc-58
    to 2026-03-31           samr-107                         ndrc-58
    from 2026-04-01         samr-107                         ndrc-36
    ======================  ===============================  =======================

    Market records stay with samr-107 after 2026-04-01: the special rule has no end, and ndrc-36 does not name
    their authorities. Materials, procedure and clocks follow the same table by ``filed_on``.

    Where the rules leave room: for a penalty by simple procedure the procedure decides, even with a heavier
    penalty type (the basis says so); an official's finding of a repeat offence goes before it, a class set by
    hand before everything. An attached restriction that outlasts the minimum moves ``repairable_from``, never
    ``min_until`` or ``max_until``: it bars the early end and lengthens nothing.

    :param facts: the record; periods in calendar months, the fine in 万元.
    :param book: the rules, national or with local ones laid over.
    :param filed_on: the day, real or assumed, on which an application is filed.
    :returns: for a minor record (轻微) no ``min_until``, ``repairable_from`` the day of the decision; for one
        that order 58 does not publish, no dates at all.
    :raises UnknownPenaltyType: for a penalty type that is not canonical.
    :raises NoRuleSet: when no rule set covers one of the two days.
    """
    rules_day = _rules_day(facts, book, filed_on)
    governing = book.governing(facts.authority_kind, rules_day)
    procedure = book.governing(facts.authority_kind, filed_on)
    rules = book.view(governing.rule_set.id, on=rules_day, sector=facts.sector)
    terms, trail = find_terms(facts, rules)
    days = _Days(facts, rules, terms)
    steps = (
        Basis(f"等级和公示期：{governing.basis.text}", governing.basis.source, governing.basis.mark),
        Basis(f"材料、程序和期限：{procedure.basis.text}", procedure.basis.source, procedure.basis.mark),
        *trail,
        *days.trail,
    )
    return Assessment(
        rule_set=governing.rule_set.id,
        procedure_rule_set=procedure.rule_set.id,
        rule_class=terms.rule_class,
        published=terms.published,
        min_until=days.min_until,
        max_until=days.max_until,
        repairable_from=days.repairable_from,
        effective_until=days.effective_until,
        basis=steps,
        decision_date=facts.decision_date,
        own_until=facts.own_until,
        restriction_until=facts.restriction_until,
        application_needed=terms.application_needed,
        book_hash=book.content_hash,
    )


def _rules_day(facts: RecordFacts, book: RuleBook, filed_on: date) -> date:
    setting = book.view("general", on=filed_on)["classes_from"]
    return facts.decision_date if setting.value == "decision_day" else filed_on


class _Days:
    """The dates of one record, computed step by step in the order of the law, with a sentence for each."""

    def __init__(self, facts: RecordFacts, rules: RuleView, terms: Terms) -> None:
        self.facts, self.rules, self.terms = facts, rules, terms
        self.trail: list[Basis] = []
        self.min_until: date | None = None
        self.max_until: date | None = None
        self.repairable_from: date | None = None
        self.effective_until: date | None = None
        if terms.dated:
            steps: tuple[Callable[[], None], ...] = (self._start, self._minimum, self._restriction)
            for step in (*steps, self._maximum, self._effective_end, self._made_up):
                step()

    def _say(self, path: str, text: str) -> None:
        self.trail.append(basis_of(self.rules[path], text))

    def _start(self) -> None:
        self.start = self.facts.decision_date
        self._say("period.starts", f"公示期自决定日期{said(self.start)}起算")

    def _minimum(self) -> None:
        if not self.terms.min_months:
            self.repairable_from = self.start
            start = said(self.start)
            text = f"决定日期{start}，{self.terms.label}，没有最短公示期，自{start}起可申请"
            self._say_period("min", text)
            return
        self.min_until = add_months(self.start, self.terms.min_months)
        self.repairable_from = self.min_until + ONE_DAY
        self._say_period(
            "min",
            f"决定日期{said(self.start)}，{self.terms.label}，最短公示期{self.terms.min_months}个月，"
            f"至{said(self.min_until)}止，自{said(self.repairable_from)}起可申请",
        )

    def _restriction(self) -> None:
        until = self.facts.restriction_until
        if until is None or self.repairable_from is None or until < self.repairable_from:
            return
        if self.rules["restriction.bars_early_end"].value:
            self.repairable_from = until + ONE_DAY
            first = said(self.repairable_from)
            text = f"处罚附带的限制至{said(until)}止，届满以前不提前结束公示，自{first}起可申请"
            self._say("restriction.bars_early_end", text)

    def _maximum(self) -> None:
        if self.terms.max_months is None:
            return
        self.max_until = add_months(self.start, self.terms.max_months)
        after = "期满公示自行结束" if self.terms.published else "期满不再保留公示"
        self._say_period("max", f"最长公示期{self.terms.max_months}个月，至{said(self.max_until)}止，{after}")
        if self.repairable_from and self.repairable_from > self.max_until:
            text = (
                f"可申请之日（{said(self.repairable_from)}）晚于最长公示期届满之日，期满以前不能提前结束公示"
            )
            self.trail.append(Basis(text, self.rules.rule_set.id, "C"))

    def _effective_end(self) -> None:
        own = self.facts.own_until
        self.effective_until = self.max_until
        if own is None:
            return
        if self.min_until and own < self.min_until:
            text = f"来源给出的公示截止期{said(own)}早于最短公示期届满之日{said(self.min_until)}，请核对"
            self.trail.append(Basis(text, FROM_RECORD, "C"))
        if self.max_until is None or (own < self.max_until and self.rules["own_until.earlier_ends"].value):
            self.effective_until = own
            self._say("own_until.earlier_ends", f"来源给出的公示截止期为{said(own)}，公示到该日为止")

    def _made_up(self) -> None:
        """Publicity that came back after a revoked repair lasts for the days that were not served."""
        until = self.facts.restored_until
        if until is None or self.effective_until is None or until <= self.effective_until:
            return
        self.effective_until = until
        self._say("revoke.restore_until", f"信用修复被撤销，没有公示的天数顺延补足，公示至{said(until)}止")

    def _say_period(self, end: str, text: str) -> None:
        """Name the value that the period came from, unless the record has a period of its own."""
        override = self.facts.period_override
        if override and getattr(override, f"{end}_months") is not None:
            self.trail.append(Basis(text, FROM_RECORD, "C"))
            return
        self._say(self._period_path(end), text)

    def _period_path(self, end: str) -> str:
        on_list = f"list.{self.facts.kind}.{end}_months"
        if self.facts.kind != "penalty" and self.rules.find(on_list):
            return on_list
        if self.terms.rule_class:
            return f"class.{self.terms.rule_class}.{end}_months"
        by_sector = f"sector_min_months.{self.facts.sector}"
        sector = self.rules.find(by_sector) if end == "min" and self.facts.sector else None
        return by_sector if sector and sector.value == self.terms.min_months else f"period.{end}_months"

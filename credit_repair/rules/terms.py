"""From the facts of a record to its terms: class, months of publicity, published or not. No dates yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .book import RuleValue, RuleView
from .penalties import UnknownPenaltyType
from .types import CLASS_NAMES, CLASS_ORDER, FROM_RECORD, LIST_NAMES, Basis, RecordFacts, RuleClass

DEFAULT_SECTOR = "default"


@dataclass(frozen=True)
class Terms:
    """What the rule set says of a record.

    ``min_months`` 0 means no minimum, ``max_months`` None no limit (calendar months). ``dated`` is False
    where there is no publicity period at all.
    """

    rule_class: RuleClass | None
    min_months: int
    max_months: int | None
    published: bool
    application_needed: bool = True
    dated: bool = True

    @property
    def label(self) -> str:
        """The class as a clause of a sentence; what to say where the rule set has none."""
        return f"属于{CLASS_NAMES[self.rule_class]}" if self.rule_class else "本规则不分等级"


def find_terms(facts: RecordFacts, rules: RuleView) -> tuple[Terms, list[Basis]]:
    """The terms of a record under one rule set, with the steps that led there.

    :param facts: the record.
    :param rules: the rule set that governs classes and periods.
    :raises UnknownPenaltyType: for a penalty type that is not canonical.
    """
    for name in facts.penalty_types:
        if name not in rules.book.penalty_order:
            raise UnknownPenaltyType(name)
    if rules.rule_set.kind == "repair-graded":
        terms, trail = _graded(facts, rules)
    else:
        terms, trail = _flat(facts, rules)
    trail += _remarks(facts, rules)
    return _with_period_override(terms, facts, trail), trail


def basis_of(value: RuleValue, text: str) -> Basis:
    """A basis for one applied value; a local value adds its own words and names what it displaced."""
    if value.overrides:
        text = f"{text}（地方或行业规则：{value.basis}；原为 {value.overrides.value}）"
    return Basis(text, value.origin, value.mark)


# -- rule sets with the classes 轻微, 一般, 严重


def _graded(facts: RecordFacts, rules: RuleView) -> tuple[Terms, list[Basis]]:
    rule_class, trail = _choose_class(facts, rules)
    names = ("min_months", "max_months", "published", "application_needed")
    terms = Terms(rule_class, **{name: rules[f"class.{rule_class}.{name}"].value for name in names})
    if facts.kind != "penalty":
        return _listed(terms, facts, rules, trail), trail
    shown = f"{CLASS_NAMES[rule_class]}信息{'公示' if terms.published else '一般不公示'}"
    trail.append(basis_of(rules[f"class.{rule_class}.published"], shown))
    bare = rules["unpublished.penalties"]
    if rule_class == "minor" and set(facts.penalty_types) <= set(bare.value):
        trail.append(basis_of(bare, f"仅受{'、'.join(facts.penalty_types)}的，不公示"))
        terms = replace(terms, published=False)
    return terms, trail


def _choose_class(facts: RecordFacts, rules: RuleView) -> tuple[RuleClass, list[Basis]]:
    override = facts.class_override
    if override:
        text = f"经办人员将等级定为{CLASS_NAMES[override.rule_class]}：{override.basis}"
        return override.rule_class, [Basis(text, FROM_RECORD, "C")]
    if facts.kind != "penalty":
        value = rules[f"list.{facts.kind}.class"]
        entered = LIST_NAMES[facts.kind] if facts.kind == "other" else f"列入{LIST_NAMES[facts.kind]}"
        text = f"{entered}，按{CLASS_NAMES[value.value]}对待"
        return value.value, [basis_of(value, text)]
    if facts.repeat_offender:
        value = rules["repeat_offender.class"]
        return value.value, [basis_of(value, f"屡次违法，属于{CLASS_NAMES[value.value]}")]
    if facts.procedure == "simple":
        return _class_by_procedure(facts, rules)
    return _class_by_penalties(facts, rules)


def _class_by_procedure(facts: RecordFacts, rules: RuleView) -> tuple[RuleClass, list[Basis]]:
    """The simple procedure decides whatever the penalty; a penalty too heavy for it is pointed out."""
    value = rules["simple_procedure.class"]
    trail = [basis_of(value, f"适用简易程序的行政处罚，属于{CLASS_NAMES[value.value]}")]
    by_penalty, _ = _class_by_penalties(facts, rules)
    if CLASS_ORDER.index(by_penalty) > CLASS_ORDER.index("general"):
        text = (
            f"处罚类别（{'、'.join(facts.penalty_types)}）本应属于{CLASS_NAMES[by_penalty]}，"
            "而文书显示适用简易程序；仍按简易程序认定，请核对程序是否填写有误"
        )
        trail.append(Basis(text, value.origin, "?"))
    return value.value, trail


def _class_by_penalties(facts: RecordFacts, rules: RuleView) -> tuple[RuleClass, list[Basis]]:
    heaviest = _heaviest(facts.penalty_types, rules)
    value = rules[f"penalty_class.{heaviest}"]
    text = f"处罚类别为{heaviest}"
    if len(facts.penalty_types) > 1:
        text = f"有{len(facts.penalty_types)}种处罚，按最重的“{heaviest}”认定"
    trail = [basis_of(value, f"{text}，属于{CLASS_NAMES[value.value]}")]
    very_large = _threshold("very_large", facts, rules)
    if very_large and CLASS_ORDER.index(value.value) < CLASS_ORDER.index("serious"):
        text = f"罚款{facts.fine}万元，达到特别巨大数额（{very_large.value}万元），属于严重失信"
        trail.append(basis_of(very_large, text))
        return "serious", trail
    large = _threshold("large", facts, rules)
    if large and value.value == "general":
        text = f"罚款{facts.fine}万元，达到较大数额（{large.value}万元），属于一般失信"
        trail.append(basis_of(large, text))
    return value.value, trail


def _heaviest(penalty_types: Sequence[str], rules: RuleView) -> str:
    """The type of the heaviest class; within one class, the last in the order from light to heavy."""
    return max(
        penalty_types,
        key=lambda name: (
            CLASS_ORDER.index(rules[f"penalty_class.{name}"].value),
            rules.book.penalty_order[name],
        ),
    )


def _threshold(size: str, facts: RecordFacts, rules: RuleView) -> RuleValue | None:
    """The sector's threshold, or the default one, if there is one and the fine reaches it."""
    if facts.fine is None or "罚款" not in facts.penalty_types:
        return None
    own = rules.find(f"fine.{size}.{facts.sector}") if facts.sector else None
    value = own or rules.find(f"fine.{size}.{DEFAULT_SECTOR}")
    return value if value and value.value is not None and facts.fine >= Decimal(value.value) else None


# -- rule sets with one period for all


def _flat(facts: RecordFacts, rules: RuleView) -> tuple[Terms, list[Basis]]:
    trail: list[Basis] = []
    if facts.class_override:
        text = f"经办人员填写的等级（{CLASS_NAMES[facts.class_override.rule_class]}）未采用：本规则不分等级"
        trail.append(Basis(text, FROM_RECORD, "C"))
    if facts.kind != "penalty":
        months = rules[f"list.{facts.kind}.min_months"].value
        return _listed(Terms(None, months, None, True), facts, rules, trail), trail
    hidden = _unpublished_reason(facts, rules)
    if hidden:
        # What is never published has no publicity period: nothing to end early, nothing to run out.
        return Terms(None, 0, None, published=False, application_needed=False, dated=False), [*trail, hidden]
    minimum, sector = rules["period.min_months"], None
    trail.append(basis_of(minimum, f"{minimum.basis}；{rules['period.max_months'].basis}"))
    if facts.sector:
        sector = rules.find(f"sector_min_months.{facts.sector}")
    if sector:
        trail.append(basis_of(sector, sector.basis))
        minimum = max(minimum, sector, key=lambda value: value.value)
    return Terms(None, minimum.value, rules["period.max_months"].value, published=True), trail


def _unpublished_reason(facts: RecordFacts, rules: RuleView) -> Basis | None:
    simple, bare = rules["unpublished.simple_procedure"], rules["unpublished.penalties"]
    if simple.value and facts.procedure == "simple":
        return basis_of(simple, f"{simple.basis}，没有公示期")
    if set(facts.penalty_types) <= set(bare.value):
        return basis_of(bare, f"仅受{'、'.join(facts.penalty_types)}的，不公示，没有公示期")
    return None


# -- both


def _listed(terms: Terms, facts: RecordFacts, rules: RuleView, trail: list[Basis]) -> Terms:
    published = rules[f"list.{facts.kind}.published"]
    trail.append(basis_of(published, published.basis))
    limit = rules.find(f"list.{facts.kind}.max_months")
    if limit and limit.value is None:
        trail.append(basis_of(limit, limit.basis))
    # An entry leaves a list by a decision on removal, so that one has to be asked for, whatever the class.
    return replace(
        terms,
        published=published.value,
        max_months=limit.value if limit else terms.max_months,
        application_needed=True,
    )


def _with_period_override(terms: Terms, facts: RecordFacts, trail: list[Basis]) -> Terms:
    override = facts.period_override
    if override is None or not terms.dated:
        return terms
    trail.append(Basis(f"法律、行政法规另有公示期规定的，从其规定：{override.basis}", FROM_RECORD, "C"))
    return replace(
        terms,
        min_months=terms.min_months if override.min_months is None else override.min_months,
        max_months=terms.max_months if override.max_months is None else override.max_months,
    )


def _remarks(facts: RecordFacts, rules: RuleView) -> list[Basis]:
    """What looks wrong in the record and was left as it is, for a person to check."""
    texts = []
    if facts.fine and facts.kind == "penalty" and "罚款" not in facts.penalty_types:
        texts.append(f"记录有罚款金额{facts.fine}万元，而处罚类别没有罚款，请核对")
    if facts.sector and facts.sector not in rules.book.sectors:
        texts.append(f"行业代码“{facts.sector}”不在规则的行业表里，没有适用行业特别规定")
    return [Basis(text, FROM_RECORD, "C") for text in texts]

"""The rule files: every row of the law, the hash, local overrides, and files that are wrong."""

import shutil
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from credit_repair.rules import NoRuleSet, RuleBook, RuleDataError, load_book, load_rule_set, parse_rule_set
from credit_repair.rules.loader import DATA_DIR

from .conftest import d

DAY = d("2026-11-20")

# rule set, path, value, mark
ROWS = [
    # classes and periods
    ("ndrc-36", "class.minor.min_months", 0, "C"),
    ("ndrc-36", "class.minor.max_months", 3, "C"),
    ("ndrc-36", "class.minor.published", False, "C"),
    ("ndrc-36", "class.general.min_months", 3, "C"),
    ("ndrc-36", "class.general.max_months", 12, "C"),
    ("ndrc-36", "class.general.published", True, "C"),
    ("ndrc-36", "class.serious.min_months", 12, "C"),
    ("ndrc-36", "class.serious.max_months", 36, "C"),
    ("ndrc-36", "class.serious.published", True, "C"),
    ("ndrc-36", "period.starts", "decision_date", "C"),
    ("ndrc-36", "simple_procedure.class", "minor", "C"),
    ("ndrc-36", "repeat_offender.class", "serious", "C"),
    ("ndrc-36", "unpublished.penalties", (), "C"),
    ("ndrc-36", "fine.large.default", None, "?"),
    ("ndrc-36", "fine.very_large.default", None, "?"),
    ("ndrc-36", "list.serious_list.class", "serious", "?"),
    ("ndrc-36", "list.serious_list.published", True, "?"),
    ("ndrc-36", "list.abnormal_list.class", "minor", "?"),
    ("ndrc-36", "list.abnormal_list.max_months", None, "?"),
    ("ndrc-36", "list.abnormal_list.published", True, "?"),
    ("ndrc-36", "list.other.class", "general", "?"),
    ("ndrc-36", "list.other.published", True, "?"),
    ("ndrc-36", "restriction.bars_early_end", True, "L"),
    ("ndrc-36", "own_until.earlier_ends", True, "L"),
    ("ndrc-36", "at_max_unperformed", "end", "?"),
    # who may be repaired
    ("ndrc-36", "condition.minimum_period", True, "C"),
    ("ndrc-36", "condition.duties_performed", True, "C"),
    ("ndrc-36", "condition.commitment_signed", True, "C"),
    ("ndrc-36", "condition.no_other_bar", True, "C"),
    ("ndrc-36", "condition.restriction_over", True, "L"),
    ("ndrc-36", "condition.not_barred", True, "?"),
    ("ndrc-36", "bar.false_material.years", 3, "?"),
    ("ndrc-36", "revoke.answer.days", 5, "?"),
    ("ndrc-36", "revoke.restore_until", "original_end", "?"),
    # clocks
    ("ndrc-36", "clock.acceptance.days", 3, "C"),
    ("ndrc-36", "clock.decision.days", 7, "L"),
    ("ndrc-36", "clock.answer.days", 10, "C"),
    ("ndrc-36", "clock.extension.days", 10, "?"),
    ("ndrc-36", "clock.extension.times", 1, "?"),
    ("ndrc-36", "clock.correction.days", 10, "?"),
    ("ndrc-36", "clock.correction.times", 1, "?"),
    ("ndrc-36", "clock.correction.stops_office", True, "?"),
    ("ndrc-36", "clock.stop_publicity.days", 0, "L"),
    ("ndrc-36", "clock.stop_publicity_platform.days", 3, "L"),
    ("ndrc-36", "clock.withdraw_changed.days", 3, "C"),
    ("ndrc-36", "clock.publish_new.days", 7, "C"),
    # order 58
    ("ndrc-58", "period.starts", "decision_date", "C"),
    ("ndrc-58", "period.min_months", 3, "C"),
    ("ndrc-58", "period.max_months", 36, "C"),
    ("ndrc-58", "sector_min_months.food", 12, "C"),
    ("ndrc-58", "sector_min_months.drug", 12, "L"),
    ("ndrc-58", "sector_min_months.special_equipment", 12, "C"),
    ("ndrc-58", "sector_min_months.work_safety", 12, "C"),
    ("ndrc-58", "sector_min_months.fire", 12, "C"),
    ("ndrc-58", "unpublished.simple_procedure", True, "C"),
    ("ndrc-58", "unpublished.penalties", ("警告", "通报批评"), "C"),
    ("ndrc-58", "list.serious_list.min_months", 12, "?"),
    ("ndrc-58", "list.serious_list.max_months", 36, "?"),
    ("ndrc-58", "list.abnormal_list.min_months", 0, "?"),
    ("ndrc-58", "list.abnormal_list.max_months", None, "?"),
    ("ndrc-58", "list.other.min_months", 3, "?"),
    ("ndrc-58", "list.other.max_months", 36, "?"),
    # market supervision
    ("samr-107", "class.minor.min_months", 0, "C"),
    ("samr-107", "class.minor.max_months", 3, "C"),
    ("samr-107", "class.minor.published", True, "C"),
    ("samr-107", "class.minor.application_needed", False, "C"),
    ("samr-107", "class.general.min_months", 3, "C"),
    ("samr-107", "class.general.max_months", 12, "C"),
    ("samr-107", "class.serious.min_months", 12, "C"),
    ("samr-107", "class.serious.max_months", 36, "C"),
    ("samr-107", "unpublished.penalties", ("警告",), "C"),
    ("samr-107", "period.starts", "decision_date", "?"),
    ("samr-107", "simple_procedure.class", "minor", "?"),
    ("samr-107", "list.other.class", "general", "?"),
    ("samr-107", "bar.false_material.years", 3, "?"),
    # whatever the set
    ("general", "classes_from", "decision_day", "?"),
    ("general", "complaint.days", 15, "?"),
    ("general", "remedy.review.days", 60, "C"),
    ("general", "remedy.lawsuit.months", 6, "C"),
]


@pytest.mark.parametrize(("set_id", "path", "value", "mark"), ROWS)
def test_row(book: RuleBook, set_id, path, value, mark):
    found = book.view(set_id, on=DAY)[path]
    assert (found.value, found.mark) == (value, mark)
    assert found.basis


# The class of each penalty type, from light to heavy.
PENALTY_CLASSES = [
    ("警告", "minor", "C"),
    ("通报批评", "minor", "C"),
    ("罚款", "general", "C"),
    ("没收违法所得", "general", "L"),
    ("没收非法财物", "general", "C"),
    ("暂扣许可证件", "serious", "C"),
    ("降低资质等级", "serious", "C"),
    ("吊销许可证件", "serious", "C"),
    ("限制开展生产经营活动", "serious", "L"),
    ("责令停产停业", "serious", "C"),
    ("责令关闭", "serious", "C"),
    ("限制从业", "serious", "C"),
    ("行政拘留", "serious", "?"),
]


@pytest.mark.parametrize(("name", "rule_class", "mark"), PENALTY_CLASSES)
def test_the_class_of_a_penalty_type(book: RuleBook, name, rule_class, mark):
    value = book.view("ndrc-36", on=DAY)[f"penalty_class.{name}"]
    assert (value.value, value.mark) == (rule_class, mark)
    # Market supervision takes the same criteria, not verified.
    value = book.view("samr-107", on=DAY)[f"penalty_class.{name}"]
    assert (value.value, value.mark) == (rule_class, "?")


def test_penalties_from_light_to_heavy(book: RuleBook):
    assert [kind.name for kind in book.penalty_types] == [name for name, _class, _mark in PENALTY_CLASSES]


def test_no_sector_has_a_threshold_of_its_own_by_default(book: RuleBook):
    for rule_set in ("ndrc-36", "samr-107"):
        fines = [value for value in book.view(rule_set, on=DAY) if value.path.startswith("fine.")]
        assert {(value.path, value.value) for value in fines} == {
            ("fine.large.default", None),
            ("fine.very_large.default", None),
        }


def test_order_58_names_five_sectors(book: RuleBook):
    named = {path for path in book.paths("ndrc-58") if path.startswith("sector_min_months.")}
    assert named == {
        f"sector_min_months.{sector}"
        for sector in ("food", "drug", "special_equipment", "work_safety", "fire")
    }


@pytest.mark.parametrize("set_id", ["ndrc-58", "samr-107"])
def test_what_a_set_does_not_say_itself_it_takes_from_order_36_unverified(book: RuleBook, set_id):
    model = book.view("ndrc-36", on=DAY)
    taken = [
        value
        for value in book.view(set_id, on=DAY)
        if value.path.startswith(("clock.", "condition.", "bar.", "restriction.", "own_until.", "at_max"))
    ]
    assert len(taken) > 20
    assert {(value.path, value.value, value.mark) for value in taken} == {
        (value.path, model[value.path].value, "?") for value in taken
    }


# annotate, accept, own error, forward, provider, total, re-checks
OBJECTIONS = {
    "objection-shanghai": (1, None, 5, 2, 5, None, 0),
    "objection-shandong": (0, None, 3, None, None, 7, 0),
    "objection-henan": (0, None, 3, None, 3, 7, 0),
    "objection-zhejiang": (0, None, 5, None, None, 20, 1),
    "objection-guangzhou": (0, 2, 2, None, 10, None, 0),
    "objection-default": (0, None, 3, None, 5, 7, 1),
}


@pytest.mark.parametrize("set_id", OBJECTIONS)
def test_objection_row(book: RuleBook, set_id):
    rules = book.view(set_id, on=DAY)
    names = ("annotate_days", "accept_days", "own_error_days", "forward_days", "provider_days", "total_days")
    values = tuple(rules[f"objection.{name}"].value for name in names)
    assert (*values, rules["objection.recheck.times"].value) == OBJECTIONS[set_id]


@pytest.mark.parametrize("set_id", OBJECTIONS)
def test_the_marks_of_an_objection_set(book: RuleBook, set_id):
    expected = "?" if set_id == "objection-default" else "L"
    assert book.rule_set(set_id).mark == expected
    rules = book.view(set_id, on=DAY)
    for name in ("annotate_days", "own_error_days"):
        assert rules[f"objection.{name}"].mark == expected


# times, days, by whom
RECHECKS = {
    "objection-shanghai": (0, None, None),
    "objection-shandong": (0, None, None),
    "objection-henan": (0, None, None),
    "objection-zhejiang": (1, 20, "province"),
    "objection-guangzhou": (0, None, None),
    "objection-default": (1, 10, "another_handler"),
}


@pytest.mark.parametrize("set_id", RECHECKS)
def test_recheck(book: RuleBook, set_id):
    rules = book.view(set_id, on=DAY)
    assert (
        tuple(rules[f"objection.recheck.{name}"].value for name in ("times", "days", "by"))
        == RECHECKS[set_id]
    )


def test_objection_details(book: RuleBook):
    assert {s.id for s in book.standing("objection")} == set(OBJECTIONS)
    assert book.view("objection-henan", on=DAY)["objection.expert_time_stops_clock"].value
    default = book.view("objection-default", on=DAY)
    assert {value.mark for value in default} == {"?"}


SETS = {
    "ndrc-58": ("《失信行为纠正后的信用信息修复管理办法（试行）》", "国家发展和改革委员会令第58号", "C"),
    "ndrc-36": (
        "《信用修复管理办法》",
        "国家发展和改革委员会令第36号（2025年）；国办发〔2025〕22号",
        "C",
    ),
    "samr-107": ("《市场监督管理信用修复管理办法》", "国家市场监督管理总局令第107号", "C"),
}


def test_what_the_sets_are_called(book: RuleBook):
    sets = {s.id: (s.title, s.source, s.mark) for s in book.standing("repair-graded", "repair-flat")}
    assert sets == SETS


def test_in_force(book: RuleBook):
    windows = {s.id: (s.in_force_from, s.in_force_to) for s in book.standing("repair-graded", "repair-flat")}
    assert windows == {
        "ndrc-58": (d("2023-05-01"), d("2026-03-31")),
        "ndrc-36": (d("2026-04-01"), None),
        "samr-107": (d("2025-12-25"), None),
    }


def test_every_value_knows_its_place(book: RuleBook):
    value = book.view("ndrc-36", on=DAY)["clock.answer.days"]
    assert value.file == "ndrc-36.yaml"
    line = (DATA_DIR / value.file).read_text(encoding="utf-8").splitlines()[value.line - 1]
    assert line.strip().startswith("clock.answer.days:")


def test_the_book_is_frozen(book: RuleBook):
    with pytest.raises(FrozenInstanceError):
        book.rule_sets = ()
    with pytest.raises(TypeError):
        book.sectors["food"] = "x"


# -- the hash


def test_the_hash_is_stable(book: RuleBook, tmp_path: Path):
    again = load_book(shutil.copytree(DATA_DIR, tmp_path / "data"))
    assert again.content_hash == book.content_hash
    assert len(book.content_hash) == 64


def test_a_comment_does_not_change_the_hash(book: RuleBook, tmp_path: Path):
    data = shutil.copytree(DATA_DIR, tmp_path / "data")
    path = data / "ndrc-36.yaml"
    path.write_text("# 说明\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_book(data).content_hash == book.content_hash


def test_any_value_basis_or_mark_changes_the_hash(book: RuleBook):
    seen = {book.content_hash}
    for place, rule_set in enumerate(book.rule_sets):
        value = rule_set.values[0]
        for changed in (
            replace(value, basis="另一依据"),
            replace(value, mark="L" if value.mark != "L" else "C"),
        ):
            other = replace(rule_set, values=(changed, *rule_set.values[1:]))
            sets = (*book.rule_sets[:place], other, *book.rule_sets[place + 1 :])
            seen.add(replace(book, rule_sets=sets).content_hash)
    assert len(seen) == 1 + 2 * len(book.rule_sets)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("ndrc-36.yaml", "clock.answer.days: {value: 10", "clock.answer.days: {value: 11"),
        ("aliases.yaml", "吊销许可证: {is: 吊销许可证件", "吊销许可证: {is: 暂扣许可证件"),
        ("hints.yaml", "word: 食品安全法, sector: food", "word: 食品安全法, sector: drug"),
        ("penalty-types.yaml", '{name: 行政拘留, mark: "?"', "{name: 行政拘留, mark: L"),
    ],
)
def test_every_kind_of_file_counts_for_the_hash(book: RuleBook, tmp_path: Path, file, old, new):
    data = changed(tmp_path, file, old, new)
    assert load_book(data).content_hash != book.content_hash


# -- local rules


def local(set_id: str, level: str, values: str, *, first="null", last="null", extra="", target="ndrc-36"):
    return parse_rule_set(
        f"id: {set_id}\nkind: repair-graded\ntitle: 地方规则\nsource: 地方文件\nlevel: {level}\n{extra}"
        f"in_force: {{from: {first}, to: {last}}}\nmark: C\noverrides: [{target}]\nvalues:\n{values}",
        f"{set_id}.yaml",
    )


ANSWER = "  clock.answer.days: {{value: {}, mark: C, basis: 地方加快办理}}\n"


def test_one_value_is_overridden_and_remembers_what_it_displaced(book: RuleBook):
    ours = book.with_overrides([local("city-a", "city", ANSWER.format(5))])
    value = ours.view("ndrc-36", on=DAY)["clock.answer.days"]
    assert (value.value, value.origin, value.level, value.file) == (5, "city-a", "city", "city-a.yaml")
    assert (value.overrides.value, value.overrides.origin) == (10, "ndrc-36")
    assert ours.view("ndrc-36", on=DAY)["clock.acceptance.days"].origin == "ndrc-36"
    assert ours.content_hash != book.content_hash
    assert book.view("ndrc-36", on=DAY)["clock.answer.days"].value == 10


def test_sector_over_city_over_province_whatever_the_order(book: RuleBook):
    sets = [
        local("s", "sector", ANSWER.format(2), extra="sector: food\n"),
        local("c", "city", ANSWER.format(3)),
        local("p", "province", ANSWER.format(4)),
    ]
    ours = book.with_overrides(sets)
    chain = ours.view("ndrc-36", on=DAY, sector="food")["clock.answer.days"]
    assert [chain.value, chain.overrides.value, chain.overrides.overrides.value] == [2, 3, 4]
    assert ours.view("ndrc-36", on=DAY, sector="fire")["clock.answer.days"].value == 3
    assert ours.view("ndrc-36", on=DAY)["clock.answer.days"].value == 3


def test_a_local_rule_holds_in_its_time_only(book: RuleBook):
    rule = local("c", "city", ANSWER.format(3), first="2026-06-01", last="2026-06-30")
    ours = book.with_overrides([rule])

    def answer(day):
        return ours.view("ndrc-36", on=d(day))["clock.answer.days"].value

    assert [answer(day) for day in ("2026-05-31", "2026-06-01", "2026-06-30", "2026-07-01")] == [10, 3, 3, 10]


def test_a_value_of_a_local_rule_alone_ends_with_it(book: RuleBook):
    line = '  fine.very_large.food: {value: "20", mark: "?", basis: 本市标准}\n'
    ours = book.with_overrides([local("c", "city", line, first="2026-06-01")])
    assert ours.view("ndrc-36", on=d("2026-05-31")).find("fine.very_large.food") is None
    assert ours.view("ndrc-36", on=d("2026-06-01"))["fine.very_large.food"].value == "20"


def test_overrides_can_be_laid_one_after_another(book: RuleBook):
    ours = book.with_overrides([local("c1", "city", ANSWER.format(3))])
    ours = ours.with_overrides([local("c2", "city", ANSWER.format(4))])
    assert ours.view("ndrc-36", on=DAY)["clock.answer.days"].value == 4


@pytest.mark.parametrize(
    ("values", "kwargs", "message"),
    [
        (ANSWER.format(-1), {}, "c.yaml:10: clock.answer.days"),
        (
            "  clock.anwser.days: {value: 3, mark: C, basis: x}\n",
            {},
            "c.yaml:10: 规则集（repair-graded）没有",
        ),
        (ANSWER.format(3), {"target": "ndrc-99"}, "ndrc-99"),
        # A sector's longer minimum exists under order 58; here it would be read by nobody.
        ("  sector_min_months.food: {value: 12, mark: C, basis: x}\n", {}, "没有“sector_min_months.food”"),
        (ANSWER.format(3), {"level": "sector"}, "必须写明 sector"),
    ],
)
def test_local_rules_that_do_not_fit(book: RuleBook, values, kwargs, message):
    level = kwargs.pop("level", "city")
    with pytest.raises(RuleDataError, match=message.replace("（", ".").replace("）", ".")):
        book.with_overrides([local("c", level, values, **kwargs)])


def test_the_same_id_twice(book: RuleBook):
    with pytest.raises(ValueError, match="重复"):
        book.with_overrides([local("ndrc-36", "city", ANSWER.format(3))])


def test_unknown_sets_and_paths(book: RuleBook):
    with pytest.raises(NoRuleSet, match="ndrc-99"):
        book.view("ndrc-99", on=DAY)
    with pytest.raises(KeyError, match="clock.tea"):
        book.view("ndrc-36", on=DAY)["clock.tea"]


def test_a_new_rule_set_is_a_new_file(tmp_path: Path):
    data = shutil.copytree(DATA_DIR, tmp_path / "data")
    text = (data / "ndrc-36.yaml").read_text(encoding="utf-8")
    text = text.replace("id: ndrc-36", "id: ndrc-40").replace("from: 2026-04-01", "from: 2030-01-01")
    (data / "ndrc-40.yaml").write_text(text, encoding="utf-8")
    book = load_book(data)
    assert book.governing("other", d("2029-12-31")).rule_set.id == "ndrc-36"
    assert book.governing("other", d("2030-01-01")).rule_set.id == "ndrc-40"


def test_a_rule_set_of_its_own_file(book: RuleBook, tmp_path: Path):
    path = tmp_path / "objection-test.yaml"
    text = (DATA_DIR / "objection-default.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("id: objection-default", "id: objection-test"), encoding="utf-8")
    ours = book.with_overrides([load_rule_set(path)])
    assert ours.view("objection-test", on=DAY)["objection.own_error_days"].value == 3


# -- files that are wrong


def changed(tmp_path: Path, file: str, old: str, new: str) -> Path:
    data = shutil.copytree(DATA_DIR, tmp_path / "data")
    text = (data / file).read_text(encoding="utf-8")
    assert old in text
    (data / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return data


def line_of(file: str, words: str) -> int:
    lines = (DATA_DIR / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


ANSWER_LINE = "clock.answer.days: {value: 10, mark: C, basis:"

# file, what stands in it, what stands there instead, a word of the message
BAD = [
    ("ndrc-36.yaml", ANSWER_LINE, "clock.answer.days: {value: ten, mark: C, basis:", "整数"),
    ("ndrc-36.yaml", ANSWER_LINE, "clock.answer.days: {value: -1, mark: C, basis:", "不小于 0"),
    ("ndrc-36.yaml", ANSWER_LINE, "clock.answer.days: {value: 10, mark: X, basis:", "C、L"),
    ("ndrc-36.yaml", ANSWER_LINE, "clock.answer.days: {value: 10, basis:", "缺少“mark”"),
    ("ndrc-36.yaml", ANSWER_LINE, "clock.answer.day: {value: 10, mark: C, basis:", "没有“clock.answer.day”"),
    ("ndrc-36.yaml", ANSWER_LINE, "clock.decision.days: {value: 10, mark: C, basis:", "两次"),
    ("ndrc-36.yaml", ANSWER_LINE, "clock.answer.days: {valu: 10, mark: C, basis:", "不认识的键“valu”"),
    ("ndrc-36.yaml", "in_force: {from: 2026-04-01", "in_force: {from: 'soon'", "应当是日期"),
    ("ndrc-36.yaml", "in_force: {from: 2026-04-01", "in_force: {from: 2026-02-30", "看不懂的值"),
    ("ndrc-36.yaml", "to: null", "to: 2020-01-01", "早于"),
    ("ndrc-36.yaml", "kind: repair-graded", "kind: repair", "repair-flat"),
    ("ndrc-36.yaml", "level: national", "level: village", "village"),
    ("ndrc-36.yaml", "title: 《信用修复管理办法》", "title: ''", "非空"),
    ("ndrc-36.yaml", "penalty_class.罚款:", "penalty_class.罚金:", "罚金"),
    ("ndrc-36.yaml", "authority_kinds: [other]", "authority_kinds: [army]", "army"),
    ("ndrc-36.yaml", "class.minor.published: {value: false", "class.minor.published: {value: 0", "true"),
    ("ndrc-36.yaml", "fine.large.default: {value: null", "fine.large.default: {value: 0.1", "金额"),
    ("ndrc-58.yaml", "unpublished.penalties: {value: [警告", "unpublished.penalties: {value: [表扬", "表扬"),
    ("samr-107.yaml", "- from: ndrc-36", "- from: ndrc-37", "ndrc-37"),
    ("aliases.yaml", "吊销许可证: {is: 吊销许可证件", "吊销许可证: {is: 吊销", "不认识的处罚类别“吊销”"),
    ("aliases.yaml", "吊销许可证: {is", "罚款: {is", "别名"),
    ("hints.yaml", "word: 消防法, sector: fire", "word: 消防法, sector: fier", "fier"),
    ("hints.yaml", "word: 消防法, sector: fire", "word: 消防法, sector: fire, procedure: simple", "一项"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), BAD)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, file, old, new, message):
    with pytest.raises(RuleDataError, match=message) as caught:
        load_book(changed(tmp_path, file, old, new))
    assert str(caught.value).startswith(f"{file}:{line_of(file, old)}: ")
    assert (caught.value.file, caught.value.line) == (file, line_of(file, old))


def test_a_missing_value_has_no_line_but_a_name(tmp_path: Path):
    old = next(
        line
        for line in (DATA_DIR / "ndrc-36.yaml").read_text(encoding="utf-8").splitlines()
        if ANSWER_LINE in line
    )
    with pytest.raises(RuleDataError, match=r"^ndrc-36\.yaml:1: .*clock\.answer\.days"):
        load_book(changed(tmp_path, "ndrc-36.yaml", old, ""))


@pytest.mark.parametrize("text", ["", "a: [1", "a: b: c", "- 1\n", "just words"])
def test_what_is_no_rule_set_at_all(text):
    with pytest.raises(RuleDataError, match=r"^x\.yaml:\d+: "):
        parse_rule_set(text, "x.yaml")


def test_a_missing_file(tmp_path: Path):
    data = shutil.copytree(DATA_DIR, tmp_path / "data")
    (data / "hints.yaml").unlink()
    with pytest.raises(FileNotFoundError, match="hints"):
        load_book(data)


def test_no_article_number_is_printed():
    for path in DATA_DIR.glob("*.yaml"):
        assert "条第" not in path.read_text(encoding="utf-8")
        assert "款第" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "most"),
    [("class.general.max_months", 1200), ("clock.answer.days", 3660), ("bar.false_material.years", 100)],
)
def test_a_period_has_an_upper_bound(book: RuleBook, path: str, most: int):
    assert book.schema.fault("repair-graded", path, most) is None
    assert f"不大于 {most}" in (book.schema.fault("repair-graded", path, most + 1) or "")

"""What the commands ``explain_rules`` and ``workdays`` do, without Django: a request in, an answer out.

A request is a mapping with the keys of a batch line; the options of the commands give the same keys.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, get_args

from .book import NoRuleSet, RuleBook
from .calendar import WorkCalendar
from .dates import parse_date
from .engine import assess
from .penalties import UnknownPenaltyType, parse_penalty_types
from .types import CLASS_NAMES, AuthorityKind, Procedure, RecordFacts

EXPLAIN_KEYS = ("decision_date", "penalties", "fine", "procedure", "sector", "authority_kind", "as_of")
WORKDAYS_KEYS = ("from", "add")
#: How a request says that no sector's own rules count; so does leaving it out.
NO_SECTOR = ("none", "无")

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]


class BadInput(ValueError):  # noqa: N818 - reads as what happened
    """A request that cannot be answered: a code for machines and a message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def explain_rules(request: Mapping[str, Any], *, today: date, book: RuleBook) -> dict[str, Any]:
    """Which rules hold for a penalty, and what follows.

    :param request: ``decision_date`` and ``penalties`` are needed; ``fine`` is in 万元.
    :param today: the day of filing where ``as_of`` is not given.
    :param book: the rules.
    :returns: the keys rule_set, class, published, min_until, max_until, repairable_from, basis.
    :raises BadInput: with a code, for what cannot be understood.
    """
    _only(request, EXPLAIN_KEYS)
    facts = _facts(request, book)
    filed_on = _date(request, "as_of") if _given(request, "as_of") else today
    try:
        found = assess(facts, book=book, filed_on=filed_on)
    except NoRuleSet as error:
        raise BadInput("no_rule_set", str(error)) from error
    except ValueError as error:
        raise BadInput("bad_date", str(error)) from error
    keys = ("rule_set", "class", "published", "min_until", "max_until", "repairable_from")
    plain = found.as_dict()
    return {key: plain[key] for key in keys} | {"basis": [step.line for step in found.basis]}


def workdays(request: Mapping[str, Any], *, calendar: WorkCalendar) -> dict[str, Any]:
    """The due day so many working days after a day.

    :param request: ``from`` (a date) and ``add`` (working days, zero or more).
    :param calendar: the working days.
    :returns: the keys due and provisional.
    :raises BadInput: with a code, for what cannot be understood.
    """
    _only(request, WORKDAYS_KEYS)
    start = _date(request, "from")
    number = _required(request, "add")
    text = str(number).strip()
    if isinstance(number, bool) or not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise BadInput("bad_number", f"add 应当是不小于 0 的整数，现为 {number!r}")
    try:
        due = calendar.add_working_days(start, int(text))
    except ValueError as error:
        raise BadInput("bad_number", str(error)) from error
    return {"due": due.due.isoformat(), "provisional": due.provisional}


def batch(lines: Iterable[bytes], answer: Answer) -> Iterator[tuple[str, bool]]:
    """Answer one JSON object a line, in order; a bad line gets an error as its answer and stops nothing.

    :param lines: UTF-8, with or without a byte order mark.
    :param answer: one of the functions above, bound to its day, book or calendar.
    :returns: for each line its answer as JSON, and whether it is one (False: an error).
    """
    for number, line in enumerate(lines, start=1):
        try:
            yield to_json(answer(_parse_line(line, first=number == 1))), True
        except BadInput as error:
            yield to_json({"error": error.code, "message": f"第{number}行：{error}"}), False


def answer_file(path: str, answer: Answer, write: Callable[[str], object]) -> list[int]:
    """Answer a batch file line by line.

    :param path: the file, one JSON object a line.
    :param answer: as for :func:`batch`.
    :param write: takes each answer.
    :returns: the numbers of the lines that could not be answered; the first line is 1.
    :raises BadInput: ``bad_file``, when the file cannot be read.
    """
    bad = []
    try:
        with Path(path).open("rb") as lines:
            for number, (text, good) in enumerate(batch(lines, answer), start=1):
                write(text)
                if not good:
                    bad.append(number)
    except OSError as error:
        raise BadInput("bad_file", f"读不了文件 {path}：{error.strerror}") from error
    return bad


def to_json(answer: Mapping[str, Any]) -> str:
    """One line of JSON, Chinese left readable."""
    return json.dumps(answer, ensure_ascii=False)


def explanation_text(answer: Mapping[str, Any]) -> str:
    """The answer of :func:`explain_rules` for a person to read."""
    first = answer["repairable_from"]
    lines = [
        f"适用规则：{answer['rule_set']}",
        f"失信等级：{CLASS_NAMES.get(answer['class'], '本规则不分等级')}",
        f"是否公示：{'公示' if answer['published'] else '不公示'}",
        f"最短公示期至：{answer['min_until'] or '无'}",
        f"最长公示期至：{answer['max_until'] or '无'}",
        f"可以申请修复：{f'自{first}起' if first else '无需申请'}",
        "依据：",
    ]
    return "\n".join(lines + [f"  {number}. {text}" for number, text in enumerate(answer["basis"], start=1)])


def sectors_text(book: RuleBook) -> str:
    """The sectors that the rules know, one a line: what ``sector`` may be."""
    return "\n".join(f"{code}\t{name}" for code, name in book.sectors.items())


def workdays_text(answer: Mapping[str, Any]) -> str:
    """The answer of :func:`workdays` for a person to read."""
    note = "（暂定：所在年份的放假安排尚未公布，只扣除了周末）" if answer["provisional"] else ""
    return f"到期日：{answer['due']}{note}"


def _facts(request: Mapping[str, Any], book: RuleBook) -> RecordFacts:
    return RecordFacts(
        kind="penalty",
        decision_date=_date(request, "decision_date"),
        penalty_types=_penalties(request, book),
        fine=_fine(request),
        procedure=_choice(request, "procedure", get_args(Procedure), "ordinary"),
        sector=_sector(request, book),
        authority_kind=_choice(request, "authority_kind", get_args(AuthorityKind), "other"),
    )


def _parse_line(line: bytes, *, first: bool) -> Mapping[str, Any]:
    try:
        parsed = json.loads(line.decode("utf-8-sig" if first else "utf-8"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise BadInput("bad_encoding", "不是 UTF-8 编码") from error
    except (ValueError, RecursionError) as error:
        raise BadInput("bad_json", "不是有效的 JSON") from error
    if not isinstance(parsed, dict):
        raise BadInput("bad_json", "每行应当是一个 JSON 对象")
    return parsed


def _only(request: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = [key for key in request if key not in known]
    if unknown:
        raise BadInput("unknown_key", f"不认识的键：{'、'.join(unknown)}；可用：{'、'.join(known)}")


def _given(request: Mapping[str, Any], key: str) -> bool:
    return request.get(key) not in (None, "")


def _required(request: Mapping[str, Any], key: str) -> Any:
    if not _given(request, key):
        raise BadInput("missing_key", f"缺少 {key}")
    return request[key]


def _text(request: Mapping[str, Any], key: str) -> str:
    value = _required(request, key)
    if not isinstance(value, str):
        raise BadInput("bad_text", f"{key} 应当是文字，现为 {value!r}")
    return value.strip()


def _date(request: Mapping[str, Any], key: str) -> date:
    try:
        return parse_date(_text(request, key))
    except BadInput:
        raise
    except ValueError as error:
        raise BadInput("bad_date", f"{key}：{error}") from error


def _choice(request: Mapping[str, Any], key: str, allowed: tuple[str, ...], default: str) -> Any:
    if not _given(request, key):
        return default
    value = request[key]
    if value not in allowed:
        raise BadInput(f"bad_{key}", f"{key} 应当是 {'、'.join(allowed)} 之一，现为 {value!r}")
    return value


def _sector(request: Mapping[str, Any], book: RuleBook) -> str | None:
    """A sector's code, also where its name is given. An unknown one stays: the answer says so."""
    if not _given(request, "sector"):
        return None
    text = _text(request, "sector")
    if text in NO_SECTOR:
        return None
    return next((code for code, name in book.sectors.items() if name == text), text)


def _penalties(request: Mapping[str, Any], book: RuleBook) -> tuple[str, ...]:
    try:
        return parse_penalty_types(_text(request, "penalties"), book=book)
    except UnknownPenaltyType as error:
        raise BadInput("unknown_penalty_type", str(error)) from error


def _fine(request: Mapping[str, Any]) -> Decimal | None:
    if not _given(request, "fine"):
        return None
    value = request["fine"]
    try:
        fine = Decimal("NaN") if isinstance(value, bool) else Decimal(str(value).strip())
    except InvalidOperation:
        fine = Decimal("NaN")
    if not fine.is_finite():
        raise BadInput("bad_number", f"fine 应当是金额（万元），现为 {value!r}")
    if fine < 0:
        raise BadInput("negative_fine", f"罚款金额 {value} 是负数")
    return fine

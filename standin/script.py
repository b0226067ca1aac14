"""The script: when the platform misbehaves, and how. JSON goes in, a decision for each request comes out.

::

    {"seed": 7,
     "outages": [{"from": 10, "until": 15}, {"every": 60, "for": 3}],
     "rules": [
       {"when": {"action": "terminate", "attempt": 1}, "probability": 0.5, "do": "close", "moment": "after"},
       {"when": {"until": 30}, "do": "status", "status": 429, "retry_after": 2, "times": 3}]}

The first rule that fits a request is played, and only that one. `docs/standin.md` has the whole format;
`FIELDS` below is what is accepted, and everything else is refused by name.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from .protocol import Action

REQUESTS = ("message", "receipt", "record", "records", "file")
KINDS = ("status", "garbage", "close", "twice", "later", "slow", "delay")
GARBAGE = ("text", "half", "wrong_id", "content_type", "empty")
MOMENTS = ("before", "after", "middle")
BY = ("callback", "polling")

#: What a rule may say beside `when`, and which of it belongs to which `do`.
FIELDS = {
    "status": {"status", "detail", "retry_after", "effect"},
    "garbage": {"garbage"},
    "close": {"moment"},
    "twice": set[str](),
    "later": {"by", "after", "copies", "lost", "refused", "detail"},
    "slow": {"bytes_per_second"},
    "delay": set[str](),
}
ANYWHERE = {"when", "do", "probability", "times", "delay", "name"}
CONDITIONS = {"request", "action", "record", "from", "until", "nth", "every", "first", "attempt"}


class ScriptError(ValueError):
    """The script cannot be read; the words are for who wrote it."""


@dataclass(frozen=True)
class Request:
    """What a rule looks at. `kind` is one of REQUESTS; a list of records has neither id nor action."""

    kind: str
    action: str = ""
    record: str = ""
    message: str = ""


@dataclass(frozen=True)
class Fault:
    """What is done to one request.

    delay       seconds before anything else
    effect      whether the message takes effect although the answer says otherwise (`status` alone)
    after       seconds until a receipt that comes later is ready
    copies      how often its call-back is made; `lost`: not at all
    """

    do: str
    name: str = ""
    delay: float = 0.0
    status: int = 500
    detail: str = ""
    retry_after: float | None = None
    effect: bool = False
    garbage: str = "text"
    moment: str = "after"
    by: str = "callback"
    after: float = 1.0
    copies: int = 1
    lost: bool = False
    refused: bool = False
    bytes_per_second: float = 200.0

    @property
    def is_before_effect(self) -> bool:
        """Whether the message is left without effect."""
        return (self.do == "status" and not self.effect) or (self.do == "close" and self.moment == "before")

    @property
    def label(self) -> str:
        """How it is counted."""
        if self.name:
            return self.name
        detail = {
            "status": f"{self.status}{' after effect' if self.effect else ''}",
            "garbage": self.garbage,
            "close": self.moment,
            "later": self.by + (" refused" if self.refused else " lost" if self.lost else ""),
        }
        return f"{self.do} {detail.get(self.do, '')}".strip()


@dataclass
class Rule:
    """One rule and its counters. `after` is a number of seconds, or from and to."""

    when: dict[str, Any]
    fault: Fault
    after: tuple[float, float]
    lost: float
    probability: float = 1.0
    times: int | None = None
    seen: int = 0
    played: int = 0


@dataclass
class Script:
    """A script that runs. Safe to use from many threads.

    :param data: as read from JSON; `{}` is a platform in good health
    :param now: a clock in seconds; tests put their own here
    :raises ScriptError: naming the first thing that is wrong
    """

    data: dict[str, Any]
    now: Callable[[], float] = time.monotonic
    played: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        _only(self.data, {"seed", "rules", "outages", "note"}, "script")
        self._random = random.Random(self.data.get("seed", 0))  # nosec B311 # noqa: S311 - a play, no secret
        self._rules = [_rule(each, f"rules[{i}]") for i, each in enumerate(_list(self.data, "rules"))]
        self._outages = [_outage(each, f"outages[{i}]") for i, each in enumerate(_list(self.data, "outages"))]
        self._attempts: Counter[str] | None = None
        if any("attempt" in rule.when for rule in self._rules):
            self._attempts = Counter()
        self._lock = threading.Lock()
        self._began = self.now()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return self.now() - self._began

    def is_down(self) -> bool:
        """Whether nobody listens now."""
        return any(outage(self.seconds) for outage in self._outages)

    def next(self, request: Request) -> Fault | None:
        """Decide what is done to `request`; None is an honest answer."""
        if not self._rules:
            return None
        with self._lock:
            attempt = 0
            if self._attempts is not None and request.message:
                self._attempts[request.message] += 1
                attempt = self._attempts[request.message]
            for rule in self._rules:
                if self._fits(rule, request, attempt):
                    return self._play(rule)
        return None

    def _fits(self, rule: Rule, request: Request, attempt: int) -> bool:
        when, seconds = rule.when, self.seconds
        fits = (
            request.kind in when["request"]
            and (not when["action"] or request.action in when["action"])
            and (not when["record"] or request.record in when["record"])
            and when.get("from", 0) <= seconds < when.get("until", seconds + 1)
            and ("attempt" not in when or attempt in when["attempt"])
        )
        if not fits:
            return False
        rule.seen += 1
        return (
            ("nth" not in when or rule.seen in when["nth"])
            and ("every" not in when or rule.seen % when["every"] == 0)
            and ("first" not in when or rule.seen <= when["first"])
            and (rule.times is None or rule.played < rule.times)
            and (rule.probability >= 1 or self._random.random() < rule.probability)
        )

    def _play(self, rule: Rule) -> Fault:
        rule.played += 1
        fault = rule.fault
        if fault.do == "later":
            lost = rule.lost >= 1 or self._random.random() < rule.lost
            fault = replace(fault, after=self._random.uniform(*rule.after), lost=lost)
        self.played[fault.label] += 1
        return fault


def load(text: str | bytes, *, seed: int | None = None) -> Script:
    """Read a script out of JSON. `seed` goes before the script's own. Raises ScriptError."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ScriptError(f"not JSON: {error}") from None
    if not isinstance(data, dict):
        raise ScriptError("must be a JSON object")
    return Script(data if seed is None else data | {"seed": seed})


# ---- reading --------------------------------------------------------------------------------------------


def _rule(data: Any, path: str) -> Rule:
    if not isinstance(data, dict):
        raise ScriptError(f"{path}: must be an object")
    do = data.get("do")
    if do not in KINDS:
        raise ScriptError(f"{path}.do: must be one of {', '.join(KINDS)}")
    _only(data, ANYWHERE | FIELDS[do], path)
    after = data.get("after", 1)
    ends = after if isinstance(after, list) else [after, after]
    if len(ends) != 2:
        raise ScriptError(f"{path}.after: must be seconds, or [from, to]")
    given: dict[str, Any] = {
        "do": do,
        "name": str(data.get("name", "")),
        "detail": str(data.get("detail", "")),
    }
    for name, low, high in (("delay", 0, 600), ("retry_after", 0, 86_400), ("bytes_per_second", 1, 10**9)):
        if name in data:
            given[name] = _number(data[name], f"{path}.{name}", low, high)
    for name, low, high in (("status", 200, 599), ("copies", 0, 100)):
        if name in data:
            given[name] = int(_number(data[name], f"{path}.{name}", low, high))
    for name, words in (("garbage", GARBAGE), ("moment", MOMENTS), ("by", BY)):
        if name in data:
            given[name] = _word(data[name], words, f"{path}.{name}")
    for name in ("effect", "refused"):
        given[name] = bool(data.get(name, False))
    return Rule(
        when=_when(data.get("when", {}), f"{path}.when"),
        fault=Fault(**given),
        after=(
            _number(ends[0], f"{path}.after", 0, 86_400),
            _number(ends[1], f"{path}.after", 0, 86_400),
        ),
        lost=_number(data.get("lost", 0), f"{path}.lost", 0, 1),
        probability=_number(data.get("probability", 1), f"{path}.probability", 0, 1),
        times=int(_number(data["times"], f"{path}.times", 0, 10**9)) if "times" in data else None,
    )


def _when(data: Any, path: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ScriptError(f"{path}: must be an object")
    _only(data, CONDITIONS, path)
    when: dict[str, Any] = {
        "request": [_word(w, REQUESTS, f"{path}.request") for w in _many(data.get("request", "message"))],
        "action": [_word(w, tuple(Action), f"{path}.action") for w in _many(data.get("action", []))],
        "record": [str(each).lower() for each in _many(data.get("record", []))],
    }
    for name in ("from", "until"):
        if name in data:
            when[name] = _number(data[name], f"{path}.{name}", 0, 10**9)
    for name in ("every", "first"):
        if name in data:
            when[name] = int(_number(data[name], f"{path}.{name}", 1, 10**9))
    for name in ("nth", "attempt"):
        if name in data:
            when[name] = [int(_number(each, f"{path}.{name}", 1, 10**9)) for each in _many(data[name])]
    return when


def _outage(data: Any, path: str) -> Callable[[float], bool]:
    if not isinstance(data, dict):
        raise ScriptError(f"{path}: must be an object")
    if "every" in data:
        _only(data, {"every", "for"}, path)
        every = _number(data["every"], f"{path}.every", 0.1, 10**9)
        last = _number(data.get("for"), f"{path}.for", 0, every)
        # At the end of each period, so that a platform is up when its script begins.
        return lambda seconds: seconds % every >= every - last
    _only(data, {"from", "until"}, path)
    begins = _number(data.get("from", 0), f"{path}.from", 0, 10**9)
    ends = _number(data.get("until"), f"{path}.until", 0, 10**9)
    return lambda seconds: begins <= seconds < ends


def _only(data: dict[str, Any], known: set[str], path: str) -> None:
    for name in data:
        if name not in known:
            raise ScriptError(f"{path}.{name}: is not known here; known are {', '.join(sorted(known))}")


def _list(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name, [])
    if not isinstance(value, list):
        raise ScriptError(f"{name}: must be a list")
    return value


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _word(value: Any, words: tuple[str, ...], path: str) -> str:
    if not isinstance(value, str) or value not in words:
        raise ScriptError(f"{path}: must be one of {', '.join(words)}")
    return value


def _number(value: Any, path: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ScriptError(f"{path}: must be a number from {low:g} to {high:g}")
    return float(value)

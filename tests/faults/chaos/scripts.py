"""What the platforms do while it storms, as scripts of the stand-in."""

from typing import Any

#: For both: refusals that a person must see, faults before and after the effect, answers that are none.
COMMON: list[dict[str, Any]] = [
    {"do": "status", "status": 422, "detail": "主体信息有误", "probability": 0.02},
    {"do": "status", "status": 500, "probability": 0.03},
    {"do": "status", "status": 500, "effect": True, "probability": 0.03},
    {"do": "status", "status": 429, "retry_after": 1, "probability": 0.005},
    {"do": "status", "status": 503, "retry_after": 1, "probability": 0.005},
    {"do": "close", "moment": "before", "probability": 0.02},
    {"do": "close", "moment": "after", "probability": 0.05},
    {"do": "close", "moment": "middle", "probability": 0.02},
    {"do": "garbage", "garbage": "text", "probability": 0.01},
    {"do": "garbage", "garbage": "half", "probability": 0.01},
    {"do": "garbage", "garbage": "wrong_id", "probability": 0.01},
    {"do": "garbage", "garbage": "content_type", "probability": 0.01},
    {"do": "garbage", "garbage": "empty", "probability": 0.01},
    {"do": "twice", "probability": 0.03},
    {"do": "slow", "bytes_per_second": 4000, "probability": 0.01},
    {"do": "delay", "delay": 0.3, "probability": 0.02},
    {"do": "delay", "delay": 2.5, "probability": 0.004},
]
#: Receipts that are asked for, and questions that go wrong. No refusals among them, as long as
#: test_replay_after_refusal.py is expected to fail.
LATER: list[dict[str, Any]] = [
    {"do": "later", "by": "polling", "after": [0.1, 1.5], "refused": True, "probability": 0.02},
    {"do": "later", "by": "polling", "after": [0.1, 1.5], "probability": 0.8},
    {"when": {"request": "receipt"}, "do": "status", "status": 500, "probability": 0.05},
    {"when": {"request": "receipt"}, "do": "close", "moment": "after", "probability": 0.05},
    {"when": {"request": "receipt"}, "do": "garbage", "garbage": "half", "probability": 0.05},
]


#: Receipts that are called back: late, mixed up, twice, never, and refusals among them.
CALLED: list[dict[str, Any]] = [
    {"do": "later", "after": [0.05, 1.5], "refused": True, "probability": 0.02},
    {"do": "later", "after": [0.05, 1.5], "copies": 2, "probability": 0.2},
    {"do": "later", "after": [0.05, 1.5], "lost": 0.1, "probability": 0.8},
]
#: Receipt files that are broken, left out or late; and refusals that come in a file of their own.
FILED: list[dict[str, Any]] = [
    {"do": "later", "after": [0.1, 1], "refused": True, "probability": 0.02},
    {"do": "later", "after": [0.1, 1], "copies": 2, "lost": 0.2, "probability": 0.3},
    {"when": {"request": "file"}, "do": "garbage", "probability": 0.05},
    {"when": {"request": "file"}, "do": "close", "probability": 0.05},
    {"when": {"request": "file"}, "do": "later", "after": [0.1, 1], "probability": 0.1},
]
OWN = {"polled": LATER, "called": CALLED, "filed": FILED}


def stormy(name: str, *, seed: int) -> dict[str, Any]:
    """Return the script of the platform `name` for one round."""
    return {"seed": seed, "rules": COMMON + OWN.get(name, [])}

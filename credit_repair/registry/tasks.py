"""Thin: what follows from a change of the law."""

from credit_repair.core.clock import today
from credit_repair.core.jobs import before_work, job
from credit_repair.core.settling import settle_all
from credit_repair.registry.law import shipped_book


@before_work
def read_rule_files() -> None:
    """Refuse to work where a rule file is wrong."""
    shipped_book()


@job("apply_law", lease_seconds=3600)
def apply_law() -> None:
    """Let everybody who computed something by the old law compute it anew."""
    settle_all(today=today())

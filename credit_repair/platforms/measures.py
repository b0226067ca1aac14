"""What departments do because of a record 共享使用和惩戒措施, from its publication to its end.

A measure arises when the record is first announced, by the rules of that day (MeasureRule); it ends by a
message to its department when the record ends, and is ENDED only by the department's receipt
(`confirming.confirm_effect`), or by evidence of two officials where none can come (`services.evidence`). Who
calls this holds the record's lock.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from credit_repair.platforms.models import Measure, MeasureRule
from credit_repair.registry.models import Platform, Record

State = Measure.State


def active_rules() -> list[MeasureRule]:
    """Return the rules by which measures arise now, with their departments."""
    rules = MeasureRule.objects.filter(active=True, platform__active=True)
    return list(
        rules.exclude(platform__kind=Platform.Kind.THIRD_PARTY).select_related("platform").order_by("pk")
    )


def apply_measures(record: Record, *, rules: Iterable[MeasureRule]) -> list[Measure]:
    """Let the measures that `rules` want for `record` be in force; return those that ended before and have
    to be reinstated. Nothing is asked where no rule is about records of this kind."""
    wanted = [rule for rule in rules if rule.record_kind == record.kind]
    if not wanted:
        return []
    known = {(each.platform_id, each.kind): each for each in record.measures.select_related("platform")}
    now = timezone.now()
    Measure.objects.bulk_create(
        (
            Measure(record=record, platform=rule.platform, kind=rule.kind, name=rule.name, applied_at=now)
            for rule in wanted
            if (rule.platform_id, rule.kind) not in known
        ),
        ignore_conflicts=True,
    )
    again = (known.get((rule.platform_id, rule.kind)) for rule in wanted)
    return [each for each in again if each is not None and each.state != State.IN_FORCE]


def not_ended() -> QuerySet[Measure]:
    """Return the measures that no receipt has ended yet."""
    return Measure.objects.exclude(state=State.ENDED)


def still_to_end(record: Record) -> list[Measure]:
    """Return the measures of `record` that no receipt has ended yet, by department."""
    found = not_ended().filter(record=record).select_related("platform")
    return list(found.order_by("platform_id", "kind"))


def start_ending(measures: Iterable[Measure]) -> None:
    """Let measures wait for the receipt that ends them."""
    keys = [each.pk for each in measures if each.state == State.IN_FORCE]
    if keys:
        Measure.objects.filter(pk__in=keys, state=State.IN_FORCE).update(state=State.ENDING)


def may_be_reinstated(record: Record) -> list[Measure]:
    """Return the measures of `record` that ended or are ending, and that the rules of today would take."""
    wanted = {(rule.platform_id, rule.kind) for rule in active_rules() if rule.record_kind == record.kind}
    ended = record.measures.exclude(state=State.IN_FORCE).select_related("platform").order_by("platform_id")
    return [each for each in ended if (each.platform_id, each.kind) in wanted]


def in_force_again(measures: Iterable[Measure]) -> None:
    """Let measures that ended be in force from now on; their former receipts stay with their messages."""
    keys = [each.pk for each in measures]
    Measure.objects.filter(pk__in=keys).update(
        state=State.IN_FORCE, applied_at=timezone.now(), ended_at=None, receipt=""
    )

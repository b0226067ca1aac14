"""What a monitoring system reads of the platforms, in Prometheus' text format.

Gauges alone: each scrape tells how it stands, from indexes and bounded counts, so that it costs the same at a
million messages. Labels are a platform's code, a state, an outcome, an alert's kind; nothing of a person.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from credit_repair.core.models import Job
from credit_repair.mail.models import Mail
from credit_repair.platforms.channels import flow_of
from credit_repair.platforms.models import Alert, MessageAttempt
from credit_repair.platforms.queue_selectors import PlatformStanding, standings

#: Messages of one state are counted no further than this, and shown as this many.
COUNTED_MOST = 10_000
QUANTILES = (0.5, 0.95)

Sample = tuple[dict[str, str], float]


@dataclass(frozen=True)
class Metric:
    """One metric with its samples: the labels and the value of each."""

    name: str
    help: str
    samples: Sequence[Sample]

    def lines(self) -> Iterator[str]:
        """Yield the lines of the text format."""
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} gauge"
        for labels, value in self.samples:
            yield f"{self.name}{_labels(labels)} {value:g}"


def metrics_text(*, now: datetime) -> str:
    """Return all metrics at `now`, as /metrics answers them."""
    lines = [line for metric in (*_of_platforms(now), *_of_the_machine()) for line in metric.lines()]
    return "\n".join(lines) + "\n"


def _of_platforms(now: datetime) -> Iterable[Metric]:
    rows = standings(now=now, most=COUNTED_MOST)
    yield Metric(
        "credit_platform_messages",
        f"Unfinished messages by state, counted up to {COUNTED_MOST}.",
        [
            (_of(row, state=state), min(count, COUNTED_MOST))
            for row in rows
            for state, count in row.counts.items()
        ],
    )
    ages = ((row, row.age(now)) for row in rows)
    yield Metric(
        "credit_platform_oldest_message_seconds",
        "Age of the oldest unfinished message; 0 where there is none.",
        [(_of(row), age.total_seconds() if age else 0) for row, age in ages],
    )
    yield Metric(
        "credit_platform_attempts_last_hour",
        "Attempts within the last hour by outcome, as far as the newest attempts reach.",
        [
            (_of(row, outcome=outcome), row.lately.attempts.get(outcome, 0))
            for row in rows
            for outcome in MessageAttempt.Outcome.values
        ],
    )
    yield Metric(
        "credit_platform_confirmation_seconds",
        "Time from queueing to the receipt of the messages attempted last; absent where there are none.",
        [
            (_of(row, quantile=f"{share:g}"), seconds)
            for row in rows
            for share in QUANTILES
            if (seconds := row.lately.quantile(share)) is not None
        ],
    )
    yield Metric(
        "credit_platform_breaker_open",
        "1 while sending rests because attempts failed one after the other.",
        [(_of(row), float(row.state(now) == "open")) for row in rows],
    )
    yield Metric(
        "credit_platform_failures_in_a_row",
        "Attempts that failed one after the other.",
        [(_of(row), flow_of(row.platform).failures) for row in rows],
    )
    yield Metric(
        "credit_platform_alert",
        "1 while an alert of this kind stands.",
        [
            (_of(row, kind=kind), float(any(alert.kind == kind for alert in row.alerts)))
            for row in rows
            for kind in Alert.Kind.values
        ],
    )


def _of_the_machine() -> Iterable[Metric]:
    jobs = dict(
        Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING, Job.State.FAILED])
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    mails = dict(
        Mail.objects.filter(state__in=[Mail.State.WAITING, Mail.State.FAILED])
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    states = (Job.State.WAITING, Job.State.RUNNING, Job.State.FAILED)
    yield Metric(
        "credit_jobs",
        "Background jobs by state.",
        [({"state": str(state)}, jobs.get(state, 0)) for state in states],
    )
    yield Metric(
        "credit_mails",
        "Mails that are not out, by state.",
        [({"state": str(state)}, mails.get(state, 0)) for state in (Mail.State.WAITING, Mail.State.FAILED)],
    )


def _of(row: PlatformStanding, **labels: str) -> dict[str, str]:
    return {"platform": row.platform.code, **labels}


def _labels(labels: dict[str, str]) -> str:
    # Codes and names of states: nothing in them needs to be escaped.
    inside = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""

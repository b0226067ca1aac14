"""Effects of ended records that are not over 尚未终结的效果, of all records at once, the oldest end first.

Each part begins at the few rows that are open, along an index of their own, and never at the records.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields import CharField

from credit_repair.platforms.models import EffectEvidence, EffectKind, Measure, Message, Sighting
from credit_repair.platforms.proofs import EFFECT_OF
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Platform, Publication, Record

#: The copies on websites that are not ours: they follow from no message.
ELSEWHERE = "elsewhere"
COLUMNS = ("record", "platform", "of", "ended")

#: Returns the condition on rows whose record lies behind a path such as record__.
Readable = Callable[[str], Q]


def ended_by(today: date, *, working_days: int) -> date:
    """Return the last day such that what ended on it ended more than `working_days` working days ago."""
    calendar, day = current_calendar(), today
    while calendar.working_days_between(day, today) <= working_days:
        day -= timedelta(days=1)
    return day


def open_effects(
    *, readable: Readable, ended_until: date, effect: str = "", platform: Platform | None = None
) -> QuerySet[Any]:
    """Return (record, platform, effect, ended_on) of every open effect of the records that ended on
    `ended_until` or before; keys of records and platforms. `effect`: an EffectKind, or ELSEWHERE."""
    about = readable("record__") & Q(record__standing__in=Record.ENDED, record__ended_on__lte=ended_until)
    if platform is not None:
        about &= Q(platform=platform)
    parts = [part.order_by() for part in _parts(effect, about)]
    whole = parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0].distinct()
    return whole.order_by("ended", "record", "platform", "of")


def _parts(effect: str, about: Q) -> Iterable[QuerySet[Any]]:
    kinds = [effect] if effect in EffectKind.values else list(EffectKind.values) if not effect else []
    if EffectKind.PUBLICITY in kinds:
        yield _columns(_coming_down().filter(about), Value(EffectKind.PUBLICITY.value))
    theirs = [kind for kind in kinds if kind != EffectKind.PUBLICITY]
    if theirs:
        ending = Measure.objects.filter(about, state=Measure.State.ENDING, kind__in=theirs)
        yield _columns(ending, F("kind"))
        yield _columns(_told_beside(theirs).filter(about), _effect_of_action())
    if effect in ("", ELSEWHERE):
        yield _columns(_seen_elsewhere().filter(about), Value(ELSEWHERE))


def _columns(rows: QuerySet[Any], effect: Any) -> QuerySet[Any]:
    # Under names of their own: a union takes its columns by their place.
    return rows.annotate(
        of=Case(When(pk__isnull=False, then=effect), output_field=CharField()), ended=F("record__ended_on")
    ).values_list(*COLUMNS)


def _coming_down() -> QuerySet[Publication]:
    return Publication.objects.filter(state=Publication.State.REMOVING)


def _effect_of_action() -> Case:
    return Case(
        *(
            When(action=action, then=Value(kind.value))
            for action, kind in EFFECT_OF.items()
            if kind != EffectKind.PUBLICITY
        ),
        output_field=CharField(),
    )


def _told_beside(kinds: Iterable[str]) -> QuerySet[Message]:
    """What a publisher was told beside its TERMINATE, and has not confirmed: the newest of its kind, without
    evidence since."""
    actions = [action for action, kind in EFFECT_OF.items() if kind in kinds]
    later = Message.objects.filter(
        record=OuterRef("record"),
        platform=OuterRef("platform"),
        action=OuterRef("action"),
        sequence__gt=OuterRef("sequence"),
    )
    proven = EffectEvidence.objects.filter(
        record=OuterRef("record"),
        platform=OuterRef("platform"),
        state=EffectEvidence.State.CONFIRMED,
        decided_at__gte=OuterRef("created_at"),
    )
    return (
        Message.objects.filter(
            action__in=actions,
            platform__kind=Platform.Kind.PUBLISHER,
            state__in=[*Message.UNFINISHED, Message.State.GIVEN_UP],
        )
        .alias(for_effect=_effect_of_action())
        .filter(~Exists(later), ~Exists(proven.filter(effect=OuterRef("for_effect"))))
    )


def _seen_elsewhere() -> QuerySet[Sighting]:
    """What was still to be seen on a website when somebody last looked."""
    newer = Sighting.objects.filter(record=OuterRef("record"), platform=OuterRef("platform")).filter(
        Q(seen_at__gt=OuterRef("seen_at")) | Q(seen_at=OuterRef("seen_at"), pk__gt=OuterRef("pk"))
    )
    return Sighting.objects.filter(~Exists(newer), shown=True, seen_at__date__gte=F("record__ended_on"))

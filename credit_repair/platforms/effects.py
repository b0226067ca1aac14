"""The three effects 三项效果 of a record, each followed to its end: publicity 公示, sharing and use 共享使用,
sanctions 惩戒措施; platform by platform, department by department.

Only reads. However a record ended (repair, expiry, withdrawal), what is told here is the same. Publicity at
platforms whose receipt is required holds a case; the other two and websites that are not ours follow it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Min
from django.utils import timezone

from credit_repair.platforms.confirming import ENDS
from credit_repair.platforms.models import EffectEvidence, EffectKind, Measure, Message
from credit_repair.platforms.proofs import EFFECT_OF
from credit_repair.platforms.removals import UNDER_WAY, Elsewhere, Removal, Stage, removals_of
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.models import Platform, Record

State = Message.State
Action = Message.Action

#: The day by which every platform has stopped, counted from the end of the record.
PERIOD = "clock.stop_publicity_platform.days"
#: The message that ends an effect at whoever takes part in it.
ACTION_FOR = {effect: action for action, effect in EFFECT_OF.items()}


class Turn(StrEnum):
    """Whose turn it is."""

    NOBODY = "nobody"
    SYSTEM = "system"  # it is queued, and goes by itself
    RECIPIENT = "recipient"  # it was told, and has to confirm
    OFFICE = "office"  # an official has to see to it
    REVIEWER = "reviewer"  # a second official has to look at the evidence


@dataclass(frozen=True)
class EffectLine:
    """One effect at one platform or department: how far its end has come, and what is still open.

    name        what the department does 措施名称; empty for a publication
    began_at    since when it is shown, shared or applied
    told_at, received_at, over_at   when it was told, took it, and was over by receipt or evidence
    receipt     its receipt, or the number of the evidence in its place
    due_on      until when it has to have stopped; None while the record has not ended
    proposal    evidence that waits for a second person
    evidence    evidence that was confirmed and stands as its receipt
    removal     of a publication: all that is known of its removal
    """

    effect: EffectKind
    platform_id: int
    platform: str
    required: bool
    stage: Stage
    message_state: str = ""
    name: str = ""
    by_hand: bool = False
    began_at: datetime | None = None
    told_at: datetime | None = None
    received_at: datetime | None = None
    over_at: datetime | None = None
    receipt: str = ""
    due_on: date | None = None
    proposal: EffectEvidence | None = None
    evidence: EffectEvidence | None = None
    removal: Removal | None = None

    @property
    def is_over(self) -> bool:
        """Whether it is over, as far as is known."""
        return self.stage == Stage.GONE

    @property
    def takes_evidence(self) -> bool:
        """Whether evidence may be recorded for it: nobody tells it any more, and none waits already."""
        return self.is_stuck and self.proposal is None

    @property
    def is_stuck(self) -> bool:
        """Whether no receipt can come: its message was given up, or it takes none of ours."""
        if self.stage in (Stage.GONE, Stage.SHOWN, Stage.PUBLISHING):
            return False
        return self.by_hand or self.stage == Stage.GIVEN_UP or not self.message_state

    @property
    def turn(self) -> Turn:
        """Whose turn it is."""
        if self.stage in (Stage.GONE, Stage.SHOWN, Stage.PUBLISHING):
            return Turn.NOBODY
        if self.proposal is not None:
            return Turn.REVIEWER
        if self.is_stuck or self.stage in (Stage.REFUSED, Stage.GIVEN_UP):
            return Turn.OFFICE
        if self.stage == Stage.AGAIN:
            return Turn.RECIPIENT if self.message_state in UNDER_WAY else Turn.OFFICE
        return Turn.SYSTEM if self.stage == Stage.QUEUED else Turn.RECIPIENT

    def days_late(self, today: date) -> int:
        """How many working days it has been, or was, over its day; 0 for none."""
        if self.due_on is None or self.stage in (Stage.SHOWN, Stage.PUBLISHING):
            return 0
        until = timezone.localdate(self.over_at) if self.is_over and self.over_at else today
        return max(0, current_calendar().working_days_between(self.due_on, until))


@dataclass(frozen=True)
class Effect:
    """One of the three effects of a record, with each of its recipients."""

    kind: EffectKind
    lines: tuple[EffectLine, ...]

    @property
    def over(self) -> int:
        """At how many it is over."""
        return sum(line.is_over for line in self.lines)

    @property
    def is_over(self) -> bool:
        """Whether it is over everywhere."""
        return self.over == len(self.lines)


@dataclass(frozen=True)
class Effects:
    """All three effects of a record, and the websites that are not ours."""

    record: Record
    effects: tuple[Effect, ...]
    elsewhere: list[Elsewhere] = field(default_factory=list)

    @property
    def lines(self) -> tuple[EffectLine, ...]:
        """Every line of every effect."""
        return tuple(line for effect in self.effects for line in effect.lines)


def stop_by(ended_on: date) -> date | None:
    """Return the day by which every platform has stopped what ended on `ended_on`: working days by the rules
    that govern that day; None where they have no such period."""
    book = current_book()
    found = book.view(book.governing("other", ended_on).rule_set.id, on=ended_on).find(PERIOD)
    if found is None or found.value is None:
        return None
    return current_calendar().add_working_days(ended_on, int(found.value)).due


def effects_of(record: Record) -> Effects:
    """Return how each effect of `record` stands, in as many queries for one recipient as for many."""
    removals = removals_of(record)
    messages = _newest_messages(record)
    proofs = _proofs(record)
    due_on = stop_by(record.ended_on) if record.has_ended and record.ended_on else None
    lines = [
        *(_publication_line(each, proofs, due_on) for each in removals.ours),
        *_measure_lines(record, messages, proofs, due_on),
    ]
    if not record.is_public:
        lines += _told_beside(messages, lines, proofs, due_on)
    effects = tuple(
        Effect(kind=kind, lines=tuple(line for line in lines if line.effect == kind)) for kind in EffectKind
    )
    return Effects(record=record, effects=effects, elsewhere=removals.elsewhere)


Proofs = Mapping[tuple[int, str], list[EffectEvidence]]
Newest = Mapping[tuple[int, str], Message]


def _newest_messages(record: Record) -> Newest:
    """The newest message of each platform that ends sharing or a sanction, with when it was first sent."""
    found = record.messages.filter(action__in=list(ENDS)).select_related("platform").defer("payload")
    rows = found.annotate(first_sent_at=Min("log__started_at")).order_by("sequence")
    return {(each.platform_id, each.action): each for each in rows}


def _proofs(record: Record) -> Proofs:
    rows = EffectEvidence.objects.filter(record=record).select_related("proposed_by", "decided_by")
    found: dict[tuple[int, str], list[EffectEvidence]] = {}
    for each in rows.order_by("pk"):
        found.setdefault((each.platform_id, each.effect), []).append(each)
    return found


def _proposed(proofs: Proofs, platform: int, effect: str) -> EffectEvidence | None:
    rows = proofs.get((platform, effect), [])
    return next((each for each in rows if each.state == EffectEvidence.State.PROPOSED), None)


def _confirmed(proofs: Proofs, platform: int, effect: str, receipt: str) -> EffectEvidence | None:
    """The evidence that stands as `receipt`."""
    rows = proofs.get((platform, effect), [])
    return next((each for each in rows if receipt and each.number == receipt), None)


def _publication_line(removal: Removal, proofs: Proofs, due_on: date | None) -> EffectLine:
    line, effect = removal.line, EffectKind.PUBLICITY
    over = removal.stage == Stage.GONE
    receipt = line.receipt if over else ""
    return EffectLine(
        effect=effect,
        platform_id=line.platform_id,
        platform=line.platform,
        required=line.required,
        stage=removal.stage,
        message_state=line.message_state,
        by_hand=line.by_hand,
        began_at=line.shown_at,
        told_at=line.sent_at,
        received_at=line.accepted_at,
        over_at=line.removed_at if over else None,
        receipt=receipt,
        due_on=due_on,
        proposal=_proposed(proofs, line.platform_id, effect),
        evidence=_confirmed(proofs, line.platform_id, effect, receipt),
        removal=removal,
    )


def _measure_lines(
    record: Record, messages: Newest, proofs: Proofs, due_on: date | None
) -> Iterable[EffectLine]:
    for measure in record.measures.select_related("platform").order_by("platform__code", "kind"):
        effect = EffectKind(measure.kind)
        message = messages.get((measure.platform_id, ACTION_FOR[effect]))
        yield _told_line(
            effect,
            measure.platform,
            message,
            proofs,
            due_on,
            stage=_measure_stage(measure, message),
            of=measure,
        )


def _told_beside(
    messages: Newest, lines: Iterable[EffectLine], proofs: Proofs, due_on: date | None
) -> list[EffectLine]:
    """What a publisher was told beside its TERMINATE, of which no measure is kept."""
    known = {(line.platform_id, line.effect) for line in lines}
    return [
        _told_line(
            EFFECT_OF[Action(action)], message.platform, message, proofs, due_on, stage=_stage(message)
        )
        for (platform, action), message in sorted(messages.items())
        if (platform, EFFECT_OF[Action(action)]) not in known and message.state != State.SUPERSEDED
    ]


def _told_line(
    effect: EffectKind,
    platform: Platform,
    message: Message | None,
    proofs: Proofs,
    due_on: date | None,
    *,
    stage: Stage,
    of: Measure | None = None,
) -> EffectLine:
    proven = _newest_confirmed(proofs, platform.pk, effect)
    if of is None and stage == Stage.GIVEN_UP and message and proven and _after(proven, message):
        stage = Stage.GONE
    over, receipt, over_at = stage == Stage.GONE, "", None
    if over and of is not None:
        receipt, over_at = of.receipt, of.ended_at
    elif over and message is not None:
        by_message = message.state == State.CONFIRMED
        receipt = message.receipt if by_message or proven is None else proven.number or ""
        over_at = message.confirmed_at if by_message or proven is None else proven.decided_at
    return EffectLine(
        effect=effect,
        platform_id=platform.pk,
        platform=platform.name,
        required=False,
        stage=stage,
        message_state=message.state if message else "",
        name=of.name if of else "",
        by_hand=platform.transport == Platform.Transport.BY_HAND,
        began_at=of.applied_at if of else None,
        told_at=message.first_sent_at if message else None,  # type: ignore[attr-defined]
        received_at=message.accepted_at if message else None,
        over_at=over_at,
        receipt=receipt,
        due_on=due_on,
        proposal=_proposed(proofs, platform.pk, effect),
        evidence=_confirmed(proofs, platform.pk, effect, receipt),
    )


def _newest_confirmed(proofs: Proofs, platform: int, effect: str) -> EffectEvidence | None:
    rows = proofs.get((platform, effect), [])
    return next((each for each in reversed(rows) if each.state == EffectEvidence.State.CONFIRMED), None)


def _after(proof: EffectEvidence, message: Message) -> bool:
    return proof.decided_at is not None and proof.decided_at >= message.created_at


def _measure_stage(measure: Measure, message: Message | None) -> Stage:
    if measure.state == Measure.State.ENDED:
        return Stage.GONE
    if measure.state == Measure.State.IN_FORCE:
        return Stage.SHOWN
    if message is None or message.state in (State.SUPERSEDED, State.CONFIRMED):
        # Nothing that is known of will end it: a person has to find out.
        return Stage.GIVEN_UP
    return _stage(message)


def _stage(message: Message) -> Stage:
    """How far a message that ends sharing or a sanction has come."""
    if message.state == State.CONFIRMED:
        return Stage.GONE
    if message.state == State.GIVEN_UP:
        return Stage.GIVEN_UP
    if message.state == State.FAILED:
        return Stage.REFUSED
    if message.accepted_at is not None:
        return Stage.RECEIVED
    if message.attempts == 0:
        return Stage.QUEUED
    return Stage.SILENT if message.last_error else Stage.SENT

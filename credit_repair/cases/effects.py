"""What follows from an act, in the order in which a state table names it. All run in its transaction."""

from collections.abc import Callable
from typing import Any

from credit_repair.cases.flow import Action, Effect
from credit_repair.cases.kinds import kind_of, office_path
from credit_repair.cases.models import CaseActor, Phase, ReasonCode, ReviewStep
from credit_repair.cases.parts import handlers_of, people_kept_from
from credit_repair.cases.services import clocks, reasons, steps
from credit_repair.cases.services.documents import issue_for_case
from credit_repair.cases.services.filing import give_number
from credit_repair.mail.services import queue_mail
from credit_repair.notices import contexts
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Office

Builder = Callable[[Action], tuple[contexts.Document, Office | None]]


def take_number(step: Action) -> None:
    """Give the case its number and its day of submission; transition() saves the case at the end."""
    give_number(case=step.case, prefix=kind_of(step.case).number_prefix, today=step.today)


def plan_steps(step: Action) -> None:
    """Copy the route into the case."""
    steps.plan_steps(case=step.case)


def start_clock(*kinds: str) -> Effect:
    """Start statutory clocks."""

    def effect(step: Action) -> None:
        for clock in clocks.start_clocks(case=step.case, kinds=kinds, today=step.today):
            step.clocks[clock.kind] = clock

    return effect


def stop_clock(kind: str) -> Effect:
    """Stop a statutory clock."""

    def effect(step: Action) -> None:
        clocks.stop_clock(case=step.case, kind=kind, today=step.today)

    return effect


def pause_clocks(*kinds: str, reason: Any) -> Effect:
    """Let statutory clocks stand, where the rules say that this stops the office's time; `reason` is told."""

    def effect(step: Action) -> None:
        if not clocks.procedure_rules(step.case, on=step.today)["clock.correction.stops_office"].value:
            return
        clocks.pause_clocks(case=step.case, kinds=kinds, today=step.today, reason=str(reason))

    return effect


def resume_clocks(*kinds: str) -> Effect:
    """Let statutory clocks that stand run on: they never start anew."""

    def effect(step: Action) -> None:
        clocks.resume_clocks(case=step.case, kinds=kinds, today=step.today)

    return effect


def note_reasons(use: ReasonCode.Use) -> Effect:
    """Keep each reason of a negative answer by itself: the applicant gets a list of what to do."""

    def effect(step: Action) -> None:
        reasons.note_reasons(
            case=step.case,
            use=use,
            codes=step.data.get("codes") or (),
            text=step.text("reason"),
            next_steps=step.text("next_steps"),
        )

    return effect


def note_correction_items(step: Action) -> None:
    """Keep each gap of a correction notice by itself, to be answered one by one."""
    step.gaps = reasons.note_correction_items(case=step.case, items=step.data["items"])


def open_phase(phase: Phase, *, clock: str) -> Effect:
    """Open the steps of a phase, due with a clock."""

    def effect(step: Action) -> None:
        steps.open_phase(case=step.case, phase=phase, today=step.today, clock=clock)

    return effect


def open_next(phase: Phase, *, clock: str, state: str = "") -> Effect:
    """Open the next step of a phase in which the offices come one after the other, due with a clock; with
    `state`, only if the act has brought the case there."""

    def effect(step: Action) -> None:
        if not state or (step.case.state == state and step.cause.state_from != state):
            steps.open_next(case=step.case, phase=phase, today=step.today, clock=clock)

    return effect


def plan_anew(phase: Phase) -> Effect:
    """Let every step of a phase wait for its turn again."""

    def effect(step: Action) -> None:
        steps.plan_anew(case=step.case, phase=phase)

    return effect


def restart_clock(kind: str) -> Effect:
    """Begin a statutory clock anew: what ran so far does not count."""

    def effect(step: Action) -> None:
        clocks.stop_clock(case=step.case, kind=kind, today=step.today)
        start_clock(kind)(step)

    return effect


def send_on(step: Action) -> None:
    """Let the credit office that the act names take in the case; transition() saves the case at the end."""
    if step.review is None:
        raise RuntimeError("only an official's act sends a case on")
    steps.forward_step(
        case=step.case,
        step=step.review,
        office=step.data["office"],
        actor=step.actor,
        today=step.today,
        reason=step.text("reason"),
        clock=step.clocks["acceptance"],
    )


def extend_clocks(*kinds: str) -> Effect:
    """Give statutory clocks as many more working days as the rules allow 延长期限."""

    def effect(step: Action) -> None:
        extended = clocks.extend_clocks(
            case=step.case, kinds=kinds, today=step.today, reason=step.text("reason")
        )
        step.clocks.update({clock.kind: clock for clock in extended})

    return effect


def finish_step(step: Action) -> None:
    """Finish the actor's open step, with the opinion and the text that the act brings."""
    if step.review is None:
        raise RuntimeError("only an official's act finishes a review step")
    steps.finish_step(
        step=step.review, actor=step.actor, opinion=step.text("opinion"), text=step.text("text")
    )


def set_aside_steps(phase: Phase) -> Effect:
    """Say that what was decided in a phase does not stand any longer."""

    def effect(step: Action) -> None:
        steps.set_aside_steps(case=step.case, phase=phase)

    return effect


def cancel_steps(step: Action) -> None:
    """Cancel the steps that nobody needs to do any longer."""
    steps.cancel_open_steps(case=step.case)


def note_part(part: CaseActor.Part) -> Effect:
    """Remember that the actor took this part, for the four eyes."""

    def effect(step: Action) -> None:
        # Twice in the same part is once; that it is not the other part, the four-eyes guard has seen.
        CaseActor.objects.bulk_create(
            [CaseActor(case=step.case, user=step.actor, part=part, override=step.override)],
            ignore_conflicts=True,
        )
        if step.override is not None and step.override.used_at is None:
            step.override.used_at = step.cause.at
            step.override.save(update_fields=["used_at"])

    return effect


def issue(builder: Builder) -> Effect:
    """Issue the document that `builder` makes of the act."""

    def effect(step: Action) -> None:
        document, office = builder(step)
        link = issue_for_case(
            case=step.case, document=document, office=office, today=step.today, event=step.cause
        )
        if link.document.addressee_id is not None:
            step.letters.append(link)

    return effect


def mail_applicant(kind: str, about: Callable[[Action], dict[str, Any]] | None = None) -> Effect:
    """Write a mail of `kind` to the people who act for the subject: once per event and reader, with a link to
    each document that the act has issued to them. `about` says what its template needs besides."""

    def effect(step: Action) -> None:
        more = about(step) if about is not None else {}
        for person in applicants_of(step):
            queue_mail(
                key=f"{kind}:{step.cause.uuid}:{person.pk}",
                kind=kind,
                to_address=person.email,
                to_name=str(person),
                context={
                    "case": step.case,
                    "record": step.case.record,
                    "event": step.cause,
                    "letters": step.letters,
                    # The nearest day that a clock just started by this act runs to.
                    "due": min(
                        (clock.due_on for clock in step.clocks.values() if clock.due_on), default=None
                    ),
                    **more,
                },
                first_time=True,
            )

    return effect


def mail_handlers(kind: str) -> Effect:
    """Write a mail of `kind` to the officials with whom the case lies, and to their supervisors."""

    def effect(step: Action) -> None:
        open_now = step.case.steps.filter(state=ReviewStep.State.OPEN).select_related(
            "case__subject", "office", "taken_by"
        )
        readers: dict[int, User] = {}
        for review in open_now.order_by("position"):
            able = handlers_of(review, on=step.today)
            able += access.able_now(
                office=review.office,
                permission="supervise",
                on=step.today,
                but=people_kept_from(step.case),
            )
            readers |= {reader.pk: reader for reader in able}
        for reader in readers.values():
            queue_mail(
                key=f"{kind}:{step.cause.uuid}:{reader.pk}",
                kind=kind,
                to_address=reader.email,
                to_name=str(reader),
                context={
                    "case": step.case,
                    "record": step.case.record,
                    "event": step.cause,
                    "path": office_path(step.case),
                },
                first_time=True,
            )

    return effect


def applicants_of(step: Action) -> list[User]:
    """Return the active people who act for the case's subject on that day."""
    return list(access.people_acting_for(subject=step.case.subject, on=step.today))

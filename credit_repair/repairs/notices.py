"""The documents of a repair application: which facts go into which, and which office issues it.

Receipt, acceptance and non-acceptance are the intake office's; the decision with its number and seal is the
deciding office's.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from credit_repair.cases.flow import Action
from credit_repair.cases.models import Attachment, Case, Phase, ReviewStep
from credit_repair.cases.on_paper import contact_of, paragraphs, party_of, remedies_of, sentences
from credit_repair.cases.services.clocks import begun_clock, pure_clock
from credit_repair.core.languages import in_site_language
from credit_repair.notices import contexts
from credit_repair.notices.freezing import freeze
from credit_repair.notices.glyphs import missing_characters
from credit_repair.notices.parts import Effects, Material
from credit_repair.registry.law import current_book, current_calendar
from credit_repair.registry.models import Office, Subject
from credit_repair.repairs.matters import facts_on_paper
from credit_repair.repairs.models import record_of
from credit_repair.rules import said

#: What makes a record another one for a letter that was signed.
_FACTS_OF_RECORD = ("document_number", "authority", "decision_date", "penalty_summary", "document_name")


@in_site_language()
def commitment_letter(case: Case) -> contexts.CommitmentLetter:
    """Return the letter that the applicant prints and signs, or signs on the screen: one per record."""
    return contexts.CommitmentLetter(
        party=party_of(_subject(case)),
        case_number=_reference(case),
        demo=settings.DEMO,
        record=facts_on_paper(record_of(case)),
        addressee=record_of(case).authority.name,
    )


def says_the_same(letter: Mapping[str, Any], case: Case) -> bool:
    """Whether a commitment letter, by its frozen context, names the party, the record and the addressee as
    they are now. How a release words a letter is no change of what was promised."""
    now = freeze(commitment_letter(case))
    record, then = now["record"], letter["record"]
    return (
        letter["party"] == now["party"]
        and letter["addressee"] == now["addressee"]
        and all(then.get(fact) == record[fact] for fact in _FACTS_OF_RECORD)
    )


def receipt_of_materials(step: Action) -> tuple[contexts.ReceiptOfMaterials, Office]:
    """Return the receipt given the moment an application comes in."""
    case = step.case
    office = _intake_office(case)
    return (
        contexts.ReceiptOfMaterials(
            **_common(case, office, step),
            received_on=step.today,
            materials=_materials(case),
            acceptance_due=_due(step, "acceptance"),
            query_code=case.filing.query_code,
        ),
        office,
    )


def correction_notice(step: Action) -> tuple[contexts.CorrectionNotice, Office]:
    """Return the notice that lists every gap of an application."""
    case = step.case
    office = _intake_office(case)
    return (
        contexts.CorrectionNotice(
            **_common(case, office, step),
            document_number="",
            legal_basis=_legal_basis(case),
            record=facts_on_paper(record_of(case)),
            filed_on=_filed_on(case),
            items=tuple(
                _("，").join(part.rstrip("。；;") for part in (item.text, item.advice) if part)
                for item in step.gaps
            ),
            correct_by=_due(step, "correction"),
        ),
        office,
    )


def acceptance_notice(step: Action) -> tuple[contexts.AcceptanceNotice, Office]:
    """Return the notice of acceptance."""
    case = step.case
    office = _intake_office(case)
    return (
        contexts.AcceptanceNotice(
            **_common(case, office, step),
            document_number="",
            legal_basis=_legal_basis(case),
            record=facts_on_paper(record_of(case)),
            filed_on=_filed_on(case),
            accepted_on=step.today,
            decision_due=_due(step, "decision"),
            deciding_office=str(case.deciding_office),
        ),
        office,
    )


def non_acceptance_notice(step: Action) -> tuple[contexts.NonAcceptanceNotice, Office]:
    """Return the notice of non-acceptance, with reasons and remedies."""
    case = step.case
    office = _intake_office(case)
    return (
        contexts.NonAcceptanceNotice(
            **_common(case, office, step),
            document_number="",
            legal_basis=_legal_basis(case),
            record=facts_on_paper(record_of(case)),
            filed_on=_filed_on(case),
            reasons=sentences(step.text("reason")),
            next_steps=sentences(step.text("next_steps")),
            remedies=remedies_of(office),
        ),
        office,
    )


def forwarding_notice(step: Action) -> tuple[contexts.ForwardingNotice, Office]:
    """Return the notice 转送告知书 that tells the applicant to which office the application was sent on: the
    office that sends it issues it. Until when the other one decides on acceptance, the clock says that begins
    anew with the act."""
    case = step.case
    if step.review is None:
        raise RuntimeError("only an official's act sends a case on")
    office, receiver = step.review.office, step.data["office"]
    clock = step.clocks.get("acceptance") or begun_clock(case=case, kind="acceptance", today=step.today)
    if clock.due_on is None:
        raise RuntimeError("a clock that begins has a due date")
    return (
        contexts.ForwardingNotice(
            **_common(case, office, step),
            document_number="",
            legal_basis=_legal_basis(case),
            record=facts_on_paper(record_of(case)),
            filed_on=_filed_on(case),
            forwarded_on=step.today,
            receiver=contact_of(receiver),
            reasons=sentences(step.text("reason")),
            acceptance_due=clock.due_on,
        ),
        office,
    )


def extension_notice(step: Action) -> tuple[contexts.ExtensionNotice, Office]:
    """Return the notice that tells the applicant of an extension: the earlier of the clocks that were
    extended is the day that is promised."""
    case = step.case
    office = _deciding_office(case)
    clock = min(step.clocks.values(), key=lambda clock: clock.due_on or date.max)
    pure = pure_clock(clock)
    *earlier, granted = pure.extensions
    before = replace(pure, extensions=tuple(earlier))
    due_before = before.due(current_calendar())
    if clock.due_on is None or due_before is None:
        raise RuntimeError("a clock that was just extended runs")
    return (
        contexts.ExtensionNotice(
            **_common(case, office, step),
            document_number="",
            legal_basis=_legal_basis(case),
            record=facts_on_paper(record_of(case)),
            filed_on=_filed_on(case),
            reasons=sentences(step.text("reason")),
            days=granted.days,
            due_before=due_before.due,
            decide_by=clock.due_on,
            provisional=clock.provisional,
        ),
        office,
    )


def decision_approve(step: Action) -> tuple[contexts.DecisionApprove, Office]:
    """Return the decision that grants the repair."""
    case = step.case
    office = _deciding_office(case)
    record = record_of(case)
    names = tuple(record.publications.order_by("platform__code").values_list("platform__name", flat=True))
    return (
        contexts.DecisionApprove(
            **_decision(step, office),
            effects=Effects(platforms=names, removed_from=facts_on_paper(record).matter.removed_from),
            remedies=remedies_of(office),
        ),
        office,
    )


def decision_refuse(step: Action) -> tuple[contexts.DecisionRefuse, Office]:
    """Return the decision that refuses the repair, with reasons and remedies."""
    office = _deciding_office(step.case)
    return (
        contexts.DecisionRefuse(
            **_decision(step, office),
            reasons=sentences(step.text("reason")),
            next_steps=sentences(step.text("next_steps")),
            remedies=remedies_of(office),
        ),
        office,
    )


def completion_title(step: Action) -> str:
    """Say how the case came to its end: what nobody published, nobody had to take down."""
    if record_of(step.case).publications.exists():
        return _("各平台已确认撤下，申请办结")
    return _("没有平台公示这条信息，申请办结")


def _materials(case: Case) -> tuple[Material, ...]:
    """What came in: the letter that was signed on the screen, and each file."""
    signature = getattr(case, "letter_signature", None)
    signed = signature is not None and says_the_same(signature.document.context, case)
    return (
        *((Material(name=_("信用修复承诺书（已在线签署）")),) if signed else ()),
        *(Material(name=_material_name(item)) for item in case.attachments.all()),
    )


def _material_name(item: Attachment) -> str:
    """The kind with the file's own name; a name that no font can print is left out: it is no reason to refuse
    the application."""
    kind, name = str(Attachment.Kind(item.kind).label), item.stored.name
    return kind if missing_characters(name) else f"{kind}（{name}）"


def _decision(step: Action, office: Office) -> dict[str, Any]:
    case = step.case
    return {
        **_common(case, office, step),
        "document_number": "",
        "legal_basis": _legal_basis(case),
        "record": facts_on_paper(record_of(case)),
        "filed_on": _filed_on(case),
        "accepted_on": case.repair.accepted_on,
        "facts": paragraphs(step.text("findings")) or findings_of(case),
    }


@in_site_language()
def findings_of(case: Case) -> tuple[str, ...]:
    """Return what was found 认定事实, as whole sentences: period, performance, each office's opinion,
    commitment. The approver may word it themself; this is what stands in the decision if they do not."""
    repair = case.repair
    # Where the page has read the steps already, nothing is asked again.
    prefetch_related_objects([case], Prefetch("steps", ReviewStep.objects.select_related("office")))
    you = party_of(_subject(case)).you
    min_until = case.explanation["assessment"]["min_until"]
    period = (
        f"该信息的最短公示期至{said(date.fromisoformat(min_until))}止，已经届满。"
        if min_until
        else "该信息没有最短公示期的限制。"
    )
    if repair.performed_on is None:
        raise RuntimeError("a submitted application says when the duties were performed")
    performed = (
        f"{you}提交了履行义务的证明，声明违法行为已经改正，全部义务已于{said(repair.performed_on)}履行完毕。"
    )
    opinions = [
        f"{step.office}核查：{step.text.rstrip('。')}。"
        for step in case.steps.all()
        if step.phase == Phase.VERIFY and step.state == ReviewStep.State.DONE
    ]
    return (period, performed, *opinions, f"{you}已经作出信用修复承诺。")


def _common(case: Case, office: Office, step: Action) -> dict[str, Any]:
    return {
        "party": party_of(_subject(case)),
        "case_number": _reference(case),
        "demo": settings.DEMO,
        "issuer": office.name,
        "issue_date": step.today,
        "contact": contact_of(office),
    }


def _legal_basis(case: Case) -> tuple[str, ...]:
    return (current_book().rule_set(case.procedure_rule_set).title,)


def _reference(case: Case) -> str:
    return case.number or f"查询码 {case.filing.query_code}"


def _due(step: Action, kind: str) -> date:
    due = step.clocks[kind].due_on
    if due is None:
        raise RuntimeError("a clock that was just started has a due date")
    return due


def _filed_on(case: Case) -> date:
    if case.submitted_on is None:
        raise RuntimeError("a submitted case has its day")
    return case.submitted_on


def _subject(case: Case) -> Subject:
    if case.subject is None:
        raise RuntimeError("a repair application has a subject")
    return case.subject


def _intake_office(case: Case) -> Office:
    if case.intake_office is None:
        raise RuntimeError("a submitted case has an intake office")
    return case.intake_office


def _deciding_office(case: Case) -> Office:
    if case.deciding_office is None:
        raise RuntimeError("a submitted case has a deciding office")
    return case.deciding_office

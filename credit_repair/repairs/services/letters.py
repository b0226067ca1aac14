"""Commitment letters 信用修复承诺书: one for each record, printed or signed on the screen in one sitting."""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.cases import services as cases
from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Case, CaseDocument, Filing, TimelineEvent
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language, said_by_site
from credit_repair.core.wording import day_text
from credit_repair.notices import services as notices
from credit_repair.notices.contexts import CommitmentLetter
from credit_repair.notices.freezing import freeze
from credit_repair.notices.ink import Signature, Stroke
from credit_repair.notices.models import Document
from credit_repair.people.capacity import capacity_of
from credit_repair.people.models import User
from credit_repair.repairs.models import LetterSignature
from credit_repair.repairs.notices import commitment_letter
from credit_repair.repairs.papers import bound
from credit_repair.repairs.selectors import has_letter_on_paper, letter_signature_of
from credit_repair.repairs.services.baskets import drafts_of, locked_basket
from credit_repair.repairs.states import RepairState


def letter_to_sign(*, case: Case, actor: User, today: date) -> CaseDocument:
    """Return the commitment letter filled from the case, to be printed and signed, with its PDF made.

    The same facts give the same document again; what has changed since gives a new one.
    Raises NotYours, ActionRefused where the application has been handed in, MissingGlyphs with words.
    """
    with transaction.atomic():
        locked_basket(filing=case.filing, actor=actor, today=today)
        _refuse_handed_in(case)
        link = letter_of(case, today)
    notices.render(document_id=link.document_id)
    link.document.refresh_from_db()
    return link


def letters_in_one(*, filing: Filing, actor: User, today: date) -> bytes:
    """Return one PDF with every letter of the basket, in the order in which the records were put in.

    A letter that was signed on the screen is left out, unless all were: then they are what there is to keep.
    Raises as letter_to_sign().
    """
    with transaction.atomic():
        locked_basket(filing=filing, actor=actor, today=today)
        drafts = drafts_of(filing)
        unsigned = [case for case in drafts if letter_signature_of(case) is None]
        rows = [letter_of(case, today).document for case in unsigned]
        rows = rows or [case.letter_signature.document for case in drafts]
    return bound([_content_of(notices.render(document_id=row.pk)) for row in rows])


def _content_of(document: Document) -> bytes:
    with document.file.open("rb") as pdf:
        content: bytes = pdf.read()
    return content


@transaction.atomic
@in_site_language()
def sign_letters(
    *,
    filing: Filing,
    actor: User,
    today: date,
    name: str,
    strokes: Sequence[Stroke],
    only: Iterable[Case] | None = None,
) -> list[LetterSignature]:
    """Sign on the screen, once for all: every letter of the basket without one, or those of `only`.

    Each letter is a document of its own in which signature, name, capacity and time are frozen. At a window
    nobody signs for the subject on the clerk's screen: there the letter is paper.
    Raises NotYours, ActionRefused, MissingGlyphs with words where the name cannot be printed.
    """
    locked_basket(filing=filing, actor=actor, today=today)
    if filing.window_office_id is not None:
        raise ActionRefused("paper_only", _("窗口代办的申请，请打印承诺书，由申请人签字或者盖章后扫描上传。"))
    chosen = None if only is None else {case.pk for case in only}
    unsigned = [
        case
        for case in drafts_of(filing)
        if (chosen is None or case.pk in chosen)
        and letter_signature_of(case) is None
        and not has_letter_on_paper(case)
    ]
    if not unsigned:
        raise ActionRefused("nothing_to_sign", _("没有需要签署的承诺书：这里的每一条信息都已经有了。"))
    signature = Signature(
        name=name.strip(),
        capacity=capacity_of(actor, subject=filing.subject, on=today),
        signed_at=day_text(now(), "datetime"),
        strokes=tuple(strokes),
    )
    return [_signed(case, signature, actor, today) for case in unsigned]


def _signed(case: Case, signature: Signature, actor: User, today: date) -> LetterSignature:
    letter = dataclasses.replace(commitment_letter(case), signature=signature, signed_on=today)
    LetterSignature.objects.filter(case=case).delete()  # one under a letter that no longer holds
    link = cases.issue_for_case(case=case, document=letter, office=None, today=today)
    signed = LetterSignature.objects.create(
        case=case,
        document=link.document,
        signed_by=actor,
        signer_name=signature.name,
        signed_at=now(),
    )
    _note(case, actor, "sign_letter", gettext_lazy("已在线签署信用修复承诺书"), link.document)
    return signed


@transaction.atomic
def unsign_letter(*, case: Case, actor: User, today: date) -> None:
    """Take a signature on the screen back, as long as the application has not been handed in.

    The document stays in the archive; it is nobody's letter any longer. Raises NotYours, ActionRefused.
    """
    locked_basket(filing=case.filing, actor=actor, today=today)
    _refuse_handed_in(case)
    signature = LetterSignature.objects.select_related("document").filter(case=case).first()
    if signature is None:
        return
    signature.delete()
    _note(case, actor, "unsign_letter", gettext_lazy("已撤销在线签署的信用修复承诺书"), signature.document)


def letter_of(case: Case, today: date) -> CaseDocument:
    """Return the letter to print: the latest that says what is so now, else a new one."""
    document = commitment_letter(case)
    frozen = freeze(document)
    kept = CaseDocument.objects.filter(case=case, document__kind=CommitmentLetter.template)
    for link in kept.select_related("document").order_by("-pk"):
        if {**link.document.context, "document_uuid": ""} == frozen:
            return link
    with in_site_language():
        return cases.issue_for_case(case=case, document=document, office=None, today=today)


def _refuse_handed_in(case: Case) -> None:
    state = Case.objects.values_list("state", flat=True).get(pk=case.pk)
    if state != RepairState.DRAFT:
        raise ActionRefused("not_a_draft", _("申请已经提交，不能再修改。"))


def _note(case: Case, actor: User, action: str, title: Any, document: Document) -> None:
    """Write down who signed, or took it back, where the applicant and the audit see it."""
    TimelineEvent.objects.create(
        case=case,
        at=now(),
        action=action,
        title=said_by_site(title),
        actor=actor,
        actor_label=str(actor),
        state_from=case.state,
        state_to=case.state,
    )
    audit.record(actor=actor, action=f"repair.{action}", target=case, data={"document": str(document.uuid)})

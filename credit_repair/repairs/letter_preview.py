"""The letter of a decision as it will go out, to be read before it does 预览决定书."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from credit_repair.cases.flow import Action
from credit_repair.cases.models import Case
from credit_repair.cases.services import rehearse
from credit_repair.core.languages import in_site_language, said_by_site
from credit_repair.notices import contexts
from credit_repair.notices import services as letters
from credit_repair.registry.law import one_law
from credit_repair.registry.models import Office
from credit_repair.repairs import notices
from credit_repair.repairs.after.notices import revocation_decision

#: The acts whose letter can be seen beforehand, and what makes it then.
PREVIEWED: dict[str, Callable[[Action], tuple[contexts.Document, Office]]] = {
    "approve": notices.decision_approve,
    "refuse": notices.decision_refuse,
    "refuse_to_accept": notices.non_acceptance_notice,
    "forward": notices.forwarding_notice,
    "revoke": revocation_decision,
}


@one_law()
def letter_preview(
    *, case: Case, action: str, actor: Any, today: date, data: Mapping[str, Any]
) -> tuple[str, bytes]:
    """Return file name and PDF of the letter that `action` would send, made as the act itself makes it, with
    the mark of a draft 草稿. Nothing is stored, no number is taken.

    Raises NotYours where the actor has no part in the act, ActionRefused where it cannot be done now,
    MissingGlyphs or CannotIssue where its letter could not go out.
    """
    step = rehearse(case=case, action=action, actor=actor, today=today, data=dict(data))
    with in_site_language():
        document, office = PREVIEWED[action](step)
    pdf = letters.preview(document=document, office=office)
    return f"{said_by_site(document.title)}（{letters.DRAFT_MARK}）.pdf", pdf

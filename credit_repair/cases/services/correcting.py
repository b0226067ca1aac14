"""A notice of a case issued anew with its slips corrected 更正重发, by a supervisor of the issuing office."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.document_selectors import register
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseDocument
from credit_repair.core import audit
from credit_repair.core.languages import in_site_language
from credit_repair.mail.services import queue_mail
from credit_repair.notices import ending, services
from credit_repair.notices.correcting import Slip, corrected, is_correctable, promised_day
from credit_repair.notices.models import Document
from credit_repair.people.models import Mandate, User


@transaction.atomic
@in_site_language()
def correct_notice(*, document: Document, slip: Slip, why: str, actor: Any, today: date) -> Document:
    """Issue a notice anew with a number of its own, and let it replace the old one; return the new one.

    It names the one that it replaces, whose public page names it, and is served like every notice; who acts
    for the subject is told by mail.

    Raises NotYours where the actor does not find the notice in their register or does not supervise the
    issuing office; ActionRefused with words where it can be corrected no more, or the day that it
    promises is past, over, or another by now; CannotCorrect with words where
    the slip is none; MissingGlyphs and CannotIssue as services.issue() does.
    """
    link = CaseDocument.objects.filter(document=document).first()
    if link is None or not register(user=actor, on=today).filter(pk=document.pk).exists():
        raise NotYours
    # The case first, as every act does.
    case = Case.objects.select_for_update(of=("self",)).select_related("subject").get(pk=link.case_id)
    row = Document.objects.select_for_update(of=("self",)).select_related("office").get(pk=document.pk)
    if not ending.may_end(document=row, user=actor, on=today):
        raise NotYours
    if not is_correctable(row):
        raise ActionRefused("not_correctable", _("这份文书已经失效，或者不能更正。请刷新页面查看。"))
    _refuse_other_days(case, row, today)
    issued = services.issue(
        document=corrected(row, slip, today=today),
        office=row.office,
        issued_on=today,
        rule_set=row.rule_set,
        addressee=case.subject,
    )
    CaseDocument.objects.create(case=case, document=issued)
    try:
        ending.replace(document=row, by=issued, why=why, actor=actor, today=today)
    except ending.CannotEnd as refused:
        raise ActionRefused("why", str(refused)) from refused
    slips = {"wrong": slip.wrong, "right": slip.right}
    audit.record(
        actor=actor, action="document.corrected", target=issued, data={"replaces": row.number, **slips}
    )
    _tell(case, row, issued, why.strip(), today)
    return issued


def _refuse_other_days(case: Case, row: Document, today: date) -> None:
    """A day that is promised anew must still be the one of a clock that runs."""
    promised = promised_day(row)
    if promised is None:
        return
    running = case.clocks.filter(stopped_on__isnull=True, due_on=promised)
    if promised < today or case.closed_on is not None or not running.exists():
        words = _(
            "文书里写的期限已经过了，或者这一步已经办完、期限已有变化，不能再照原样重发。请按案件现在的情况另行告知。"
        )
        raise ActionRefused("not_correctable", words)


def preview_of(*, document: Document, slip: Slip, today: date) -> bytes:
    """Return the corrected notice as it would go out, marked as a draft. Nothing is stored, no number taken.

    Raises CannotCorrect, MissingGlyphs and CannotIssue as correct_notice() does.
    """
    return services.preview(document=corrected(document, slip, today=today), office=document.office)


def _tell(case: Case, old: Document, new: Document, why: str, today: date) -> None:
    acting = Mandate.objects.filter(subject=case.subject).on(today).values("user")
    for person in User.objects.filter(pk__in=acting, is_active=True).order_by("pk"):
        queue_mail(
            key=f"notice_corrected:{new.uuid}:{person.pk}",
            kind="notice_corrected",
            to_address=person.email,
            to_name=str(person),
            context={
                "case": case,
                "title": new.title,
                "old": old.number,
                "new": new.number,
                "why": why,
                "path": reverse("my_letters"),
            },
        )

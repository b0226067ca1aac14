"""What asking and answering an enquiry 协查 have in common: its secret, its row under lock, whose it is.

The secret of the reply link has 130 random bits. Its hash stands with the enquiry; the secret itself stands
encrypted in the letter's frozen context, where the PDF and a reminder take it from, and nowhere in clear: the
mail's text is encrypted until it was sent, logs hide the address, and the letter is no document of the case's
page, so that no applicant comes by it.
"""

import hashlib
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.kinds import kind_of
from credit_repair.cases.models import Case, Enquiry, Filing, ReviewStep
from credit_repair.cases.parts import Part, held_step, is_partial, taken_by_another
from credit_repair.cases.services.internal import write_internally
from credit_repair.core.clock import now
from credit_repair.core.codes import new_code, read_code
from credit_repair.core.languages import in_site_language
from credit_repair.mail.services import queue_mail
from credit_repair.notices.enquiries import open_secret
from credit_repair.people import access

_SECRET_LETTERS = 26


class Answered(ActionRefused):
    """Somebody has answered already, and nobody answers twice."""

    def __init__(self) -> None:
        words = _("这份协查函已经回复过了，不能再次回复。需要更正的，请与发函单位联系。")
        super().__init__("answered", words)


class NotAwaited(ActionRefused):
    """The answer is not needed any longer."""

    def __init__(self) -> None:
        super().__init__("closed", _("这份协查函已经不需要回复。谢谢您的协助。"))


def new_secret() -> str:
    """Return the secret of a reply link, 26 characters that can be typed."""
    return new_code(_SECRET_LETTERS)


def read_secret(text: str) -> str | None:
    """Return the code of a letter as it is stored, of what a person typed; None where it is none."""
    return read_code(text, letters=_SECRET_LETTERS)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret: it is random throughout, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def by_secret(secret: str) -> Enquiry | None:
    """Return the enquiry that a reply link opens, answered and closed ones too; None for an unknown one."""
    known = read_secret(secret)
    if known is None:
        return None
    found = Enquiry.objects.filter(secret_hash=hash_of(known))
    return found.select_related("case__subject", "case__record", "step__office", "document").first()


def record_number(case: Case) -> str:
    """Return what the recorded decision is known by: its number, else its list, else its sort."""
    record = case.record
    return (record.doc_no or record.list_name or str(record.get_kind_display())) if record else ""


def is_awaited(enquiry: Enquiry) -> bool:
    """Whether an answer is still of use: it is open, and its case neither decided nor over."""
    return enquiry.is_open and not _is_decided(enquiry.case)


def _is_decided(case: Case) -> bool:
    return case.closed_on is not None or case.state in kind_of(case).flow.CLOCKS_STOP


def may_handle(*, enquiry: Enquiry, actor: Any, today: date) -> bool:
    """Whether `actor` may remind, close, and enter a paper: see require_asker()."""
    try:
        require_asker(enquiry, actor, today)
    except (NotYours, ActionRefused):
        return False
    return True


def require_asker(row: Enquiry, actor: Any, today: date) -> None:
    """The asking step's: while it is open, whoever holds it; afterwards, the verifiers of its office."""
    if is_partial(case=row.case, actor=actor):
        raise NotYours(f"enquiry {row.uuid}")
    if row.step.state == ReviewStep.State.OPEN:
        held = held_to_verify(row.case, actor, today)
        if held is not None and held.pk == row.step_id:
            return
    elif access.may_at_office(user=actor, permission="verify", office=row.step.office, on=today):
        return
    raise NotYours(f"enquiry {row.uuid}")


def held_to_verify(case: Case, actor: Any, today: date) -> ReviewStep | None:
    """Return the open verifying step that `actor` has, theirs or nobody's yet; None for who has none.

    Raises ActionRefused with words where a colleague has it in hand.
    """
    held = held_step(case=case, part=Part.VERIFIER, actor=actor, on=today)
    if held is not None and taken_by_another(held, actor=actor):
        raise ActionRefused("taken", _("这个环节由%s办理，请由其发函，或者先由其退回。") % held.taken_by)
    return held


def require_awaited(row: Enquiry) -> None:
    require_open(row)
    if _is_decided(row.case):
        raise NotAwaited


def require_open(row: Enquiry) -> None:
    if row.replied_at is not None:
        raise Answered
    if row.closed_at is not None:
        raise NotAwaited


def locked_case(key: int) -> Case:
    """Filing, then case, as every act locks them."""
    filing = Case.objects.values_list("filing", flat=True).get(pk=key)
    Filing.objects.select_for_update().values_list("pk").get(pk=filing)
    Case.objects.select_for_update().values_list("pk").get(pk=key)
    return Case.objects.select_related("filing", "subject", "record").get(pk=key)


def locked(enquiry: Enquiry) -> Enquiry:
    case = locked_case(enquiry.case_id)
    Enquiry.objects.select_for_update().values_list("pk").get(pk=enquiry.pk)
    row = Enquiry.objects.select_related("step__office", "office", "document").get(pk=enquiry.pk)
    row.case = case
    return row


@in_site_language()
def shut(row: Enquiry, *, actor: Any) -> None:
    """Close an open enquiry that is locked: its answer is not needed any longer, its link opens nothing."""
    row.closed_at = now()
    row.save(update_fields=["closed_at"])
    note(row, "close_enquiry", _("协查函不再需要回复"), _("主送%s") % row.addressee, actor=actor)


def mail_link(row: Enquiry, kind: str, *, key: str) -> None:
    """The link in a mail; its text lies encrypted until it was sent, and then nowhere."""
    document = row.document
    if document is None:
        return
    secret = open_secret(document.context["sealed_secret"])
    queue_mail(
        key=key,
        kind=kind,
        to_address=row.email,
        to_name=row.addressee,
        context={
            "asker": row.step.office,
            "number": document.number,
            "subject": row.case.subject,
            "record": record_number(row.case),
            "question": row.question,
            "due": row.due_on,
            "link": f"{settings.SITE_URL}{reverse('enquiry', args=[secret])}",
            "phone": row.step.office.phone,
        },
        secret=True,
    )


def note(row: Enquiry, action: str, title: str, text: str, *, actor: Any, label: str = "") -> None:
    """Write it on the timeline, for officials alone, and into the audit."""
    write_internally(
        case=row.case,
        action=action,
        title=title,
        text=text,
        actor=actor,
        label=label,
        facts={"enquiry": str(row.uuid), "channel": row.channel},
    )

"""The enquiries 协查 of a case on its page: what was asked, what came back, and what this person may do."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases import enquiry_presenters as shown
from credit_repair.cases.enquiry_forms import AskForm
from credit_repair.cases.enquiry_selectors import of_case
from credit_repair.cases.models import Case, Enquiry, ReviewStep, TextBlock
from credit_repair.cases.parts import Part, held_step, taken_by_another
from credit_repair.cases.text_blocks import offer_texts
from credit_repair.core.wording import day_text
from credit_repair.people.reach import reach_of
from credit_repair.registry.personal_numbers import without_personal_numbers


def enquiries_of(case: Case, user: Any, today: date) -> dict[str, Any]:
    """Return what templates/office/enquiries.html shows, for an official who may read the case.

    items       the enquiries, open ones first, the latest first, each with what this person may do about it
    form        to ask, where this person holds an open verifying step; else None
    ask_url     where it goes
    warning     what a verifier is told who gives an opinion while some are open; "" where none is
    shown       whether there is anything to show
    """
    held = held_step(case=case, part=Part.VERIFIER, actor=user, on=today)
    mine = held is not None and not taken_by_another(held, actor=user)
    step = held if mine else None
    handles = _handled_steps(case, user, today, held=step)
    rows = sorted(of_case(case=case), key=lambda row: not row.is_open)
    for row in rows:
        row.case = case
    items = [_item(row, today=today, handles=row.step_id in handles) for row in rows]
    form = AskForm(own=step.office, auto_id="id_ask_%s") if step is not None else None
    if form is not None:
        offer_texts([(form["question"], (TextBlock.Use.ENQUIRY,))], user=user, on=today)
    return {
        "items": items,
        "form": form,
        "ask_url": reverse("office_enquiry_ask", args=[case.uuid]),
        "warning": _warning(rows) if step is not None else "",
        "shown": bool(items or form),
    }


def _handled_steps(case: Case, user: Any, today: date, *, held: ReviewStep | None) -> set[int]:
    """The verifying steps whose enquiries this person sees to; see cases.services.enquiries.may_handle()."""
    found = {held.pk} if held is not None else set()
    offices = reach_of(user=user, on=today).offices("verify")
    over = [step for step in case.steps.all() if step.state != ReviewStep.State.OPEN]
    return found | {step.pk for step in over if step.office_id in offices}


def _warning(rows: list[Enquiry]) -> str:
    waiting = sum(row.is_open for row in rows)
    if not waiting:
        return ""
    return (
        _("还有%s份协查函没有回复。可以先提出核查意见，但没有回复不等于同意，请在核查情况中写明。") % waiting
    )


def _item(row: Enquiry, *, today: date, handles: bool) -> dict[str, Any]:
    open_still = row.is_open
    return {
        "who": row.addressee,
        "tag": shown.state_tag(row, today=today),
        "question": without_personal_numbers(row.question),
        "state": shown.state_words(row, today=today),
        "asked": _("%(day)s，%(office)s%(who)s")
        % {
            "day": day_text(row.asked_on),
            "office": row.step.office.name,
            "who": row.asked_by,
        },
        "reply": without_personal_numbers(row.reply),
        "replied_by": " ".join(part for part in (row.replied_by, row.replied_phone) if part),
        "letter": shown.letter_link(row) if handles else None,
        "files": shown.file_links(row),
        "reminded": row.reminded_at,
        "remind_url": reverse("office_enquiry_remind", args=[row.uuid])
        if handles and shown.is_awaited(row) and (row.email or row.office_id)
        else "",
        "paper_url": reverse("office_enquiry_paper", args=[row.uuid]) if handles and open_still else "",
        "close_url": reverse("office_enquiry_close", args=[row.uuid]) if handles and open_still else "",
    }

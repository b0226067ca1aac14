"""The last look before a basket is handed in, and what came of it."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit_repair.cases.models import Attachment, Case, Clock, Filing
from credit_repair.cases.presenters import document_item
from credit_repair.core.wording import bracketed, day_text, listed
from credit_repair.registry.wording import penalty_summary
from credit_repair.repairs import preflight
from credit_repair.repairs.forms.basket import StatementForm
from credit_repair.repairs.models import RepairBasket, record_of
from credit_repair.repairs.presenters.basket import Basket, frame, member_row
from credit_repair.repairs.presenters.common import record_title
from credit_repair.repairs.presenters.preflight import findings_panel
from credit_repair.repairs.readiness import Readiness, readiness_of
from credit_repair.repairs.states import RepairState
from credit_repair.repairs.views.sides import Side

BACK = "?from=check"
S = RepairState


def seen(basket: Basket, stored: RepairBasket) -> str:
    """Return a mark of what the check page shows: what is handed in is what was seen there."""
    parts = [str(stored.revision)]
    for case in basket.drafts:
        files = ",".join(str(item.pk) for item in case.attachments.all())
        letter = getattr(case, "letter_signature", None)
        parts.append(f"{case.uuid}:{files}:{letter.document_id if letter else ''}")
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def check_page(
    basket: Basket, stored: RepairBasket, *, user: Any, errors: Sequence[str] = ()
) -> dict[str, Any]:
    """Return every answer once more, each with its way to be changed and straight back."""
    blocked = [case for case in basket.drafts if basket.readiness[case.pk].when == "not"]
    reasons = list(dict.fromkeys(basket.readiness[case.pk].why for case in blocked))
    found = preflight.findings_of(filing=basket.filing, today=basket.today, user=user)
    doubtful = bool(preflight.with_unsigned_letter(found) & {case.pk for case in basket.ready})
    return {
        "page_title": _("核对并预约提交") if _all_ahead(basket) else _("核对并提交"),
        "errors": [{"text": text, "href": ""} for text in errors],
        "not_yet": "" if basket.ready or errors else "".join(reasons),
        "seen": seen(basket, stored),
        "single": len(basket.drafts) == 1,
        "record_rows": _single_rows(basket),
        # What stands in the way of every record is said once, above.
        "records": [_outcome_row(basket, case, say_why=len(reasons) > 1) for case in basket.drafts],
        "records_url": basket.url("filing_records") + BACK,
        "answer_rows": _answer_rows(basket, stored),
        "files": _file_groups(basket),
        "answers_url": basket.url("filing_statement") + BACK,
        "panel": findings_panel(
            filing=basket.filing, side=basket.side, user=user, today=basket.today, found=found
        ),
        "submit": _submit_words(basket, doubtful=doubtful),
        "letters_url": basket.url("filing_letters") + BACK if doubtful else "",
        "left": len(blocked) if basket.ready else 0,
        "tasks_url": basket.url(),
        **frame(basket.side, basket.filing, inside=True),
    }


def _single_rows(basket: Basket) -> list[dict[str, Any]]:
    if len(basket.drafts) != 1:
        return []
    subject, record = basket.filing.subject, record_of(basket.drafts[0])
    made = f"{record.authority.name} · {day_text(record.decision_date)}"
    rows = [
        (_("申请主体"), f"{subject} {subject.shown_number}" if subject else ""),
        (_("信息"), record_title(record)),
        (_("决定机关和日期"), made),
        (_("内容"), penalty_summary(record)),
        (_("什么时候提交"), when_words(basket.readiness[basket.drafts[0].pk])),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _outcome_row(basket: Basket, case: Case, *, say_why: bool) -> dict[str, Any]:
    record, state = record_of(case), basket.readiness[case.pk]
    return {
        "name": record_title(record),
        "about": record.authority.name,
        "penalty": penalty_summary(record),
        "when": state.when,
        "words": when_words(state) if state.when != "not" or say_why or basket.ready else "",
    }


def when_words(state: Readiness) -> str:
    """Say when a draft is handed in, or why it cannot be."""
    if state.when == "today":
        return _("今天提交")
    if state.when == "ahead":
        return _("%(day)s自动提交") % {"day": day_text(state.day)}
    return state.why


def _answer_rows(basket: Basket, stored: RepairBasket) -> list[dict[str, Any]]:
    # The words of the declaration are those that were ticked.
    declared = StatementForm(drafts=basket.drafts, today=basket.today).fields["corrected"].label

    def row(key: str, value: Any) -> dict[str, Any]:
        return {"key": key, "value": value or ""}

    rows = [row(str(declared), _("是") if stored.corrected else "")]
    days = {case.repair.performed_on for case in basket.drafts}
    if len(days) == 1:
        rows.append(row(_("履行完毕日期"), day_text(days.pop())))
    else:
        for case in basket.drafts:
            key = _("履行完毕日期") + bracketed(_title(case))
            rows.append(row(key, day_text(case.repair.performed_on)))
    rows.append(row(_("情况说明"), stored.statement))
    for case in basket.drafts:
        if case.repair.statement != stored.statement:
            rows.append(row(_("情况说明") + bracketed(_title(case)), case.repair.statement))
    return [
        *rows,
        row(_("联系人"), stored.contact_name),
        row(_("联系电话"), stored.contact_phone),
    ]


def _title(case: Case) -> str:
    return record_title(record_of(case))


def _file_groups(basket: Basket) -> list[dict[str, Any]]:
    """The materials by kind, each file once, with how many records have none of the kind."""
    kinds = [
        (Attachment.Kind.COMMITMENT, _("信用修复承诺书"), basket.url("filing_letters")),
        (
            Attachment.Kind.PROOF,
            _("履行义务的证明"),
            basket.url("filing_materials", Attachment.Kind.PROOF),
        ),
    ]
    if basket.side.at_window:
        address = basket.url("filing_materials", Attachment.Kind.FORM)
        kinds.append((Attachment.Kind.FORM, _("已签字的申请表"), address))
    return [_file_group(basket, kind, title, url + BACK) for kind, title, url in kinds]


def _file_group(basket: Basket, kind: str, title: str, url: str) -> dict[str, Any]:
    total = len(basket.drafts)
    files: dict[int, dict[str, Any]] = {}
    on_screen = 0
    for case in basket.drafts:
        if kind == Attachment.Kind.COMMITMENT and getattr(case, "letter_signature", None) is not None:
            on_screen += 1
        for item in case.attachments.all():
            if item.kind == kind:
                files.setdefault(item.stored_id, _file_item(item))["uses"] += 1
    for shown in files.values():
        if shown["uses"] < total:
            words = ngettext("用于%d条信息", "用于%d条信息", shown["uses"])
            shown["number"] = words % shown["uses"]
    done = basket.signed if kind == Attachment.Kind.COMMITMENT else basket.with_material(kind)
    missing = total - done
    notes = []
    if on_screen:
        words = ngettext("%d份已在屏幕上签名。", "%d份已在屏幕上签名。", on_screen)
        notes.append(_("已在屏幕上签名。") if total == 1 else words % on_screen)
    if missing:
        words = ngettext("还有%d条信息没有。", "还有%d条信息没有。", missing)
        notes.append(_("还没有。") if total == 1 else words % missing)
    return {"title": title, "url": url, "files": list(files.values()), "notes": notes}


def _file_item(item: Attachment) -> dict[str, Any]:
    return {
        "href": reverse("attachment", args=[item.uuid]),
        "name": item.name,
        "number": "",
        "size": item.size,
        "kind": item.name.rpartition(".")[2].upper(),
        "uses": 0,
    }


def _all_ahead(basket: Basket) -> bool:
    """Whether all that can be handed in waits for its day."""
    return bool(basket.ready) and all(basket.readiness[case.pk].when == "ahead" for case in basket.ready)


def _submit_words(basket: Basket, *, doubtful: bool) -> str:
    """The words on the button; none where nothing can be handed in. `doubtful`: a letter looks unsigned."""
    ready = basket.ready
    if not ready:
        return ""
    if _all_ahead(basket):
        if doubtful:
            return _("已经签好，照常预约")
        days = {basket.readiness[case.pk].day for case in ready}
        if len(days) == 1:
            return _("预约%(day)s提交") % {"day": day_text(days.pop())}
        return _("预约，到期自动提交")
    if doubtful:
        return _("已经签好，照常提交")
    if len(ready) == len(basket.drafts):
        return _("提交申请")
    return _("先提交备齐的%d条") % len(ready)


def filed_page(
    filing: Filing, *, side: Side, handed_in: list[Case], left: list[Case], today: date
) -> dict[str, Any]:
    """Return what came of it: numbers, query code, what happens next and by when, whom to call.

    handed_in  as selectors.handed_in_of() gives them; left: the drafts that stayed, and why
    """
    filed = [case for case in handed_in if case.submitted_on is not None]
    waiting = [case for case in handed_in if case.state == S.SCHEDULED]
    rows = [_filed_row(case, side=side) for case in filed]
    return {
        "title": _filed_title(filed, waiting),
        "numbers": [case.number for case in filed],
        "rows": rows,
        "pending": any(row["pending"] for row in rows),
        "waiting": [member_row(case, side=side) for case in waiting],
        "left": [{"name": _title(case), "why": _why(case, today)} for case in left],
        "steps": _steps(filed, side=side),
        "offices": _offices(filed),
        "query_code": filing.query_code,
        "follow_url": side.url("repair", handed_in[0].uuid) if len(handed_in) == 1 else "",
        "check_url": side.url("filing_check", filing.uuid),
        "here_url": side.url("filing_filed", filing.uuid),
        **frame(side, filing),
    }


def _filed_title(filed: list[Case], waiting: list[Case]) -> str:
    if not filed:
        days = {case.repair.scheduled_for for case in waiting}
        if len(days) == 1:
            return _("已预约，%(day)s自动提交") % {"day": day_text(days.pop())}
        return _("已预约，到期自动提交")
    if len(filed) == 1:
        return _("申请已提交")
    return ngettext("%d件申请已提交", "%d件申请已提交", len(filed)) % len(filed)


def _why(case: Case, today: date) -> str:
    state = readiness_of(case, today=today)
    return state.why or _("还没有提交，请再提交一次。")


def _filed_row(case: Case, *, side: Side) -> dict[str, Any]:
    receipts = [link for link in case.documents.all() if link.document.kind == "receipt_of_materials"]
    items = [item for item in (document_item(link) for link in receipts) if item]
    return {
        **member_row(case, side=side),
        "receipts": items,
        "pending": len(items) < len(receipts),
    }


def _steps(filed: list[Case], *, side: Side) -> list[str]:
    """What happens next, and by when."""
    if not filed:
        return []
    intake = listed(dict.fromkeys(str(case.intake_office) for case in filed if case.intake_office))
    deciding = listed(dict.fromkeys(str(case.deciding_office) for case in filed if case.deciding_office))
    return [
        _("%(office)s审查材料，%(day)s以前决定是否受理。")
        % {"office": intake, "day": day_text(_due(filed, Clock.Kind.ACCEPTANCE))},
        (
            _("%(office)s核查，%(day)s以前作出决定、答复申请人。")
            if side.at_window
            else _("%(office)s核查，%(day)s以前作出决定、答复您。")
        )
        % {"office": deciding, "day": day_text(_due(filed, Clock.Kind.ANSWER))},
        _("准予修复后，各公示平台撤下信息；收到每个平台的确认后，申请办结。"),
    ]


def _due(filed: list[Case], kind: str) -> date | None:
    """The last day of a clock, the latest of all."""
    days = [
        clock.due_on for case in filed for clock in case.clocks.all() if clock.kind == kind and clock.due_on
    ]
    return max(days, default=None)


def _offices(filed: list[Case]) -> list[Any]:
    """Whom to call: each intake office with a telephone, once."""
    offices = {case.intake_office.pk: case.intake_office for case in filed if case.intake_office}
    return [office for office in offices.values() if office.phone]

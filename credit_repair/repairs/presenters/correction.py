"""The pages of a correction 补正: the official's notice, and the applicant's answers."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import Case, Clock, CorrectionItem, Mends
from credit_repair.cases.selectors import clock_view, correction_overdue_on
from credit_repair.cases.services import available_actions
from credit_repair.cases.services.clocks import clock_rule
from credit_repair.registry.law import current_calendar
from credit_repair.repairs.forms.correction import AnswerForm, CorrectionNotice
from credit_repair.repairs.models import record_of
from credit_repair.repairs.presenters.common import record_rows, state_tag
from credit_repair.repairs.presenters.following import inner_page
from credit_repair.repairs.presenters.gaps import PARTS, correction_items
from credit_repair.repairs.services import corrections

if TYPE_CHECKING:
    from credit_repair.repairs.views.sides import Side


def correction_page(
    case: Case,
    *,
    side: "Side",
    user: Any,
    today: date,
    bound: dict[int, forms.Form] | None = None,
    refused: dict[int, list[str]] | None = None,
) -> dict[str, Any]:
    """Return the applicant's page: by when, and for each gap only the fields that answer it.

    `bound` is what was typed and could not be saved, `refused` why a file could not be taken, both by the
    position of the gap.
    """
    bound, refused = bound or {}, refused or {}
    items = correction_items(case)
    here = side.url("repair_correction", case.uuid)
    for row in items:
        item, position = row["item"], row["position"]
        row |= {
            "form": _answer_form(item, bound),
            "takes_files": corrections.takes_files(item),
            "takes_words": corrections.takes_words(item),
            "words_first": corrections.takes_words_first(item),
            "needs_file": corrections.needs_file(item),
            "is_letter": item.mends == Mends.COMMITMENT,
            "kind": corrections.kind_of(item),
            "file_label": _file_label(item),
            "field_id": f"file-{position}",
            "next_url": f"{here}#item-{position}",
            "file_errors": refused.get(position, []),
        }
        row["fold_files"] = (row["files"] or row["words_first"]) and not row["file_errors"]
        for file in row["files"]:
            file["drop_url"] = side.url("repair_correction_drop", case.uuid, position, file["uuid"])
    done = sum(row["answered"] for row in items)
    actions = {act.name: act for act in available_actions(case=case, actor=user, today=today)}
    resubmit = actions.get("resubmit")
    return {
        **inner_page(case, side, title=_("补正材料")),
        "items": items,
        "done": done,
        "total": len(items),
        "left": len(items) - done,
        "late": correction_overdue_on(case, today),
        "clock": _clock(case, today),
        "can_resubmit": resubmit is not None and resubmit.enabled,
        "here_url": here,
        "begin_url": side.url("upload_begin", case.filing.uuid),
        "letter_url": side.url("repair_correction_letter", case.uuid),
        "page_subtitle": f"{case.subject} · {case.record}" if side.at_window else case.record or "",
        "forms": list(bound.values()),
        "errors": _file_errors(refused),
    }


def _answer_form(item: CorrectionItem, bound: dict[int, forms.Form]) -> forms.Form:
    prefix = f"item-{item.position}"
    form = bound.get(item.position) or AnswerForm(initial={"words": item.answer}, prefix=prefix)
    words = form.fields["words"]
    if corrections.needs_file(item):
        words.label, words.help_text = _("补充说明"), _("可以不写；这一项以上传的文件为准。")
    elif not corrections.takes_files(item):
        words.required = True
    return form


def _file_label(item: CorrectionItem) -> str:
    return {
        Mends.COMMITMENT: _("上传重新签署的承诺书"),
        Mends.PROOF: _("上传证明材料"),
    }.get(Mends(item.mends), _("上传补充材料"))


def _file_errors(refused: dict[int, list[str]]) -> list[dict[str, str]]:
    return [
        {"text": error, "href": f"#file-{position}"}
        for position, errors in refused.items()
        for error in errors
    ]


def _clock(case: Case, today: date) -> dict[str, Any] | None:
    """The applicant's own clock as it stands."""
    running = [clock for clock in case.clocks.all() if clock.kind == Clock.Kind.CORRECTION]
    if not running:
        return None
    view = clock_view(running[-1], today=today)
    return {"due": view.due, "days": view.remaining, "overdue": view.overdue}


def notice_page(
    case: Case, *, notice: CorrectionNotice, today: date, preview: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Return the official's page for writing a correction notice, with what the applicant will read."""
    days = int(clock_rule(case=case, kind=Clock.Kind.CORRECTION, on=today).value)
    return {
        "case": case,
        "notice": notice,
        "preview": [{**item, "part": dict(PARTS)[item["mends"]]} for item in preview or []],
        "days": days,
        "due": current_calendar().add_working_days(today, days).due,
        "forms": notice.forms,
        "record_rows": record_rows(record_of(case), for_office=True),
        "page_title": _("通知补正"),
        "page_caption": case.number,
        "page_subtitle": f"{case.subject} · {case.record}",
        "state_tag": state_tag(case),
        "breadcrumbs": [{"label": case.number, "url": reverse("office_repair", args=[case.uuid])}],
    }

"""What the pages of files, events and requests show."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import Paper
from credit_repair.core.wording import bracketed, day_text
from credit_repair.dossier.fields import shown_value
from credit_repair.dossier.file import Head
from credit_repair.dossier.models import DataRequest, RequestedField, SubjectEvent
from credit_repair.dossier.own_data import Kept
from credit_repair.dossier.parts import event_state
from credit_repair.notices.subject_files import FileChapter
from credit_repair.people.masking import Reader, subject_text
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Subject

State, Outcome = DataRequest.State, DataRequest.Outcome
_STATE_TONES = {
    State.SUBMITTED: "info",
    State.PROPOSED: "warning",
    State.ANSWERED: "success",
    State.WITHDRAWN: "neutral",
}
Row = dict[str, Any]


def _rows(*pairs: tuple[str, Any]) -> list[Row]:
    """The rows of a summary list: those that say something."""
    return [{"key": key, "value": value} for key, value in pairs if value]


def head_rows(head: Head, *, for_office: bool) -> list[Row]:
    """Return whose file it is, and what is in it."""
    acting = _("经办人")
    rows = _rows(
        (_("类别"), head.kind),
        (_("法定代表人（负责人）"), head.representative),
        (_("曾用名"), head.former),
    )
    if head.acting is not None:
        nobody = _("目前没有") if for_office else _("没有")
        rows.append({"key": acting, "value": head.acting or nobody})
    return rows


def chapter_size(chapter: FileChapter) -> str:
    """Return how many lines of a part go into the document."""
    if not chapter.entries:
        return chapter.empty
    count = _("%(count)d项") % {"count": len(chapter.entries)}
    return count + bracketed(_("更早的不列入")) if chapter.more else count


def event_tag(event: SubjectEvent) -> dict[str, str]:
    """Return how an entry stands as a tag."""
    label, tone = event_state(event)
    return {"label": label, "tone": tone}


def event_rows(event: SubjectEvent, *, level: Reader, for_office: bool) -> list[Row]:
    """Return what an entry says, with its history in words."""

    def seen(text: str) -> str:
        return subject_text(text, event.subject, level)

    return _rows(
        (_("发生日期"), day_text(event.day)),
        (_("作出或者认定的单位"), seen(event.body)),
        (_("文号或者案号"), event.number),
        (_("内容"), seen(event.words)),
        (_("有关的信用记录"), str(event.record) if event.record is not None else ""),
        (_("登记单位"), event.office.name),
        (_("登记日期"), day_text(event.entered_on)),
        (_("更正的理由"), seen(event.reason)),
    )


def paper_links(papers: Iterable[Paper]) -> list[Row]:
    """Return the papers as the component document_link takes them."""
    return [
        {
            "href": reverse("paper", args=[paper.uuid]),
            "name": paper.name,
            "size": paper.size,
        }
        for paper in papers
    ]


# ---- requests ------------------------------------------------------------------------------------------


def request_tag(asked: DataRequest) -> dict[str, str]:
    """Return the state of a request, or once it is answered its result, as a tag."""
    if asked.state == State.ANSWERED:
        tone = {Outcome.DONE: "success", Outcome.PARTLY: "warning"}.get(Outcome(asked.outcome), "danger")
        return {"label": asked.get_outcome_display(), "tone": tone}
    return {"label": asked.get_state_display(), "tone": _STATE_TONES[State(asked.state)]}


def request_row(asked: DataRequest, *, today: date, office: bool) -> Row:
    """Return a request as a line of a list."""
    return {
        "asked": asked,
        "tag": request_tag(asked),
        "due": due_words(asked, today=today),
        "over": asked.is_open and asked.due_on < today,
        "url": reverse("office_data_request" if office else "my_data_request", args=[asked.uuid]),
    }


def due_words(asked: DataRequest, *, today: date) -> str:
    """Return how long there is still to answer, in working days; nothing once it has ended."""
    if not asked.is_open:
        return ""
    left = current_calendar().working_days_between(today, asked.due_on)
    if asked.due_on < today:
        return _("已逾期%(days)d个工作日") % {"days": -left}
    return _("还有%(days)d个工作日") % {"days": left} if left else _("今天到期")


def request_rows(asked: DataRequest, *, today: date, for_office: bool) -> list[Row]:
    """Return what a request says, and what was answered."""
    due = day_text(asked.due_on) + (bracketed(_("暂定")) if asked.provisional else "")
    subject = ""
    if asked.subject is not None:
        # Who may answer a request knows whom it is about: the name is part of what is asked.
        subject = f"{asked.subject.name}{bracketed(asked.subject.shown_number)}"
    rows = _rows(
        (_("申请人"), str(asked.user) if for_office else ""),
        (_("主体"), subject),
        (_("说明"), asked.words),
        (_("提交日期"), day_text(asked.submitted_on)),
        (_("办理单位"), asked.office.name),
        (_("答复期限"), due if asked.is_open else ""),
        (_("剩余时间"), due_words(asked, today=today)),
    )
    if for_office:
        rows += _rows(
            (_("提出答复"), str(asked.proposed_by) if asked.proposed_by else ""),
            (_("退回的理由"), asked.sent_back_why if asked.state == State.SUBMITTED else ""),
        )
    if asked.state == State.ANSWERED or for_office:
        rows += _rows(
            (_("答复"), asked.answer),
            (_("救济途径"), asked.remedies if asked.outcome != Outcome.DONE else ""),
        )
    if asked.ended_on is not None:
        label = _("答复日期") if asked.state == State.ANSWERED else _("撤回日期")
        rows += _rows((label, day_text(asked.ended_on)))
    return rows


def field_rows(asked: DataRequest, *, for_office: bool) -> list[Row]:
    """Return the data of a request: what stands there, what should, why, and what came of it."""
    told = for_office or asked.state == State.ANSWERED
    rows = []
    for each in asked.fields.select_related("paper"):
        tone = "success" if each.outcome == RequestedField.Outcome.CORRECTED else "danger"
        rows.append(
            {
                "name": each.get_name_display(),
                "present": shown_value(each.name, each.present, subject=asked.subject) or "—",
                "claimed": shown_value(each.name, each.claimed, subject=asked.subject),
                "why": each.why,
                "papers": paper_links([each.paper]) if each.paper is not None else [],
                "tag": {"label": each.get_outcome_display(), "tone": tone} if each.outcome and told else None,
            }
        )
    return rows


def correction_blocks(form: Any, present: Mapping[str, str], *, subject: Subject | None) -> list[Row]:
    """Return the fields of the form by datum, each with what stands there now."""
    return [
        {
            "label": RequestedField.Name(name).label,
            "present": shown_value(name, value, subject=subject) or _("没有"),
            "fields": [form[each] for each in (name, f"{name}_why", f"{name}_paper") if each in form.fields],
        }
        for name, value in present.items()
    ]


def kept_part(part: Kept) -> Row:
    """Return a sort of what is kept of a person as the page's table takes it."""
    rows = [
        [
            {
                "label": label,
                "when": value if isinstance(value, date) else None,
                "size": value if isinstance(value, int) else None,
                "text": value,
            }
            for label, value in zip(part.columns, row, strict=True)
        ]
        for row in part.rows
    ]
    return {
        "code": part.code,
        "title": part.title,
        "columns": part.columns,
        "rows": rows,
        "more": part.more,
    }


def request_tabs(counts: Mapping[str, int], *, chosen: str) -> list[Row]:
    """Return the tabs above the officials' list."""
    url = reverse("office_data_requests")
    return [
        {"label": _("待办理"), "url": url, "active": not chosen, "count": counts["open"]},
        {
            "label": _("已逾期"),
            "url": f"{url}?show=over",
            "active": chosen == "over",
            "count": counts["over"],
        },
        {"label": _("已办结"), "url": f"{url}?show=done", "active": chosen == "done"},
    ]


def done_words(asked: DataRequest) -> str:
    """Return what an official is told after an act."""
    return {
        State.PROPOSED: _("已提交复核，由另一位人员确认后生效。"),
        State.ANSWERED: _("已答复，已发邮件告知申请人。"),
    }.get(State(asked.state), _("已退回。"))

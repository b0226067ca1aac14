"""Repair applications in the form that the pages take."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.cases.models import Attachment, Case
from credit_repair.cases.presenters import (
    attachment_items,
    clock_items,
    document_item,
    step_rows,
    timeline_items,
)
from credit_repair.cases.reading import reader_of_case
from credit_repair.cases.services import available_actions
from credit_repair.core.languages import quoted
from credit_repair.people import acting
from credit_repair.people.masking import Datum, shown
from credit_repair.people.unmask_forms import numbers_shown, unmask_part
from credit_repair.platforms.selectors import removal_status
from credit_repair.registry.law_words import in_readers_words, term
from credit_repair.registry.models import Record
from credit_repair.registry.personal_numbers import without_personal_numbers
from credit_repair.registry.wording import amount, penalty_summary
from credit_repair.repairs.forms import OFFICE_FORMS
from credit_repair.repairs.models import RepairApplication
from credit_repair.repairs.selectors import explain_case
from credit_repair.repairs.states import RepairState

S = RepairState

TONES = {
    S.COMPLETED: "success",
    S.APPROVED: "success",
    S.REFUSED: "danger",
    S.NOT_ACCEPTED: "danger",
    S.WITHDRAWN: "neutral",
    S.DISCARDED: "neutral",
    S.CLOSED_MOOT: "neutral",
    S.DRAFT: "neutral",
}

#: How far each state has come on the way: submit, accept, verify, decide, take down, done.
STAGE = {
    S.SUBMITTED: 2,
    S.VERIFYING: 3,
    S.DECIDING: 4,
    S.APPROVED: 5,
    S.COMPLETED: 7,
    S.NOT_ACCEPTED: 2,
    S.REFUSED: 4,
}

ENDED_WORDS = {
    "withdraw": gettext_lazy("申请已撤回。"),
    "discard": gettext_lazy("草稿已放弃。以后仍可以重新申请。"),
}

#: What happens now, in one sentence each, for the applicant.
NOW = {
    S.SUBMITTED: gettext_lazy("信用办正在审查材料，自收到申请之日起3个工作日内决定是否受理。"),
    S.VERIFYING: gettext_lazy("认定单位正在核查整改和履行情况，您不需要做什么。"),
    S.DECIDING: gettext_lazy("核查已经完成，认定单位正在作出决定，您不需要做什么。"),
    S.APPROVED: gettext_lazy("已准予修复。系统已通知各平台停止公示，正在等待平台确认撤下。"),
    S.COMPLETED: gettext_lazy("申请已经办结。决定书请下载保存。"),
    S.NOT_ACCEPTED: gettext_lazy("申请没有受理，理由见通知书。按理由补充后可以重新申请。"),
    S.REFUSED: gettext_lazy("这次没有准予修复，理由见决定书。按理由改正后可以重新申请。"),
    S.WITHDRAWN: gettext_lazy("您已撤回申请，以后仍可以重新申请。"),
    S.DISCARDED: gettext_lazy("草稿已放弃，以后仍可以重新申请。"),
    S.CLOSED_MOOT: gettext_lazy("这条信息已经停止公示，申请不再需要，由系统终结。"),
}


def crumbs(case: Case) -> dict[str, Any]:
    """Return the way back from a page inside an application."""
    return {
        "breadcrumbs": [
            {"label": _("我的申请"), "url": reverse("my_cases")},
            {"label": case.number or _("草稿"), "url": reverse("my_repair", args=[case.uuid])},
        ],
        **bar_of(case),
    }


def bar_of(case: Case) -> dict[str, Any]:
    """Return the bar of the case's own subject, whichever one the person has chosen."""
    return {"acting_for": acting.bar(case.subject)} if case.subject else {}


def state_tag(case: Case) -> dict[str, Any]:
    """Return the state as a tag: words and a tone."""
    state = RepairState(case.state)
    return {"label": state.label, "tone": TONES.get(state, "info")}


def record_rows(
    record: Record, *, for_office: bool, numbers: Sequence[tuple[Any, str]] = ()
) -> list[dict[str, Any]]:
    """Return what the record says, row by row; applicants know who they are, and what they did.

    `numbers`: the subject's identity numbers as an official sees them now.
    """
    party = [(_("当事人"), record.subject.name), *numbers]
    penalty = penalty_summary(record)
    fine = amount(record.fine)
    rows = [
        (_("处罚决定书文号"), record.doc_no),
        *(party if for_office else ()),
        (_("处罚机关"), record.authority.name),
        (_("决定日期"), record.decision_date),
        (_("违法行为"), record.conduct),
        (_("处罚种类"), penalty),
        (_("处罚内容"), without_personal_numbers(record.content) if for_office else ""),
        (_("罚款金额"), fine if fine not in penalty else ""),
        (_("公示截止日"), record.effective_until),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def stored_explanation_items(case: Case) -> list[dict[str, Any]]:
    """Return the conditions as they were judged on the day of filing."""
    return [
        {
            "status": condition["state"],
            "title": term(condition["title"]),
            "text": in_readers_words(condition["text"]),
            "basis": quoted(condition["basis"]),
        }
        for condition in case.explanation.get("conditions", [])
    ]


def statement_answers(repair: RepairApplication) -> dict[str, Any]:
    """Return what was answered so far, for the form."""
    return {
        "corrected": repair.corrected,
        "performed_on": repair.performed_on,
        "statement": repair.statement,
        "contact_name": repair.contact_name,
        "contact_phone": repair.contact_phone,
        "revision": repair.revision,
    }


def _tasks(case: Case) -> list[dict[str, Any]]:
    repair = case.repair
    kinds = {item.kind for item in case.attachments.all()}
    statement = repair.statement_complete
    commitment, proof = Attachment.Kind.COMMITMENT in kinds, Attachment.Kind.PROOF in kinds
    ready = statement and commitment and proof

    def task(label: str, hint: str, url: str, done: bool, blocked: bool = False) -> dict[str, Any]:
        status = "done" if done else "blocked" if blocked else "todo"
        return {"label": label, "hint": hint, "url": "" if blocked else url, "status": status}

    return [
        task(
            _("改正和履行情况"),
            _("回答三个问题，留下联系方式，约2分钟。"),
            reverse("my_repair_statement", args=[case.uuid]),
            statement,
        ),
        task(
            _("签署信用修复承诺书"),
            _("下载已填好的承诺书，打印、盖章或签字后拍照上传。"),
            reverse("my_repair_material", args=[case.uuid, Attachment.Kind.COMMITMENT]),
            commitment,
        ),
        task(
            _("上传履行义务的证明"),
            _("例如罚款缴款凭证，可以上传多个文件。"),
            reverse("my_repair_material", args=[case.uuid, Attachment.Kind.PROOF]),
            proof,
        ),
        task(
            _("核对并提交"),
            _("都已备齐，核对一遍就可以提交。") if ready else _("前三项完成后才能提交。"),
            reverse("my_repair_check", args=[case.uuid]),
            done=False,
            blocked=not ready,
        ),
    ]


def draft_page(case: Case, *, today: date) -> dict[str, Any]:
    """Return the task list of a draft."""
    tasks = _tasks(case)
    explanation = explain_case(case=case, today=today)
    return {
        "case": case,
        "page_title": _("申请信用修复"),
        "page_caption": case.record.doc_no if case.record else "",
        "page_subtitle": _("每保存一步，就可以随时离开，换手机或电脑接着填。"),
        "breadcrumbs": [{"label": _("我的申请"), "url": reverse("my_cases")}],
        **bar_of(case),
        "tasks": tasks,
        "done_count": sum(task["status"] == "done" for task in tasks),
        "first_day": explanation.first_day,
        "too_early": bool(explanation.first_day and explanation.first_day > today),
    }


def material_page(case: Case, *, kind: str, form: forms.Form) -> dict[str, Any]:
    """Return the page on which the letter or a proof is uploaded."""
    titles = {
        Attachment.Kind.COMMITMENT: _("签署信用修复承诺书"),
        Attachment.Kind.PROOF: _("上传履行义务的证明"),
    }
    return {
        "case": case,
        "kind": kind,
        "form": form,
        "files": attachment_items(case, kind),
        "page_title": titles[Attachment.Kind(kind)],
        **crumbs(case),
    }


def check_page(case: Case, *, user: Any, today: date, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """Return every answer once more, each with its way to be changed and straight back."""
    repair = case.repair
    back = "?from=check"
    statement = reverse("my_repair_statement", args=[case.uuid]) + back

    def row(key: str, value: Any, url: str) -> dict[str, Any]:
        return {"key": key, "value": value or _("未填写"), "change_url": url, "change_what": key}

    submit = next(
        (act for act in available_actions(case=case, actor=user, today=today) if act.name == "submit"), None
    )
    if not errors and submit is not None and submit.refusal:
        errors = [{"text": submit.refusal, "href": ""}]
    return {
        "case": case,
        "page_title": _("核对并提交"),
        "errors": errors,
        "can_submit": bool(submit and submit.enabled),
        "record_rows": [
            {"key": _("申请主体"), "value": f"{case.subject} {case.subject.shown_number}"},
            *record_rows(case.record, for_office=False),
        ]
        if case.record and case.subject
        else [],
        "answer_rows": [
            row(_("已经改正并全部履行"), _("是") if repair.corrected else "", statement),
            row(_("履行完毕日期"), repair.performed_on, statement),
            row(_("情况说明"), repair.statement, statement),
            row(_("联系人"), repair.contact_name, statement),
            row(_("联系电话"), repair.contact_phone, statement),
        ],
        "commitments": attachment_items(case, Attachment.Kind.COMMITMENT),
        "proofs": attachment_items(case, Attachment.Kind.PROOF),
        "commitment_url": reverse("my_repair_material", args=[case.uuid, Attachment.Kind.COMMITMENT]) + back,
        "proof_url": reverse("my_repair_material", args=[case.uuid, Attachment.Kind.PROOF]) + back,
        **crumbs(case),
    }


def filed_page(case: Case, *, today: date) -> dict[str, Any]:
    """Return the confirmation: number, query code, what happens next."""
    return {
        "case": case,
        "clocks": clock_items(case, today=today),
        "documents": _documents(case),
        "office": case.intake_office,
        "breadcrumbs": [{"label": _("我的申请"), "url": reverse("my_cases")}],
        **bar_of(case),
    }


def end_page(case: Case, *, action: str) -> dict[str, Any]:
    """Return the question before a draft is discarded or an application withdrawn."""
    title = _("放弃这份草稿？") if action == "discard" else _("撤回这件申请？")
    return {"case": case, "action": action, "page_title": title, **crumbs(case)}


def applicant_page(case: Case, *, user: Any, today: date) -> dict[str, Any]:
    """Return how the application stands, for the applicant."""
    state = RepairState(case.state)
    actions = {act.name for act in available_actions(case=case, actor=user, today=today)}
    return {
        "case": case,
        "page_title": _("信用修复申请"),
        "page_caption": case.number,
        "page_subtitle": NOW.get(state, ""),
        "state_tag": state_tag(case),
        "stage": STAGE.get(state),
        "stage_failed": state in (S.NOT_ACCEPTED, S.REFUSED),
        "clocks": clock_items(case, today=today, running_only=True),
        "timeline": list(reversed(timeline_items(case, internal=False))),
        "removal": removal_status(case.record) if case.record else [],
        "show_removal": state in (S.APPROVED, S.COMPLETED),
        "record_rows": record_rows(case.record, for_office=False) if case.record else [],
        "documents": _documents(case),
        "materials": attachment_items(case),
        "can_withdraw": "withdraw" in actions,
        "can_apply_again": state in (S.NOT_ACCEPTED, S.REFUSED, S.WITHDRAWN, S.DISCARDED),
        "breadcrumbs": [{"label": _("我的申请"), "url": reverse("my_cases")}],
        **bar_of(case),
    }


def office_page(case: Case, *, user: Any, today: date, bound: dict[str, forms.Form]) -> dict[str, Any]:
    """Return everything an official needs on one page, and the acts open to this person."""
    acts = []
    for act in available_actions(case=case, actor=user, today=today):
        if act.name in OFFICE_FORMS:
            form = bound.get(act.name) or OFFICE_FORMS[act.name](prefix=act.name)
            acts.append({"act": act, "form": form, "open": act.name in bound})
    explanation = stored_explanation_items(case)
    reader = reader_of_case(case=case, user=user, on=today)
    numbers, until = numbers_shown(case.subject, user=user) if case.subject else ([], None)
    return {
        "case": case,
        "repair": case.repair,
        "statement": without_personal_numbers(case.repair.statement),
        # Not contact_phone: that is the frame's, of this site's own office.
        "applicant_phone": shown(case.repair.contact_phone, Datum.CONTACT_PHONE, reader),
        "unmasked_until": until,
        "unmask": unmask_part(
            case.subject, allowed=True, until=until, back=reverse("office_repair", args=[case.uuid])
        )
        if case.subject
        else None,
        "page_title": case.number,
        "page_caption": _("信用修复申请"),
        "page_subtitle": f"{case.subject} · {case.record}",
        "state_tag": state_tag(case),
        "clocks": clock_items(case, today=today, running_only=True),
        "acts": acts,
        "forms": list(bound.values()),
        "record_rows": record_rows(case.record, for_office=True, numbers=numbers) if case.record else [],
        "unmet": [item for item in explanation if item["status"] != "met"],
        "met": [item for item in explanation if item["status"] == "met"],
        "basis": [
            {"text": in_readers_words(step["text"])}
            for step in case.explanation.get("assessment", {}).get("basis", [])
        ],
        "materials": attachment_items(case),
        "steps": step_rows(case),
        "timeline": list(reversed(timeline_items(case, internal=True))),
        "documents": _documents(case),
        "removal": removal_status(case.record) if case.record else [],
        "show_removal": case.state in (S.APPROVED, S.COMPLETED),
        "breadcrumbs": [{"label": _("待办"), "url": reverse("office")}],
    }


def _documents(case: Case) -> list[dict[str, Any]]:
    links = case.documents.select_related("document").exclude(document__kind="commitment_letter")
    return [item for item in (document_item(link) for link in links) if item]

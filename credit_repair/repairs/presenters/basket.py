"""The pages of a basket before it is checked: task list, records, answers."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit_repair.cases.models import Attachment, Case, Filing, Mends
from credit_repair.core.wording import day_text
from credit_repair.people import acting
from credit_repair.registry.models import Subject
from credit_repair.registry.wording import penalty_summary
from credit_repair.repairs.forms.basket import day_name, own_name
from credit_repair.repairs.models import RepairBasket, record_of
from credit_repair.repairs.outlook import waiting_is_quicker
from credit_repair.repairs.presenters.again import again_hints
from credit_repair.repairs.presenters.common import record_title, state_tag
from credit_repair.repairs.readiness import Readiness, readiness_of
from credit_repair.repairs.selectors import has_commitment, has_material, known_contact
from credit_repair.repairs.views.sides import Side

#: So many records are named beside the task list; all of them stand on their own page.
NAMED = 5


@dataclass(frozen=True)
class Basket:
    """A basket on one side and day: its drafts, as services.drafts_of() gives them, and how far each is."""

    side: Side
    filing: Filing
    drafts: list[Case]
    today: date

    def url(self, name: str = "filing", *args: Any) -> str:
        """Return the address of a page of this basket."""
        return self.side.url(name, self.filing.uuid, *args)

    @cached_property
    def readiness(self) -> dict[int, Readiness]:
        """How each draft stands, by its key."""
        return {case.pk: readiness_of(case, today=self.today) for case in self.drafts}

    @property
    def answered(self) -> int:
        """In how many drafts every question is answered."""
        return sum(case.repair.statement_complete for case in self.drafts)

    @property
    def signed(self) -> int:
        """For how many the letter of commitment is signed."""
        return sum(has_commitment(case) for case in self.drafts)

    def with_material(self, kind: str) -> int:
        """In how many drafts a material of this kind is there."""
        return sum(has_material(case, kind) for case in self.drafts)

    @property
    def ready(self) -> list[Case]:
        """The drafts that could be handed in now, for today or for their day."""
        return [case for case in self.drafts if self.readiness[case.pk].when != "not"]


def tasks_of(basket: Basket) -> list[dict[str, Any]]:
    """Return what is to be done, in its order, as the task list takes it; each has a `code`."""
    total = len(basket.drafts)
    tasks = [
        {
            "code": "records",
            "label": _("选择信息"),
            "hint": ngettext("已选%d条信息，可以增减。", "已选%d条信息，可以增减。", total) % total,
            "url": basket.url("filing_records"),
            "status": "done" if total else "todo",
        },
        _counted(
            "statement",
            _("填写改正和履行情况"),
            _("勾选一项、填一个日期、写一两句话，留下联系方式，约2分钟。"),
            basket.url("filing_statement"),
            basket.answered,
            total,
        ),
        _counted(
            "letters",
            _("签署信用修复承诺书"),
            _("打印出来，请申请人签字或者盖章，再扫描上传。")
            if basket.side.at_window
            else _("在屏幕上签，或者打印、盖章后拍照上传。"),
            basket.url("filing_letters"),
            basket.signed,
            total,
        ),
        _counted(
            "proof",
            _("上传履行义务的证明"),
            _("例如罚款缴款凭证，可以上传多个文件，一个文件也可以用于多条信息。")
            if total > 1
            else _("例如罚款缴款凭证，可以上传多个文件。"),
            basket.url("filing_materials", Attachment.Kind.PROOF),
            basket.with_material(Attachment.Kind.PROOF),
            total,
        ),
    ]
    if basket.side.at_window:
        form = _counted(
            "form",
            _("签署申请表"),
            _("打印出来，请申请人签字或者盖章，再扫描上传。"),
            basket.url("filing_materials", Attachment.Kind.FORM),
            basket.with_material(Attachment.Kind.FORM),
            total,
        )
        tasks.insert(2, form)  # it is printed and signed together with the letters
    return [*tasks, _check_task(basket)]


def _counted(code: str, label: str, hint: str, url: str, done: int, total: int) -> dict[str, Any]:
    """A task that is done once it is done for every record."""
    if 0 < done < total:
        hint = _("已完成%(done)d条，共%(total)d条。") % {"done": done, "total": total}
    status = "done" if done == total else "started" if done else "todo"
    return {"code": code, "label": label, "hint": hint, "url": url, "status": status}


def _check_task(basket: Basket) -> dict[str, Any]:
    ready, total = len(basket.ready), len(basket.drafts)
    if ready == total:
        hint = _("都已备齐，核对一遍就可以提交。")
    elif ready:
        hint = _("%(ready)d条已备齐，可以先提交；其余的留在草稿里。") % {"ready": ready}
    else:
        hint = _("前面几项完成后才能提交。")
    return {
        "code": "check",
        "label": _("核对并提交"),
        "hint": hint,
        "url": basket.url("filing_check"),
        "status": "todo" if ready else "blocked",
        "status_label": "" if ready else _("还不能开始"),
        "tone": "neutral",
    }


def next_url(basket: Basket) -> str:
    """Return where to go on after a task was done: the first one that is still to be done, else the check."""
    tasks = [task for task in tasks_of(basket) if task["status"] in ("todo", "started")]
    return str(tasks[0]["url"]) if tasks else basket.url()


def task_page(basket: Basket, *, members: list[Case]) -> dict[str, Any]:
    """Return the task list; `members` were handed in before, in the same filing."""
    hints = again_hints(basket.drafts)
    tasks = [_made_anew(task, hints) for task in tasks_of(basket)]
    return {
        "tasks": tasks,
        "done_count": sum(task["status"] == "done" for task in tasks),
        "ahead": ahead_words(basket),
        "why_not": _why_not(basket),
        "records": [_record_row(basket, case) for case in basket.drafts[:NAMED]],
        "more": max(0, len(basket.drafts) - NAMED),
        "members": [member_row(case, side=basket.side) for case in members],
        "records_url": basket.url("filing_records"),
        "papers": _papers(basket),
        "print_url": _print_url(basket),
        "discard_url": basket.url("filing_discard"),
        "page_title": _("申请信用修复"),
        "page_subtitle": _("每保存一步，就可以随时离开，换手机或电脑接着填。")
        if not basket.side.at_window
        else "",
        **frame(basket.side, basket.filing),
    }


def _made_anew(task: dict[str, Any], hints: dict[str, str]) -> dict[str, Any]:
    """A part that was not good the last time says so, until it is there again."""
    part = {"statement": Mends.STATEMENT, "letters": Mends.COMMITMENT, "proof": Mends.PROOF}.get(task["code"])
    if part is None or task["status"] == "done" or part.value not in hints:
        return task
    return {**task, "hint": hints[part.value], "status": "fix"}


def ahead_words(basket: Basket) -> str:
    """Say which records must wait for their first lawful day, and that they submit themselves then."""
    days = sorted(day for case in basket.drafts if (day := basket.readiness[case.pk].day))
    if not days:
        return ""
    words = {"n": len(days), "day": day_text(days[0])}
    if len(basket.drafts) == 1:
        return _("%(day)s起才能提交。现在把材料备齐，系统到时自动提交。") % words
    if len(days) == len(basket.drafts) and days[0] == days[-1]:
        return _("这些信息%(day)s起才能提交。现在把材料备齐，系统到时自动提交。") % words
    if days[0] == days[-1]:
        return _("其中%(n)d条%(day)s起才能提交，届时自动提交；其余的备齐就能提交。") % words
    return _("其中%(n)d条还要等待，最早的%(day)s起才能提交；每条到期自动提交。") % words


def _why_not(basket: Basket) -> str:
    """Why a complete draft of one record cannot be handed in: something that its applicant cannot fill in."""
    if len(basket.drafts) != 1:
        return ""
    state = basket.readiness[basket.drafts[0].pk]
    complete = all(task["status"] == "done" for task in tasks_of(basket)[:-1])
    return state.why if complete else ""


def _print_url(basket: Basket) -> str:
    """Where the window prints all that is to be signed, once it is known what to print on it."""
    if not basket.side.at_window or basket.answered < len(basket.drafts):
        return ""
    return reverse("window_papers", args=[basket.filing.uuid])


def _papers(basket: Basket) -> list[dict[str, str]]:
    """The papers that can be printed, filled in as far as it is known."""
    papers = [
        (_("信用修复申请表"), "filing_form"),
        (_("改正和履行情况说明"), "filing_statement_pdf"),
        (_("授权委托书"), "filing_authorisation"),
        *standing_papers(basket.filing.subject),
    ]
    return [{"label": label, "url": basket.url(name)} for label, name in papers]


def standing_papers(subject: Subject | None) -> list[tuple[str, str]]:
    """Return the papers that say who may act for a subject, each as its label and the name of its address. A
    person has no legal representative."""
    power = (_("授权委托书（单项事项）"), "filing_power")
    if subject is None or subject.kind == Subject.Kind.PERSON:
        return [power]
    return [power, (_("法定代表人（负责人）身份证明"), "filing_representative")]


def _record_row(basket: Basket, case: Case) -> dict[str, Any]:
    record = record_of(case)
    day = basket.readiness[case.pk].day
    return {
        "case": case,
        "name": record_title(record),
        "authority": record.authority.name,
        "decided": day_text(record.decision_date),
        "penalty": penalty_summary(record),
        "url": reverse("my_record", args=[record.uuid]) if not basket.side.at_window else "",
        "day": day_text(day),
        "until": day_text(record.effective_until) if waiting_is_quicker(record, today=basket.today) else "",
    }


def member_row(case: Case, *, side: Side) -> dict[str, Any]:
    """Return an application that was handed in, or waits for its day, with the way to it."""
    return {
        "case": case,
        "number": case.number or "",
        "name": record_title(record_of(case)),
        "url": side.url("repair", case.uuid),
        "tag": state_tag(case),
        "day": day_text(case.repair.scheduled_for),
    }


def records_page(basket: Basket, *, back: str) -> dict[str, Any]:
    """Return the records of the basket, to be added to or taken out of."""
    add_url = (
        reverse("window_subject", args=[basket.filing.subject.uuid])  # type: ignore[union-attr]
        if basket.side.at_window
        else reverse("my_repair_choose")
    )
    query = "" if basket.side.at_window else f"?subject={basket.filing.subject.uuid}"  # type: ignore[union-attr]
    rows = [
        {**_record_row(basket, case), "drop_url": basket.url("filing_drop_record", case.uuid) + back}
        for case in basket.drafts
    ]
    return {
        "rows": rows,
        "single": len(rows) == 1,
        "add_url": add_url + query,
        "discard_url": basket.url("filing_discard"),
        "done_url": basket.url("filing_check") if back else basket.url(),
        "page_title": _("这次申请的信息"),
        "page_subtitle": _("一条信息一份申请：情况只填一遍，材料只传一次，各单位分别答复。")
        if len(rows) > 1
        else "",
        **frame(basket.side, basket.filing, inside=True),
    }


def answers_of(basket: Basket, stored: RepairBasket) -> dict[str, Any]:
    """Return what was answered so far, for the form; what is said of one record alone stands with it."""
    answers: dict[str, Any] = {
        "corrected": stored.corrected,
        "statement": stored.statement,
        "contact_name": stored.contact_name,
        "contact_phone": stored.contact_phone,
        "revision": stored.revision,
    }
    if not stored.contact_phone and not basket.side.at_window:
        answers |= known_contact(basket.filing)
    if len(basket.drafts) == 1 and not stored.statement:
        answers["statement"] = basket.drafts[0].repair.statement
    for case in basket.drafts:
        repair = case.repair
        # What is left empty follows the first, also where the first is changed later.
        own_day = case is basket.drafts[0] or repair.performed_on != basket.drafts[0].repair.performed_on
        answers[day_name(case)] = repair.performed_on if own_day else None
        answers[own_name(case)] = repair.statement if repair.statement != stored.statement else ""
    return answers


def frame(side: Side, filing: Filing, *, inside: bool = False) -> dict[str, Any]:
    """Return side, filing, the way back, and on the applicant's side for whom; `inside` a basket's pages."""
    root = (
        {"label": _("窗口办理"), "url": reverse("window")}
        if side.at_window
        else {"label": _("我的申请"), "url": reverse("my_cases")}
    )
    crumbs = [root]
    if inside:
        crumbs.append({"label": _("申请信用修复"), "url": side.url("filing", filing.uuid)})
    bar = acting.bar(filing.subject) if filing.subject and not side.at_window else None
    return {
        "side": side,
        "filing": filing,
        "breadcrumbs": crumbs,
        **({"acting_for": bar} if bar else {}),
        # The clerk has several people in a row: each page says whose it is.
        **({"page_caption": str(filing.subject)} if side.at_window and filing.subject else {}),
    }

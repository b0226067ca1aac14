"""The register of documents 发文登记簿 in the form that the page components take."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from credit_repair.cases import document_selectors as selectors
from credit_repair.cases.kinds import office_path
from credit_repair.cases.models import Case, CaseDocument, TimelineEvent
from credit_repair.core.codes import in_groups
from credit_repair.core.languages import fixed_text
from credit_repair.core.tables import Columns
from credit_repair.core.wording import bracketed, day_text, listed
from credit_repair.notices import ending
from credit_repair.notices.correcting import is_correctable
from credit_repair.notices.models import Document
from credit_repair.notices.verification import check_url, valid_until

Standing = Document.Standing
_TONES = {
    Standing.VALID: "success",
    Standing.REPLACED: "warning",
    Standing.REVOKED: "danger",
    Standing.VOID: "danger",
}

COLUMNS: Columns = (
    (_l("文号"), lambda row: row.number),
    (_l("种类"), lambda row: fixed_text(row.title)),
    (_l("发文机关"), lambda row: row.office.name if row.office else ""),
    (_l("成文日期"), lambda row: row.issued_on),
    (_l("效力"), lambda row: row.get_standing_display()),
    (_l("失效时间"), lambda row: row.ended_at),
    (_l("失效原因"), lambda row: row.ended_why),
    (_l("替换为"), lambda row: row.replaced_by.number if row.replaced_by else ""),
    (_l("核验码"), lambda row: in_groups(row.check_code or "")),
    (_l("文件指纹"), lambda row: row.sha256),
)


def standing_tag(document: Document) -> dict[str, str]:
    """Return whether it holds as a tag."""
    return {"label": str(document.get_standing_display()), "tone": _TONES[Standing(document.standing)]}


def tabs(active: str) -> list[dict[str, Any]]:
    """Return the views of the register."""
    places = [
        ("office_documents", _("全部文书")),
        ("office_document_numbers", _("文号使用情况")),
        ("office_document_packs", _("打包记录")),
    ]
    return [{"label": label, "url": reverse(name), "active": name == active} for name, label in places]


def rows(documents: list[Document], *, user: Any, today: date) -> list[dict[str, Any]]:
    """Return documents as rows of the list, each with its case where the person may read it."""
    cases = selectors.case_numbers(documents, user=user, on=today)
    return [
        {
            "document": document,
            "name": fixed_text(document.title),
            "tag": standing_tag(document),
            "paper": _paper_tag(document),
            "url": reverse("office_document", args=[document.uuid]),
            "case": _case_link(cases.get(document.pk)),
        }
        for document in documents
    ]


def _paper_tag(document: Document) -> dict[str, str] | None:
    """Return how its file stands as a tag; none where it is there."""
    if document.state == Document.State.READY:
        return None
    if document.signing_failures:
        return {"label": _("没有签章成功"), "tone": "warning"}
    return {"label": _("正在生成"), "tone": "info"}


def _case_link(case: Case | None) -> dict[str, str] | None:
    return {"number": case.number or "", "url": office_path(case)} if case else None


def page_of(document: Document, *, user: Any, today: date) -> dict[str, Any]:
    """Return what the page of one document shows: facts, file, history, and what can be done with it."""
    case = selectors.case_numbers([document], user=user, on=today).get(document.pk)
    until = valid_until(document)
    facts = [
        (_("文号"), document.number or _("不编文号")),
        (_("发文机关"), document.office.name if document.office else ""),
        (_("成文日期"), day_text(document.issued_on)),
        (_("有效期至"), day_text(until) if until else ""),
        (_("核验码"), in_groups(document.check_code or "")),
        (_("电子签章"), _signature(document)),
        (_("文件指纹"), document.sha256 or _("正在生成")),
    ]
    may_open = selectors.may_open(document, user=user, on=today)
    may_end = document.standing == Standing.VALID and ending.may_end(document=document, user=user, on=today)
    return {
        "page_title": fixed_text(document.title),
        "page_caption": document.number or "",
        "breadcrumbs": [{"label": _("文书登记"), "url": reverse("office_documents")}],
        "document": document,
        "tag": standing_tag(document),
        "facts": [{"key": key, "value": value} for key, value in facts if value],
        "case": _case_link(case),
        "file": _file(document) if may_open else None,
        "may_open": may_open,
        "check_url": check_url(document.check_code) if document.check_code else "",
        "history": _history(document),
        "acts": _acts(document, user=user, today=today) if may_end else [],
    }


def _signature(document: Document) -> str:
    """Return by which certificate the file was signed, and when; empty where nobody signed it."""
    if not document.signed_by or document.signed_at is None:
        return document.signed_by
    return document.signed_by + bracketed(day_text(document.signed_at, "datetime"))


def _file(document: Document) -> dict[str, Any] | None:
    if document.state != Document.State.READY:
        return None
    return {
        "href": reverse("office_document_file", args=[document.uuid]),
        "name": fixed_text(document.title),
        "number": document.number or "",
        "size": document.size,
    }


def _acts(document: Document, *, user: Any, today: date) -> list[dict[str, str]]:
    names = [("office_document_revoke", _("撤销"))]
    if selectors.replacements_for(document, user=user, on=today).exists():
        names.append(("office_document_replace", _("替换")))
    if document.number and not ending.has_gone_out(document) and not document.replaces.exists():
        names.append(("office_document_void", _("作废")))
    if is_correctable(document):
        names.insert(0, ("office_document_correct", _("更正重发")))
    return [{"label": label, "url": reverse(name, args=[document.uuid])} for name, label in names]


def _history(document: Document) -> list[dict[str, Any]]:
    """Return what became of a document, the latest first."""
    titles = {
        "document.revoked": _("已撤销"),
        "document.replaced": _("已被替换"),
        "document.void": _("已作废"),
    }
    happened = [
        {
            "when": entry.at,
            "title": titles[entry.action],
            "actor": _("系统") if entry.actor_id is None else entry.actor_label,
            "text": document.ended_why,
            "tone": "danger",
        }
        for entry in selectors.acts_on(document)
        if entry.action in titles
    ]
    happened += [
        {
            "when": old.ended_at,
            "title": _("替换%s") % (old.number or fixed_text(old.title)),
            "text": old.ended_why,
            "tone": "neutral",
        }
        for old in document.replaces.order_by("-ended_at")
    ]
    link = CaseDocument.objects.select_related("event").filter(document=document).first()
    event = link.event if link else None
    happened.append(
        {
            "when": document.created_at,
            "title": _("签发"),
            "text": _event_words(event) if event else "",
            "tone": "success",
        }
    )
    return happened


def end_caution(document: Document, standing: str) -> str:
    """Return what to think of before a document is revoked that took the place of others; else empty."""
    replaced = document.replaces.order_by("pk") if standing == Standing.REVOKED else ()
    names = listed(old.number or fixed_text(old.title) for old in replaced)
    words = _("这份文书已经替换了%s。撤销以后，这几份都没有效力；只是内容有误的，请改用更正重发。")
    return words % names if names else ""


def _event_words(event: TimelineEvent) -> str:
    """Return with which act it went out, and whose: an applicant's too, as with a receipt."""
    return fixed_text(event.title) + (bracketed(event.actor_label) if event.actor_label else "")


#: What the page says before a document is ended: what it means, and what it does not.
END_WORDS: dict[str, dict[str, Any]] = {
    Standing.REVOKED: {
        "title": _l("撤销文书"),
        "button": _l("撤销"),
        "done": _l("已撤销，核验页面从现在起显示已撤销。"),
        "text": _l(
            "用于已经送出、但不应再有效的文书。文号和文件保留，核验页面从现在起显示已撤销和原因。案件的处理结果不因此改变。"
        ),
    },
    Standing.REPLACED: {
        "title": _l("替换文书"),
        "button": _l("替换"),
        "done": _l("已替换，核验页面从现在起显示新的文号。"),
        "text": _l("用于已经重新签发了正确文书的情形。核验页面从现在起显示已被替换，并指明新的文号。"),
    },
    Standing.VOID: {
        "title": _l("作废文书"),
        "button": _l("作废"),
        "done": _l("已作废，核验页面从现在起显示作废。"),
        "text": _l(
            "用于还没有送出、不应送出的文书。文号保留在登记簿中并写明原因，不再使用。已经送出的，请撤销。"
        ),
    },
}

"""The logs, for the audit administrator: what was done, who came in, who looked at personal data."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from credit_repair.core import audit
from credit_repair.core.models import AuditEntry
from credit_repair.core.tables import Columns, file_response, wanted_format, write_table
from credit_repair.people import audit_words
from credit_repair.people import manage_selectors as selectors
from credit_repair.people.audit_objects import object_names
from credit_repair.people.devices import device_name
from credit_repair.people.doors import administrator_door
from credit_repair.people.manage_forms import AuditFilterForm, SignInFilterForm
from credit_repair.people.views import manage

PAGE_SIZE = 50
AUDIT_COLUMNS: Columns = (
    (gettext_lazy("编号"), lambda entry: entry.pk),
    (gettext_lazy("时间"), lambda entry: entry.at),
    (gettext_lazy("操作人"), lambda entry: entry.actor_label),
    (gettext_lazy("操作人编号"), lambda entry: entry.actor_id),
    (gettext_lazy("操作"), lambda entry: audit_words.action_name(entry.action)),
    (gettext_lazy("操作代码"), lambda entry: entry.action),
    (gettext_lazy("对象"), lambda entry: audit_words.object_name(entry.object_type)),
    (gettext_lazy("对象编号"), lambda entry: entry.object_id),
)
SIGN_IN_COLUMNS: Columns = (
    (gettext_lazy("登录时间"), lambda row: row.attempt_time),
    (gettext_lazy("用户名"), lambda row: row.username),
    (gettext_lazy("网络地址"), lambda row: row.ip_address),
    (gettext_lazy("设备"), lambda row: row.user_agent),
    (gettext_lazy("退出时间"), lambda row: row.logout_time),
)
auditors_door = administrator_door(manage.AUDIT)


def _tabs(active: str) -> list[dict[str, Any]]:
    places = [
        ("manage_audit", _("操作")),
        ("manage_sign_ins", _("登录")),
        ("manage_failures", _("登录失败")),
        ("manage_unmaskings", _("查看明文")),
    ]
    return [{"label": label, "url": reverse(name), "active": name == active} for name, label in places]


def _found(form: forms.Form, find: Callable[..., Any]) -> Any:
    """Return what the form asks for; nothing where it cannot be understood."""
    if not form.is_bound:
        return find()
    return find(**form.cleaned_data) if form.is_valid() else find().none()


def _frame(request: HttpRequest, form: forms.Form, name: str, title: str) -> dict[str, Any]:
    return {
        "page_title": title,
        "tabs": _tabs(name),
        "form": form,
        "filter_form": form,
        "clear_url": reverse(name) if form.is_bound and form.has_changed() else "",
    }


def _bound(request: HttpRequest, form: type[forms.Form]) -> forms.Form:
    given = set(request.GET) & set(form.base_fields)
    return form(request.GET if given else None)


@require_safe
@auditors_door
def entries(request: HttpRequest) -> HttpResponseBase:
    """Show what was done, newest first."""
    form = _bound(request, AuditFilterForm)
    found = _found(form, selectors.audit_entries)
    if wanted_format(request):
        return _handed_out(request, form, found, AUDIT_COLUMNS, _("审计日志"), "people.export_audit")
    shown = selectors.stretch(found, before=request.GET.get("before", ""), size=PAGE_SIZE)
    accounts, names = selectors.accounts_in(shown.rows), object_names(shown.rows)
    context = {
        **_frame(request, form, "manage_audit", _("审计日志")),
        "shown": shown,
        "rows": [
            {
                "entry": entry,
                "what": audit_words.action_name(entry.action),
                "object": audit_words.object_name(entry.object_type) or entry.object_type,
                "name": names.get((entry.object_type, entry.object_id), ""),
                "account": accounts.get(entry.object_id) if entry.object_type == "people.user" else None,
            }
            for entry in shown.rows
        ],
    }
    return render(request, "manage/audit.html", context)


@require_safe
@auditors_door
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """Show one entry: ids, states, days and reasons; no text of a case."""
    found = get_object_or_404(AuditEntry, pk=number)
    facts, hidden = audit_words.facts(found)
    url = reverse("manage_audit")
    context = {
        "page_title": audit_words.action_name(found.action) or found.action,
        "breadcrumbs": [{"label": _("审计日志"), "url": url}],
        "entry": found,
        "name": object_names([found]).get((found.object_type, found.object_id), ""),
        "object": audit_words.object_name(found.object_type) or found.object_type,
        "object_url": f"{url}?kind={found.object_type}&number={found.object_id}",
        "facts": [{"key": key, "value": value} for key, value in facts],
        "hidden": hidden,
    }
    return render(request, "manage/audit_entry.html", context)


@require_safe
@auditors_door
def sign_ins(request: HttpRequest) -> HttpResponseBase:
    """Show who came in, when and from where."""
    form = _bound(request, SignInFilterForm)
    found = _found(form, selectors.sign_ins)
    if wanted_format(request):
        return _handed_out(request, form, found, SIGN_IN_COLUMNS, _("登录记录"), "people.export_sign_ins")
    shown = selectors.stretch(found, before=request.GET.get("before", ""), size=PAGE_SIZE)
    context = {
        **_frame(request, form, "manage_sign_ins", _("登录记录")),
        "shown": shown,
        "rows": _with_names(shown.rows),
    }
    return render(request, "manage/sign_ins.html", context)


@require_safe
@auditors_door
def failures(request: HttpRequest) -> HttpResponse:
    """Show what failed. A name that no account has stays hidden: it may be a password in the wrong field."""
    form = _bound(request, SignInFilterForm)
    found = _found(form, selectors.failures)
    shown = selectors.stretch(found, before=request.GET.get("before", ""), size=PAGE_SIZE)
    context = {
        **_frame(request, form, "manage_failures", _("登录失败")),
        "shown": shown,
        "rows": _with_names(shown.rows),
    }
    return render(request, "manage/failures.html", context)


def _with_names(rows: list[Any]) -> list[dict[str, Any]]:
    """Return attempts to sign in, each with whose account it names and with what device."""
    people = selectors.names_of(rows)
    return [
        {
            "row": row,
            "user": people.get((row.username or "").lower()),
            "device": device_name(row.user_agent),
        }
        for row in rows
    ]


@require_safe
@auditors_door
def unmaskings(request: HttpRequest) -> HttpResponse:
    """Show who looked at whose personal data in clear, and why; the number stays masked."""
    form = _bound(request, SignInFilterForm)
    found = _found(form, selectors.unmaskings)
    shown = selectors.stretch(found, before=request.GET.get("before", ""), size=PAGE_SIZE)
    context = {
        **_frame(request, form, "manage_unmaskings", _("查看明文")),
        "shown": shown,
        "rows": shown.rows,
    }
    return render(request, "manage/unmaskings.html", context)


@transaction.atomic
def _handed_out(
    request: HttpRequest, form: forms.Form, found: Any, columns: Columns, name: str, action: str
) -> HttpResponseBase:
    """Answer with a log as a file, and write into the log that it was taken."""
    kind = wanted_format(request)
    table = write_table(kind, name=name, columns=columns, rows=found)
    audit.record(
        actor=request.user, action=action, target=request.user, data={"format": kind, "rows": table.rows}
    )
    return file_response(table, kind=kind, name=name)

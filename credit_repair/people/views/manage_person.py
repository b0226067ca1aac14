"""What a security administrator does about one person: roles, duties, sessions, lock-outs, the account."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from axes.models import AccessAttempt
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from credit_repair.core import clock
from credit_repair.people import manage_selectors as selectors
from credit_repair.people.manage_forms import AdministrationForm, LastDayForm, PostForm, ReasonForm
from credit_repair.people.models import Administration, Membership, User
from credit_repair.people.services import administrators, closing, invitations, lockouts, posts
from credit_repair.people.services.invitation_rows import confirmed_address
from credit_repair.people.views import manage
from credit_repair.people.views.manage_people import people_tabs
from credit_repair.registry.models import Office

ask = require_http_methods(["GET", "POST"])


def _page(request: HttpRequest, user: User, form: forms.Form, **said: Any) -> HttpResponse:
    """Show a form about a person: what it does, its fields, its button, and the way back."""
    context = {
        "page_subtitle": str(user),
        "breadcrumbs": manage.trail(user),
        "form": form,
        "back_url": manage.person_url(user),
        **said,
    }
    return render(request, "manage/act.html", context)


def _done(
    request: HttpRequest, form: forms.Form, act: Callable[[], Any], said: Callable[[Any], str], *, to: str
) -> HttpResponse | None:
    """Do `act` where the form was sent and holds; say `said` of what came of it and lead on to `to`.

    None where the form is to be shown: it was not sent, does not hold, or the act was refused.
    """
    came: list[Any] = []
    if request.method != "POST" or not form.is_valid() or not manage.tried(form, lambda: came.append(act())):
        return None
    messages.success(request, said(came[0]))
    return redirect(to)


@ask
@manage.security_door
def new_membership(request: HttpRequest, key: str) -> HttpResponse:
    """Give a person roles at an office."""
    user = manage.person_or_404(key)
    day = clock.today()
    form = PostForm(request.POST or None, today=day)

    def act() -> Office:
        posts.give_roles(actor=_actor(request), user=user, today=day, **form.cleaned_data)
        office: Office = form.cleaned_data["office"]
        return office

    def said(office: Office) -> str:
        return _("已登记%(name)s在%(office)s的任职。") % {"name": user, "office": office}

    return _done(request, form, act, said, to=manage.person_url(user)) or _page(
        request, user, form, page_title=_("新增任职"), button=_("保存")
    )


@ask
@manage.security_door
def membership(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Prolong, shorten or end a membership."""
    row = get_object_or_404(Membership.objects.select_related("user", "office"), uuid=uuid)
    day = clock.today()
    form = LastDayForm(request.POST or None, today=day, since=row.since, initial={"until": row.until})

    def act() -> None:
        answers = form.cleaned_data
        until = day - timedelta(days=1) if answers["what"] == LastDayForm.NOW else answers["until"]
        posts.set_last_day(
            actor=_actor(request), membership=row, until=until, reason=answers["reason"], today=day
        )

    to = manage.person_url(row.user)
    return _done(request, form, act, lambda _came: _("已更改任职的结束日。"), to=to) or _page(
        request,
        row.user,
        form,
        page_title=_("延长或者结束任职"),
        page_caption=f"{row.office.name} · {row.get_role_display()}",
        lines=[
            _("结束以后，已领取而未办结的事项退回本单位，并通知本单位的督办人员。"),
            _("没有其他任职的，其登录马上结束。"),
        ],
        button=_("保存"),
    )


@ask
@manage.security_door
def new_administration(request: HttpRequest, key: str) -> HttpResponse:
    """Appoint an administrator."""
    user = manage.person_or_404(key)
    day = clock.today()
    form = AdministrationForm(request.POST or None, today=day)

    def act() -> None:
        administrators.appoint(actor=_actor(request), user=user, today=day, **form.cleaned_data)

    def said(_came: Any) -> str:
        return _("已任命%(name)s。") % {"name": user}

    return _done(request, form, act, said, to=manage.person_url(user)) or _page(
        request,
        user,
        form,
        page_title=_("任命管理员"),
        lines=[_("一人只担任一种管理员。管理员不办理业务，也不能看案件。")],
        button=_("任命"),
    )


@ask
@manage.security_door
def administration(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End what somebody administers."""
    row = get_object_or_404(Administration.objects.select_related("user"), uuid=uuid)
    day = clock.today()
    form = ReasonForm(request.POST or None)

    def act() -> None:
        administrators.remove(
            actor=_actor(request), administration=row, reason=form.cleaned_data["reason"], today=day
        )

    def said(_came: Any) -> str:
        return _("已结束%(name)s的管理职责。") % {"name": row.user}

    return _done(request, form, act, said, to=manage.person_url(row.user)) or _page(
        request,
        row.user,
        form,
        page_title=_("结束管理职责"),
        page_caption=row.get_kind_display(),
        lines=[_("马上生效，其登录同时结束。"), _("安全管理员发出而未被接受的邀请随之撤销。")],
        button=_("结束管理职责"),
        danger=True,
    )


@ask
@manage.security_door
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Close an account."""
    user = manage.person_or_404(key)
    form = ReasonForm(request.POST or None)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        closing.close_account(actor=_actor(request), user=user, reason=reason, today=clock.today())

    def said(_came: Any) -> str:
        return _("%(name)s的账号已经停用。") % {"name": user}

    return _done(request, form, act, said, to=manage.person_url(user)) or _page(
        request,
        user,
        form,
        page_title=_("停用账号"),
        lines=[
            _("任职、代办、管理职责和经办授权全部结束，所有设备马上退出，不能再登录。"),
            _("等待审核的授权申请、没有接受的邀请一并撤回，统一身份认证的关联解除。"),
            _("办过的事项和记录都保留。"),
            _("以后只能用“恢复登录”启用，启用后需要重新登记任职。"),
        ],
        button=_("停用账号"),
        danger=True,
    )


@ask
@manage.security_door
def regain(request: HttpRequest, key: str) -> HttpResponse:
    """Send a link by which an official comes in again."""
    user = manage.person_or_404(key)
    address = confirmed_address(user)
    form = ReasonForm(request.POST or None)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        invitations.regain(actor=_actor(request), user=user, reason=reason, now=manage.now())

    def said(_came: Any) -> str:
        return _("链接已寄往%(address)s。") % {"address": address}

    return _done(request, form, act, said, to=manage.person_url(user)) or _page(
        request,
        user,
        form,
        page_title=_("恢复登录"),
        lines=[
            _("用于本人丢失两步验证或者忘记密码。请先当面或者打电话核实是本人。"),
            _("链接寄往%(address)s。本人打开后设置新密码，原来的两步验证取消，所有设备退出。")
            % {"address": address or _("（没有确认过的邮箱）")},
            _("统一身份认证的关联同时解除，本人登录后可以重新关联。"),
            _("本人也不能再用这个邮箱的，请停用账号，再用新的邮箱邀请。"),
        ],
        button=_("寄出链接"),
    )


@ask
@manage.security_door
def sessions(request: HttpRequest, key: str) -> HttpResponse:
    """End all of a person's sessions."""
    user = manage.person_or_404(key)
    form = ReasonForm(request.POST or None)

    def act() -> int:
        reason = form.cleaned_data["reason"]
        return closing.end_all_sessions(actor=_actor(request), user=user, reason=reason, today=clock.today())

    def said(ended: int) -> str:
        return ngettext("已结束%(n)s处登录。", "已结束%(n)s处登录。", ended) % {"n": ended}

    return _done(request, form, act, said, to=manage.person_url(user)) or _page(
        request,
        user,
        form,
        page_title=_("结束全部登录"),
        lines=[_("所有设备马上退出，本人可以重新登录。用于设备丢失或者怀疑被他人使用。")],
        button=_("结束全部登录"),
        danger=True,
    )


@require_safe
@manage.security_door
def lock_outs(request: HttpRequest) -> HttpResponse:
    """Show who is locked out now."""
    context = {
        "page_title": _("登录限制"),
        "tabs": people_tabs("manage_lockouts"),
        "rows": [
            {"lock": lock, "url": manage.person_url(lock.user)}
            for lock in selectors.lock_outs(now=timezone.now())
        ],
    }
    return render(request, "manage/lockouts.html", context)


@ask
@manage.security_door
def lock_out(request: HttpRequest, number: int) -> HttpResponse:
    """Let a person who is locked out try again at once."""
    attempt = get_object_or_404(AccessAttempt, pk=number)
    lock = next((each for each in selectors.lock_outs(now=timezone.now()) if each.attempt == attempt), None)
    if lock is None:
        raise Http404
    form = ReasonForm(request.POST or None)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        lockouts.lift(
            actor=_actor(request), attempt=attempt, user=lock.user, reason=reason, today=clock.today()
        )

    def said(_came: Any) -> str:
        return _("已解除，%(name)s可以马上再登录。") % {"name": lock.user}

    return _done(request, form, act, said, to=reverse("manage_lockouts")) or _page(
        request,
        lock.user,
        form,
        page_title=_("解除登录限制"),
        page_caption=str(attempt.ip_address or ""),
        lines=[_("请先核实是本人输错了密码。不解除的话，过一会儿会自动解除。")],
        button=_("解除限制"),
    )


def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user

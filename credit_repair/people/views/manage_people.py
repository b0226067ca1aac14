"""People, for the security administrator: found, and one looked at. No case and no record is among it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from credit_repair.core import clock
from credit_repair.core.wording import clauses, listed
from credit_repair.people import manage_selectors as selectors
from credit_repair.people.manage_forms import FindForm
from credit_repair.people.masking import Datum, Reader, shown
from credit_repair.people.models import Administration, Membership, User
from credit_repair.people.services.invitation_rows import confirmed_address, has_served
from credit_repair.people.views import manage


def people_tabs(active: str) -> list[dict[str, Any]]:
    """Return the views of the security administrator's lists."""
    counts = selectors.count_invitations(now=clock.now())
    places = [
        ("manage_people", _("人员"), None),
        ("manage_invitations", _("邀请"), counts["open"] + counts["expired"] or None),
        ("manage_lockouts", _("登录限制"), None),
    ]
    return [
        {"label": label, "url": reverse(name), "active": name == active, "count": count}
        for name, label, count in places
    ]


@require_safe
@manage.security_door
def people(request: HttpRequest) -> HttpResponse:
    """Find officials and administrators; an applicant by their whole address."""
    day = clock.today()
    form = FindForm(request.GET if {"q", "office"} & set(request.GET) else None)
    asked: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = selectors.find_people(text=asked.get("q", ""), office=asked.get("office"), on=day)
    page = Paginator(found, manage.PAGE_SIZE).get_page(request.GET.get("page"))
    total = page.paginator.count
    context = {
        "page_title": _("人员"),
        "page_actions": [{"label": _("发出邀请"), "url": reverse("manage_invite"), "primary": True}],
        "tabs": people_tabs("manage_people"),
        "form": form,
        "filter_form": form,
        "clear_url": reverse("manage_people") if any(asked.values()) else "",
        "result_text": ngettext("共%(n)s人", "共%(n)s人", total) % {"n": total},
        "page_obj": page,
        "rows": [{"user": user, "url": manage.person_url(user), **_place(user)} for user in page],
    }
    return render(request, "manage/people.html", context)


def _place(user: Any) -> dict[str, Any]:
    """What the person is today: roles by office, and duties."""
    offices: dict[str, list[str]] = {}
    for post in user.posts:
        offices.setdefault(post.office.name, []).append(str(post.get_role_display()))
    places = [f"{office} · {listed(roles)}" for office, roles in offices.items()]
    duties = [str(duty.get_kind_display()) for duty in user.duties]
    return {"place": clauses([*duties, *places]), "tag": state_tag(user, served=bool(places or duties))}


def state_tag(user: User, *, served: bool) -> dict[str, str]:
    """Return the state of an account in words."""
    if not user.is_active:
        return {"label": _("已停用"), "tone": "danger"}
    return {"label": _("在用"), "tone": "success"} if served else {"label": _("没有任职"), "tone": "neutral"}


@require_safe
@manage.security_door
def person(request: HttpRequest, key: str) -> HttpResponse:
    """Show one account: what the person serves, how they come in, and what can be done about it."""
    user = manage.person_or_404(key)
    day, now = clock.today(), clock.now()
    posts = list(
        Membership.objects.filter(user=user)
        .select_related("office")
        .order_by("-since", "office__name", "role")
    )
    duties = list(Administration.objects.filter(user=user).order_by("-since", "pk"))
    runs = any(_is_lasting(each, day) for each in [*posts, *duties])
    is_self = user.pk == request.user.pk
    administers = any(_is_lasting(each, day) for each in duties)
    context = {
        "page_title": str(user),
        "page_subtitle": user.username,
        "breadcrumbs": [{"label": _("人员"), "url": reverse("manage_people")}],
        "person": user,
        "key": key,
        "is_self": is_self,
        "is_staff_member": has_served(user),
        "administers": administers,
        "may_appoint": user.is_active and not is_self and not administers,
        "tag": state_tag(user, served=runs),
        "facts": _facts(user),
        "sessions": selectors.running_sessions(user),
        "posts": [
            {"row": each, "tag": _period_tag(each, day), "lasts": _is_lasting(each, day)} for each in posts
        ],
        "duties": [
            {"row": each, "tag": _period_tag(each, day), "lasts": _is_lasting(each, day)} for each in duties
        ],
        "lock_outs": selectors.lock_outs(now=timezone.now(), user=user),
        "invitations": selectors.invitations(state="open", now=now).filter(user=user),
    }
    return render(request, "manage/person.html", context)


def _facts(user: User) -> list[dict[str, Any]]:
    return [
        {"key": _("用户名"), "value": user.username},
        {"key": _("邮箱"), "value": confirmed_address(user) or _("没有确认过的邮箱")},
        {"key": _("联系电话"), "value": shown(user.phone, Datum.USER_PHONE, Reader.OUTSIDER)},
        {
            "key": _("两步验证"),
            "value": _("已设置") if selectors.has_second_factor(user) else _("还没有设置"),
        },
    ]


def _is_lasting(row: Any, day: Any) -> bool:
    return row.until is None or row.until >= day


def _period_tag(row: Any, day: Any) -> dict[str, str]:
    if row.until is not None and row.until < day:
        return {"label": _("已结束"), "tone": "neutral"}
    if row.since > day:
        return {"label": _("还没开始"), "tone": "info"}
    return {"label": _("在任"), "tone": "success"}

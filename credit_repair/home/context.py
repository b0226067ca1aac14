"""What the frame of every page shows: names, navigation, who is signed in and for whom.

Every part is lazy: a page that does not show it pays no query for it. What is asked once is kept on the
request.
"""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from credit_repair.core.clock import today
from credit_repair.core.wording import clauses, listed
from credit_repair.home.display import display_of
from credit_repair.people import access, acting
from credit_repair.people.mandate_selectors import applications_for
from credit_repair.people.models import MandateApplication, Membership
from credit_repair.people.roles import roles_with
from credit_repair.registry.models import Office, Subject

OFFICE_SIDE = "/office/"


class Frame:
    """The frame of one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.in_office = request.path_info.startswith(OFFICE_SIDE)

    @cached_property
    def user(self) -> Any:
        """Return the person, or None for a stranger (also where no middleware has run)."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def memberships(self) -> list[Membership]:
        """Return what offices the person serves today, and as what."""
        if self.user is None:
            return []
        found = Membership.objects.filter(user=self.user).on(today())
        return list(found.select_related("office").order_by("office__code", "role"))

    @cached_property
    def subjects(self) -> list[Subject]:
        """Return for whom the person may act today."""
        return acting.subjects_of(self.request) if self.user else []

    def may(self, *permissions: str) -> bool:
        """Whether a role of today gives one of the permissions: for what is shown; doors ask themselves."""
        roles = {role for permission in permissions for role in roles_with(permission)}
        return any(membership.role in roles for membership in self.memberships)

    def host_office(self) -> str:
        """Return whose site this is."""
        if settings.SITE_HOST_NAME:
            return settings.SITE_HOST_NAME
        return self._first_credit_office

    @cached_property
    def _first_credit_office(self) -> str:
        names = Office.objects.filter(kind=Office.Kind.CREDIT).order_by("code").values_list("name", flat=True)
        return names.first() or ""

    def office_name(self) -> str:
        """Return the offices that the person serves; on the public side, whose site this is."""
        if not self.in_office:
            return self.host_office()
        return listed(dict.fromkeys(membership.office.name for membership in self.memberships))

    def user_role(self) -> str:
        """Return as what the person is here, e.g. 濉溪县信用办 · 受理人员; nothing for an applicant."""
        offices: dict[str, list[str]] = {}
        for membership in self.memberships:
            offices.setdefault(membership.office.name, []).append(str(membership.get_role_display()))
        same = len({tuple(sorted(roles)) for roles in offices.values()}) == 1
        if self.in_office and same:  # the offices stand beside it already
            return listed(next(iter(offices.values())))
        return clauses(f"{office} · {listed(roles)}" for office, roles in offices.items())

    def nav_items(self) -> list[dict[str, Any]]:
        """Return the main navigation of this side."""
        places = self._office_places() if self.in_office else self._public_places()
        path = self.request.path
        front = reverse("front")
        fitting = [
            prefix
            for _label, *prefixes in places
            for prefix in prefixes
            if path.startswith(prefix) and (prefix != front or path == front)
        ]
        here = max(fitting, key=len, default="")
        return [
            {"label": label, "url": prefixes[0], "active": bool(here) and here in prefixes}
            | self._count_of(prefixes[0])
            for label, *prefixes in places
        ]

    def _count_of(self, url: str) -> dict[str, Any]:
        """Return how much waits at a place of the navigation, where that is counted."""
        if url != reverse("office_mandates") or not self.mandates_waiting:
            return {}
        return {"count": self.mandates_waiting, "count_label": _("件待审核")}

    @cached_property
    def mandates_waiting(self) -> int:
        """Return how many applications for a mandate wait for this official."""
        waiting = applications_for(user=self.user, on=today())
        return waiting.filter(state=MandateApplication.State.SUBMITTED).count()

    def _office_places(self) -> list[tuple[str, ...]]:
        inbox, records = reverse("office"), reverse("office_records")
        places: list[tuple[str, ...]] = [(_("待办"), inbox, f"{inbox}repairs/")] if self.memberships else []
        if self._takes_in:
            places.append((_("授权审核"), reverse("office_mandates")))
        if self.may("see_cases", "import_records"):
            places.append((_("信用记录"), records))
        if self.may("import_records"):
            places.append((_("数据导入"), reverse("office_imports")))
        elif self.may("supervise"):
            places.append((_("报送质量"), reverse("office_supply"), reverse("office_wrong_codes")))
        if self.may("import_records", "supervise"):
            places.append((_("平台消息"), reverse("office_messages")))
        if self.memberships:
            places.append((_("规则与日历"), reverse("office_rules"), reverse("office_calendar")))
        return places

    @cached_property
    def _takes_in(self) -> bool:
        """Whether the person takes in somewhere today, themself or in a member's place."""
        if not self.memberships:
            return False
        return access.offices_where(user=self.user, permission="intake", on=today()).exists()

    def _public_places(self) -> list[tuple[str, ...]]:
        front = (_("首页"), reverse("front"))
        reading = [(_("修复流程"), reverse("guide")), (_("选择办理方式"), reverse("choose"))]
        if self.user is None:
            return [front, *reading, (_("登录"), reverse("account_login"))]
        if self.memberships and not self.subjects:
            return [front, *reading, (_("工作台"), reverse("office"))]
        me = reverse("me")
        return [
            (_("我的办事台"), me),
            (_("我的申请"), reverse("my_cases"), f"{me}repairs/"),
            (_("修复日历"), reverse("my_calendar")),
            (_("我的主体"), reverse("my_subjects")),
            (_("我的文书"), reverse("my_letters"), reverse("my_mails")),
            reading[0],
        ]

    def account_links(self) -> list[dict[str, str]]:
        """Return the ways from one side of the site to the other, for who is at home on both."""
        links = []
        if self.user is None:
            return []
        if self.in_office and self.subjects:
            links.append({"label": _("我的办事台"), "url": reverse("me")})
        if not self.in_office and self.memberships:
            links.append({"label": _("工作台"), "url": reverse("office")})
        if self.user.is_staff:
            links.append({"label": _("系统管理"), "url": reverse("admin:index")})
        return links

    def acting_for(self) -> dict[str, str] | None:
        """Return the subject that the person acts for, the chosen or the only one; a page about a thing of
        another subject says that one instead."""
        if self.user is None or not self.request.path_info.startswith("/me/"):
            return None
        subject = acting.subject_now(self.request)
        return acting.bar(subject) if subject else None

    def search_url(self) -> str:
        """Return where the header's search leads, for who may read records."""
        return reverse("office_search") if self.may("see_cases", "import_records") else ""

    def crumb_root(self) -> dict[str, str] | None:
        """Return where the way to every page begins; nothing on that page itself."""
        if self.in_office:
            root = {"label": _("待办"), "url": reverse("office")}
        elif self.request.path_info.startswith("/me/"):
            root = {"label": _("我的办事台"), "url": reverse("me")}
        else:
            root = {"label": _("首页"), "url": reverse("front")}
        return None if self.request.path == root["url"] else root

    def footer_links(self) -> list[dict[str, str]]:
        """Return what everybody may read, wherever they are."""
        return [
            {"label": _("修复流程"), "url": reverse("guide")},
            {"label": _("选择办理方式"), "url": reverse("choose")},
            {"label": _("无障碍和适老说明"), "url": reverse("accessibility")},
        ]


def acting_for(subject: Subject, *, several: bool) -> dict[str, str]:
    """Return the bar that says for whom a page acts, with the way to another subject."""
    return acting.bar(subject)


def frame_of(request: HttpRequest) -> Frame:
    """Return the frame of this request, always the same one."""
    frame: Frame | None = getattr(request, "_desk_frame", None)
    if frame is None:
        frame = request._desk_frame = Frame(request)  # type: ignore[attr-defined]
    return frame


def _demo_banner() -> dict[str, Any] | None:
    if not settings.DEMO:
        return None
    links = [{"label": _("邮件"), "url": reverse("demo_mails")}]
    platform = settings.DEMO_PLATFORM_URL
    if platform:
        links.append({"label": _("模拟公示平台"), "url": platform})
    return {"text": _("演示环境：数据均为虚构"), "links": links}


def site(request: HttpRequest) -> dict[str, Any]:
    """Give every template what the frame shows."""
    frame = frame_of(request)
    lazy = SimpleLazyObject
    return {
        "site_name": settings.SITE_NAME,
        "contact_phone": settings.SITE_PHONE,
        "contact_hours": settings.SITE_HOURS,
        "contact_address": settings.SITE_ADDRESS,
        "icp_number": settings.ICP_NUMBER,
        "display": display_of(request),
        "crumb_root": lazy(frame.crumb_root),
        "footer_links": lazy(frame.footer_links),
        "sign_in_url": reverse("account_login"),
        "demo_banner": lazy(_demo_banner),
        "home_url": reverse("office") if frame.in_office else reverse("front"),
        "host_office": lazy(frame.host_office),
        "office_name": lazy(frame.office_name),
        "user_role": lazy(frame.user_role),
        "nav_items": lazy(frame.nav_items),
        "account_links": lazy(frame.account_links),
        "acting_for": lazy(frame.acting_for),
        "acting_now": lazy(lambda: acting.now(request)),
        "search_url": lazy(frame.search_url),
        "search_query": request.GET.get("q", "")[:200] if frame.in_office else "",
    }

"""What the frame of every page shows: names, navigation, who is signed in and for whom.

Every part is lazy: a page that does not show it pays no query for it. What is asked once is kept on the
request.
"""

import re
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from credit_repair.core.clock import today
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import clauses, listed
from credit_repair.home.after import OWN_FILE, after_places
from credit_repair.home.display import display_of
from credit_repair.home.platform_doors import PERMISSIONS, keeps_data
from credit_repair.home.platform_presenters import alert_banners
from credit_repair.people import access, acting
from credit_repair.people.mandate_selectors import applications_for, own_applications
from credit_repair.people.models import Administration, MandateApplication, Membership, Role, Substitution
from credit_repair.people.office_people import standing_words
from credit_repair.people.roles import roles_with
from credit_repair.platforms.queue_selectors import open_alerts
from credit_repair.registry.models import Office, Subject

WINDOW_SIDE = "/window/"
OFFICE_SIDE = ("/office/", WINDOW_SIDE)
#: So many digits in a row are a document of identity, or might be.
LIKE_A_NUMBER = re.compile(r"\d(?:\s*\d){7,}")
MANAGE_SIDE = "/manage/"


class Frame:
    """The frame of one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.in_office = request.path_info.startswith(OFFICE_SIDE)
        self.at_window = request.path_info.startswith(WINDOW_SIDE)
        self.in_manage = request.path_info.startswith(MANAGE_SIDE)

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
    def duties(self) -> list[Administration]:
        """Return as what the person administers the site today."""
        if self.user is None:
            return []
        return list(Administration.objects.filter(user=self.user).on(today()))

    @cached_property
    def subjects(self) -> list[Subject]:
        """Return for whom the person may act today."""
        return acting.subjects_of(self.request) if self.user else []

    @cached_property
    def standing(self) -> list[Substitution]:
        """Return in whose places the person acts today 代办."""
        if self.user is None or not self.memberships:
            return []
        return list(access.stands_in_for(user=self.user, on=today()).order_by("until", "pk"))

    def may(self, *permissions: str) -> bool:
        """Whether a role of today gives one of the permissions, the person's own or one whose whole work they
        do in a member's place: for what is shown; doors ask themselves."""
        roles = {role for permission in permissions for role in roles_with(permission)}
        if any(membership.role in roles for membership in self.memberships):
            return True
        whole = (row for row in self.standing if row.scope == Substitution.Scope.ALL)
        return any(row.membership.role in roles for row in whole)

    @cached_property
    def only_at_window(self) -> bool:
        """Whether all that the person does is to serve a window 窗口: their desk is the window's."""
        if not self.memberships or self.standing:
            return False
        return all(membership.role == Role.WINDOW for membership in self.memberships)

    def desk_url(self) -> str:
        """Return where an official's work begins."""
        return reverse("window" if self.only_at_window else "office")

    def host_office(self) -> str:
        """Return whose site this is."""
        if settings.SITE_HOST_NAME:
            return settings.SITE_HOST_NAME
        return self._first_credit_office

    @cached_property
    def _first_credit_office(self) -> str:
        # The first that was set up: offices that cases are sent on to are added later, whatever their codes.
        names = Office.objects.filter(kind=Office.Kind.CREDIT).order_by("pk").values_list("name", flat=True)
        return names.first() or ""

    def office_name(self) -> str:
        """Return the offices that the person serves; on the public side, whose site this is."""
        if not self.in_office:
            return self.host_office()
        return listed(dict.fromkeys(membership.office.name for membership in self.memberships))

    def user_role(self) -> str:
        """Return as what the person is here, e.g. 濉溪县信用办 · 受理人员; nothing for an applicant."""
        if self.duties:
            return listed(duty.get_kind_display() for duty in self.duties)
        offices: dict[str, list[str]] = {}
        for membership in self.memberships:
            offices.setdefault(membership.office.name, []).append(str(membership.get_role_display()))
        same = len({tuple(sorted(roles)) for roles in offices.values()}) == 1
        if self.in_office and same:  # the offices stand beside it already
            return listed(next(iter(offices.values())))
        return clauses(f"{office} · {listed(roles)}" for office, roles in offices.items())

    def standing_in(self) -> list[str]:
        """Return in whose places the person acts today, in words, on the officials' side alone."""
        return [standing_words(row) for row in self.standing] if self.in_office else []

    def nav_items(self) -> list[dict[str, Any]]:
        """Return the main navigation of this side."""
        sides = {self.in_office: self._office_places, self.in_manage: self._manage_places}
        places = sides.get(True, self._public_places)()
        path = self.request.path
        front, sign_in = reverse("front"), reverse("account_login")
        fitting = [
            prefix
            for _label, *prefixes in places
            for prefix in prefixes
            if path.startswith(prefix) and (prefix != front or path == front)
        ]
        here = max(fitting, key=len, default="")
        return [
            {
                "label": label,
                "url": prefixes[0],
                "active": bool(here) and here in prefixes,
                # Where there is room, the way in stands in the header.
                "narrow": prefixes[0] == sign_in,
            }
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

    def platform_alerts(self) -> list[dict[str, str]]:
        """Return the alerts about platforms that stand, for the desk of who keeps data at a credit office."""
        if not self.may("import_records") or not keeps_data(user=self.user, on=today()):
            return []
        return alert_banners(open_alerts())

    def _office_places(self) -> list[tuple[str, ...]]:
        inbox, records = reverse("office"), reverse("office_records")
        places: list[tuple[str, ...]] = []
        if self.may("file_at_window"):
            places.append((_("窗口办理"), reverse("window")))
        if self.memberships and not self.only_at_window:
            places.insert(0, (_("待办"), inbox, f"{inbox}repairs/"))
        if self.may("verify"):
            places.append((_("协查"), reverse("office_enquiries")))
        if self.may("see_cases"):
            places.append((_("文书登记"), reverse("office_documents")))
        if self.may("intake", "verify", "approve"):
            places.append((_("送达"), reverse("office_deliveries")))
        if self.takes_in:
            places.append((_("授权审核"), reverse("office_mandates")))
        if self.may("see_cases", "import_records"):
            about = (f"{inbox}subjects/", f"{inbox}subject-events/")
            places.append((_("信用记录"), records, *about))
        if after := after_places(self.may, sees_platforms=self.sees_platforms):
            # Effects stand among the tabs of 对账与核查: one place of the navigation is current, not two.
            effects = reverse("office_effects")
            below = (url for place in after for url in place.urls if url != effects)
            places.append((_("修复之后"), reverse("office_after"), *below))
        if self.may("import_records"):
            places.append((_("数据导入"), reverse("office_imports")))
        elif self.may("supervise"):
            places.append((_("报送质量"), reverse("office_supply"), reverse("office_wrong_codes")))
        if self.may("import_records", "supervise"):
            places.append((_("平台消息"), reverse("office_messages"), reverse("office_platforms")))
        if self.sees_platforms:
            seeing = ("office_reconciliation", "office_effects", "office_third_parties", "office_measures")
            places.append((_("对账与核查"), *map(reverse, seeing)))
        if self.memberships:
            law = (
                "office_rules",
                "office_calendar",
                "office_routes",
                "office_texts",
                "office_reasons",
                "office_letters",
            )
            places.append((_("规则与日历"), *map(reverse, law)))
        if self.may("supervise"):
            places.append((_("人员与代办"), reverse("office_people")))
        return places

    @cached_property
    def sees_platforms(self) -> bool:
        """Whether the person sees to it that platforms show what they should."""
        roles = {role for permission in PERMISSIONS for role in roles_with(permission)}
        serving = [*self.memberships]
        serving += [row.membership for row in self.standing if row.scope == Substitution.Scope.ALL]
        return any(each.role in roles and each.office.kind == Office.Kind.CREDIT for each in serving)

    def _manage_places(self) -> list[tuple[str, ...]]:
        kinds = {duty.kind for duty in self.duties}
        places: list[tuple[str, ...]] = []
        if Administration.Kind.SECURITY in kinds:
            places.append((_("人员和邀请"), reverse("manage_people"), MANAGE_SIDE))
        if Administration.Kind.AUDIT in kinds:
            places.append((_("日志"), reverse("manage_audit"), MANAGE_SIDE))
            places.append((_("基础数据的改动"), reverse("admin:admin_logentry_changelist")))
        if Administration.Kind.SYSTEM in kinds:
            places.append((_("系统管理"), reverse("manage_system")))
            places.append((_("平台通道"), reverse("manage_channels")))
            places.append((_("基础数据"), reverse("admin:index")))
        return places

    @cached_property
    def takes_in(self) -> bool:
        """Whether the person takes in somewhere today, themself or in a member's place."""
        if not self.memberships:
            return False
        return access.holds(user=self.user, permission="intake", on=today())

    def _public_places(self) -> list[tuple[str, ...]]:
        front = (_("首页"), reverse("front"))
        reading = [(_("修复流程"), reverse("guide")), (_("选择办理方式"), reverse("choose"))]
        if self.user is None:
            status = (_("查询办理进度"), reverse("case_status"))
            check = (_("文书核验"), reverse("check_documents"))
            promises = (_("信用承诺公开"), reverse("commitments"))
            return [front, *reading, status, check, promises, (_("登录"), reverse("account_login"))]
        if self.duties:
            return [front, *reading, (_("系统管理"), reverse("manage"))]
        if self.memberships and not self.subjects:
            return [front, *reading, (_("工作台"), self.desk_url())]
        me = reverse("me")
        return [
            (_("我的办事台"), me),
            (_("我的申请"), reverse("my_cases"), f"{me}repairs/"),
            (_("修复日历"), reverse("my_calendar")),
            (_("我的主体"), reverse("my_subjects")),
            (_("主体档案"), reverse("my_file"), *map(reverse, OWN_FILE)),
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
            links.append({"label": _("工作台"), "url": self.desk_url()})
        if self.in_office and self.memberships:
            links.append({"label": _("我的离岗与代办"), "url": reverse("office_people")})
        if self.duties and not self.in_manage:
            links.append({"label": _("系统管理"), "url": reverse("manage")})
        links.append({"label": _("我的个人信息"), "url": reverse("my_data")})
        links.append({"label": _("账号与安全"), "url": reverse("account_home")})
        return links

    def acting_for(self) -> dict[str, str] | None:
        """Return the subject that the person acts for, the chosen or the only one; a page about a thing of
        another subject says that one instead."""
        if self.user is None or not self.request.path_info.startswith("/me/"):
            return None
        subject = acting.subject_now(self.request)
        return acting.bar(subject) if subject else None

    @cached_property
    def works_here(self) -> bool:
        """Whether the person works on the site, and acts for nobody: the applicants' pages are not theirs."""
        return self.user is not None and bool(self.memberships or self.duties) and not self.subjects

    def own_desk_url(self) -> str:
        """Return where a page that everybody reads leads "to your own desk"."""
        return reverse("me" if self.user is not None and self.subjects else "after_sign_in")

    @cached_property
    def own_applications_waiting(self) -> list[MandateApplication]:
        """Return the person's own applications for a mandate that are under review, the newest first."""
        if self.user is None:
            return []
        return list(own_applications(user=self.user).filter(state=MandateApplication.State.SUBMITTED))

    def home(self) -> str:
        """Return the name of the page where this side begins."""
        if self.in_office and self.only_at_window:
            return "window"
        return "manage" if self.in_manage else "office" if self.in_office else "front"

    def search_url(self) -> str:
        """Return where the header's search leads, for who may read records."""
        return reverse("office_search") if self.may("see_cases", "import_records") else ""

    def crumb_root(self) -> dict[str, str] | None:
        """Return where the way to every page begins; nothing on that page itself."""
        if self.in_manage:
            return None
        if self.at_window or self.in_office and self.only_at_window:
            root = {"label": _("窗口办理"), "url": reverse("window")}
        elif self.in_office:
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
            {"label": _("查询办理进度"), "url": reverse("case_status")},
            {"label": _("文书核验"), "url": reverse("check_documents")},
            {"label": _("公告送达"), "url": reverse("public_notices")},
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


def _here(request: HttpRequest) -> str:
    """Return the address that a switch in the frame leads back to; never with a personal number, which
    somebody may have searched by."""
    if LIKE_A_NUMBER.search(request.GET.get("q", "")):
        return request.path
    return request.get_full_path()


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
        "site_name": fixed_text(settings.SITE_NAME),
        "contact_phone": settings.SITE_PHONE,
        "contact_hours": settings.SITE_HOURS,
        "contact_address": settings.SITE_ADDRESS,
        "icp_number": settings.ICP_NUMBER,
        "display": display_of(request),
        "here": _here(request),
        "crumb_root": lazy(frame.crumb_root),
        "mandates_waiting": lazy(lambda: frame.mandates_waiting if frame.takes_in else 0),
        "platform_alerts": lazy(frame.platform_alerts),
        "footer_links": lazy(frame.footer_links),
        "works_here": lazy(lambda: frame.works_here),
        "own_desk_url": lazy(frame.own_desk_url),
        "own_applications_waiting": lazy(lambda: frame.own_applications_waiting),
        "sign_in_url": reverse("account_login"),
        "demo_banner": lazy(_demo_banner),
        "home_url": reverse(frame.home()),
        "host_office": lazy(frame.host_office),
        "office_name": lazy(frame.office_name),
        "user_role": lazy(frame.user_role),
        "standing_in": lazy(frame.standing_in),
        "nav_items": lazy(frame.nav_items),
        "account_links": lazy(frame.account_links),
        "acting_for": lazy(frame.acting_for),
        "acting_now": lazy(lambda: acting.now(request)),
        "search_url": lazy(frame.search_url),
        "search_query": request.GET.get("q", "")[:200] if frame.in_office else "",
    }

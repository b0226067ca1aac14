"""What the site keeps about a person who signs in, read for that person alone 我的个人信息."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessLog
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from credit_repair.cases.models import Paper, StoredFile
from credit_repair.core.clock import now
from credit_repair.core.wording import listed
from credit_repair.mail.models import Mail
from credit_repair.notices.models import ServiceConsent
from credit_repair.people import access
from credit_repair.people.devices import device_name
from credit_repair.people.models import Mandate, MandateApplication, Membership, Unmasking
from credit_repair.registry.models import Subject
from credit_repair.repairs.models import LetterSignature

#: Sign-ins are shown for so many days.
SIGN_IN_DAYS = 183
#: So many rows of each sort stand on the page, and so many in the file.
SHOWN, EXPORTED = 10, 5000


@dataclass(frozen=True)
class Kept:
    """One sort of what is kept: its heading, its columns, and its rows, newest first, each as texts, days and
    moments. `purpose` is the code of its line in purposes.PURPOSES."""

    code: str
    title: str
    purpose: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    more: bool = False


def addresses_of(user: Any) -> list[str]:
    """Return the mail addresses that the person has confirmed."""
    found = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return list(found.values_list("email", flat=True))


def account_rows(user: Any) -> list[tuple[str, str]]:
    """Return what is kept of the account itself, in pairs of words."""
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    factors = {
        Authenticator.Type.TOTP: _("动态码"),
        Authenticator.Type.WEBAUTHN: _("通行密钥"),
        Authenticator.Type.RECOVERY_CODES: _("恢复码"),
    }
    return [
        (_("姓名"), user.display_name),
        (_("用户名"), user.username),
        (_("邮箱"), listed(addresses_of(user)) or user.email),
        (_("手机号码"), user.phone),
        (_("两步验证"), listed(words for kind, words in factors.items() if kind in kinds) or _("没有启用")),
        (_("密码"), _("已设置，只保存校验值") if user.has_usable_password() else _("没有设置")),
    ]


def everything(*, user: Any, on: date, limit: int = SHOWN) -> list[Kept]:
    """Return every sort of what is kept of the person beside the account, at most `limit` rows of each."""
    return [
        _sign_ins(user, limit),
        _mandates(user, limit),
        _posts(user, limit),
        _applications(user, limit),
        _uploads(user, limit),
        _signatures(user, limit),
        _consents(user, limit),
        _mails(user, limit),
        _looks(user, on, limit),
    ]


def _kept(code: str, title: str, purpose: str, columns: tuple[str, ...], rows: list[Any], limit: int) -> Kept:
    return Kept(code, title, purpose, columns, rows[:limit], more=len(rows) > limit)


def _sign_ins(user: Any, limit: int) -> Kept:
    since: datetime = now() - timedelta(days=SIGN_IN_DAYS)
    found = AccessLog.objects.filter(username=user.username, attempt_time__gte=since).order_by("-pk")
    rows = [
        (row.attempt_time, row.ip_address or "", device_name(row.user_agent)) for row in found[: limit + 1]
    ]
    columns = (_("时间"), _("网络地址"), _("设备"))
    return _kept("sign_ins", _("最近六个月的登录"), "sign_ins", columns, rows, limit)


def _mandates(user: Any, limit: int) -> Kept:
    found = Mandate.objects.filter(user=user).select_related("subject").order_by("-since", "-pk")
    rows = [(row.subject.name, row.since, row.until) for row in found[: limit + 1]]
    columns = (_("主体"), _("授权自"), _("授权至"))
    return _kept("mandates", _("您的授权"), "mandates", columns, rows, limit)


def _posts(user: Any, limit: int) -> Kept:
    found = Membership.objects.filter(user=user).select_related("office").order_by("-since", "-pk")
    rows = [(row.office.name, row.get_role_display(), row.since, row.until) for row in found[: limit + 1]]
    columns = (_("单位"), _("角色"), _("自"), _("至"))
    return _kept("posts", _("您的任职"), "account", columns, rows, limit)


def _applications(user: Any, limit: int) -> Kept:
    found = MandateApplication.objects.filter(user=user).order_by("-submitted_at", "-pk")
    rows = [
        (row.submitted_on, row.name, row.get_state_display(), row.letter_name) for row in found[: limit + 1]
    ]
    columns = (_("提交日期"), _("主体"), _("状态"), _("上传的文件"))
    return _kept("applications", _("授权申请"), "mandates", columns, rows, limit)


def _uploads(user: Any, limit: int) -> Kept:
    files = StoredFile.objects.filter(uploaded_by=user).order_by("-uploaded_at")
    papers = Paper.objects.filter(added_by=user).order_by("-added_at")
    rows = [
        *files.values_list("uploaded_at", "name", "size")[: limit + 1],
        *papers.values_list("added_at", "name", "size")[: limit + 1],
    ]
    rows.sort(key=lambda row: row[0], reverse=True)
    columns = (_("时间"), _("文件名"), _("大小"))
    return _kept("uploads", _("上传的文件"), "cases", columns, rows, limit)


def _signatures(user: Any, limit: int) -> Kept:
    found = LetterSignature.objects.filter(signed_by=user).select_related("case").order_by("-signed_at")
    rows = [(row.signed_at, row.case.number or _("草稿"), row.signer_name) for row in found[: limit + 1]]
    columns = (_("时间"), _("案件编号"), _("签署人"))
    return _kept("signatures", _("在线签署的承诺书"), "cases", columns, rows, limit)


def _consents(user: Any, limit: int) -> Kept:
    found = ServiceConsent.objects.filter(given_by=user).select_related("subject").order_by("-given_at")
    rows = [(row.subject.name, row.given_at, row.withdrawn_at) for row in found[: limit + 1]]
    columns = (_("主体"), _("同意时间"), _("撤回时间"))
    return _kept("consents", _("同意电子送达"), "cases", columns, rows, limit)


def _mails(user: Any, limit: int) -> Kept:
    rows = [
        (row.created_at, row.subject, row.get_state_display())
        for row in own_mails(user).only("created_at", "subject", "state")[: limit + 1]
    ]
    columns = (_("时间"), _("题目"), _("状态"))
    return _kept("mails", _("发给您的邮件"), "mails", columns, rows, limit)


def own_mails(user: Any) -> QuerySet[Mail]:
    """Return the mails to the person's confirmed addresses since they have the account, newest first: an
    address can have belonged to somebody else before."""
    to_them = Q(pk__in=())
    for address in addresses_of(user):
        to_them |= Q(to_address__iexact=address)
    found = Mail.objects.filter(to_them, created_at__gte=user.date_joined)
    return found.order_by("-created_at", "-pk")


def _looks(user: Any, on: date, limit: int) -> Kept:
    """Who has looked at full identity numbers of those for whom the person acts: where they served then, and
    why; an official's own name is no business of the enterprise's."""
    subjects = access.subjects_of(user=user, on=on)
    found = Unmasking.objects.filter(subject__in=subjects.values("pk")).select_related("subject")
    looks = list(found.order_by("-at", "-pk")[: limit + 1])
    offices = _offices_of({row.user_id for row in looks})
    rows = [
        (row.at, row.subject.name, listed(dict.fromkeys(offices.get(row.user_id, []))), row.reason)
        for row in looks
    ]
    columns = (_("时间"), _("主体"), _("查看人的单位"), _("理由"))
    return _kept("looks", _("查看过完整证件号码的人员"), "audit", columns, rows, limit)


def _offices_of(people: set[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = Membership.objects.filter(user__in=people).order_by("since", "pk")
    for person, name in rows.values_list("user", "office__name"):
        found.setdefault(person, []).append(name)
    return found


def subjects_of(user: Any, on: date) -> list[Subject]:
    """Return for whom the person acts today, by name: what the register says of each is corrected there."""
    return list(access.subjects_of(user=user, on=on).order_by("name", "pk"))

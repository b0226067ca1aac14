"""Mandates and applications for them, in the form that the pages take."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.people.models import Mandate, MandateApplication
from credit_repair.registry.keys import same_name
from credit_repair.registry.models import Office, Subject

State = MandateApplication.State
Capacity = MandateApplication.Capacity

_TONES = {State.SUBMITTED: "info", State.APPROVED: "success", State.REFUSED: "danger"}
#: How the application stands, in one sentence each, for the applicant.
NOW = {
    State.SUBMITTED: gettext_lazy(
        "信用办正在核对授权书，一般%(days)s个工作日内有结果。有了结果会发邮件告诉您，您现在不需要做什么。"
    ),
    State.APPROVED: gettext_lazy("审核已经通过，您可以为这个主体办理信用事项。"),
    State.REFUSED: gettext_lazy("这次没有通过。请按下面的理由补正，再重新申请。"),
    State.WITHDRAWN: gettext_lazy("您已撤回这件申请，以后仍可以重新申请。"),
}


def state_tag(application: MandateApplication) -> dict[str, Any]:
    """Return the state as a tag: words and a tone."""
    state = State(application.state)
    return {"label": state.label, "tone": _TONES.get(state, "neutral")}


def now_words(application: MandateApplication) -> str:
    """Return how the application stands; while it waits, also how long that usually takes."""
    return str(NOW[State(application.state)]) % {"days": settings.MANDATE_REVIEW_DAYS}


def until_text(until: date | None) -> Any:
    """Return the end of a mandate as it is shown."""
    return until or _("没有截止日期")


def application_rows(application: MandateApplication, *, for_office: bool) -> list[dict[str, Any]]:
    """Return what the application says, row by row."""
    user = application.user
    who = [(_("申请人"), str(user)), (_("手机号码"), user.phone), (_("邮箱"), user.email)]
    rows = [
        *(who if for_office else ()),
        (_("申请事项"), application.get_purpose_display()),
        (_("身份"), application.get_capacity_display()),
        (_("主体名称"), application.name),
        (application.get_id_type_display(), application.shown_number),
        (_("申请授权至"), until_text(application.until)),
        *_granted_row(application),
        (_("审核单位"), application.office.name),
        (_("提交日期"), application.submitted_on),
        (_("核验方式"), application.proved_by),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def granted(application: MandateApplication) -> Mandate | None:
    """Return the mandate that runs by this application; none where a later one has prolonged it."""
    mandate: Mandate | None = getattr(application, "mandate", None)
    return mandate


def _granted_row(application: MandateApplication) -> list[tuple[Any, Any]]:
    """Until when it was granted, beside what was asked for; when it ended, where somebody ended it."""
    mandate = granted(application)
    if mandate is None:
        return []
    label = _("授权结束于") if mandate.end_reason else _("核准授权至")
    return [(label, until_text(mandate.until))]


def letter_link(application: MandateApplication, *, url_name: str) -> dict[str, Any] | None:
    """Return the letter as a link, or None where an identity plugin has proved it without one."""
    if not application.letter:
        return None
    return {
        "href": reverse(url_name, args=[application.uuid]),
        "name": application.letter_name,
        "size": application.letter_size,
        "kind": application.letter_name.rpartition(".")[2].upper(),
        "is_image": application.letter_mime.startswith("image/"),
    }


def timeline(application: MandateApplication, *, for_office: bool) -> list[dict[str, Any]]:
    """Return what has happened, the latest first; the applicant reads the office, not the official."""
    state = State(application.state)
    titles = {
        State.APPROVED: (_("审核通过"), "success"),
        State.REFUSED: (_("审核没有通过"), "danger"),
        State.WITHDRAWN: (_("申请人撤回"), "neutral"),
    }
    events: list[dict[str, Any]] = [
        {
            "when": application.submitted_at,
            "title": _("已提交申请"),
            "actor": str(application.user) if for_office else "",
            "tone": "info",
        }
    ]
    if state in titles:
        title, tone = titles[state]
        by = str(application.decided_by or "") if for_office else application.office.name
        mine = application.proved_by or ("" if state == State.WITHDRAWN else by)
        events.insert(
            0,
            {
                "when": application.decided_at,
                "title": title,
                "text": application.reason,
                "actor": mine,
                "tone": tone,
            },
        )
    else:
        waiting = _("等待%s审核") % application.office.name
        events.insert(0, {"title": waiting, "pending": True, "tone": "neutral"})
    return events


def application_items(applications: Iterable[MandateApplication], *, url_name: str) -> list[dict[str, Any]]:
    """Return the rows of a list of applications."""
    return [
        {
            "application": application,
            "tag": state_tag(application),
            "url": reverse(url_name, args=[application.uuid]),
        }
        for application in applications
    ]


def is_administrators(mandate: Mandate) -> bool:
    """Whether a mandate is that of an administrator 破产管理人, whom a court has appointed."""
    return mandate.application is not None and mandate.application.capacity == Capacity.ADMINISTRATOR


def mandate_rows(mandates: Iterable[Mandate], *, user: Any) -> list[dict[str, Any]]:
    """Return who acts for a subject, since and until when."""
    return [
        {
            "mandate": mandate,
            "person": str(mandate.user),
            "mine": mandate.user_id == user.pk,
            "until": mandate.until,
            "administrator": is_administrators(mandate),
        }
        for mandate in mandates
    ]


def comparison(application: MandateApplication, subject: Subject | None) -> list[dict[str, Any]]:
    """Return what the register says to the code and the name that were typed, condition by condition."""
    if subject is None:
        words = _("通过后，系统按申请人填写的名称新建这个主体。请对照营业执照核对名称。")
        return [{"status": "unknown", "title": _("登记中还没有这个代码"), "text": words}]
    code = {"status": "met", "title": _("登记中有这个代码"), "text": subject.shown_number}
    if same_name(subject.name, application.name):
        return [code, {"status": "met", "title": _("名称与登记一致"), "text": subject.name}]
    texts = [_("登记的名称：%s") % subject.name, _("申请的名称：%s") % application.name]
    if any(same_name(former.name, application.name) for former in subject.former_names.all()):
        texts.append(_("申请的名称是它的曾用名。"))
    return [code, {"status": "not_met", "title": _("名称与登记不一致"), "text": "\n".join(texts)}]


def office_warning(application: MandateApplication, usual: Office | None) -> str:
    """Return what whoever decides should know of the office: "" where it is the subject's usual one."""
    if usual is None:
        return _("系统里没有它的信用记录，看不出该由哪个信用办审核，本单位是申请人选的。请核实它确实在本地。")
    if usual.pk == application.office_id:
        return ""
    return _("这个主体通常由%s审核，不是本单位。请先与该单位核实，再作决定。") % usual.name

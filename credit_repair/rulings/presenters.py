"""Rulings and cancellations, in the form that the pages take."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.models import Paper
from credit_repair.cases.presenters import paper_link
from credit_repair.core.wording import day_text
from credit_repair.platforms.models import EffectKind, Message
from credit_repair.platforms.removals import STILL_SHOWN, Stage, removals_of
from credit_repair.platforms.services.queueing import takes
from credit_repair.registry.models import Publication, Record
from credit_repair.rulings.models import CourtRuling, PenaltyCancellation, Shield, ShieldedRecord
from credit_repair.rulings.selectors import cancellation_of, shield_over
from credit_repair.rulings.words import became_of_it, title_of

S = CourtRuling.State
Action = Message.Action
UP = (Publication.State.PUBLISHING, Publication.State.SHOWN)

RULING_TONES: dict[str, str] = {
    S.SUBMITTED: "info",
    S.REGISTERED: "info",
    S.EXECUTED: "success",
    S.REFUSED: "danger",
    S.WITHDRAWN: "neutral",
}
SHIELD_TONES: dict[str, str] = {
    Shield.State.RUNNING: "info",
    Shield.State.PERFORMED: "success",
    Shield.State.FAILED: "warning",
}


def ruling_tag(ruling: CourtRuling) -> dict[str, Any]:
    """Return the state of a ruling as a tag."""
    return {"label": ruling.get_state_display(), "tone": RULING_TONES[ruling.state]}


def shield_tag(shield: Shield) -> dict[str, Any]:
    """Return the state of a shield as a tag."""
    return {"label": shield.get_state_display(), "tone": SHIELD_TONES[shield.state]}


def cancellation_tag(row: PenaltyCancellation, *, today: date) -> dict[str, Any]:
    """Return how far a cancellation is, as a tag: red where its day is over unconfirmed."""
    if row.is_undone:
        return {"label": _("登记已撤回"), "tone": "neutral"}
    if row.confirmed_at is not None:
        return {"label": _("各平台已撤下"), "tone": "success"}
    if row.due_on < today:
        return {"label": _("逾期未撤下"), "tone": "danger"}
    return {"label": _("正在撤下"), "tone": "info"}


def paper_links(papers: Iterable[Paper]) -> list[dict[str, Any]]:
    """Return papers as links to their download."""
    return [paper_link(paper) for paper in papers]


def removal_lines(record: Record) -> list[dict[str, Any]]:
    """Return each of our platforms with how far the removal has come there."""
    labels = {
        Stage.GONE: (_("已确认撤下"), "success"),
        Stage.QUEUED: (_("待通知"), "info"),
        Stage.SENT: (_("已通知"), "info"),
        Stage.RECEIVED: (_("平台已接收"), "info"),
        Stage.PUBLISHING: (_("待上架确认"), "neutral"),
    }
    found = []
    for removal in removals_of(record).ours:
        label, tone = labels.get(removal.stage, (_("仍在公示"), "danger"))
        found.append(
            {
                "platform": removal.line.platform,
                "required": removal.line.required,
                "tag": {"label": label, "tone": "warning" if removal.stage == Stage.SHOWN else tone},
                "at": removal.line.confirmed_at,
                "shown": removal.stage in STILL_SHOWN,
            }
        )
    return found


def ruling_rows(ruling: CourtRuling, *, for_office: bool) -> list[dict[str, Any]]:
    """Return what a ruling says, row by row."""
    rows: list[tuple[Any, Any]] = [
        (_("裁定内容"), ruling.get_kind_display()),
        (_("法院"), ruling.court),
        (_("破产案件案号"), ruling.case_no),
        (_("裁定书编号"), ruling.number),
        (_("裁定日期"), day_text(ruling.made_on)),
        (_("重整计划执行期限至"), day_text(ruling.plan_until)),
        (_("管理人"), ruling.administrator),
        (_("收到日期"), day_text(ruling.filed_on)),
        (_("说明"), ruling.note),
        (_("办理单位"), ruling.office.name),
    ]
    if for_office:
        rows += [
            (_("提交人"), str(ruling.filed_by) if ruling.filed_by else _("信用办自行登记")),
            (_("登记人"), str(ruling.registered_by or "")),
            (_("审批人"), str(ruling.closed_by or "") if ruling.state == S.EXECUTED else ""),
        ]
    return [{"key": key, "value": value} for key, value in rows if value]


def with_shield(part: dict[str, Any], record: Record) -> dict[str, Any]:
    """Let the rows of `repairs.presenters.effects.effects_part` say of a shielded record where it is hidden:
    a platform that has confirmed the shield shows it no longer, whatever its publication is."""
    row = shield_over(record)
    if row is None:
        return part
    publications = record.publications.select_related("platform").filter(state__in=UP)
    newest = _newest([record.pk])
    found = {each.platform.name: _platform(row, each, newest) for each in publications}
    for effect in part["effects"]:
        if effect["kind"] != EffectKind.PUBLICITY:
            continue
        for line in effect["rows"]:
            if own := found.get(line["platform"]):
                at = day_text(own["at"], "datetime")
                line |= {"tag": own["tag"], "words": _("%s确认屏蔽。") % at if at else ""}
    return part


def shielded_rows(shield: Shield, *, for_office: bool) -> list[dict[str, Any]]:
    """Return the records of a shield, each with what every platform has confirmed; few queries for all.

    A platform that takes no such messages is to be asked by hand.
    """
    rows = list(shield.shielded.select_related("record__authority").order_by("-record__decision_date", "pk"))
    records = [row.record_id for row in rows]
    shown: dict[int, list[Publication]] = {}
    publications = Publication.objects.filter(record__in=records).select_related("platform")
    for publication in publications.order_by("-platform__required", "platform__code"):
        shown.setdefault(publication.record_id, []).append(publication)
    newest = _newest(records)
    url = "office_record" if for_office else "my_record"
    return [
        {
            "record": row.record,
            "title": title_of(row.record),
            "url": reverse(url, args=[row.record.uuid]),
            "tag": _row_tag(row),
            "until": row.record.effective_until,
            "platforms": [_platform(row, each, newest) for each in shown.get(row.record_id, [])],
        }
        for row in rows
    ]


def _newest(records: list[int]) -> dict[tuple[int | None, int, str], Message]:
    """The newest message of each kind about a shield, by record and platform."""
    found = Message.objects.filter(record__in=records, action__in=(Action.SHIELD, Action.UNSHIELD))
    return {
        (message.record_id, message.platform_id, message.action): message
        for message in found.defer("payload").order_by("sequence")
    }


def _row_tag(row: ShieldedRecord) -> dict[str, Any]:
    tones = {"performed": "success", "failed": "warning", "over": "neutral"}
    if row.off_on is None:
        return {"label": _("屏蔽中"), "tone": "info"}
    return {"label": row.get_off_how_display(), "tone": tones[row.off_how]}


def _platform(
    row: ShieldedRecord, publication: Publication, newest: dict[tuple[int | None, int, str], Message]
) -> dict[str, Any]:
    """One platform: what is wanted of it by now, and whether it has confirmed that."""
    platform = publication.platform
    if row.off_how in (ShieldedRecord.Off.PERFORMED, ShieldedRecord.Off.OVER):
        if not takes(platform, Action.TERMINATE):
            return _line(platform.name, _("不归信用办管理，定期查看"), "neutral", at=None)
        gone = publication.state == Publication.State.REMOVED
        tag = (_("已确认撤下"), "success") if gone else (_("等待确认撤下"), "info")
        return _line(platform.name, *tag, at=publication.removed_at if gone else None)
    hidden = row.off_on is None
    action = Action.SHIELD if hidden else Action.UNSHIELD
    message = newest.get((row.record_id, platform.pk, action))
    if not takes(platform, action):
        by_hand = _("不接收屏蔽消息，需人工办理")
        return _line(platform.name, by_hand, "warning", at=None)
    if message is None:
        return _line(platform.name, _("待通知"), "info", at=None)
    if message.state == Message.State.CONFIRMED:
        return _line(
            platform.name, _("已确认屏蔽") if hidden else _("已确认恢复"), "success", at=message.confirmed_at
        )
    if message.state in (Message.State.FAILED, Message.State.GIVEN_UP):
        return _line(platform.name, _("平台没有接受，工作人员正在处理"), "danger", at=None)
    return _line(platform.name, _("已通知，等待确认"), "info", at=None)


def _line(platform: str, label: str, tone: str, *, at: Any) -> dict[str, Any]:
    return {"platform": platform, "tag": {"label": label, "tone": tone}, "at": at}


def record_lines(
    record: Record, *, for_office: bool, linked: bool = True, shield_linked: bool = True
) -> list[dict[str, Any]]:
    """Return what rulings have made of a record, for its page: why it is withdrawn, that it is shielded.

    `linked` and `shield_linked`: whether an official may open the pages about them.
    """
    found = []
    if row := cancellation_of(record):
        words = _("%(body)s%(day)s作出，%(number)s。各网站应当在%(due)s以前撤下。") % {
            "body": row.made_by,
            "day": day_text(row.decided_on),
            "number": row.document_no,
            "due": day_text(row.due_on),
        }
        if row.confirmed_at is not None:
            words = _("%(body)s%(day)s作出，%(number)s。各网站已经撤下。") % {
                "body": row.made_by,
                "day": day_text(row.decided_on),
                "number": row.document_no,
            }
        found.append(
            {
                "title": became_of_it(record, row.kind),
                "text": words,
                "url": reverse("office_cancellation", args=[row.uuid]) if for_office and linked else "",
                "link": _("查看登记"),
                "tone": "info",
            }
        )
    if shielded := shield_over(record):
        found.append(_shield_line(shielded, for_office=for_office and shield_linked, public=not for_office))
    return found


def _shield_line(row: ShieldedRecord, *, for_office: bool, public: bool) -> dict[str, Any]:
    shield = row.shield
    plan = next((each for each in shield.rulings.all() if each.kind == CourtRuling.Kind.PLAN), None)
    named = {"court": shield.court, "case": shield.case_no, "day": day_text(shield.started_on)}
    words = _("%(court)s已批准重整计划，案号%(case)s。自%(day)s起临时屏蔽，各网站暂停公示。") % named
    if shield.plan_until is not None:
        words += _("执行期限至%s。") % day_text(shield.plan_until)
    if public:
        words += _("屏蔽期间仍可以申请信用修复。")
    url = ""
    if plan is not None and (for_office or public):
        url = reverse("office_shield" if for_office else "my_shield", args=[plan.uuid])
    return {
        "title": _("破产重整，临时屏蔽中"),
        "text": words,
        "url": url,
        "link": _("查看屏蔽情况"),
        "tone": "info",
    }

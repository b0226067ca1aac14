"""One record as its page shows it: what it says, how its dates came about, where it is shown, its history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import listed, stated
from credit_repair.people.masking import Reader, subject_name, subject_text
from credit_repair.platforms.models import Measure
from credit_repair.registry.law import current_book
from credit_repair.registry.law_words import class_name, in_readers_words, mark_note
from credit_repair.registry.models import (
    FormerName,
    LawEdition,
    Office,
    Record,
    RecordEvent,
    RecordFlag,
)
from credit_repair.registry.services.adjust import ADJUSTABLE
from credit_repair.registry.wording import amount, penalty_summary
from credit_repair.repairs.outlook import cn
from credit_repair.rules import NoRuleSet

MEASURE_TONES = {
    Measure.State.IN_FORCE: "warning",
    Measure.State.ENDING: "info",
    Measure.State.ENDED: "success",
}
FLAG_TONES = {
    RecordFlag.Kind.OBJECTION: "info",
    RecordFlag.Kind.SHIELD: "info",
    RecordFlag.Kind.HELD: "warning",
}
PUBLIC_EVENTS = {
    RecordEvent.What.IMPORTED: gettext_lazy("收到处罚单位的信息"),
    RecordEvent.What.CHANGED: gettext_lazy("处罚单位更新了信息"),
    RecordEvent.What.EXPIRED: gettext_lazy("公示期满，停止公示"),
    RecordEvent.What.REPAIRED: gettext_lazy("信用修复，停止公示"),
    RecordEvent.What.ADJUSTED: gettext_lazy("经人工认定，调整了等级或者期限"),
    RecordEvent.What.REASSESSED: gettext_lazy("规则有变化，重新计算了期限"),
    RecordEvent.What.HELD: gettext_lazy("最长公示期届满，义务履行情况待核实，继续公示"),
    RecordEvent.What.RELEASED: gettext_lazy("核实义务已经履行"),
    RecordEvent.What.WITHDRAWN: gettext_lazy("处罚单位撤回了信息，停止公示"),
    RecordEvent.What.RESTORED: gettext_lazy("信用修复被撤销，恢复公示"),
    RecordEvent.What.SHIELDED: gettext_lazy("法院批准重整计划，临时屏蔽"),
    RecordEvent.What.UNSHIELDED: gettext_lazy("临时屏蔽终止"),
    RecordEvent.What.REVIEW_FILED: gettext_lazy("已提起行政复议或者行政诉讼，公示不停止"),
    RecordEvent.What.COURT_ORDER: gettext_lazy("收到复议决定或者法院裁判"),
    RecordEvent.What.ORDERED: gettext_lazy("认定单位责令整改"),
    RecordEvent.What.RECTIFIED: gettext_lazy("责令整改已经结束"),
    RecordEvent.What.INTERVIEWED: gettext_lazy("认定单位约谈"),
    RecordEvent.What.COMMITTED: gettext_lazy("信用承诺的履行情况有更新"),
}
#: An entry on a list is no penalty: who says so is called otherwise.
PUBLIC_LIST_EVENTS = PUBLIC_EVENTS | {
    RecordEvent.What.IMPORTED: gettext_lazy("收到认定单位的信息"),
    RecordEvent.What.CHANGED: gettext_lazy("认定单位更新了信息"),
    RecordEvent.What.WITHDRAWN: gettext_lazy("认定单位撤回了信息，停止公示"),
}
#: What the enterprise is told where a ruling, or the end of the decision itself, was behind the event.
RULED_EVENTS = {
    ("cancellation", RecordEvent.What.WITHDRAWN): gettext_lazy("原决定变更、撤销或者确认无效，停止公示"),
    ("cancellation", RecordEvent.What.CHANGED): gettext_lazy("撤回的登记有误，已经更正"),
    ("ruling", RecordEvent.What.REPAIRED): gettext_lazy("法院裁定重整计划执行完毕，信用修复"),
}
EVENT_TONES = {
    RecordEvent.What.REPAIRED: "success",
    RecordEvent.What.EXPIRED: "success",
    RecordEvent.What.RELEASED: "success",
    RecordEvent.What.HELD: "warning",
    RecordEvent.What.RESTORED: "warning",
    RecordEvent.What.ORDERED: "warning",
    RecordEvent.What.INTERVIEWED: "warning",
}
#: What the enterprise is told of a change: what follows for it, not how it was found.
TOLD_THE_SUBJECT = ("rule_class", "published", "min_until", "repairable_from", "max_until", "effective_until")
LABELS = {
    "rule_set": gettext_lazy("适用的规则"),
    "rule_class": gettext_lazy("失信等级"),
    "published": gettext_lazy("是否公示"),
    "min_until": gettext_lazy("最短公示期届满"),
    "repairable_from": gettext_lazy("可申请修复之日"),
    "max_until": gettext_lazy("最长公示期届满"),
    "effective_until": gettext_lazy("公示截止日"),
}
LIST_LABELS = {"facts": gettext_lazy("列入原因"), "legal_basis": gettext_lazy("列入依据")}
MONTHS = ("set_min_months", "set_max_months")
AMOUNTS = ("fine", "confiscated")


def is_list(record: Record) -> bool:
    """Whether the record is no penalty: an entry on a list 名单, or other information 其他失信信息."""
    return record.kind != Record.Kind.PENALTY


def _own_until_label(record: Record, *, for_office: bool) -> str:
    if for_office:
        return _("来源公示截止期")
    return _("认定单位给出的公示截止日") if is_list(record) else _("处罚单位给出的公示截止日")


def record_rows(
    record: Record,
    *,
    for_office: bool,
    former_names: Iterable[FormerName] = (),
    reader: Reader = Reader.OWNER,
    numbers: Sequence[tuple[Any, str]] = (),
) -> list[dict[str, Any]]:
    """Return all that a record says, row by row, as `reader` sees it; what the source left empty is left out.

    `numbers`: the subject's identity numbers as they are shown now, where not as usual.
    """
    subject = record.subject
    former = listed(
        _("%(name)s（至%(day)s）") % {"name": each.name, "day": cn(each.until)} for each in former_names
    )
    rows: list[tuple[Any, Any]] = [
        (_("当事人"), subject_name(subject, reader)),
        (_("曾用名"), former if subject_name(subject, reader) == subject.name else ""),
        *(numbers or [(subject.get_id_type_display(), subject.shown_number)]),
    ]
    if for_office:
        rows.append((_("法定代表人"), subject.legal_representative))
    rows += _entry_rows(record) if is_list(record) else _penalty_rows(record)
    rows.append((_own_until_label(record, for_office=for_office), cn(record.own_until)))
    if for_office:
        source = record.source_office
        rows += [
            (_("数据来源单位"), source.name if source else ""),
            (_("处罚有效期"), cn(record.valid_until)),
            (_("备注"), record.remarks),
        ]
    own = {key for key, _shown in numbers}
    return _filled(
        (key, value if key in own else subject_text(value, subject, reader)) for key, value in rows
    )


def masked_texts(items: list[dict[str, Any]], record: Record, reader: Reader) -> list[dict[str, Any]]:
    """Return what happened to a record, or was found about it, with the texts as `reader` sees them."""
    return [
        {
            key: subject_text(value, record.subject, reader) if isinstance(value, str) else value
            for key, value in item.items()
        }
        for item in items
    ]


def _penalty_rows(record: Record) -> list[tuple[Any, Any]]:
    return [
        (_("决定书文号"), record.doc_no),
        (_("处罚机关"), record.authority.name),
        (_("决定日期"), cn(record.decision_date)),
        (_("违法行为类型"), record.conduct),
        (_("违法事实"), record.facts),
        (_("处罚依据"), record.legal_basis),
        (_("处罚种类"), penalty_summary(record)),
        (_("处罚内容"), record.content),
        (_("罚款金额"), amount(record.fine)),
        (_("没收金额"), amount(record.confiscated)),
        (_("暂扣或吊销的证照"), record.licence),
    ]


def _other_rows(record: Record) -> list[tuple[Any, Any]]:
    return [
        (_("信息类别"), record.list_name),
        (_("认定文书文号"), record.doc_no),
        (_("认定机关"), record.authority.name),
        (_("认定日期"), cn(record.decision_date)),
        (_("失信事实"), record.facts),
        (_("认定依据"), record.legal_basis),
        (_("撤销日期"), cn(record.removed_on)),
    ]


def _entry_rows(record: Record) -> list[tuple[Any, Any]]:
    if record.kind == Record.Kind.OTHER:
        return _other_rows(record)
    return [
        (_("名单名称"), record.list_name),
        (_("列入文号"), record.doc_no),
        (_("列入机关"), record.authority.name),
        (_("列入日期"), cn(record.decision_date)),
        (_("列入原因"), record.facts),
        (_("列入依据"), record.legal_basis),
        (_("移出日期"), cn(record.removed_on)),
    ]


def date_rows(record: Record) -> list[dict[str, Any]]:
    """Return what the rules made of a record: class and dates."""
    return _filled(
        [
            (_("失信等级"), class_name(record.rule_class)),
            (_("最短公示期届满"), cn(record.min_until)),
            (_("附带限制截止"), cn(record.restriction_until)),
            (_("可申请修复之日"), cn(record.repairable_from)),
            (_("最长公示期届满"), cn(record.max_until)),
            (_("公示截止日"), cn(record.effective_until)),
            (_("义务履行完毕日"), cn(record.duties_performed_on)),
            (_("结束日期"), cn(record.ended_on)),
        ]
    )


def _filled(rows: Iterable[tuple[Any, Any]]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in rows if value]


def basis_lines(record: Record) -> list[str]:
    """Return how class and dates were computed, step by step, as stored with the record."""
    return [
        format_html("{}{}", in_readers_words(step["text"]), mark_note(step.get("mark", "")))
        for step in record.assessment.get("basis", [])
    ]


def edition_link(record: Record) -> dict[str, str] | None:
    """Return the edition of the rules that computed the record, with its page where it is kept."""
    found = record.rulebook_hash
    if not found:
        return None
    kept = LawEdition.objects.filter(hash=found).exists()
    return {"text": found[:12], "url": reverse("office_rule_edition", args=[found]) if kept else ""}


def measure_tag(measure: Measure) -> dict[str, str]:
    """Return how far a measure 措施 is, as a tag."""
    state = Measure.State(measure.state)
    return {"label": str(state.label), "tone": MEASURE_TONES[state]}


def publicity_rows(record: Record, *, held: bool) -> list[dict[str, Any]]:
    """Return why a record is shown, until when, and what makes that the day."""
    why, until = _why_shown(record), _until_when(record, held=held)
    return _filled([(_("公示依据"), why), (_("公示到"), until)])


def rule_set_title(set_id: str) -> str:
    """Return what a rule set is called; nothing for one that the rules no longer have."""
    try:
        return current_book().rule_set(set_id).title
    except NoRuleSet:
        return ""


def _why_shown(record: Record) -> str:
    named = rule_set_title(record.rule_set)
    if not named:
        return ""
    of_class = class_name(record.rule_class)
    given = {"rules": named, "class": of_class}
    if not record.published:
        return (_("按%(rules)s，属于%(class)s，不公示") if of_class else _("按%(rules)s，不公示")) % given
    return (_("按%(rules)s，属于%(class)s，应当公示") if of_class else _("按%(rules)s，应当公示")) % given


def _until_when(record: Record, *, held: bool) -> str:
    until = record.effective_until
    if record.has_ended:
        return _("%(day)s，已经结束（%(how)s）") % {
            "day": cn(record.ended_on),
            "how": record.get_standing_display(),
        }
    if not record.published or record.standing == Record.Standing.UNPUBLISHED:
        return ""
    if until is None:
        on_a_list = is_list(record) and record.kind != Record.Kind.OTHER
        return _("移出名单为止") if on_a_list else _("没有规定截止日期")
    if held:
        return _("最长公示期已于%s届满；是否履行义务有待核实，核实以前继续公示") % cn(until)
    if until == record.max_until:
        return _("%s，最长公示期届满") % cn(until)
    return _("%s，来源给出的公示截止期") % cn(until)


def flag_tags(flags: Iterable[RecordFlag]) -> list[dict[str, Any]]:
    """Return the flags that stand beside a record now, as tags."""
    return [_flag_tag(flag) for flag in flags if flag.off_at is None]


def flag_rows(flags: Iterable[RecordFlag]) -> list[dict[str, Any]]:
    """Return every flag with the times at which it was put on and taken off, the newest first."""
    return [{"flag": flag, "tag": _flag_tag(flag)} for flag in flags]


def _flag_tag(flag: RecordFlag) -> dict[str, Any]:
    kind = RecordFlag.Kind(flag.kind)
    return {"label": kind.label, "tone": FLAG_TONES[kind] if flag.off_at is None else "neutral"}


def finding_rows(record: Record, events: Sequence[RecordEvent], *, for_office: bool) -> list[dict[str, Any]]:
    """Return what a person has set on the record, on what basis; why, by whom and when only for officials."""
    rows = []
    for name, empty in ADJUSTABLE.items():
        value = getattr(record, name)
        if value == empty:
            continue
        basis = {"set_class": record.set_class_basis}.get(
            name, record.set_period_basis if name in MONTHS else ""
        )
        event = _found_by(events, name)
        reason = event.data.get("reason", "") if event and for_office else ""
        rows.append(
            {
                "key": label_of(name),
                "value": value_text(name, value),
                "basis": basis,
                "reason": reason,
                "event": event if for_office else None,
            }
        )
    return rows


def _found_by(events: Sequence[RecordEvent], name: str) -> RecordEvent | None:
    found = [
        event
        for event in events
        if event.what == RecordEvent.What.ADJUSTED and name in event.data.get("changes", {})
    ]
    return max(found, key=lambda event: (event.at, event.pk), default=None)


def event_items(
    events: Sequence[RecordEvent], *, for_office: bool, entry: bool = False
) -> list[dict[str, Any]]:
    """Return what happened to a record, newest first; who did it, and all that changed, only for officials.

    `entry`: the record is an entry on a list, and its fields are called so.
    """
    offices = _offices_named(events) if for_office else {}
    words = PUBLIC_LIST_EVENTS if entry else PUBLIC_EVENTS
    return [
        {
            "when": event.at,
            "title": event.get_what_display() if for_office else _public_title(event, words),
            "text": _event_text(event, offices, for_office=for_office, entry=entry),
            "actor": fixed_text(event.actor_label) if for_office else "",
            "tone": EVENT_TONES.get(RecordEvent.What(event.what), "info"),
        }
        for event in sorted(events, key=lambda event: (event.at, event.pk), reverse=True)
    ]


def _public_title(event: RecordEvent, words: Mapping[RecordEvent.What, Any]) -> Any:
    what = RecordEvent.What(event.what)
    ruled = (
        RULED_EVENTS.get((behind, what)) for behind in ("cancellation", "ruling") if behind in event.data
    )
    return next((title for title in ruled if title), words[what])


def _event_text(event: RecordEvent, offices: dict[str, str], *, for_office: bool, entry: bool) -> str:
    changes = event.data.get("changes", {})
    told = changes if for_office else [name for name in TOLD_THE_SUBJECT if name in changes]
    lines = [
        stated(label_of(name, entry=entry), _old_or_new(name, changes[name].get("old"), offices))
        + f" → {_old_or_new(name, changes[name].get('new'), offices)}"
        for name in told
    ]
    if for_office:
        lines += [
            stated(label, event.data[name])
            for name, label in (("basis", _("依据")), ("reason", _("说明")))
            if event.data.get(name)
        ]
    if performed := event.data.get("performed_on"):
        lines.append(_("义务履行完毕日：%s") % cn(date.fromisoformat(performed)))
    return "\n".join(lines)


def _old_or_new(name: str, value: Any, offices: dict[str, str]) -> str:
    if name == "source_office":
        return offices.get(value, value or "") or _("（空）")
    return value_text(name, value) or _("（空）")


def _offices_named(events: Iterable[RecordEvent]) -> dict[str, str]:
    """The names of the offices that changes name by code: one query, where there are any."""
    changes = [event.data.get("changes", {}).get("source_office", {}) for event in events]
    codes = {code for change in changes for code in change.values() if code}
    return dict(Office.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def label_of(name: str, *, entry: bool = False) -> str:
    """Return what a field of a record is called on a page."""
    if entry and name in LIST_LABELS:
        return str(LIST_LABELS[name])
    return str(LABELS.get(name) or Record._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def value_text(name: str, value: Any) -> str:
    """Return a field's value in words, from the record or as an event has it; empty where there is none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        if name == "published":
            return _("公示") if value else _("不公示")
        return _("是") if value else _("否")
    words = _WORDS.get(name)
    if words is not None:
        return words(value)
    if isinstance(value, date):
        return cn(value)
    return cn(day) if (day := _day(value)) else str(value)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _amount_text(value: Any) -> str:
    try:
        return amount(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


_WORDS: dict[str, Callable[[Any], str]] = {
    "rule_class": class_name,
    "set_class": class_name,
    "standing": lambda value: str(Record.Standing(value).label),
    "procedure": lambda value: str(Record.Procedure(value).label),
    "rule_set": rule_set_title,
    **dict.fromkeys(MONTHS, lambda value: _("%s个月") % value),
    **dict.fromkeys(AMOUNTS, _amount_text),
}

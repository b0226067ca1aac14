"""Open effects, evidence, reports and letters in the form that the pages' components take them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.cases.record_reading import party, reader_of
from credit_repair.core.languages import fixed_text
from credit_repair.core.wording import day_text
from credit_repair.home import effect_acts as acts
from credit_repair.people.masking import subject_name
from credit_repair.platforms.effects import ACTION_FOR, EffectLine
from credit_repair.platforms.models import EffectEvidence, EffectKind, Message, SightingReport
from credit_repair.platforms.open_effects import ELSEWHERE
from credit_repair.platforms.sightings import newest_sightings
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Platform, Record
from credit_repair.repairs.models import ThirdPartyLetter
from credit_repair.repairs.presenters.effects import Ways

PROOF_TONES = {
    EffectEvidence.State.PROPOSED: "warning",
    EffectEvidence.State.CONFIRMED: "success",
    EffectEvidence.State.DECLINED: "neutral",
}
REPORT_TONES = {
    SightingReport.State.OPEN: "warning",
    SightingReport.State.CONFIRMED: "danger",
    SightingReport.State.DECLINED: "neutral",
}


def title_of(record: Record) -> str:
    """Return what a record is called: its number, else its list."""
    return record.doc_no or record.list_name or _("信用记录")


def tabs(here: str, *, waiting: dict[str, int] | None = None) -> list[dict[str, Any]]:
    """Return the pages about effects as tabs, with how many wait on each."""
    places = (
        ("office_effects", _("逐项清单")),
        ("office_proofs", _("佐证复核")),
        ("office_reports", _("经营主体的反映")),
        ("office_stop_letters", _("商请停止公示函")),
    )
    counts = waiting or {}
    return [
        {"label": label, "url": reverse(name), "active": name == here, "count": counts.get(name) or None}
        for name, label in places
    ]


def ways_for(record: Record, *, user: Any, on: date) -> Ways | None:
    """Return what an official may do about each line of a record's effects; None for who may do nothing."""
    if record.is_public or not acts.is_handled(record, user=user, on=on):
        return None

    def ways(line: EffectLine) -> list[dict[str, str]]:
        if line.proposal is not None:
            may = acts.is_second(record, line.proposal.proposed_by_id, user=user, on=on)
            label = _("复核佐证") if may else _("查看已经登记的佐证")
            return [{"label": label, "url": reverse("office_proof", args=[line.proposal.uuid])}]
        if line.takes_evidence:
            where = [record.uuid, line.platform_id, line.effect]
            return [{"label": _("登记佐证"), "url": reverse("office_proof_new", args=where)}]
        if line.evidence is not None:
            return [{"label": _("查看佐证"), "url": reverse("office_proof", args=[line.evidence.uuid])}]
        return []

    return ways


def open_rows(
    found: Sequence[tuple[int, int, str, date]], *, records: dict[int, Record], today: date
) -> list[dict[str, Any]]:
    """Return open effects as rows: whose, where, since when, and what is being done; in a few queries however
    many they are."""
    platforms = Platform.objects.in_bulk({platform for _record, platform, _of, _ended in found})
    told, proofs, letters = _told(found), _proposals(found), _waiting_letters(found)
    calendar = current_calendar()
    rows = []
    for record_id, platform_id, of, ended in found:
        record, where = records[record_id], (record_id, platform_id)
        rows.append(
            {
                "title": title_of(record),
                "party": party(record),
                "url": reverse("office_record", args=[record.uuid]) + "#effects",
                "effect": _("第三方网站") if of == ELSEWHERE else EffectKind(of).label,
                "platform": platforms[platform_id].name,
                "ended_on": ended,
                "days": calendar.working_days_between(ended, today),
                "tag": _letter_tag(letters.get(where), today)
                if of == ELSEWHERE
                else _open_tag(told.get((*where, of)), proofs.get((*where, of))),
                "letter_url": reverse("office_stop_letter_new", args=[record.uuid, platform_id])
                if of == ELSEWHERE and record.standing == Record.Standing.REPAIRED
                else "",
            }
        )
    return rows


def _told(found: Sequence[tuple[int, int, str, date]]) -> dict[tuple[int | None, int, str], Message]:
    """The newest message for each open effect."""
    messages = Message.objects.filter(
        record__in={row[0] for row in found},
        platform__in={row[1] for row in found},
        action__in=list(ACTION_FOR.values()),
    ).only("record", "platform", "action", "state", "last_error", "attempts")
    effect_of = {action: effect for effect, action in ACTION_FOR.items()}
    return {
        (each.record_id, each.platform_id, effect_of[Message.Action(each.action)].value): each
        for each in messages.order_by("sequence")
    }


def _proposals(
    found: Sequence[tuple[int, int, str, date]],
) -> dict[tuple[int | None, int, str], EffectEvidence]:
    rows = EffectEvidence.objects.filter(
        state=EffectEvidence.State.PROPOSED, record__in={row[0] for row in found}
    )
    return {(each.record_id, each.platform_id, each.effect): each for each in rows}


def _waiting_letters(
    found: Sequence[tuple[int, int, str, date]],
) -> dict[tuple[int, int], ThirdPartyLetter]:
    rows = ThirdPartyLetter.objects.filter(record__in={row[0] for row in found}).order_by("pk")
    return {(each.record_id, each.platform_id): each for each in rows}


def _open_tag(message: Message | None, proposal: EffectEvidence | None) -> dict[str, str]:
    if proposal is not None:
        return {"label": _("佐证待复核"), "tone": "warning"}
    if message is None:
        return {"label": _("没有消息，待登记佐证"), "tone": "danger"}
    tone = {
        Message.State.GIVEN_UP: "danger",
        Message.State.FAILED: "danger",
    }.get(Message.State(message.state), "info")
    if message.state == Message.State.GIVEN_UP:
        return {"label": _("消息已放弃，待登记佐证"), "tone": tone}
    return {"label": message.get_state_display(), "tone": tone}


def _letter_tag(letter: ThirdPartyLetter | None, today: date) -> dict[str, str]:
    return letter_tag(letter, today) if letter else {"label": _("仍可查到"), "tone": "danger"}


def lagging_rows(
    record: Record, websites: Sequence[Platform], *, user: Any, on: date
) -> list[dict[str, Any]]:
    """Return the websites where `record` was still to be seen when somebody last looked, each with its letter
    or the way to one; nothing for who may write none."""
    newest = newest_sightings([record])
    lagging = [each for each in websites if (seen := newest.get((record.pk, each.pk))) and seen.shown]
    if not lagging or not acts.is_handled(record, user=user, on=on):
        return []
    letters = ThirdPartyLetter.objects.filter(record=record, platform__in=lagging).order_by("pk")
    last = {each.platform_id: each for each in letters}
    rows = []
    for each in lagging:
        letter = last.get(each.pk)
        waits = letter is not None and not letter.outcome and letter.reply_by >= on
        rows.append(
            {
                "website": each.name,
                "tag": letter_tag(letter, on) if letter else None,
                "letter_url": reverse("office_stop_letter", args=[letter.uuid]) if letter else "",
                "new_url": "" if waits else reverse("office_stop_letter_new", args=[record.uuid, each.pk]),
            }
        )
    return rows


def letter_tag(letter: ThirdPartyLetter, today: date) -> dict[str, str]:
    """Return how a letter stands: to be sent, waiting, over its day, answered."""
    if letter.outcome:
        stopped = letter.outcome in (ThirdPartyLetter.Outcome.STOPPED, ThirdPartyLetter.Outcome.NOT_THERE)
        return {"label": letter.get_outcome_display(), "tone": "info" if stopped else "danger"}
    if letter.reply_by < today:
        return {"label": _("答复期限已过"), "tone": "danger"}
    if letter.sent_on is None:
        return {"label": _("函已出具，待发出"), "tone": "warning"}
    return {"label": _("已去函，等答复"), "tone": "info"}


def letter_rows(letters: Iterable[ThirdPartyLetter], *, today: date) -> list[dict[str, Any]]:
    """Return letters to websites with how each stands; select record__subject, platform, document along."""
    return [
        {
            "letter": each,
            "number": each.document.number or fixed_text(each.document.title),
            "url": reverse("office_stop_letter", args=[each.uuid]),
            "title": title_of(each.record),
            "record_url": reverse("office_record", args=[each.record.uuid]),
            "tag": letter_tag(each, today),
        }
        for each in letters
    ]


def proof_tag(proof: EffectEvidence) -> dict[str, str]:
    """Return the state of evidence as a tag."""
    state = EffectEvidence.State(proof.state)
    return {"label": str(state.label), "tone": PROOF_TONES[state]}


def proof_rows(proofs: Iterable[EffectEvidence], *, user: Any) -> list[dict[str, Any]]:
    """Return evidence that waits for a second person; select record__subject and platform along."""
    return [
        {
            "proof": each,
            "title": title_of(each.record),
            "party": subject_name(each.record.subject, reader_of(each)),
            "url": reverse("office_proof", args=[each.uuid]),
            "own": each.proposed_by_id == user.pk,
        }
        for each in proofs
    ]


def proof_facts(proof: EffectEvidence) -> list[dict[str, Any]]:
    """Return what evidence says, and who answers for it."""
    rows = [
        (_("佐证编号"), proof.number or ""),
        (_("信用记录"), title_of(proof.record)),
        (_("平台或者部门"), proof.platform.name),
        (_("效果"), proof.get_effect_display()),
        (_("确认终止的日期"), day_text(proof.gone_on)),
        (_("核实情况"), proof.words),
        (_("登记人"), _who(proof.proposed_by, proof.proposed_at)),
        (_("复核人"), _who(proof.decided_by, proof.decided_at) if proof.decided_by else ""),
        (_("复核说明"), proof.answer),
        (_("校验值（SHA-256）"), proof.sha256),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def report_tag(report: SightingReport) -> dict[str, str]:
    """Return the state of a report as a tag."""
    state = SightingReport.State(report.state)
    return {"label": str(state.label), "tone": REPORT_TONES[state]}


def report_facts(report: SightingReport) -> list[dict[str, Any]]:
    """Return what the subject reported, for the official who looks."""
    rows = [
        (_("信用记录"), title_of(report.record)),
        (_("网站"), report.place),
        (_("网页地址"), report.address),
        (_("看到的日期"), day_text(report.seen_on)),
        (_("说明"), report.words),
        (_("反映时间"), day_text(report.reported_at, "datetime")),
        (_("答复"), report.answer),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _who(user: Any, at: Any) -> str:
    return f"{user} {day_text(at, 'datetime')}"

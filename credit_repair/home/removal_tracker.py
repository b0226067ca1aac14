"""What the enterprise reads of the removal of one record: what was told when, who confirmed and how fast, who
is late, what websites that are not ours show, and what it can do itself."""

from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.wording import bracketed, clauses, day_text, sentences
from credit_repair.home.effect_presenters import report_tag
from credit_repair.notices.models import Document
from credit_repair.platforms.effects import EffectLine, Effects
from credit_repair.platforms.models import EffectKind, Sighting, SightingReport
from credit_repair.platforms.sighting_reports import reports_on
from credit_repair.platforms.sightings import sightings_of
from credit_repair.registry.models import Record
from credit_repair.repairs.models import KIND, ThirdPartyLetter
from credit_repair.repairs.presenters.effects import late_words, shown_effects
from credit_repair.repairs.states import RepairState

#: So many of each are told: who needs more asks the office.
MOST = 50
Event = dict[str, Any]


def tracker_parts(record: Record, found: Effects, *, today: date) -> dict[str, Any]:
    """Return the parts of the page on `record`, an ended one."""
    letters = list(_letters(record))
    reports = list(reports_on(record)[:MOST])
    sightings = list(sightings_of(record)[:MOST])
    events = [
        *_end(record),
        *(event for line in found.lines for event in _line_events(line, today=today)),
        *_sighting_events(sightings),
        *_letter_events(letters),
        *_report_events(reports),
    ]
    done = record.cases.filter(kind=KIND, state=RepairState.COMPLETED).order_by("-pk").first()
    return {
        "effects": shown_effects(found, today=today),
        "events": sorted(events, key=_moment, reverse=True),
        "reports": [_report(each) for each in reports],
        "letters": [_letter(each) for each in letters],
        "certificate_url": reverse("my_repair_certificate", args=[done.uuid]) if done else "",
    }


def _moment(event: Event) -> datetime:
    """When it happened; what is known by its day alone comes last on it, but for the end, which is first."""
    when = event["when"]
    if isinstance(when, datetime):
        return when
    of_day = time.min if event.get("begins") else time.max
    return timezone.make_aware(datetime.combine(when, of_day))


def _end(record: Record) -> list[Event]:
    if record.ended_on is None:
        return []
    title = _("公示结束%s") % bracketed(record.get_standing_display())
    return [{"when": record.ended_on, "title": title, "tone": "info", "begins": True}]


def _line_events(line: EffectLine, *, today: date) -> list[Event]:
    said = {"who": line.platform, "what": _what(line)}
    events: list[Event] = []
    if line.told_at:
        events.append({"when": line.told_at, "title": _("通知%(who)s%(what)s") % said, "tone": "info"})
    if line.received_at:
        events.append({"when": line.received_at, "title": _("%(who)s收到通知") % said, "tone": "info"})
    if line.is_over and line.over_at:
        title = _("%(who)s确认已经%(what)s") % said
        if line.evidence is not None:
            title = _("信用办核实%(who)s已经%(what)s") % said
        words = sentences(_took(line), late_words(line, today=today))
        events.append({"when": line.over_at, "title": title, "text": words, "tone": "success"})
    return events


def _what(line: EffectLine) -> str:
    what = {
        EffectKind.PUBLICITY: _("撤下公示"),
        EffectKind.SHARING: _("停止共享"),
        EffectKind.SANCTION: _("解除惩戒措施"),
    }
    return what[line.effect]


def _took(line: EffectLine) -> str:
    """How many days it took from the notice to its confirmation; nothing where that is not known."""
    if not line.told_at or not line.over_at or line.over_at < line.told_at:
        return ""
    days = (timezone.localdate(line.over_at) - timezone.localdate(line.told_at)).days
    return _("通知当天就办好了。") if days == 0 else _("从通知到办好用了%d天。") % days


def _sighting_events(sightings: list[Sighting]) -> list[Event]:
    return [
        {
            "when": each.seen_at,
            "title": (_("核查%s：仍可查到") if each.shown else _("核查%s：已经查不到")) % each.platform.name,
            "tone": "warning" if each.shown else "success",
        }
        for each in sightings
    ]


def _letter_events(letters: list[ThirdPartyLetter]) -> list[Event]:
    events: list[Event] = []
    for each in letters:
        said = {"who": each.platform.name, "day": day_text(each.reply_by)}
        if each.sent_on:
            words = _("请对方在%(day)s前（含当日）停止公示并答复。") % said
            title = _("信用办致函%(who)s") % said
            events.append({"when": each.sent_on, "title": title, "text": words, "tone": "info"})
        if each.replied_on:
            title = clauses([_("%(who)s来函") % said, each.get_outcome_display()])
            events.append({"when": each.replied_on, "title": title, "tone": "neutral"})
    return events


def _report_events(reports: list[SightingReport]) -> list[Event]:
    events: list[Event] = []
    for each in reports:
        title = _("您反映%s仍在公示") % each.place
        events.append({"when": each.reported_at, "title": title, "tone": "neutral"})
        if each.decided_at:
            answer = {"when": each.decided_at, "title": _("信用办答复您的反映"), "text": each.answer}
            events.append({**answer, "tone": "info"})
    return events


def _report(report: SightingReport) -> dict[str, Any]:
    return {"report": report, "tag": report_tag(report)}


def _letters(record: Record) -> Any:
    found = ThirdPartyLetter.objects.filter(record=record).select_related("platform", "document")
    return found.order_by("-pk")[:MOST]


def _letter(letter: ThirdPartyLetter) -> dict[str, Any]:
    document = letter.document
    ready = document.state == Document.State.READY
    return {
        "letter": letter,
        "url": reverse("document", args=[document.uuid]) if ready else "",
        "name": letter.platform.name,
        "number": document.number or "",
        "size": document.size,
    }

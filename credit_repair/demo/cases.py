"""The records and cases that a demonstration begins with: one at each stage, on days around the demo's own
day.

They go through the same services as the pages. What is left to background jobs (documents, mails, messages
to the platform) is done once the worker runs, so that the start does not wait for it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from credit_repair.cases.models import Attachment, Case
from credit_repair.cases.services import transition
from credit_repair.core import clock
from credit_repair.demo import tables
from credit_repair.people.models import User
from credit_repair.platforms.services import give_up
from credit_repair.platforms.sightings import record_sighting
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Platform, Record
from credit_repair.repairs import services as repairs

#: Who looks after the platforms in the demo.
DATA_OFFICER = "shuju"
FIXTURES = Path(settings.BASE_DIR) / "fixtures"
_PERFORMED_AFTER_DAYS = 20
_MATERIALS = (
    (Attachment.Kind.COMMITMENT, "信用修复承诺书（已签字）.png", "signed_commitment.png"),
    (Attachment.Kind.PROOF, "罚款缴款凭证.png", "payment_receipt.png"),
)
#: What an act brings with it where the fixture does not say otherwise.
_DATA: dict[str, dict[str, Any]] = {
    "give_opinion": {"opinion": "agree", "text": "经核实，罚款已全部缴清，违法行为已经改正"}
}


@dataclass(frozen=True)
class _Act:
    """Who did what, how many working days ago, and with what words."""

    action: str
    who: str
    days_ago: int
    data: dict[str, Any]


@dataclass(frozen=True)
class _Story:
    """One case: who files about which record, and what was done with it since."""

    clerk: str
    record: tables.DemoRecord
    acts: tuple[_Act, ...]


def load() -> None:
    """Bring in the demo's own records, publish them, and play the cases about some of them."""
    today = clock.today()
    found = json.loads((FIXTURES / "demo.json").read_text(encoding="utf-8"))
    stories = [_story(each, today) for each in found["cases"]]
    others = [tables.told(each, today=today) for each in found["records"]]
    tables.bring_in([*(story.record for story in stories), *others], today=today)
    for story in stories:
        _play(story, today)
    _follow_elsewhere()


def _story(each: dict[str, Any], today: date) -> _Story:
    acts = tuple(
        _Act(action, who, ago, more[0] if more else _DATA.get(action, {}))
        for action, who, ago, *more in each["steps"]
    )
    return _Story(clerk=each["clerk"], record=tables.told(each, today=today), acts=acts)


def _play(story: _Story, today: date) -> None:
    clerk = User.objects.get(username=story.clerk)
    back = _working_days_before(today)
    first = back(story.acts[0].days_ago)
    with clock.assume(first):
        case = _filled_in(story.record.stored, clerk, first)
    for act in story.acts:
        day = back(act.days_ago)
        with clock.assume(day):
            actor = User.objects.get(username=act.who)
            transition(case=case, action=act.action, actor=actor, today=day, data=act.data)


def _filled_in(record: Record, clerk: User, day: date) -> Case:
    """Return a draft with its answers and materials."""
    case = repairs.start(record=record, actor=clerk, today=day)
    shared = repairs.SharedAnswers(
        corrected=True,
        statement="罚款已经缴清，违法行为已经改正，并对员工进行了培训。",
        contact_name=clerk.display_name,
        contact_phone=clerk.phone,
    )
    own = repairs.OwnAnswers(record.decision_date + timedelta(days=_PERFORMED_AFTER_DAYS))
    repairs.save_answers(
        filing=case.filing, actor=clerk, today=day, shared=shared, own={case.uuid: own}, revision=0
    )
    for kind, name, file in _MATERIALS:
        upload = SimpleUploadedFile(name, (FIXTURES / file).read_bytes())
        repairs.add_material(filing=case.filing, actor=clerk, today=day, kind=kind, upload=upload)
    return case


def _follow_elsewhere() -> None:
    """Let the granted repair be followed beyond our platforms: a website shows the record still, and messages
    to a department were given up, so that evidence is wanted in their place."""
    officer = User.objects.get(username=DATA_OFFICER)
    record = Record.objects.filter(standing=Record.Standing.REPAIRED).order_by("pk").first()
    website = Platform.objects.filter(kind=Platform.Kind.THIRD_PARTY).order_by("pk").first()
    if record is None or website is None:
        return
    record_sighting(
        record=record,
        platform=website,
        actor=officer,
        shown=True,
        seen_at=clock.now(),
        address=f"https://www.example.com/company/{record.subject.shown_number}",
        note="按企业名称查询，处罚信息仍在列表里。",
    )
    for message in record.messages.filter(platform__kind=Platform.Kind.DEPARTMENT):
        give_up(message=message, actor=officer, reason="该部门没有接口，改为电话通知。")


def _working_days_before(today: date) -> Callable[[int], date]:
    calendar = current_calendar()

    def back(number: int) -> date:
        day = today
        while number > 0:
            day -= timedelta(days=1)
            number -= calendar.is_working_day(day)
        return day

    return back

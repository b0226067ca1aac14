"""The cases that a demonstration begins with: one at each stage, on days around the demo's own day.

They go through the same services as the pages. What is left to background jobs (documents, mails, messages
to the platform) is done once the worker runs, so that the start does not wait for it.
"""

import csv
import io
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
from credit_repair.people.models import User
from credit_repair.platforms.services import announce_new_publications
from credit_repair.registry.importing.columns import HEADERS
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Office, Platform, Record
from credit_repair.registry.services import import_file
from credit_repair.repairs import services as repairs
from credit_repair.rules import add_months

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
#: Long enough ago that the minimum period of publicity is over, not so long that publicity has ended.
_DECIDED_MONTHS_AGO = 6
_PERFORMED_AFTER_DAYS = 20
_MATERIALS = (
    (Attachment.Kind.COMMITMENT, "信用修复承诺书（已签字）.png", "signed_commitment.png"),
    (Attachment.Kind.PROOF, "罚款缴款凭证.png", "payment_receipt.png"),
)
_DATA: dict[str, dict[str, Any]] = {
    "give_opinion": {"opinion": "agree", "text": "经核实，罚款已全部缴清，违法行为已经改正"}
}


@dataclass(frozen=True)
class _Story:
    """One case: who files for whom, about whose penalty, and who did what how many working days ago."""

    clerk: str
    subject: str
    code: str
    authority: str
    doc_no: str
    steps: tuple[tuple[str, str, int], ...]


def load() -> None:
    """Bring in the penalties that the cases are about, publish them, and play the cases."""
    today = clock.today()
    told = json.loads((FIXTURES / "demo.json").read_text(encoding="utf-8"))["cases"]
    stories = [_story(each, year=add_months(today, -_DECIDED_MONTHS_AGO).year) for each in told]
    offices = {office.code: office for office in Office.objects.all()}
    batch = import_file(
        path_or_file=io.BytesIO(_table(stories, offices, today)),
        file_name="penalties_under_repair_demo.csv",
        as_of=today,
        platforms=tuple(Platform.objects.filter(active=True)),
    )
    if batch.refused:
        raise RuntimeError(f"the demo's own table was refused: {list(batch.lines.values())}")
    announce_new_publications(today=today)
    for story in stories:
        _play(story, today)


def _story(told: dict[str, Any], *, year: int) -> _Story:
    steps = tuple((str(action), str(who), int(ago)) for action, who, ago in told["steps"])
    named = {name: str(told[name]) for name in ("clerk", "subject", "code", "authority")}
    return _Story(**named, doc_no=str(told["doc_no"]).replace("YEAR", str(year)), steps=steps)


def _play(story: _Story, today: date) -> None:
    record = Record.objects.get(doc_no=story.doc_no)
    clerk = User.objects.get(username=story.clerk)
    back = _working_days_before(today)
    first = back(story.steps[0][2])
    with clock.assume(first):
        case = _filled_in(record, clerk, first)
    for action, who, ago in story.steps:
        day = back(ago)
        with clock.assume(day):
            actor = User.objects.get(username=who)
            transition(case=case, action=action, actor=actor, today=day, data=_DATA.get(action, {}))


def _filled_in(record: Record, clerk: User, day: date) -> Case:
    """Return a draft with its answers and materials."""
    case = repairs.start(record=record, actor=clerk, today=day)
    answers = {
        "corrected": True,
        "performed_on": record.decision_date + timedelta(days=_PERFORMED_AFTER_DAYS),
        "statement": "罚款已经缴清，违法行为已经改正，并对员工进行了培训。",
        "contact_name": clerk.display_name,
        "contact_phone": clerk.phone,
    }
    repairs.save_statement(case=case, actor=clerk, today=day, answers=answers, revision=0)
    for kind, name, file in _MATERIALS:
        upload = SimpleUploadedFile(name, (FIXTURES / file).read_bytes())
        repairs.add_material(case=case, actor=clerk, today=day, kind=kind, upload=upload)
    return case


def _working_days_before(today: date) -> Callable[[int], date]:
    calendar = current_calendar()

    def back(number: int) -> date:
        day = today
        while number > 0:
            day -= timedelta(days=1)
            number -= calendar.is_working_day(day)
        return day

    return back


def _table(stories: list[_Story], offices: dict[str, Office], today: date) -> bytes:
    decided = add_months(today, -_DECIDED_MONTHS_AGO)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(HEADERS.values()), restval="")
    writer.writeheader()
    for story in stories:
        authority = offices[story.authority]
        values = {
            "name": story.subject,
            "category": "法人及非法人组织",
            "code": story.code,
            "doc_no": story.doc_no,
            "conduct": "虚假宣传",
            "facts": "在宣传页面使用与实际不符的用语",
            "legal_basis": "《中华人民共和国反不正当竞争法》第八条第一款",
            "penalty_text": "罚款",
            "content": "罚款人民币21000元",
            "fine": "2.1",
            "decision_date": decided.strftime("%Y/%m/%d"),
            "own_until": add_months(decided, 12).strftime("%Y/%m/%d"),
            "authority": authority.name,
            "authority_code": authority.code,
            "source": authority.name,
            "source_code": authority.code,
        }
        writer.writerow({HEADERS[key]: value for key, value in values.items()})
    return text.getvalue().encode("utf-8-sig")

"""The whole way, unattended: the same services as the pages, a real stand-in platform, real HTTP.

A record comes in and is published; its subject files, the offices accept, verify and approve; the platform
takes it down and its receipt completes the case. A second record ends by time. An official is reminded.
Every date is relative to today; the database needs to be migrated and may be empty.
"""

import csv
import io
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import close_old_connections

from credit_repair.cases.models import Attachment, Case, CaseDocument, Clock
from credit_repair.cases.services import transition
from credit_repair.core import clock, jobs, settling
from credit_repair.demo import standin
from credit_repair.demo.invented import Scene, invent
from credit_repair.mail.models import Mail
from credit_repair.platforms.expiry import expire_records
from credit_repair.platforms.models import Message
from credit_repair.platforms.services import announce_new_publications
from credit_repair.platforms.transports import shown
from credit_repair.registry.importing.columns import HEADERS
from credit_repair.registry.law import current_calendar
from credit_repair.registry.models import Record
from credit_repair.registry.services import import_file
from credit_repair.reminders.services import send_step_reminders
from credit_repair.repairs import services as repairs

ROUNDS = 50


def walk() -> dict[str, Any]:
    """Walk the whole way and return what came of it; see `is_success`."""
    began = time.monotonic()
    folder = Path(settings.VAR_DIR) / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="standin-") as store,
        standin.running(store=Path(store) / "store.sqlite3") as url,
    ):
        result = _Walk(scene=invent(platform_url=url, today=clock.today())).run()
    result["seconds"] = round(time.monotonic() - began, 2)
    return result


def is_success(result: dict[str, Any]) -> bool:
    """Whether the platform itself showed both records and says now that both are gone."""
    shows = result["platform_shows"]
    # None is no answer, and no answer is no proof.
    return all(seen is True for seen in shows["before"].values()) and all(
        seen is False for seen in shows["after"].values()
    )


def in_words(result: dict[str, Any]) -> str:
    """Return the result in a few lines for a person."""
    case = result["case"]
    lines = [
        f"记录 {result['record']['doc_no']} → 案件 {case['number']}：{' → '.join(case['states'])}",
        *(f"文书 {item['kind']} {item['number'] or ''} {item['path']}" for item in result["documents"]),
        *(f"消息 {item['action']} → {item['platform']}：{item['receipt']}" for item in result["messages"]),
        f"公示期满 {result['expired']['record']}：{result['expired']['receipt']}",
        f"邮件 {len(result['mails'])} 封，提醒 {len(result['reminders'])} 封，用时 {result['seconds']} 秒",
        "平台确认两条信息都已撤下。" if is_success(result) else "平台仍在公示，演示未通过。",
    ]
    return "\n".join(lines)


@dataclass
class _Walk:
    """One walk through one invented scene."""

    scene: Scene

    def run(self) -> dict[str, Any]:
        to_repair, to_expire = self._import()
        before = self._shown(to_repair, to_expire)
        case = self._file(to_repair)
        accepted_on = self._remind_and_accept(case)
        self._verify_and_approve(case, on=accepted_on)
        expired = self._expire(to_expire)
        case.refresh_from_db()
        return {
            "record": {"id": str(to_repair.uuid), "doc_no": to_repair.doc_no},
            "case": {"number": case.number, "states": _states(case)},
            "documents": _documents(case),
            "messages": _messages(to_repair, to_expire),
            "mails": _mails(self.scene, reminders=False),
            "expired": expired,
            "reminders": _mails(self.scene, reminders=True),
            "platform_shows": {"before": before, "after": self._shown(to_repair, to_expire)},
        }

    def _import(self) -> tuple[Record, Record]:
        """A penalty table comes in, and the platform publishes its two records."""
        day = self.scene.today
        batch = import_file(
            path_or_file=io.BytesIO(_table(self.scene.rows)),
            file_name="demo.csv",
            as_of=day,
            platforms=(self.scene.platform,),
        )
        if batch.refused:
            raise RuntimeError(f"the demo's own table was refused: {list(batch.lines.values())}")
        self.scene.give_mandate()
        with clock.assume(day):
            announce_new_publications(today=day)
            _work_off()
        doc_nos = [row["行政处罚决定书文号"] for row in self.scene.rows]
        repair, expire = (Record.objects.get(doc_no=doc_no) for doc_no in doc_nos)
        return repair, expire

    def _file(self, record: Record) -> Case:
        """The enterprise files: answers, the letter signed, a proof of payment."""
        clerk, day = self.scene.clerk, self.scene.today
        with clock.assume(day):
            case = repairs.start(record=record, actor=clerk, today=day)
            shared = repairs.SharedAnswers(
                corrected=True,
                statement="罚款已经缴清，违法行为已经改正。",
                contact_name=clerk.display_name,
                contact_phone=clerk.phone,
            )
            own = repairs.OwnAnswers(record.decision_date + timedelta(days=20))
            repairs.save_answers(
                filing=case.filing, actor=clerk, today=day, shared=shared, own={case.uuid: own}, revision=0
            )
            letter = repairs.letter_to_sign(case=case, actor=clerk, today=day)
            signed = letter.document.file.read()
            for kind, name in (
                (Attachment.Kind.COMMITMENT, "承诺书.pdf"),
                (Attachment.Kind.PROOF, "缴款凭证.pdf"),
            ):
                repairs.add_material(
                    filing=case.filing,
                    actor=clerk,
                    today=day,
                    kind=kind,
                    upload=SimpleUploadedFile(name, signed),
                )
            transition(case=case, action="submit", actor=clerk, today=day)
            _work_off()
        return case

    def _remind_and_accept(self, case: Case) -> date:
        """The day before acceptance is due, the intake officer is reminded, and accepts."""
        due = Clock.objects.get(case=case, kind=Clock.Kind.ACCEPTANCE).due_on
        day = _working_day_before(due or self.scene.today)
        with clock.assume(day):
            send_step_reminders(today=day)
            transition(case=case, action="accept", actor=self.scene.intake, today=day)
            _work_off()
        return day

    def _verify_and_approve(self, case: Case, *, on: date) -> None:
        """The authority verifies and approves; messages go out; the receipt completes the case."""
        with clock.assume(on):
            transition(
                case=case,
                action="give_opinion",
                actor=self.scene.verifier,
                today=on,
                data={"opinion": "agree", "text": "经核实，罚款已全部缴清，违法行为已经改正"},
            )
            transition(case=case, action="approve", actor=self.scene.approver, today=on)
            _work_off()
            settling.settle_all(today=on)
            _work_off()

    def _expire(self, record: Record) -> dict[str, Any]:
        """The day after the last day of its publicity, the other record is taken down without any case."""
        record.refresh_from_db()
        day = (record.effective_until or self.scene.today) + timedelta(days=1)
        with clock.assume(day):
            expire_records(today=day)
            _work_off()
        ended = Message.objects.filter(record=record, action=Message.Action.TERMINATE).first()
        return {
            "record": record.doc_no,
            "id": str(record.uuid),
            "receipt": ended.receipt if ended else None,
        }

    def _shown(self, *records: Record) -> dict[str, bool | None]:
        """Ask the platform itself; a record it has never heard of is not shown, None is no answer."""
        return {record.doc_no: shown(record=record.uuid, platform=self.scene.platform) for record in records}


def _work_off() -> None:
    """Run due jobs until none is left, as the worker loop does."""
    for _round in range(ROUNDS):
        close_old_connections()
        if not jobs.run_due():
            return


def _working_day_before(day: date) -> date:
    """Return the last working day before `day`: the one on which it is due "tomorrow"."""
    before = day - timedelta(days=1)
    while not current_calendar().is_working_day(before):
        before -= timedelta(days=1)
    return before


def _table(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(HEADERS.values()), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _states(case: Case) -> list[str]:
    passed = list(case.events.order_by("at", "pk").values_list("state_to", flat=True))
    return [state for index, state in enumerate(passed) if index == 0 or state != passed[index - 1]]


def _documents(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "kind": link.document.kind,
            "number": link.document.number,
            "path": str(Path(link.document.file.path).resolve()),
        }
        for link in CaseDocument.objects.filter(case=case).select_related("document").order_by("pk")
    ]


def _messages(*records: Record) -> list[dict[str, Any]]:
    return [
        {
            "record": message.record.doc_no if message.record else "",
            "action": message.action,
            "platform": message.platform.code,
            "receipt": message.receipt,
        }
        for message in Message.objects.filter(record__in=records)
        .select_related("platform", "record")
        .order_by("record", "sequence")
    ]


def _mails(scene: Scene, *, reminders: bool) -> list[dict[str, Any]]:
    mails = Mail.objects.filter(to_address__in=scene.addresses).order_by("pk")
    mails = mails.filter(kind="step_due") if reminders else mails.exclude(kind="step_due")
    return [
        {"kind": mail.kind, "to": mail.to_address, "subject": mail.subject, "state": mail.state}
        for mail in mails
    ]

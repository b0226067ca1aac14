"""Mails as rows: once per key, tried again, given up in the end."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from credit_repair.cases.models import ReviewStep, TimelineEvent
from credit_repair.core.models import Job
from credit_repair.mail import services
from credit_repair.mail.models import Mail
from tests.world import TODAY, build_world, do, submitted_case, verifying_case

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 20, 1, 0, tzinfo=timezone.get_fixed_timezone(0))
#: The mails about cases. Those about people are read where they are sent from: tests/people.
KINDS = sorted(
    path.stem
    for path in (Path(project.BASE_DIR) / "templates" / "mails").glob("*.txt")
    if path.stem.startswith(("repair_", "step_"))
)
#: A draft has no number yet.
WITHOUT_NUMBER = ("repair_closed_moot", "repair_returned", "repair_scheduled")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moment, in a list so that a test can move it."""
    moment = [START]
    monkeypatch.setattr(timezone, "now", lambda: moment[0])
    return moment


class DeafServer(EmailBackend):
    """Takes nothing."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("nobody listens")


def context(kind: str) -> dict[str, object]:
    world = build_world()
    case = submitted_case(world)
    event = TimelineEvent.objects.filter(case=case).last()
    assert event is not None
    event.text = "理由甲"
    step = ReviewStep.objects.get(case=case, phase="intake")
    return {
        "case": case,
        "record": case.record,
        "event": event,
        "step": step,
        "due": TODAY,
        "path": "/office/repairs/1/",
    }


def queue(
    key: str = "k", to: str = "a@example.com", kind: str = "repair_submitted", **changed: object
) -> bool:
    return services.queue_mail(
        key=key, kind=kind, to_address=to, to_name="周小敏", context={**context(kind), **changed}
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_template_says_something_and_leaves_nothing_open(kind: str) -> None:
    assert queue(key="kind", kind=kind)
    mail = Mail.objects.get(key="kind")
    assert mail.kind == kind
    assert mail.subject and "\n" not in mail.subject and len(mail.subject) < 60
    assert mail.body.startswith("周小敏，您好：")
    assert project.SITE_URL in mail.body
    for text in (mail.subject, mail.body):
        assert not re.search(r"[{}]|None|&[a-z#0-9]+;", text), text
    if kind not in WITHOUT_NUMBER:
        assert "XF-2026-000001" in mail.subject


def test_the_subject_is_the_first_line_of_the_template() -> None:
    queue()
    assert Mail.objects.get(key="k").subject == "信用修复申请已提交（XF-2026-000001）"


def test_names_and_reasons_come_out_as_they_were_written() -> None:
    world = build_world(authority={"name": "A&B 局"})
    world.record.doc_no = "濉'罚'〔2026〕<1>号"
    world.record.save()
    case = submitted_case(world)
    do(case, "refuse_to_accept", world.intake, reason='缺"凭证" & 签字')
    body = Mail.objects.get(kind="repair_not_accepted").body
    assert '缺"凭证" & 签字' in body and "濉'罚'〔2026〕<1>号" in body


def test_one_event_mails_one_reader_once() -> None:
    assert queue("k") and not queue("k")
    assert queue("other")
    assert Mail.objects.filter(key__in=["k", "other"]).count() == 2


def test_a_reader_without_an_address_gets_none() -> None:
    assert not queue(to="")
    assert not Mail.objects.filter(key="k").exists()


def test_the_sender_is_called_after_the_commit(django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        queue()
        assert not Job.objects.filter(name="send_mails").exists()
    assert Job.objects.get(name="send_mails").state == "waiting"


def mails(count: int = 1) -> list[Mail]:
    return Mail.objects.bulk_create(
        Mail(
            key=f"m{number}",
            kind="x",
            to_address=f"a{number}@example.com",
            to_name="周小敏",
            subject="题目",
            body="正文\n",
            next_attempt_at=START,
            created_at=START,
        )
        for number in range(count)
    )


def test_what_waits_is_sent_once(now: list[datetime]) -> None:
    mails(3)
    assert services.send_waiting() == 3
    assert services.send_waiting() == 0
    assert [message.subject for message in outbox.outbox] == ["题目"] * 3
    assert outbox.outbox[0].body == "正文\n"
    assert "a0@example.com" in outbox.outbox[0].to[0]
    first = Mail.objects.get(key="m0")
    assert (first.state, first.sent_at, first.attempts) == ("sent", START, 1)
    assert outbox.outbox[0].extra_headers["Message-ID"] == f"<{first.uuid}@credit-repair>"


def test_a_mail_that_fails_is_tried_again_and_given_up_after_the_last(now: list[datetime], settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.DeafServer"
    mails()
    for attempt, delay in enumerate(services.RETRY_DELAYS, start=1):
        assert services.send_waiting() == 0
        mail = Mail.objects.get()
        assert mail.attempts == attempt
        assert mail.last_error == "ConnectionRefusedError: nobody listens"
        assert mail.state == ("failed" if attempt == len(services.RETRY_DELAYS) else "waiting")
        now[0] += delay - timedelta(seconds=1)
        services.send_waiting()
        assert Mail.objects.get().attempts == attempt, "not before its time"
        now[0] += timedelta(seconds=1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.send_waiting() == 0 and not outbox.outbox


def test_a_mail_whose_sender_died_goes_out_later(now: list[datetime]) -> None:
    (mail,) = mails()
    assert services._claim(mail)
    assert services.send_waiting() == 0
    now[0] += services.RETRY_DELAYS[0]
    assert services.send_waiting() == 1


def test_of_two_senders_one_has_the_mail(now: list[datetime]) -> None:
    (mail,) = mails()
    other = Mail.objects.get()
    assert services._claim(mail) and not services._claim(other)


def test_one_bad_address_keeps_no_other_mail_back(now: list[datetime]) -> None:
    mails(2)
    Mail.objects.filter(key="m0").update(to_address="a@example.com\nBcc: b@example.com")
    assert services.send_waiting() == 1
    assert Mail.objects.get(key="m0").state == "waiting"


def test_a_whole_case_mails_each_event_once() -> None:
    world = build_world()
    verifying_case(world)
    assert sorted(Mail.objects.values_list("kind", flat=True)) == ["repair_accepted", "repair_submitted"]

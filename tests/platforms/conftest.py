"""A real stand-in platform in a process of its own, and platforms that follow a script."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings

from credit_repair.platforms.models import Message
from credit_repair.platforms.relay import RelayReport, relay_once
from credit_repair.platforms.services import enqueue
from credit_repair.platforms.transports import OpenTransports
from credit_repair.platforms.transports.http import HttpTransport
from credit_repair.registry.models import Platform, Publication, Record
from tests.registry.factories import PlatformFactory, PublicationFactory, RecordFactory

SECRET = "test-secret"

Reply = httpx.Response | Exception
Handler = Callable[[httpx.Request], Reply]


class StandIn:
    """The running stand-in, and questions to it."""

    def __init__(self, process: subprocess.Popen[str], url: str, store: Path) -> None:
        self.process, self.url, self.store = process, url, store

    def record(self, record: Record) -> dict[str, Any] | None:
        """What the platform itself says of the record, or None where it never heard of it."""
        answer = httpx.get(f"{self.url}/api/v1/records/{record.uuid}", trust_env=False)
        return answer.json() if answer.status_code == 200 else None

    def shows(self, record: Record) -> bool:
        said = self.record(record)
        return bool(said and said["shown"])

    def effects(self, record: Record) -> dict[str, int]:
        """How often each action took effect on the record."""
        said = self.record(record)
        return said["effects"] if said else {}


@pytest.fixture(scope="session")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    store = tmp_path_factory.mktemp("standin") / "platform.sqlite3"
    process = subprocess.Popen(
        [sys.executable, "-m", "standin", "--port", "0", "--store", str(store), "--secret", SECRET],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert "listening on" in line, line
    yield StandIn(process, line.split()[-1], store)
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def platform(db: None, standin: StandIn) -> Platform:
    """The stand-in, as the site knows it."""
    return PlatformFactory(endpoint=standin.url, secret=SECRET)


@pytest.fixture
def scripted_platform(db: None) -> Platform:
    """A platform whose answers a test writes itself."""
    return PlatformFactory(endpoint="https://platform.test", secret=SECRET)


def publication_on(platform: Platform, record: Record | None = None, **fields: Any) -> Publication:
    """A record that `platform` shows (or what `fields` say)."""
    return PublicationFactory(platform=platform, record=record or RecordFactory(), **fields)


def queue(record: Record, platform: Platform, action: str = "terminate", **fields: Any) -> Message:
    """Queue a message with a cause of its own; a PUBLISH for a publication that waits for it."""
    if action == "publish":
        Publication.objects.update_or_create(
            record=record, platform=platform, defaults={"state": Publication.State.PUBLISHING}
        )
    cause = fields.pop("cause", None) or uuid.uuid4()
    message = enqueue(record=record, platform=platform, action=action, cause=cause, cause_text="测试")
    assert message is not None
    return message


class Script:
    """Answers requests by a function, and keeps them."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self._handler(request)
        if isinstance(reply, Exception):
            raise reply
        return reply

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests if request.method == "POST"]

    def transports(self) -> OpenTransports:
        return OpenTransports({"http": lambda: HttpTransport(httpx.MockTransport(self))})


def confirm(request: httpx.Request, effect: str = "applied") -> httpx.Response:
    """What a platform answers when all is well."""
    body = json.loads(request.content)
    return httpx.Response(200, json={"id": body["id"], "receipt": f"R-{body['sequence']}", "effect": effect})


def make_due(message: Message) -> None:
    """Let the time until the next attempt pass."""
    Message.objects.filter(pk=message.pk).update(next_attempt_at=message.created_at)


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def run(script: Script, **options: Any) -> RelayReport:
    """One pass of the relay against the script."""
    return relay_once(transports=script.transports(), **options)


def state_of(message: Message) -> str:
    return Message.objects.values_list("state", flat=True).get(pk=message.pk)


def answer(status: int, body: Any = None, **headers: str) -> Handler:
    """A handler that always answers the same."""
    return lambda request: httpx.Response(status, json=body or {"detail": "nein"}, headers=headers)

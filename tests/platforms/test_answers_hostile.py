"""What a platform answers that can be stored nowhere: its own message suffers, and nothing else."""

import json

import httpx
import pytest

from credit_repair.platforms.models import Measure, PlatformPause
from credit_repair.platforms.relay import relay_once
from tests.platforms.conftest import Script, confirm, publication_on, queue
from tests.registry.factories import PlatformFactory, RecordFactory

pytestmark = pytest.mark.django_db

HALF = "\\ud800"


def answer(status, text, **headers):
    return httpx.Response(status, content=text.encode(), headers=headers)


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (lambda said: answer(409, f'{{"detail": "no {HALF}\\u0000"}}'), "failed"),
        (lambda said: answer(503, f'{{"detail": "{HALF}"}}', **{"Retry-After": "60"}), "waiting"),
        (lambda said: answer(202, f'{{"reference": "{HALF}"}}'), "accepted"),
        (
            lambda said: answer(200, f'{{"id": "{said["id"]}", "receipt": "{HALF}", "effect": "applied"}}'),
            "waiting",
        ),
    ],
)
def test_words_that_nothing_can_store_stop_nothing(scripted_platform, reply, state):
    other = PlatformFactory(code="zz", endpoint="https://other.test", secret="x")
    message = queue(publication_on(scripted_platform).record, scripted_platform)
    behind = queue(publication_on(other).record, other)

    def answered(request):
        if request.url.host == "other.test":
            return confirm(request)
        return reply(json.loads(request.content))

    relay_once(transports=Script(answered).transports())
    for each in (message, behind):
        each.refresh_from_db()
    assert (message.state, behind.state) == (state, "confirmed")
    for words in (
        message.last_error,
        message.reference,
        *PlatformPause.objects.values_list("reason", flat=True),
    ):
        words.encode()


@pytest.mark.parametrize(("action", "kind"), [("stop_sharing", "sharing"), ("lift_sanction", "sanction")])
def test_stale_ends_no_measure(action, kind):
    department = PlatformFactory(
        kind="department", endpoint="https://platform.test", secret="x", required=False
    )
    record = RecordFactory()
    measure = Measure.objects.create(
        record=record, platform=department, kind=kind, applied_at="2026-01-01T00:00Z", state="ending"
    )
    message = queue(record, department, action)
    relay_once(transports=Script(lambda request: confirm(request, effect="stale")).transports())
    message.refresh_from_db()
    measure.refresh_from_db()
    assert (message.state, measure.state) == ("failed", "ending")

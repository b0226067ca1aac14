"""The benchmarks of the messages run, on little, so that they cannot rot; no time is asserted."""

import pytest

from credit_repair.platforms.models import Message
from tests.benchmarks import expiry_benchmark, queue_benchmark, relay_benchmark

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_relay_and_the_bare_client_post_to_the_same_platform(capsys: pytest.CaptureFixture[str]) -> None:
    with relay_benchmark.stand_in() as url:
        lines = relay_benchmark.measure(url, messages=12, parallel=2, rounds=2)
    assert all(line.bare > 0 and line.relay > 0 for line in lines)
    assert Message.objects.filter(state="confirmed", effect="applied").count() == 24
    relay_benchmark.report(lines, vendor="sqlite")
    assert "median ratio" in capsys.readouterr().out


def test_what_waits_is_filled_sent_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    platform = queue_benchmark.fill(60)
    figure = queue_benchmark.measure(platform, waiting=60, sent=15, passes=2)
    assert Message.objects.filter(state="confirmed").count() == 32, "two passes, and the models"
    assert Message.objects.filter(state="waiting").count() == 33
    queue_benchmark.report([figure, figure])
    assert "1.00x" in capsys.readouterr().out


def test_what_is_over_ends_and_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    expiry_benchmark.fill(40, 20)
    tenths = expiry_benchmark.measure(20)
    assert len(tenths) == expiry_benchmark.TENTHS
    assert Message.objects.filter(action="terminate").count() == 40
    expiry_benchmark.report(tenths)
    assert "of the first" in capsys.readouterr().out

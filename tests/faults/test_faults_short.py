"""The storm in short, with a fixed seed: `make faults` is the long one. See docs/reliability.md."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.chaos.servers import POSTGRES, postgres_answers

# With the tests of the brokers, for both start many processes.
pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("brokers")]


def test_whatever_is_killed_each_message_takes_effect_once_in_order_or_is_on_the_list(tmp_path: Path) -> None:
    if not postgres_answers():
        pytest.skip(f"NOT TESTED: the storm needs PostgreSQL; nothing answers at {POSTGRES}")
    figures = tmp_path / "figures.json"
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "tests.faults.chaos", "--rounds", "4", "--messages", "150"),
            *("--per-round", "3", "--seed", "8", "--ways", "answering,polled"),
            *("--pause", "0.3", "--postgres", "shared", "--json", str(figures)),
        ],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = json.loads(figures.read_text(encoding="utf-8"))
    counted = said["counted"]
    assert counted["messages"] >= 150
    assert counted["took effect"] == counted["confirmed"] == counted["messages"] - counted["superseded"]
    assert (counted["took effect twice"], counted["out of order"]) == (0, 0)
    assert sum(said["struck"].values()) == 12

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_the_benchmark_still_runs_and_finds_what_it_asks_for(tmp_path):
    """On two small registers; how long anything takes is nobody's business here."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.search_benchmark",
        "--records",
        "1200",
        "--small",
        "300",
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = dict(re.findall(r"^(\S.*?\S) {2,}(\d+)\+? ", done.stdout, flags=re.MULTILINE))
    assert rows["nothing there"] == rows["no such number"] == "0"
    assert rows["personal number"] == rows["document number"] == "1"
    assert {"rare two characters", "hot two characters", "full name", "code"} <= {
        what for what, count in rows.items() if int(count)
    }
    assert not list(tmp_path.iterdir()), "what it wrote is gone"

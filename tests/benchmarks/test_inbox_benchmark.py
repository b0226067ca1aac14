import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_the_benchmark_still_runs_and_asks_no_more_beside_many_cases(tmp_path):
    """On two small sites; how long anything takes is nobody's business here."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.benchmarks.inbox_benchmark", "--cases", "3000", "--small", "500"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^(\S.*?\S) {2,}(\d+) +(\d+) ", done.stdout, flags=re.MULTILINE)
    rows = {what: int(count) for what, count, _statements in found}
    statements = {what: int(count) for what, _rows, count in found}
    assert rows["forty: all"] == rows["crowded: all"] == 30
    assert statements["forty: all"] == statements["crowded: all"]
    assert statements["forty: all counts"] == statements["crowded: all counts"] == 1
    assert not list(tmp_path.iterdir()), "what it wrote is gone"

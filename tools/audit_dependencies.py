"""Ask whether a known fault lies in what the site is built on: pip-audit over requirements/base.txt.

The service of the Python package index may be out of reach (a closed network, a fault of theirs). That is said
loudly and is no failure of ours; a fault that is found is.
"""

import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements" / "base.txt"
SECONDS = 240
#: Faults that were looked at and do not touch this site: identifier and reason.
KNOWN: dict[str, str] = {}
#: pip-audit ends with 1 where it found faults, and with the same 1 where it could not ask.
FOUND = ("known vulnerabilit", "vulnerabilities in")


def main() -> int:
    """Return 0 for nothing known or nothing asked, 1 for a fault."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(REQUIREMENTS)]
    command += ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--timeout", "20"]
    command += [part for name in KNOWN for part in ("--ignore-vuln", name)]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return not_checked(f"no answer within {SECONDS} seconds")
    said = f"{ended.stdout}\n{ended.stderr}".strip()
    if ended.returncode == 0:
        print(said)
        return 0
    if any(words in said.lower() for words in FOUND):
        print(said)
        return 1
    return not_checked(said.splitlines()[-1] if said else f"pip-audit ended with {ended.returncode}")


def not_checked(why: str) -> int:
    """Say that nothing was asked."""
    line = "=" * 100
    print(f"{line}\nNOT CHECKED: known faults of dependencies (pip-audit could not ask its service).\n{why[:300]}")
    print(f"Run `make check` again where the network reaches pypi.org.\n{line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

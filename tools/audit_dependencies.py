"""Ask whether a known fault lies in what the site is built on: pip-audit over requirements/base.txt.

The services that know of faults may be out of reach (a closed network, a mirror that knows packages alone).
That is said loudly and is no failure of ours; a fault that is found is. pip-audit itself calls it a success
when it could look nothing up: what it skipped is counted here.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements" / "base.txt"
SERVICES = ("pypi", "osv")
SECONDS = 120
#: Faults that were looked at and do not touch this site: identifier and reason.
KNOWN: dict[str, str] = {}


def main() -> int:
    """Return 0 for nothing known or nothing asked, 1 for a fault."""
    why = ""
    for service in SERVICES:
        packages, why = ask(service)
        faults = [
            f"{package['name']} {package['version']}: {fault['id']}, mended in {fault['fix_versions']}"
            for package in packages
            for fault in package.get("vulns", [])
        ]
        if faults:
            print("Known faults in dependencies:", *faults, sep="\n   ")
            return 1
        skipped = [package["name"] for package in packages if "skip_reason" in package]
        if packages and not skipped:
            print(f"No known faults in {len(packages)} dependencies (asked: {service}).")
            return 0
        if skipped:
            why = f"{service} knows nothing of {len(skipped)} of {len(packages)} packages"
    return not_checked(why)


def ask(service: str) -> tuple[list[dict[str, Any]], str]:
    """Return what `service` knows of each package; or nothing, and why."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(REQUIREMENTS), "--format", "json"]
    command += ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--timeout", "15"]
    command += ["--vulnerability-service", service]
    command += [part for name in KNOWN for part in ("--ignore-vuln", name)]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        return json.loads(ended.stdout)["dependencies"], ""
    except subprocess.TimeoutExpired:
        return [], f"no answer from {service} within {SECONDS} seconds"
    except (ValueError, KeyError):
        return [], (ended.stderr.strip().splitlines() or ["no answer"])[-1][:200]


def not_checked(why: str) -> int:
    """Say that nothing was asked."""
    line = "=" * 100
    print(f"{line}\nNOT CHECKED: known faults of dependencies. {why}")
    print(f"Run `make check` again where the network reaches the service that knows the faults.\n{line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

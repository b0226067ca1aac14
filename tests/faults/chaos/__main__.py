"""The command line: storms once, prints a table, and ends with 1 where anything was lost or doubled."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults.chaos import own_postgres, servers


def main() -> int:
    options = _options()
    # Told to stop, it leaves nothing running and nothing behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    is_own = options.postgres == "own" and bool(own_postgres.find())
    if not is_own and not servers.postgres_answers():
        sys.stdout.write(f"NOT TESTED: the storm needs PostgreSQL; nothing answers at {servers.POSTGRES}\n")
        return 3
    if options.postgres == "own" and not is_own:
        _say("NOT TESTED: kill -9 of PostgreSQL; there is no initdb that this user may run")
    folder = Path(tempfile.mkdtemp(prefix="storm-"))
    try:
        with contextlib.ExitStack() as stack:
            own = own_postgres.OwnPostgres() if is_own else None
            if own is not None:
                stack.callback(own.close)
            database = servers.Database(own)
            stack.callback(database.drop)
            found, missing = servers.brokers(folder)
            for words in missing:
                _say(words)
            for broker in found:
                stack.callback(broker.close)
                if not broker.is_ours:
                    stack.callback(servers.delete_queue, broker.url, database.name)
            result = _storm(options, folder, database, found)
    except SystemExit:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    sys.stdout.write(_table(result))
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    if result["wrong"]:
        sys.stdout.write(f"The logs are kept in {folder}\n")
        return 1
    shutil.rmtree(folder)
    return 0


def _storm(
    options: Any, folder: Path, database: servers.Database, found: list[servers.Broker]
) -> dict[str, Any]:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.faults.chaos.settings",
        "DATABASE_URL": f"{database.direct}?application_name=storm",
        "VAR_DIR": str(folder / "var"),
        "SECRET_KEY": "of-this-storm-alone-0123456789-0123456789-0123456789",
        "LOG_LEVEL": "ERROR",
        "BROKER_URL": "",
    }
    import django

    django.setup()
    from django.db import connections

    from tests.faults.chaos import judging
    from tests.faults.chaos.programs import errors_in
    from tests.faults.chaos.storm import Options, Storm, facts_of

    began = time.monotonic()
    chosen = Options(
        rounds=options.rounds,
        messages=options.messages,
        seed=options.seed,
        relays=options.relays,
        longest_pause=options.pause,
        ways=_ways(options.ways),
        per_round=options.per_round,
    )
    storm = Storm(chosen, folder, database, found, say=_say)
    standins = {standin.name: standin for standin in storm.standins}
    wrong: list[str] = []
    listed = 0
    try:
        filler = storm.run()
        wrong += judging.faults_after_the_storm(filler.queued)
        listed = storm.replay_the_list()
        wrong += judging.faults_in_the_end(standins)
        counted = judging.figures(standins)
    except TimeoutError as error:
        wrong.append(str(error))
        counted = judging.figures(standins)
    finally:
        played = sum((Counter(standin.played) for standin in storm.standins), Counter())
        storm.end()
        connections.close_all()
    return {
        "options": vars(chosen),
        "struck": dict(sorted(storm.counted.items())),
        "played by the platforms": dict(sorted(played.items())),
        "counted": counted,
        "on the person's list": listed,
        **facts_of(storm),
        "errors": {
            program.name: dict(Counter(line[:120] for line in errors_in(program.log)).most_common(4))
            for program in storm.programs
        },
        "seconds": round(time.monotonic() - began, 1),
        "wrong": wrong,
    }


def _ways(asked: str) -> tuple[str, ...]:
    """The platforms that there are to be: those whose side of the site there is."""
    from django.core.management import get_commands
    from django.urls import Resolver404, resolve

    found = ["answering", "polled"]
    with contextlib.suppress(Resolver404):
        resolve("/platforms/called/receipts/")
        found.append("called")
    if "exchange_files" in get_commands():
        found.append("filed")
    return tuple(name for name in found if not asked or name in asked.split(","))


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    asked = os.environ.get
    parser = argparse.ArgumentParser(prog="python -m tests.faults.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=int(asked("FAULTS_ROUNDS", "200")))
    parser.add_argument("--messages", type=int, default=int(asked("FAULTS_MESSAGES", "20000")))
    parser.add_argument("--seed", type=int, default=int(asked("FAULTS_SEED", "1")))
    parser.add_argument("--relays", type=int, default=int(asked("FAULTS_RELAYS", "2")))
    parser.add_argument("--per-round", type=int, default=2, help="how many faults strike in a round")
    parser.add_argument("--pause", type=float, default=0.6, help="seconds at most between two faults")
    parser.add_argument(
        "--postgres",
        choices=["own", "shared"],
        default=asked("FAULTS_POSTGRES", "own"),
        help="a server that is started for the storm and killed, or a database at TEST_POSTGRES_URL",
    )
    parser.add_argument("--ways", default="", help="of answering,polled,called,filed; all when left out")
    parser.add_argument("--json", type=Path, help="write the figures there")
    return parser.parse_args()


def _table(result: dict[str, Any]) -> str:
    lines: list[str] = []
    for title in ("struck", "played by the platforms", "counted", "ended by themselves"):
        lines.append(f"\n{title}")
        lines += [f"  {name:<44}{value:>8}" for name, value in result[title].items()]
    listed = result["on the person's list"]
    lines.append(f"\non the person's list, replayed                {listed:>8}")
    lines.append(f"seconds                                       {result['seconds']:>8}")
    lines.append(f"wrong                                         {len(result['wrong']):>8}")
    lines += [f"  {words}" for words in result["wrong"][:50]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())

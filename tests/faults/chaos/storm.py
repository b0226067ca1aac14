"""The rounds, in which things are killed, and the calm after them, in which all must come right."""

from __future__ import annotations

import random
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from credit_repair.core.models import Lease
from credit_repair.platforms.models import Channel, Flow, Message, MessageAttempt, PlatformPause
from credit_repair.registry.models import Platform
from tests.faults.chaos import scripts
from tests.faults.chaos.faults import FAULTS, Fault
from tests.faults.chaos.filling import Filler, make_platform
from tests.faults.chaos.programs import Filed, Program, StandIn
from tests.faults.chaos.servers import Broker, Database

State = Message.State
#: Seconds without end of the calm after which it has failed, beside what the messages need.
PATIENCE = 40
#: So often the person looks at their list: what failed may hold others that fail, too.
LOOKS = 20


@dataclass
class Options:
    rounds: int = 4
    messages: int = 150
    seed: int = 1
    relays: int = 2
    per_round: int = 2
    longest_pause: float = 0.6
    ways: tuple[str, ...] = ("answering", "polled")


@dataclass
class Storm:
    """All that takes part. `counted` is how often each fault struck."""

    options: Options
    folder: Path
    database: Database
    brokers: list[Broker]
    say: Callable[[str], None]
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.options.seed)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.web_port = probe.getsockname()[1]
        self.standins = [self._standin(name) for name in self.options.ways]
        self.relays = [
            self._site(f"relay{n}", "relay_messages", "--loop", "--pause", "0.1")
            for n in range(self.options.relays)
        ]
        self.workers = [self._site("worker", "run_worker", "--pause", "0.2")]
        self.workers += [self._celery(broker) for broker in self.brokers]
        if "filed" in self.options.ways:
            self.workers.append(self._site("exchange", "exchange_files", "--loop", "--pause", "0.2"))
        if "called" in self.options.ways:
            self.workers.append(self._web())

    # ---- the programs ----------------------------------------------------------------------------------

    def clock_of(self, program: Program) -> Path:
        """The file with the offset of the program's clock, in seconds."""
        return self.folder / f"{program.name}.clock"

    def _env(self, name: str, broker_url: str = "") -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "tests.faults.chaos.settings",
            "DATABASE_URL": self.database.url,
            "VAR_DIR": str(self.folder / "var"),
            "SECRET_KEY": "of-this-storm-alone-0123456789-0123456789-0123456789",
            "LOG_LEVEL": "ERROR",
            "BROKER_URL": broker_url,
            "MESSAGE_LEASE_SECONDS": "4",
            "MESSAGE_TIMEOUT_SECONDS": "1",
            "STORM_CLOCK": str(self.folder / f"{name}.clock"),
            "STORM_QUEUE": self.queue,
            "EXCHANGE_ROOT": str(self.folder / "exchange"),
            "ALLOWED_HOSTS": "127.0.0.1",
            "DEBUG": "1" if name == "web" else "0",  # static files that nobody has collected
            "RATE_LIMITS_OFF": "1",
        }

    @property
    def queue(self) -> str:
        return f"{self.database.name}"

    def _standin(self, name: str) -> StandIn:
        if name == "filed":
            exchange = self.folder / "exchange" / name
            for each in ("out", "in", "done", "refused"):
                (exchange / each).mkdir(parents=True)
            return Filed(name, self.folder, exchange)
        more = []
        if name == "called":
            more = ["--callback", f"http://127.0.0.1:{self.web_port}/platforms/{name}/receipts/"]
        return StandIn(name, self.folder, *more)

    def _web(self) -> Program:
        arguments = ["-m", "gunicorn", "credit_repair.wsgi", "--bind", f"127.0.0.1:{self.web_port}"]
        return Program("web", "web", [*arguments, "--threads", "4"], self._env("web"), self.folder)

    def _site(self, name: str, *arguments: str) -> Program:
        broker = self.brokers[0].url if self.brokers else ""
        return Program(
            name, name, ["manage.py", *arguments, "--skip-checks"], self._env(name, broker), self.folder
        )

    def _celery(self, broker: Broker) -> Program:
        name = f"celery-{broker.name}"
        arguments = ["-m", "celery", "-A", "credit_repair", "worker", "-Q", self.queue, "--pool", "solo"]
        arguments += ["--loglevel", "error", "--without-gossip", "--without-mingle"]
        return Program(name, name, arguments, self._env(name, broker.url), self.folder)

    @property
    def programs(self) -> list[Program]:
        return [*self.standins, *self.relays, *self.workers]

    # ---- the run ---------------------------------------------------------------------------------------

    def run(self) -> Filler:
        """Fill, let it storm, let it calm down; return who knows what was queued."""
        began = time.monotonic()
        for standin in self.standins:
            standin.start()
        for program in [*self.relays, *self.workers]:
            program.start()
        platforms = [make_platform(standin) for standin in self.standins]
        filler = Filler(platforms, wanted=self.options.messages, seed=self.options.seed)
        filler.fill(self.options.messages // 4)
        self.say(f"begun after {time.monotonic() - began:.1f} s with {len(filler.queued)} messages")
        for number in range(1, self.options.rounds + 1):
            share = self.options.messages * (1 + 3 * number / self.options.rounds) / 4
            self._round(number, filler, round(share))
        self.say(f"storm over after {time.monotonic() - began:.1f} s: {self.figures()}")
        self._heal()
        self.calm()
        self.say(f"calm after {time.monotonic() - began:.1f} s: {self.figures()}")
        return filler

    def _round(self, number: int, filler: Filler, up_to: int) -> None:
        for standin in self.standins:
            standin.note_played()
            standin.follow(scripts.stormy(standin.name, seed=self.chance.randrange(10**6)))
        attempts = MessageAttempt.objects.count()
        filler.fill(up_to)
        self._wait_until_they_send(attempts)
        struck = [self._next_fault() for _ in range(self.options.per_round)]
        for fault in struck:
            time.sleep(self.chance.uniform(0.05, self.options.longest_pause))
            fault.strike(self)
            self.counted[fault.name] += 1
            self.pass_time(polled=False)
        time.sleep(self.chance.uniform(0.05, self.options.longest_pause))
        for fault in struck:
            fault.mend(self)
        self._revive()
        self.pass_time(accepted=number % 5 == 0)
        if number % 10 == 0:
            self.say(f"round {number}: {self.figures()}")

    def _wait_until_they_send(self, attempts: int) -> None:
        """To be killed while it starts proves little of a relay."""
        deadline = time.monotonic() + 2
        while MessageAttempt.objects.count() <= attempts and time.monotonic() < deadline:
            time.sleep(0.05)

    def _next_fault(self) -> Fault:
        """From a shuffled pack, so that each has its turn."""
        pack: list[Fault] = self.__dict__.setdefault("_pack", [])
        if not pack:
            pack += [fault for fault in FAULTS if fault.is_possible(self)]
            self.chance.shuffle(pack)
        return pack.pop()

    def _revive(self) -> None:
        for program in self.programs:
            program.revive()

    def _heal(self) -> None:
        for standin in self.standins:
            standin.note_played()
            standin.follow({})
        self._revive()

    # ---- time and calm ----------------------------------------------------------------------------------

    def pass_time(self, *, polled: bool = True, accepted: bool = False) -> None:
        """Let the waits between attempts be over, which are minutes to hours; nothing else is changed.

        `polled`: also those until a receipt is asked for. `accepted`: also those after which a message goes
        again whose receipt has not come.
        """
        now = timezone.now()
        waits = Q(state=State.WAITING)
        if polled or accepted:
            waits |= Q(state=State.ACCEPTED, platform__channel__receipts=Channel.Receipts.POLLING)
        if accepted:
            # And for the lease of who was killed while holding it: minutes, too.
            Lease.objects.update(until=None)
            waits |= Q(state=State.ACCEPTED, accepted_at__lt=now - timedelta(seconds=3))
        late = Message.objects.filter(waits, next_attempt_at__gt=now + timedelta(seconds=0.2))
        late.update(next_attempt_at=now)
        PlatformPause.objects.all().delete()
        Flow.objects.update(failures=0, opened_until=None, next_free_at=None)

    def figures(self) -> dict[str, int]:
        counts: Counter[str] = Counter(Message.objects.values_list("state", flat=True))
        return dict(sorted(counts.items()))

    def calm(self) -> None:
        """Wait until nothing moves any more. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE + self.options.messages / 20
        looks = 0
        while self.is_under_way():
            looks += 1
            if time.monotonic() > deadline:
                raise TimeoutError(f"not calm: {self.figures()}; {self._stuck()}")
            self._revive()
            self.pass_time(accepted=looks % 12 == 0)
            time.sleep(0.25)

    def _stuck(self) -> list[dict[str, Any]]:
        """A few of those that do not move, for who must find out why."""
        moving = Message.objects.filter(state__in=[State.WAITING, State.SENDING, State.ACCEPTED])
        told = ("uuid", "record_id", "sequence", "action", "state", "attempts", "next_attempt_at")
        found = moving.order_by("next_attempt_at", "sequence")
        return list(found.values(*told, "lease_until", "last_error")[:5])

    def is_under_way(self) -> bool:
        """Whether any message may still move: one on its way, or one that waits behind no failed one."""
        if Message.objects.filter(state__in=[State.SENDING, State.ACCEPTED]).exists():
            return True
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT 1 FROM platforms_message w WHERE w.state = 'waiting' AND NOT EXISTS"
                " (SELECT 1 FROM platforms_message f WHERE f.record_id = w.record_id AND f.platform_id ="
                " w.platform_id AND f.state = 'failed' AND f.sequence < w.sequence))"
            )
            return bool(cursor.fetchone()[0])

    def replay_the_list(self) -> int:
        """Let the person look: everything on their list is sent again, until it is empty; return how much."""
        replayed = 0
        for _ in range(LOOKS):
            failed = Message.objects.filter(state=State.FAILED).count()
            if not failed:
                break
            replayed += failed
            for platform in Platform.objects.all():
                call_command("relay_messages", replay_failed=platform.code, stdout=_Nowhere())
            self.calm()
        return replayed

    def end(self) -> None:
        for program in self.programs:
            program.kill()


class _Nowhere:
    def write(self, _text: str) -> None: ...


def facts_of(storm: Storm) -> dict[str, Any]:
    """What the programs say of themselves."""
    return {
        "ended by themselves": {
            program.name: program.ended_by_itself for program in storm.programs if program.ended_by_itself
        },
    }

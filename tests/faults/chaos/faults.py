"""What is done to whom. Each fault strikes, and is mended some time later."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connections

from tests.faults.chaos.programs import Program

if TYPE_CHECKING:
    from tests.faults.chaos.servers import Broker
    from tests.faults.chaos.storm import Storm

HOUR = 3600


@dataclass(frozen=True)
class Fault:
    """`strike` hurts and `mend` makes good; `is_possible` where there is something to hurt."""

    name: str
    strike: Callable[[Storm], object]
    mend: Callable[[Storm], object]
    is_possible: Callable[[Storm], bool] = lambda storm: True


def _nothing(_storm: Storm) -> None: ...


def _start_all(storm: Storm) -> None:
    for program in storm.programs:
        if program.process is None:
            program.start()


def _kill(choose: Callable[[Storm], list[Program]]) -> Callable[[Storm], None]:
    def strike(storm: Storm) -> None:
        storm.chance.choice(choose(storm)).kill()

    return strike


def _kill_platform(storm: Storm) -> None:
    standin = storm.chance.choice(storm.standins)
    if standin.is_running():
        standin.note_played()
    standin.kill()


def _kill_all_relays(storm: Storm) -> None:
    for relay in storm.relays:
        relay.kill()


def _database_down(storm: Storm) -> None:
    storm.database.proxy.down()
    storm.database.terminate_backends()


def _database_up(storm: Storm) -> None:
    with contextlib.suppress(OSError):  # up already: struck twice in a round
        storm.database.proxy.up()


def _kill_postgres(storm: Storm) -> None:
    """All its processes at once; it recovers from its log before anybody gets on."""
    assert storm.database.own is not None
    storm.database.own.kill()
    time.sleep(storm.chance.uniform(0, 0.5))
    storm.database.own.start()
    connections.close_all()  # the harness's own was killed, too


def _broker(storm: Storm, name: str) -> Broker:
    return next(broker for broker in storm.brokers if broker.name == name)


def _has_broker(name: str, *, ours: bool = False) -> Callable[[Storm], bool]:
    return lambda storm: any(b.name == name and (b.is_ours or not ours) for b in storm.brokers)


def _broker_up(name: str) -> Callable[[Storm], None]:
    def mend(storm: Storm) -> None:
        with contextlib.suppress(OSError):
            _broker(storm, name).proxy.up()

    return mend


def _clock_back(storm: Storm) -> None:
    victim = storm.chance.choice([*storm.relays, *storm.workers])
    storm.clock_of(victim).write_text(str(-storm.chance.choice([5, 90, HOUR])), encoding="ascii")


def _clocks_right(storm: Storm) -> None:
    for program in storm.programs:
        storm.clock_of(program).unlink(missing_ok=True)


def _disk_full(storm: Storm) -> None:
    """The platform's store cannot grow: what it is told it cannot keep."""
    standin = storm.chance.choice(storm.standins)
    standin.limit_files(standin.store.stat().st_size)


def _relay_disk_full(storm: Storm) -> None:
    """The relay cannot write its log."""
    storm.chance.choice(storm.relays).limit_files(0)


def _disk_free(storm: Storm) -> None:
    for program in storm.programs:
        with contextlib.suppress(ProcessLookupError):
            program.limit_files(None)


FAULTS = (
    Fault("kill -9 of a relay", _kill(lambda storm: list(storm.relays)), _start_all),
    Fault("kill -9 of every relay", _kill_all_relays, _start_all),
    Fault("kill -9 of a worker", _kill(lambda storm: list(storm.workers)), _start_all),
    Fault("kill -9 of a platform", _kill_platform, _start_all),
    Fault("database connections cut", lambda storm: storm.database.proxy.cut(), _nothing),
    Fault("database connections ended by the server", lambda s: s.database.terminate_backends(), _nothing),
    Fault("database away and back", _database_down, _database_up),
    Fault("kill -9 of PostgreSQL", _kill_postgres, _nothing, lambda storm: storm.database.own is not None),
    Fault(
        "kill -9 of Redis",
        lambda storm: _broker(storm, "redis").kill(),
        lambda storm: _broker(storm, "redis").start(),
        _has_broker("redis", ours=True),
    ),
    Fault(
        "RabbitMQ's connections cut",
        lambda storm: _broker(storm, "rabbitmq").proxy.cut(),
        _nothing,
        _has_broker("rabbitmq"),
    ),
    Fault(
        "RabbitMQ away and back",
        lambda storm: _broker(storm, "rabbitmq").proxy.down(),
        _broker_up("rabbitmq"),
        _has_broker("rabbitmq"),
    ),
    Fault("a clock goes back", _clock_back, _clocks_right),
    Fault("a platform's disk is full", _disk_full, _disk_free),
    Fault("a relay's disk is full", _relay_disk_full, _disk_free),
)

"""How a message reaches a platform: plugins, by the value of `Platform.transport`.

A transport is made once per relay pass and closed at its end, so that it may keep connections alive. It
never touches the database and never raises for what a platform does: it answers with one of `answers`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, TypeVar
from uuid import UUID

from credit_repair.platforms.models import Message
from credit_repair.platforms.transports.answers import Answer
from credit_repair.registry.models import Platform


@dataclass(frozen=True)
class Shown:
    """What a platform says of one record."""

    record: UUID
    shown: bool
    annotated: bool
    sequence: int


#: What the relay leaves alone: it goes as files, or not at all.
NOT_RELAYED = (Platform.Transport.FILES, Platform.Transport.BY_HAND)


class CannotList(RuntimeError):
    """The platform cannot be asked for what it shows, or its answer broke off; the words are for a person."""


class Transport(Protocol):
    """What a transport can do."""

    def send(self, message: Message, platform: Platform) -> Answer:
        """Send the message's payload once and say what the platform made of it."""

    def shown(self, record: UUID, platform: Platform) -> bool | None:
        """Ask whether the platform shows the record now; None where it cannot be learnt."""

    def receipt_of(self, message: Message, platform: Platform) -> Answer | None:
        """Ask for the receipt of a message that the platform took; None where it cannot be asked."""

    def listing(self, platform: Platform, *, after: str) -> Iterator[Shown]:
        """Yield what the platform says of every record it knows, in the order of their UUIDs, from behind
        `after`. Raises CannotList where it cannot be asked, or breaks off."""

    def close(self) -> None:
        """Let go of connections."""


class UnknownTransport(LookupError):
    """The platform is set to a transport that is not installed."""


Factory = TypeVar("Factory", bound=Callable[[], Transport])
_transports: dict[str, Callable[[], Transport]] = {}


def transport(name: str) -> Callable[[Factory], Factory]:
    """Register the class below as the transport `name`. Its module is imported in `apps.py`."""

    def register(factory: Factory) -> Factory:
        _transports[name] = factory
        return factory

    return register


class OpenTransports:
    """The transports in use during one pass; each is made when it is first needed."""

    def __init__(self, factories: Mapping[str, Callable[[], Transport]] | None = None) -> None:
        self._factories = _transports if factories is None else factories
        self._open: dict[str, Transport] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for opened in self._open.values():
            opened.close()
        self._open.clear()

    def of(self, platform: Platform) -> Transport:
        """Return the transport of `platform`. Raises UnknownTransport where there is none of that name."""
        if platform.transport not in self._factories:
            raise UnknownTransport(platform.transport)
        if platform.transport not in self._open:
            self._open[platform.transport] = self._factories[platform.transport]()
        return self._open[platform.transport]


def shown(*, record: UUID, platform: Platform) -> bool | None:
    """Ask `platform` whether it shows the record with this UUID now; None where it cannot be learnt."""
    with OpenTransports() as transports:
        return transports.of(platform).shown(record, platform)

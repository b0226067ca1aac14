"""A platform that says what a test lets it say, in lists and about single records."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from credit_repair.platforms.models import Message
from credit_repair.platforms.transports import CannotList, OpenTransports, Shown
from credit_repair.platforms.transports.answers import Answer, Confirmed
from credit_repair.registry.models import Platform, Record


class Listed:
    """Says of each record what was put in; confirms every message, and heeds it where `heeds`."""

    def __init__(self, *, heeds: bool = True) -> None:
        self.said: dict[UUID, Shown] = {}
        self.heeds = heeds
        self.asked_after: list[str] = []
        #: After so many rows the list breaks off, once.
        self.breaks_after: int | None = None
        self.on_row = lambda shown: None

    def shows(self, *records: Record, annotated: bool = False, shown: bool = True) -> None:
        for record in records:
            self.said[record.uuid] = Shown(record.uuid, shown, annotated, 1)

    def opened(self) -> OpenTransports:
        return OpenTransports({"http": lambda: self})

    def send(self, message: Message, platform: Platform) -> Answer:
        record = UUID(message.payload["record"]["id"])
        known = self.said.get(record, Shown(record, False, False, 0))
        if self.heeds:
            changes = {
                "publish": {"shown": True},
                "restore": {"shown": True},
                "terminate": {"shown": False},
                "annotate": {"annotated": True},
                "clear_annotation": {"annotated": False},
                "shield": {"shown": False},
            }
            self.said[record] = replace(known, **changes.get(message.action, {}))
        return Confirmed(f"R-{message.sequence}", "applied")

    def shown(self, record: UUID, platform: Platform) -> bool | None:
        return record in self.said and self.said[record].shown

    def receipt_of(self, message: Message, platform: Platform) -> Answer | None:
        return None

    def listing(self, platform: Platform, *, after: str) -> Iterator[Shown]:
        self.asked_after.append(after)
        for number, record in enumerate(sorted(self.said)):
            if after and record <= UUID(after):
                continue
            if self.breaks_after is not None and number >= self.breaks_after:
                self.breaks_after = None
                raise CannotList("broken off")
            shown = self.said[record]
            self.on_row(shown)
            yield shown

    def close(self) -> None:
        pass

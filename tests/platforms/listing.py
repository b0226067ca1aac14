"""A platform that says what a test lets it say, in lists and about single records."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from credit_repair.platforms import services
from credit_repair.platforms.models import Message, Reconciliation
from credit_repair.platforms.reconciling import running
from credit_repair.platforms.relay import relay_once
from credit_repair.platforms.transports import CannotList, OpenTransports, Shown
from credit_repair.platforms.transports.answers import Answer, Confirmed
from credit_repair.registry.models import Platform, Publication, Record
from tests.platforms.conftest import publication_on
from tests.registry.factories import RecordFactory

DAY = date(2026, 11, 22)


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


def reconcile(platform: Platform, theirs: Listed, day: date = DAY, **options: Any) -> Reconciliation:
    """Begin a run and work it off, until it is done or broken."""
    running.begin(platform=platform, today=day)
    while True:
        run = running.go_on(platform=platform, today=day, transports=theirs.opened(), **options)
        assert run is not None
        if run.state != "running":
            return run


def relay(theirs: Listed) -> None:
    relay_once(transports=theirs.opened())


def figures(run: Reconciliation) -> tuple[int, ...]:
    """Compared, agreed, under way, mended, raised."""
    return run.compared, run.agreed, run.under_way, run.mended, run.raised


def shown_on(platform: Platform, **fields: Any) -> Record:
    """A record that the platform has confirmed to show."""
    return publication_on(platform, RecordFactory(**fields)).record


def gone_from(platform: Platform) -> Record:
    """A repaired record that the platform was not told of yet."""
    record = RecordFactory(standing="repaired", ended_on=DAY, assessed=False)
    publication_on(platform, record)
    return record


def take_down(record: Record, theirs: Listed) -> Publication:
    """Tell the platform, and let it confirm."""
    services.enqueue_removal(record=record, cause=uuid.uuid4(), cause_text="信用修复")
    relay(theirs)
    return record.publications.get()

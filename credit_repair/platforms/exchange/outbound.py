"""Messages as numbered files 批次文件.

A batch and its messages are committed before its file is written. Until the file and its checksum are there
the batch is "making", and whoever comes next writes it again, byte for byte: what belongs to it does not
change. No record is in two files at once, for only the heads of queues are taken.
"""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.languages import in_site_language
from credit_repair.platforms import payloads
from credit_repair.platforms.channels import channel_of
from credit_repair.platforms.claims import due_on, is_due
from credit_repair.platforms.exchange.folders import (
    CHECKSUM,
    ExchangeBroken,
    Folders,
    put_with_checksum,
    telling,
)
from credit_repair.platforms.models import Channel, FileBatch, Message, MessageAttempt
from credit_repair.registry.models import Platform

State = Message.State

#: Batches begun in one pass: the inbox shall not wait for a long queue.
MOST_BATCHES = 20
#: Ids in one statement.
_AT_ONCE = 500


def file_name(batch: FileBatch, *, code: str) -> str:
    """Return the name of a batch's file."""
    return f"{code}-{batch.number:08d}.jsonl"


def send_batches(platform: Platform, folders: Folders) -> int:
    """Write what was begun, then what is due; return how many messages went out.

    Raises ExchangeBroken where a file cannot be written: its batch is written by the next pass, and none is
    begun behind it; and where the channel wants to ask for receipts, which nobody answers here.
    """
    if channel_of(platform).receipts == Channel.Receipts.POLLING:
        raise ExchangeBroken(_("文件交换的平台不能定时查询回执，请把回执方式改为平台回调。"))
    sent = 0
    for batch in FileBatch.objects.filter(platform=platform, state=FileBatch.State.MAKING).order_by("number"):
        sent += _write(batch, platform, folders)
    for _number in range(MOST_BATCHES):
        batch_ = _begin(platform)
        if batch_ is None:
            break
        sent += _write(batch_, platform, folders)
    return sent


# durable: what is written to the folder must be known here first, whatever happens then.
@transaction.atomic(durable=True)
def _begin(platform: Platform) -> FileBatch | None:
    """Take up to a file's worth of messages, and the next number; None where nothing is due."""
    # Whoever begins a batch of this platform waits here, so that numbers have no gap.
    Platform.objects.select_for_update(no_key=True).get(pk=platform.pk)
    now = timezone.now()
    ids = due_on(platform, limit=channel_of(platform).batch_size)
    if not ids:
        return None
    last = FileBatch.objects.filter(platform=platform).aggregate(last=Max("number"))["last"] or 0
    batch = FileBatch.objects.create(platform=platform, number=last + 1, lines=0, created_at=now)
    due = is_due(platform, now)
    lines = sum(_take(ids[at : at + _AT_ONCE], batch, due, now) for at in range(0, len(ids), _AT_ONCE))
    if not lines:  # a person gave them up since they were read
        batch.delete()
        return None
    FileBatch.objects.filter(pk=batch.pk).update(lines=lines)
    return batch


def _take(ids: list[int], batch: FileBatch, due: Q, now: datetime) -> int:
    return Message.objects.filter(due, pk__in=ids).update(
        state=State.SENDING,
        batch=batch,
        # It may run out: a batch that was begun is made to its end before the next one takes anything.
        lease_until=now + timedelta(seconds=settings.MESSAGES_TO_PLATFORMS["lease_seconds"]),
        lease_token=uuid.uuid4(),
        attempts=F("attempts") + 1,
    )


def _write(batch: FileBatch, platform: Platform, folders: Folders) -> int:
    """Put the file there, then say so; return how many messages it took along."""
    name = file_name(batch, code=platform.code)
    sha256 = put_with_checksum(folders.out, name, _lines(batch))
    return _is_written(batch, name=name, sha256=sha256, hours=channel_of(platform).receipt_hours)


def _lines(batch: FileBatch) -> Iterator[bytes]:
    # All of the batch, whatever their state: a platform that was quick may have answered some already.
    payloads_ = Message.objects.filter(batch=batch).order_by("pk").values_list("payload", flat=True)
    for payload in payloads_.iterator(chunk_size=_AT_ONCE):
        yield payloads.encode(payload) + b"\n"


@transaction.atomic
@in_site_language()
def _is_written(batch: FileBatch, *, name: str, sha256: str, hours: int) -> int:
    now = timezone.now()
    mine = FileBatch.objects.filter(pk=batch.pk, state=FileBatch.State.MAKING)
    if not mine.update(state=FileBatch.State.WRITTEN, sha256=sha256, written_at=now):
        return 0
    sent = Message.objects.filter(batch=batch, state=State.SENDING)
    attempts = sent.order_by("pk").values_list("pk", "attempts")
    MessageAttempt.objects.bulk_create(
        (
            MessageAttempt(
                message_id=pk,
                number=number,
                started_at=batch.created_at,
                finished_at=now,
                outcome=MessageAttempt.Outcome.ACCEPTED,
                detail=_("已写入文件%(name)s") % {"name": name},
            )
            for pk, number in list(attempts)
        ),
        batch_size=_AT_ONCE,
        ignore_conflicts=True,
    )
    return sent.update(
        state=State.ACCEPTED,
        accepted_at=Coalesce("accepted_at", now),
        next_attempt_at=now + timedelta(hours=hours),
        reference=name,
        lease_until=None,
        lease_token=None,
        last_error="",
    )


def close_answered(platform: Platform, folders: Folders) -> int:
    """Close the batches none of whose messages is open any longer; return how many.

    A message that went again belongs to the later batch. What the platform left lying is put aside.
    """
    closed = 0
    still_open = Message.objects.filter(batch=OuterRef("pk"), state__in=Message.UNFINISHED)
    written = FileBatch.objects.filter(platform=platform, state=FileBatch.State.WRITTEN)
    for batch in written.exclude(Exists(still_open)).order_by("number"):
        name = file_name(batch, code=platform.code)
        for each in (name, name + CHECKSUM):
            with telling(folders.done / each), contextlib.suppress(FileNotFoundError):
                (folders.out / each).replace(folders.done / each)
        written.filter(pk=batch.pk).update(state=FileBatch.State.ANSWERED, answered_at=timezone.now())
        closed += 1
    return closed

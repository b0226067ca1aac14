"""What a worker does with a pack 打包: it writes the file, document by document.

Whether the documents are still theirs who asked, is asked again for every portion. A worker that dies leaves
nothing half: the next one begins the file anew, and goes on with what is to be signed.
"""

import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases import pack_index
from credit_repair.cases.document_selectors import case_numbers, openable, register
from credit_repair.cases.models import Case
from credit_repair.cases.pack_names import name_of
from credit_repair.cases.pack_writers import CannotBind, PrintWriter, ZipWriter
from credit_repair.cases.services.pack_signing import sign_some
from credit_repair.core import audit, clock
from credit_repair.notices.models import Document, DocumentPack, PackItem
from credit_repair.people.reach import one_reach

logger = logging.getLogger(__name__)

Kind, State, Outcome = DocumentPack.Kind, DocumentPack.State, PackItem.Outcome
Writer = ZipWriter | PrintWriter
PORTION = 20


def make_pack(*, uuid: UUID, on: date, at: datetime, hold: Callable[[], None]) -> bool:
    """Make a pack, with the rights that who asked for it has now; return whether there is more to do.

    hold  is called after every portion: whoever runs this says that it is still alive
    A pack that is over, or whose time is, is left as it is.
    """
    pack = _begun(uuid, at)
    if pack is None:
        return False
    if pack.kind == Kind.SIGN:
        return sign_some(pack, on=on, hold=hold)
    with tempfile.TemporaryFile() as file, _writer(pack, file, at) as writer:
        _write(pack, file, writer, on=on, at=at, hold=hold)
    return False


@transaction.atomic
def _begun(uuid: UUID, at: datetime) -> DocumentPack | None:
    """Return the pack, begun. What goes into a file begins from the first document: the last file is lost."""
    pack = DocumentPack.objects.select_for_update().filter(uuid=uuid, expires_at__gt=at).first()
    if pack is None or not pack.is_under_way:
        return None
    pack.state = State.MAKING
    if pack.kind != Kind.SIGN:
        pack.done = 0
        pack.items.update(outcome=Outcome.WAITING, file_name="", page=None)
    pack.save(update_fields=["state", "done"])
    return pack


def _writer(pack: DocumentPack, file: IO[bytes], at: datetime) -> Writer:
    if pack.kind == Kind.ZIP:
        return ZipWriter(file, made_at=at)
    return PrintWriter(file, two_sided=pack.two_sided)


def _write(
    pack: DocumentPack,
    file: IO[bytes],
    writer: Writer,
    *,
    on: date,
    at: datetime,
    hold: Callable[[], None],
) -> None:
    lines: list[pack_index.Line] = []
    included = 0
    for items in _portions(pack):
        with one_reach():
            lines += _take(pack, items, writer, on=on)
        included += sum(item.outcome == Outcome.INCLUDED for item in items)
        PackItem.objects.bulk_update(items, ["outcome", "standing", "file_name", "page"])
        DocumentPack.objects.filter(pk=pack.pk, state=State.MAKING).update(done=items[-1].position)
        hold()
    if not included:
        _end_in_vain(pack)
        return
    index = pack_index.index_of(pack, lines, at=at)
    writer.finish(header=index.header, rows=index.rows, context=index.context)
    _keep(pack, file, writer, included=included)


def _portions(pack: DocumentPack) -> Iterator[list[PackItem]]:
    """Yield the documents in their places, each as it is now, some at a time."""
    items = pack.items.select_related("document__office", "document__addressee", "document__replaced_by")
    for start in range(0, pack.total, PORTION):
        portion = items.filter(position__gt=start, position__lte=start + PORTION)
        found = list(portion.defer("document__context").order_by("position"))
        if not found:  # its time was over meanwhile, and it was let go
            return
        yield found


def _take(pack: DocumentPack, items: list[PackItem], writer: Writer, *, on: date) -> list[pack_index.Line]:
    """Put what may and can be put into the file; return a line of the index for all that may be told of."""
    documents = [item.document for item in items]
    keys = [document.pk for document in documents]
    user = pack.asked_by
    seen = set(register(user=user, on=on).filter(pk__in=keys).order_by().values_list("pk", flat=True))
    theirs = openable(keys, user=user, on=on)
    cases = case_numbers(documents, user=user, on=on)
    lines = []
    for item in items:
        case = cases.get(item.document_id)
        if item.document_id not in seen:
            item.outcome = Outcome.HIDDEN
            continue
        item.standing = item.document.standing
        item.outcome = _add(item, writer, case) if item.document_id in theirs else Outcome.CLOSED
        lines.append(pack_index.Line(item, case))
    return lines


def _add(item: PackItem, writer: Writer, case: Case | None) -> PackItem.Outcome:
    """Put one document into the file, or say why it cannot be."""
    document = item.document
    if document.state != Document.State.READY:
        return Outcome.UNSIGNED if document.signing_failures else Outcome.NO_FILE
    try:
        with document.file.open("rb") as opened:
            pdf = opened.read()
    except OSError:
        logger.exception("the file of document %s cannot be read", document.pk)
        return Outcome.MISSING
    if hashlib.sha256(pdf).hexdigest() != document.sha256:
        logger.error("the file of document %s is not the one that was issued", document.pk)
        return Outcome.ALTERED
    number = document.number or (case.number if case else "") or ""
    subject = pack_index.subject_of(document, case)
    stem = name_of(number=number, kind=document.title, subject=subject)
    try:
        placed: dict[str, Any] = writer.add(pdf, stem=stem)
    except CannotBind:
        logger.exception("document %s cannot be bound with others", document.pk)
        return Outcome.BROKEN
    for name, value in placed.items():
        setattr(item, name, value)
    return Outcome.INCLUDED


def _keep(pack: DocumentPack, file: IO[bytes], writer: Writer, *, included: int) -> None:
    """Keep the file, unless another worker was quicker or nobody waits for it any longer."""
    size = file.seek(0, 2)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    name = default_storage.save(f"packs/{pack.uuid}{writer.ending}", File(file))
    ended = {"file": name, "sha256": digest, "size": size, "pages": writer.pages}
    data = {"documents": included, "left_out": pack.total - included, "sha256": digest}
    if not _end(pack, state=State.READY, data=data, **ended):
        default_storage.delete(name)


def _end_in_vain(pack: DocumentPack) -> None:
    words = _("选中的文书没有一份能收入，原因见下表。")
    _end(pack, state=State.FAILED, data={"documents": 0, "left_out": pack.total}, problem=words)


@transaction.atomic
def _end(pack: DocumentPack, *, state: str, data: dict[str, Any], **ended: Any) -> bool:
    locked = DocumentPack.objects.select_for_update().filter(pk=pack.pk, state=State.MAKING).first()
    if locked is None:
        return False
    for name, value in {"state": state, "finished_at": clock.now(), "done": locked.total, **ended}.items():
        setattr(locked, name, value)
    locked.save()
    action = "pack.made" if state == State.READY else "pack.failed"
    audit.record(actor=None, action=action, target=locked, data=data)
    return True

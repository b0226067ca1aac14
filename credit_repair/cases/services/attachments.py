"""Files that come with the cases of a filing: kept once, used as material by as many cases as need them."""

import uuid
from pathlib import PurePosixPath

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.models import Attachment, Case, CorrectionItem, Filing, StoredFile
from credit_repair.cases.services.drawings import forget_drawings
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.jobs import dispatch
from credit_repair.core.uploads import CheckedUpload, UploadRefused, check_evidence
from credit_repair.people.models import User

#: How many files one case may bring: enough for any proof, too few to fill a disk.
MOST_FILES = 20


def look_into(upload: File) -> CheckedUpload:
    """Return what a file is that is to be kept, checked once; see core.uploads.check_evidence().

    A file that is looked into before anything is locked is not looked into again under the lock.
    """
    found = getattr(upload, "looked_into", None)
    if not isinstance(found, CheckedUpload):
        found = check_evidence(upload, ofd=True)
        upload.looked_into = found  # type: ignore[attr-defined]
    return found


@transaction.atomic
def keep_file(*, filing: Filing, upload: File, actor: User | None) -> StoredFile:
    """Keep `upload` with the filing; the same content twice is kept once. `actor` is None where somebody
    brought it who has no account: the addressee of an enquiry 协查.

    The filing is locked, so that nobody drops the last use of a file that is being used again.
    Raises uploads.UploadRefused with words where the file cannot be taken. Whether the actor may is the
    workflow's question.
    """
    checked = look_into(upload)
    Filing.objects.select_for_update().get(pk=filing.pk)
    existing = StoredFile.objects.filter(filing=filing, sha256=checked.sha256).first()
    if existing:
        return existing
    stored = StoredFile(
        filing=filing,
        name=checked.name,
        mime=checked.mime,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=actor,
        uploaded_at=now(),
    )
    stored.file.save(f"{uuid.uuid4()}{PurePosixPath(checked.name).suffix}", upload, save=False)
    stored.save()
    ask_to_inspect(stored.pk)
    return stored


def ask_to_inspect(file: int) -> None:
    """Let a file, by its primary key, be looked into outside the request."""
    dispatch("inspect_file", key=f"inspect_file:{file}", file_id=file)


@transaction.atomic
def attach(
    *, case: Case, kind: str, stored: StoredFile, actor: User, item: CorrectionItem | None = None
) -> Attachment:
    """Use a file of the filing as material of `kind`, or as the answer to a correction item; once is enough.

    Raises uploads.UploadRefused with words where the case has as many files as it may bring.
    """
    if stored.filing_id != case.filing_id:
        raise ValueError("the file belongs to another filing")
    existing = Attachment.objects.filter(case=case, kind=kind, stored=stored, item=item).first()
    if existing:
        return existing
    counted = case.attachments.all()
    if kind == Attachment.Kind.WITHDRAWAL:  # a case that is full can still be withdrawn
        counted = counted.filter(kind=kind)
    if counted.count() >= MOST_FILES:
        raise UploadRefused(
            _("一件申请最多上传%(most)s个文件。请先删除不需要的，或把几页合成一个PDF。")
            % {"most": MOST_FILES}
        )
    attachment = Attachment.objects.create(
        case=case, kind=kind, stored=stored, item=item, uploaded_by=actor, uploaded_at=now()
    )
    audit.record(actor=actor, action="case.attach", target=case, data={"kind": kind, "sha256": stored.sha256})
    return attachment


@transaction.atomic
def remove_attachment(*, attachment: Attachment, actor: User | None) -> None:
    """Take a material out of a case again (actor None: the system); the file goes with its last use, after
    commit."""
    stored, case = attachment.stored, attachment.case
    Filing.objects.select_for_update().get(pk=stored.filing_id)
    audit.record(
        actor=actor,
        action="case.remove_attachment",
        target=case,
        data={"kind": attachment.kind, "sha256": stored.sha256},
    )
    attachment.delete()
    if not stored.attachments.exists() and not stored.enquiries.exists():
        forget_file(stored)


def use_again(*, stored: StoredFile, filing: Filing, actor: User) -> StoredFile:
    """Let a later filing use the same bytes, under the same name and with what was found in them; what was
    not looked into yet is looked into for it, too."""
    found, created = StoredFile.objects.get_or_create(
        filing=filing,
        sha256=stored.sha256,
        defaults={
            "file": stored.file.name,
            "name": stored.name,
            "mime": stored.mime,
            "size": stored.size,
            "uploaded_by": actor,
            "uploaded_at": now(),
            "facts": stored.facts,
            "inspected_at": stored.inspected_at,
        },
    )
    if created and found.inspected_at is None:
        ask_to_inspect(found.pk)
    return found


def forget_file(stored: StoredFile) -> None:
    """Delete a file that nothing uses; its bytes go after commit, unless a later filing has them."""
    name, storage, sha256 = str(stored.file.name), stored.file.storage, stored.sha256
    stored.delete()

    def delete_bytes() -> None:
        if not StoredFile.objects.filter(file=name).exists():
            storage.delete(name)
        forget_drawings(sha256)

    transaction.on_commit(delete_bytes)

"""Files that come with a case."""

import uuid
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases.models import Attachment, Case
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.uploads import UploadRefused, check_evidence
from credit_repair.people.models import User

#: How many files one case may bring: enough for any proof, too few to fill a disk.
MOST_FILES = 20


@transaction.atomic
def attach(*, case: Case, kind: str, upload: UploadedFile, actor: User) -> Attachment:
    """Keep `upload` as material of `kind`; the same file twice is kept once.

    Raises uploads.UploadRefused with words where the file cannot be taken. Whether the actor may is the
    workflow's question, asked under the case's lock.
    """
    checked = check_evidence(upload)
    existing = Attachment.objects.filter(case=case, kind=kind, sha256=checked.sha256).first()
    if existing:
        return existing
    if case.attachments.count() >= MOST_FILES:
        raise UploadRefused(
            _("一件申请最多上传%(most)s个文件。请先删除不需要的，或把几页合成一个PDF。")
            % {"most": MOST_FILES}
        )
    attachment = Attachment(
        case=case,
        kind=kind,
        name=checked.name,
        mime=checked.mime,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=actor,
        uploaded_at=now(),
    )
    attachment.file.save(f"{uuid.uuid4()}{PurePosixPath(checked.name).suffix}", upload, save=False)
    attachment.save()
    audit.record(
        actor=actor, action="case.attach", target=case, data={"kind": kind, "sha256": checked.sha256}
    )
    return attachment


@transaction.atomic
def remove_attachment(*, attachment: Attachment, actor: User) -> None:
    """Take a file out of a draft again. The stored file goes after the row has gone for good."""
    file, case = attachment.file, attachment.case
    audit.record(
        actor=actor,
        action="case.remove_attachment",
        target=case,
        data={"kind": attachment.kind, "sha256": attachment.sha256},
    )
    attachment.delete()
    transaction.on_commit(lambda: file.delete(save=False))

"""Papers 佐证材料 beside a record or a subject: kept in the transaction of the act that needs them."""

import uuid
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import File
from django.db import transaction

from credit_repair.cases.models import Paper
from credit_repair.cases.services.attachments import look_into
from credit_repair.core.clock import now
from credit_repair.registry.models import Subject


@transaction.atomic
def keep_paper(*, subject: Subject, upload: File, actor: Any) -> Paper:
    """Keep a paper about `subject` and return it; the caller's row names it in the same transaction.

    Call attachments.look_into(upload) before anything is locked: the file is then not read again under lock.
    Raises uploads.UploadRefused with words where the file cannot be taken, NotNow where only the scanner is
    missing.
    """
    checked = look_into(upload)
    paper = Paper(
        subject=subject,
        name=checked.name,
        mime=checked.mime,
        size=checked.size,
        sha256=checked.sha256,
        added_by=actor,
        added_at=now(),
    )
    paper.file.save(f"{uuid.uuid4()}{PurePosixPath(checked.name).suffix}", upload, save=False)
    paper.save()
    return paper

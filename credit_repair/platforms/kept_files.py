"""Files that prove what a person says they saw, kept under a name of our own."""

import uuid
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import File

from credit_repair.core.uploads import CheckedUpload

TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}


def keep_file(row: Any, upload: File, checked: CheckedUpload) -> None:
    """Put a checked file on `row`, which has `file` and `sha256`; the caller saves the row.

    Under a name of our own: theirs says too much, and not always the truth.
    """
    row.sha256 = checked.sha256
    row.file.save(f"{uuid.uuid4()}{PurePosixPath(checked.name).suffix}", upload, save=False)


def mime_of(name: str) -> str:
    """Return the type of a kept file by its name, which is ours."""
    return TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")

"""The demo's mails, as the file backend of Django writes them: several to a file, between lines of dashes."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

NEWEST_FILES = 200
_BETWEEN = re.compile(rb"\n-{79}\r?\n")
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.(?:log|eml)", re.ASCII)


@dataclass(frozen=True)
class ReadMail:
    """One mail. `name` is the file's name and the mail's place in it: 20261121-1-2.log-1."""

    name: str
    to: str
    sender: str
    subject: str
    sent_at: datetime | None
    text: str


def newest_mails() -> list[ReadMail]:
    """Return the mails of the newest files, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    if not folder.is_dir():
        return []
    files = [file for file in folder.iterdir() if _FILE_NAME.fullmatch(file.name) and file.is_file()]
    files.sort(key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    mails = [mail for file in files[:NEWEST_FILES] for mail in reversed(_read(file))]
    # Dates of mails have whole seconds; a stable sort keeps the order of the files within one.
    return sorted(mails, key=lambda mail: mail.sent_at.timestamp() if mail.sent_at else 0, reverse=True)


def mail_named(name: str) -> ReadMail | None:
    """Return the mail of this name, or None. No name leads out of the mails' own folder."""
    file_name, _dash, place = name.rpartition("-")
    if not _FILE_NAME.fullmatch(file_name):
        return None
    file = Path(settings.EMAIL_FILE_PATH) / file_name
    if file.is_symlink() or not file.is_file():
        return None
    return next((mail for mail in _read(file) if mail.name == name and place), None)


def _read(file: Path) -> list[ReadMail]:
    parts = [part for part in _BETWEEN.split(file.read_bytes()) if part.strip()]
    return [_parse(part, name=f"{file.name}-{place}") for place, part in enumerate(parts, start=1)]


def _parse(raw: bytes, *, name: str) -> ReadMail:
    message = message_from_bytes(raw.lstrip(b"\r\n"), policy=policy.default)
    body = message.get_body(preferencelist=("plain",))
    return ReadMail(
        name=name,
        to=str(message["To"] or ""),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or ""),
        sent_at=_moment(message["Date"]),
        text=str(body.get_content()) if body is not None else "",
    )


def _moment(header: object) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(header)) if header else None
    except ValueError:
        return None
    # Django writes UTC as -0000, which is read as a time without a zone.
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment

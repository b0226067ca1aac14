"""The folders that are shared with a platform 交换目录, and files in them that are never half there.

The other side writes here, too. Nothing is therefore followed that points elsewhere, no folder is made in
passing (a share that is not mounted must not turn into a folder of our own), and what was checked is what is
read.
"""

import contextlib
import errno
import hashlib
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from credit_repair.platforms.channels import channel_of
from credit_repair.registry.models import Platform

CHECKSUM = ".sha256"
REPORT = ".report.csv"
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
#: Short enough that a report's name, made of it, is one for every file system.
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,150}")
_STATED = re.compile(rb"([0-9a-fA-F]{64})(?:[ \t]+\*?[^\r\n]*)?\r?\n?")
_MAX_CHECKSUM_BYTES = 1000
_CHUNK = 1024 * 1024
_MEMORY_BYTES = 8 * 1024 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


class ExchangeBroken(RuntimeError):
    """Nothing can be exchanged with this platform now; the words are for whoever runs the site."""


class Unfit(ValueError):
    """A file is refused as a whole; the words are for who left it."""


@dataclass(frozen=True)
class Folders:
    """The four folders of one platform."""

    base: Path

    @property
    def out(self) -> Path:
        """What goes to the platform."""
        return self.base / "out"

    @property
    def inbox(self) -> Path:
        """What the platform left for us."""
        return self.base / "in"

    @property
    def done(self) -> Path:
        """What was read, and its reports."""
        return self.base / "done"

    @property
    def refused(self) -> Path:
        """What was refused as a whole, and why."""
        return self.base / "refused"

    @property
    def all(self) -> tuple[Path, ...]:
        """All four."""
        return self.out, self.inbox, self.done, self.refused


def prepare_folders(platform: Platform) -> Folders:
    """Make the folders of `platform` where they are not there. Raises ExchangeBroken."""
    folders = Folders(_base(platform))
    with telling(folders.base):
        for folder in folders.all:
            folder.mkdir(mode=0o770, parents=True, exist_ok=True)
    return folders_of(platform)


def folders_of(platform: Platform) -> Folders:
    """Return the folders of `platform`. Raises ExchangeBroken where one is missing or cannot be written."""
    folders = Folders(_base(platform))
    for folder in folders.all:
        try:
            found = folder.lstat()
        except OSError:
            raise ExchangeBroken(
                _("交换目录%(folder)s不存在：请检查是否已经挂载，或执行exchange_files --prepare。")
                % {"folder": folder}
            ) from None
        if not stat.S_ISDIR(found.st_mode):
            raise ExchangeBroken(_("交换目录%(folder)s不是文件夹。") % {"folder": folder})
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise ExchangeBroken(_("交换目录%(folder)s没有读写权限。") % {"folder": folder})
    return folders


def _base(platform: Platform) -> Path:
    name = channel_of(platform).folder
    if not name:
        raise ExchangeBroken(_("平台没有设置文件交换目录。"))
    if not _FOLDER.fullmatch(name):
        raise ExchangeBroken(_("文件交换目录的名称只能有字母、数字、点、横线和下划线。"))
    return Path(settings.EXCHANGE_ROOT) / name


@contextlib.contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn an error of the file system into ExchangeBroken, in words that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            words = _("磁盘已满，无法写入%(path)s；腾出空间以后会自动继续。")
        elif error.errno in _DENIED:
            words = _("没有权限写入%(path)s；请检查目录的属主和权限。")
        else:
            words = _("无法读写%(path)s，请检查磁盘和挂载。")
        raise ExchangeBroken(words % {"path": path}) from error


# ---- writing -------------------------------------------------------------------------------------------


def put(folder: Path, name: str, content: Iterable[bytes]) -> str:
    """Write a file that is there whole or not at all; return its SHA-256.

    A file of that name is replaced. Raises ExchangeBroken, and leaves nothing half written.
    """
    aside, target = folder / f".{name}.tmp", folder / name
    digest = hashlib.sha256()
    with telling(target):
        try:
            # What lies there is of a crash, or somebody put it in our way: a link, a pipe.
            aside.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(aside, flags, 0o640), "wb") as file:
                for part in content:
                    file.write(part)
                    digest.update(part)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(target)
            _sync(folder)
        except OSError:
            with contextlib.suppress(OSError):
                aside.unlink()
            raise
    return digest.hexdigest()


def put_with_checksum(folder: Path, name: str, content: Iterable[bytes]) -> str:
    """Write a file and then its checksum, without which nobody reads it; return the checksum."""
    sha256 = put(folder, name, content)
    put(folder, name + CHECKSUM, [f"{sha256}  {name}\n".encode()])
    return sha256


def _sync(folder: Path) -> None:
    """Let the name outlive a power cut, not only the content."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---- reading -------------------------------------------------------------------------------------------


def arrived(folders: Folders) -> list[str]:
    """Return the names in the inbox that have their checksum beside them, in their order.

    What has none is still being written.
    """
    with telling(folders.inbox):
        names = {found.name for found in folders.inbox.iterdir() if not found.name.startswith(".")}
    return sorted(name for name in names if not name.endswith(CHECKSUM) and name + CHECKSUM in names)


@contextlib.contextmanager
def checked_copy(path: Path, *, most_bytes: int) -> Iterator[tuple[IO[bytes], str]]:
    """Yield a private copy of a file in the inbox and its SHA-256, if that is what its checksum says.

    A copy, because who left it may write to it at any time. Raises Unfit, and ExchangeBroken where the file
    cannot be read for now.
    """
    stated = _stated(path)
    digest = hashlib.sha256()
    with _opened(path) as file, tempfile.SpooledTemporaryFile(_MEMORY_BYTES) as copy:
        length = 0
        with telling(path):
            while part := file.read(_CHUNK):
                length += len(part)
                if length > most_bytes:
                    raise Unfit(
                        _("文件超过%(limit)s兆字节，请分成几份。") % {"limit": most_bytes // (1024 * 1024)}
                    )
                digest.update(part)
                copy.write(part)
        if digest.hexdigest() != stated:
            raise Unfit(_("文件内容与校验文件不一致，请重新生成校验文件后再放入。"))
        copy.seek(0)
        yield copy, stated


def _stated(path: Path) -> str:
    with _opened(path.with_name(path.name + CHECKSUM)) as file:
        found = _STATED.fullmatch(file.read(_MAX_CHECKSUM_BYTES))
    if found is None:
        raise Unfit(_("校验文件里没有SHA-256校验值。"))
    return found[1].decode().lower()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a plain file: no link to elsewhere, no pipe that would be waited at."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unfit(_("这是一个链接，不是文件。")) from None
        raise ExchangeBroken(_("无法读取%(path)s，请检查文件权限。") % {"path": path}) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unfit(_("这不是普通文件。"))
    with os.fdopen(handle, "rb") as file:
        yield file


def move_away(folders: Folders, name: str, *, to: Path, sha256: str) -> str:
    """Move a file and its checksum out of the inbox; return the name under which it lies there.

    Another file of that name stays: the newcomer then has the beginning of its checksum in its name. The
    file goes first: a checksum alone is read by nobody.
    """
    kept = plain_name(name)
    if (to / kept).exists() and not has_content(to / kept, sha256):
        stem, dot, rest = kept.partition(".")
        kept = f"{stem}.{sha256[:8]}{dot}{rest}"
    with telling(to / kept):
        (folders.inbox / name).replace(to / kept)
        with contextlib.suppress(FileNotFoundError):
            (folders.inbox / (name + CHECKSUM)).replace(to / (kept + CHECKSUM))
    return kept


def plain_name(name: str) -> str:
    """Return the name as it may be shown and written: letters, digits, point, dash, underscore."""
    if _PLAIN.fullmatch(name):
        return name
    return f"unnamed-{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}"


def has_content(path: Path, sha256: str) -> bool:
    """Whether a plain file with this content lies there."""
    try:
        with _opened(path) as file:
            digest = hashlib.sha256()
            while part := file.read(_CHUNK):
                digest.update(part)
            return digest.hexdigest() == sha256
    except (Unfit, ExchangeBroken, OSError):
        return False


def sweep(folders: Folders, *, keep_days: int) -> int:
    """Delete what has lain in done and refused for more than `keep_days` days; return how many files.

    Also checksums in the inbox whose file has gone, after a day: a crash between two renames leaves them.
    """
    return (
        _forget(folders.done, days=keep_days)
        + _forget(folders.refused, days=keep_days)
        + _forget(folders.inbox, days=1, alone=True)
    )


def _forget(folder: Path, *, days: int, alone: bool = False) -> int:
    gone = 0
    with telling(folder), os.scandir(folder) as found:
        for entry in found:
            lone = not alone or (
                entry.name.endswith(CHECKSUM)
                and not (folder / entry.name.removesuffix(CHECKSUM)).is_symlink()
                and not (folder / entry.name.removesuffix(CHECKSUM)).exists()
            )
            # ctime: since when it lies here, whatever date the file brought along.
            since = entry.stat(follow_symlinks=False).st_ctime
            if lone and not entry.is_dir(follow_symlinks=False) and time.time() - since > days * 86400:
                Path(entry.path).unlink(missing_ok=True)
                gone += 1
    return gone

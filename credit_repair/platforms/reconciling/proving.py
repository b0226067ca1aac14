"""The proof of a run 对账凭证: a line for every record that was compared, kept as a file with its checksum.

The lines are kept in pieces as the run goes, each under the place from which it was made: a portion that is
cut off writes its piece anew. At the end one archive holds them all; it is never changed and never swept.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.languages import in_site_language
from credit_repair.core.tables import as_csv
from credit_repair.core.wording import clauses
from credit_repair.platforms.models import Difference, Reconciliation
from credit_repair.platforms.reconciling.judging import Outcome
from credit_repair.platforms.reconciling.walking import Ours, Pair
from credit_repair.platforms.transports import Shown
from credit_repair.registry.models import Publication

FOLDER = "reconciliations"
_CHUNK = 256 * 1024
_FIRST = "begin"
_IN_MEMORY = 1024 * 1024
#: The lines of a proof have no other time: the same lines make the same file.
_AT = (2000, 1, 1, 0, 0, 0)


class ProofChanged(RuntimeError):
    """The file is not the one whose checksum was kept, or is gone."""


def line_of(pair: Pair, *, said: Shown | None, result: Difference | Outcome) -> list[Any]:
    """Return what the proof says of one record. No name is in it: the document number tells which it is."""
    ours = pair.ours
    return [
        str(pair.uuid),
        ours.doc_no if ours else "",
        _wanted(ours),
        _seen(said),
        (_("有") if said.annotated else _("无")) if said else "",
        _result(result),
        ours.receipt if ours else "",
        ours.removed_at if ours else None,
    ]


def _header() -> list[str]:
    return [
        _("记录编号"),
        _("决定书文号"),
        _("本系统登记的状态"),
        _("平台上的状态"),
        _("平台上的异议标注"),
        _("比对结果"),
        _("撤下回执"),
        _("撤下时间"),
    ]


def _wanted(ours: Ours | None) -> str:
    if ours is None:
        return _("没有这条记录")
    return str(Publication.State(ours.publication).label) if ours.publication else _("没有在该平台公示")


def _seen(said: Shown | None) -> str:
    if said is None:
        return _("清单里没有")
    return _("正在公示") if said.shown else _("没有公示")


def _result(result: Difference | Outcome) -> str:
    if isinstance(result, Difference):
        return clauses([result.get_kind_display(), result.get_handling_display()])
    return _("一致") if result is Outcome.AGREED else _("消息在途，暂不比对")


@in_site_language()
def keep_piece(run: Reconciliation, *, begun_at: str, lines: Iterable[Sequence[Any]]) -> None:
    """Keep the lines that were made from the place `begun_at`, in the place of any from there before."""
    kept = list(lines)
    if not kept:
        return
    name = _piece(run, begun_at)
    default_storage.delete(name)
    # The byte-order mark and the title come once, in the finished file.
    _mark, _title, *others = as_csv([], kept)
    default_storage.save(name, ContentFile(b"".join(others)))


@in_site_language()
def bind(run: Reconciliation, *, figures: dict[str, int]) -> str:
    """Make the file of a run that went through, and return its checksum. Done again, it takes the place of
    what a crash left."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_entry("summary.json"), _summary(run, figures))
            with archive.open(_entry("differences.csv"), "w") as entry:
                for row in as_csv(_difference_header(), _difference_rows(run)):
                    entry.write(row)
            with archive.open(_entry("records.csv"), "w", force_zip64=True) as entry:
                for row in as_csv(_header(), []):
                    entry.write(row)
                for part in _pieces(run):
                    entry.write(part)
        sha256 = _digest(made)
        name = path_of(run)
        default_storage.delete(name)
        default_storage.save(name, File(made, name=name))
    return sha256


def forget_pieces(run: Reconciliation) -> None:
    """Forget the pieces once the file is kept and its checksum committed."""
    for name in _piece_names(run):
        default_storage.delete(name)


def path_of(run: Reconciliation) -> str:
    """Return where the proof of a run is kept."""
    return f"{FOLDER}/{run.uuid}.zip"


def opened(run: Reconciliation) -> IO[bytes]:
    """Open the proof of a run. Raises ProofChanged where the file is gone or is not what was kept."""
    try:
        file: IO[bytes] = default_storage.open(path_of(run), "rb")
    except FileNotFoundError:
        raise ProofChanged(path_of(run)) from None
    if _digest(file) != run.sha256:
        file.close()
        raise ProofChanged(path_of(run))
    return file


def _digest(file: IO[bytes] | Any) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _AT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _summary(run: Reconciliation, figures: dict[str, int]) -> str:
    said = {
        "reconciliation": str(run.uuid),
        "platform": {"code": run.platform.code, "name": run.platform.name, "endpoint": run.platform.endpoint},
        "day": run.day.isoformat(),
        "started_at": timezone.localtime(run.started_at).isoformat(timespec="seconds"),
        **figures,
    }
    return json.dumps(said, ensure_ascii=False, indent=2)


def _difference_header() -> list[str]:
    return [_("记录编号"), _("决定书文号"), _("差异"), _("处理"), _("补发的消息"), _("本系统登记的回执")]


def _difference_rows(run: Reconciliation) -> Iterator[list[Any]]:
    rows = run.differences.select_related("record", "message").order_by("record_uuid")
    for each in rows.iterator(chunk_size=1000):
        yield [
            str(each.record_uuid),
            each.record.doc_no if each.record else "",
            each.get_kind_display(),
            each.get_handling_display(),
            str(each.message.uuid) if each.message else "",
            each.said.get("receipt", ""),
        ]


def _pieces(run: Reconciliation) -> Iterator[bytes]:
    for name in _piece_names(run):
        with default_storage.open(name, "rb") as piece:
            while chunk := piece.read(_CHUNK):
                yield chunk


def _folder(run: Reconciliation) -> str:
    return f"{FOLDER}/{run.uuid}"


def _piece(run: Reconciliation, begun_at: str) -> str:
    return f"{_folder(run)}/{begun_at or _FIRST}.csv"


def _piece_names(run: Reconciliation) -> list[str]:
    """Return the pieces in the order of their places, which are UUIDs; the first has none."""
    try:
        _folders, names = default_storage.listdir(_folder(run))
    except FileNotFoundError:
        return []
    first = f"{_FIRST}.csv"
    return [f"{_folder(run)}/{name}" for name in sorted(names, key=lambda name: (name != first, name))]

"""Names of the files in a pack 打包: what an official recognises, and every system takes."""

import unicodedata

#: What some system reads as more than a letter of a name.
_UNSAFE = set('/\\:*?"<>|')
#: Names that Windows keeps for its devices, whatever ending follows.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))}
_SUBJECT_MAX, _STEM_MAX = 20, 90


def name_of(*, number: str, kind: str, subject: str) -> str:
    """Return what a document's file is called, without ending: 濉信修〔2026〕12号 决定书 某某公司.

    number  of the document, or of the case where the document has none
    A long name of the subject is cut. The name is safe on Windows: no sign that means something there, no
    blank or full stop at its end, no name of a device.
    """
    parts = (number, kind, _plain(subject)[:_SUBJECT_MAX])
    stem = " ".join(part for part in map(_plain, parts) if part)[:_STEM_MAX].rstrip(". ")
    if stem.split(".")[0].casefold() in _DEVICES:
        stem = f"_{stem}"
    return stem or "document"


def _plain(text: str) -> str:
    # Control characters, and those that turn the reading direction, could make a name look like another.
    kept = "".join(
        " " if sign in _UNSAFE else sign for sign in text if unicodedata.category(sign)[0] not in "C"
    )
    return " ".join(kept.split()).strip(". ")


class Names:
    """Gives each file of a pack a name of its own; capitals and small letters are the same to Windows."""

    def __init__(self, *taken: str) -> None:
        self._taken = {_folded(name) for name in taken}

    def take(self, stem: str, ending: str) -> str:
        """Return `stem` with its ending, with a number where another file has that name."""
        name, count = f"{stem}{ending}", 1
        while _folded(name) in self._taken:
            count += 1
            name = f"{stem} ({count}){ending}"
        self._taken.add(_folded(name))
        return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()

"""Is the PDF engine complete? Asked at start-up and before rendering, without importing WeasyPrint.

WeasyPrint loads its shared libraries when it is imported and fails there with a long trace. Without
libharfbuzz-subset it does work, but takes seconds per page instead of a
tenth of one: counted as missing here.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import lru_cache

INSTALL_COMMAND = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

# Name for the linker's search, and the file names to try on Linux and macOS.
_LIBRARIES: dict[str, tuple[str, ...]] = {
    "gobject-2.0": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    "pango-1.0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "pangoft2-1.0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
    "harfbuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "harfbuzz-subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
}


class PdfEngineMissing(RuntimeError):  # noqa: N818 - a state to report, as its callers name it
    """Shared libraries of the PDF engine are missing; the message has the command that installs them.

    Attributes:
        libraries: names of the missing libraries.
    """

    def __init__(self, libraries: tuple[str, ...]) -> None:
        self.libraries = libraries
        super().__init__(
            f"The PDF engine cannot run: missing {', '.join(libraries)}. Install with: {INSTALL_COMMAND}\n"
            f"文书生成组件不完整，缺少：{'、'.join(libraries)}。请在服务器上执行：{INSTALL_COMMAND}"
        )


def _loads(name: str, files: tuple[str, ...]) -> bool:
    """Can one of these shared libraries be loaded?"""
    for candidate in (*files, ctypes.util.find_library(name)):
        if candidate is None:
            continue
        try:
            ctypes.CDLL(candidate)
        except OSError:
            continue
        return True
    return False


@lru_cache(maxsize=1)
def missing_libraries() -> tuple[str, ...]:
    """Return the names of the shared libraries that cannot be loaded; asked once per process."""
    return tuple(name for name, files in _LIBRARIES.items() if not _loads(name, files))


def require_pdf_engine() -> None:
    """Make sure that documents can be rendered on this machine.

    Raises:
        PdfEngineMissing: libraries are missing; the message has the exact install command.
    """
    missing = missing_libraries()
    if missing:
        raise PdfEngineMissing(missing)

"""Files on their way out: as attachments, never read as anything but what they are.

A PDF that the site itself has just made may be looked at in the page's place.
"""

from io import BytesIO
from typing import IO, Any

from django.http import FileResponse

#: Were a file opened in the page's place after all, nothing in it could run, load or reach this site.
SANDBOX = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def file_response(file: IO[bytes] | Any, *, name: str, mime: str) -> FileResponse:
    """Answer with an open `file`, to be saved as `name`; whether the person may have it was asked before."""
    return FileResponse(
        file,
        as_attachment=True,
        filename=name,
        content_type=mime,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": SANDBOX,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        },
    )


#: A browser draws a PDF with a part of its own, which a sandbox would keep from working.
PDF_IN_PLACE = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def shown_pdf(data: bytes, *, name: str) -> FileResponse:
    """Answer with a PDF that this site has made and that is kept nowhere, to be read in the page's place."""
    return FileResponse(
        BytesIO(data),
        filename=name,
        content_type="application/pdf",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": PDF_IN_PLACE,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        },
    )

"""Files on their way out: always as attachments, never read as anything but what they are."""

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

"""What browsers report of our Content-Security-Policy: one line each, without anything personal."""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from credit_repair.core.limits import limited

logger = logging.getLogger("credit_repair.csp")

MOST_BYTES = 16 * 1024
MOST_REPORTS = 10
LONGEST = 100
OLD, NEW = "application/csp-report", "application/reports+json"


@csrf_exempt
@require_POST
@limited("csp_report")
def csp_report(request: HttpRequest) -> HttpResponse:
    """Take a browser's report. Anybody can write one: it is counted, cut and never believed."""
    if request.content_type not in (OLD, NEW):
        return HttpResponse(status=415)
    content = request.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        found = _reports(request.content_type, json.loads(content))
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    for report in found:
        logger.warning("%s", json.dumps(_line(report)))
    return HttpResponse(status=204)


def _reports(kind: str, data: Any) -> list[dict[str, Any]]:
    """Return the reports of either form, none of another type. Raises ValueError for any other shape."""
    if kind == OLD:
        listed = [data.get("csp-report")] if isinstance(data, dict) else [None]
    else:
        items = data if isinstance(data, list) else [None]
        ours = [item for item in items if not isinstance(item, dict) or item.get("type") == "csp-violation"]
        listed = [item.get("body") if isinstance(item, dict) else None for item in ours]
    if not all(isinstance(report, dict) for report in listed):
        raise ValueError("not a report")
    return listed[:MOST_REPORTS]  # type: ignore[return-value]


def _line(report: dict[str, Any]) -> dict[str, Any]:
    """What is worth knowing: which rule, on which kind of page, by whose fault."""

    def said(*names: str) -> str:
        return next((str(report[name]) for name in names if report.get(name)), "")[:2000]

    number = report.get("line-number", report.get("lineNumber"))
    return {
        "directive": said("effective-directive", "effectiveDirective", "violated-directive")[:LONGEST],
        "page": _page(said("document-uri", "documentURL")),
        "blocked": _origin(said("blocked-uri", "blockedURL")),
        "source": _origin(said("source-file", "sourceFile")),
        "line": number if isinstance(number, int) else None,
        "disposition": said("disposition")[:20],
    }


def _page(address: str) -> str:
    """The name of the page, never its address: a path may hold a secret or point at a person's case."""
    try:
        return str(resolve(urlsplit(address).path or "/").view_name or "")
    except (Resolver404, ValueError):
        return ""


def _origin(address: str) -> str:
    """Scheme and host; a bare word (inline, eval, data) as it is."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if not parts.scheme:
        return address.split("?")[0].split("/")[0][:LONGEST]
    return f"{parts.scheme}://{host}"[:LONGEST] if host else parts.scheme[:LONGEST]

"""What can be found wrong before submission, as advice: the part of a page that refreshes itself."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from credit_repair.cases.models import Filing
from credit_repair.core.clock import today
from credit_repair.repairs.presenters.preflight import findings_panel
from credit_repair.repairs.views.sides import Side, on_both_sides


@require_safe
@on_both_sides
def findings(request: HttpRequest, *, uuid: UUID, side: Side) -> HttpResponse:
    """Show the findings of a filing; with ?file= of one of its files, with ?case= of one of its cases."""
    filing = side.filing(request, uuid)
    panel = findings_panel(
        filing=filing,
        side=side,
        user=request.user,  # type: ignore[arg-type]
        today=today(),
        **_narrowed(request, filing),
    )
    return render(request, "public/filing_findings.html", {"panel": panel})


def _narrowed(request: HttpRequest, filing: Filing) -> dict[str, Any]:
    if "file" in request.GET:
        return {"stored": get_object_or_404(filing.files, uuid=_uuid(request.GET["file"]))}
    if "case" in request.GET:
        return {"case": get_object_or_404(filing.cases, uuid=_uuid(request.GET["case"]))}
    return {}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None

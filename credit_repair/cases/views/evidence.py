"""Pages of the materials as pictures, for officials."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from credit_repair.cases import selectors
from credit_repair.cases.services.drawings import WIDTHS, CannotDraw, TooBusy, page_picture
from credit_repair.cases.views.doors import official_door
from credit_repair.core.clock import today
from credit_repair.core.downloads import SANDBOX


@require_safe
@official_door
def page(request: HttpRequest, uuid: UUID, page: int) -> HttpResponse:
    """Show a page of a material, `?width=` points wide, to officials who may see its case.

    No browser keeps it: machines of an office are shared. The site itself draws it only once.
    """
    found = selectors.evidence_for(user=request.user, uuid=uuid, on=today())
    try:
        drawn = page_picture(stored=found.stored, page=page, width=_width(request))
    except (CannotDraw, FileNotFoundError) as error:
        raise Http404 from error
    except TooBusy:
        return HttpResponse(status=503, headers={"Retry-After": "3", "Cache-Control": "private, no-store"})
    return HttpResponse(
        drawn,
        content_type="image/png",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": SANDBOX,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        },
    )


def _width(request: HttpRequest) -> int:
    wanted = request.GET.get("width", str(WIDTHS[0]))
    if wanted not in {str(width) for width in WIDTHS}:
        raise Http404
    return int(wanted)

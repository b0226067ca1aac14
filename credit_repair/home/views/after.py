"""What an office does around and after a decision 修复之后: the way to each of these matters."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.home.after import after_places
from credit_repair.home.context import frame_of
from credit_repair.people.doors import official_door


@require_safe
@official_door
def after(request: HttpRequest) -> HttpResponse:
    """Show the matters in which this official has a part."""
    frame = frame_of(request)
    places = after_places(frame.may, sees_platforms=frame.sees_platforms)
    if not places:
        raise Http404
    context = {
        "page_title": _("修复之后"),
        "page_subtitle": _("决定作出以后，以及决定之外：让修复站得住的各项工作。"),
        "places": places,
    }
    return render(request, "office/after.html", context)

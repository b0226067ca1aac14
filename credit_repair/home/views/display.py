"""The switch of large type and strong contrast."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from credit_repair.home.display import changed, display_of, keep


@require_POST
def set_display(request: HttpRequest) -> HttpResponse:
    """Keep the choice and lead back to the page on which it was made."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = redirect(wanted if safe else reverse("front"))
    keep(response, changed(display_of(request), request.POST))
    return response

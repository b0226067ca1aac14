"""What a monitoring system reads; see platforms.metrics."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from credit_repair.platforms.metrics import metrics_text

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer who brings METRICS_TOKEN as a bearer token; for everybody else this address does not exist."""
    wanted = settings.METRICS_TOKEN
    brought = request.headers.get("Authorization", "")
    if not wanted or not hmac.compare_digest(brought.encode(), f"Bearer {wanted}".encode()):
        raise Http404
    return HttpResponse(metrics_text(now=timezone.now()), content_type=TEXT_FORMAT)

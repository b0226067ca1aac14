"""The door by which platforms bring receipts that come later 回调: signed, without session or cookie."""

import json
import logging
from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from credit_repair.core.limits import too_many
from credit_repair.core.network import client_network
from credit_repair.platforms import receipts
from credit_repair.platforms.keys import accepted_keys
from credit_repair.platforms.models import ReceivedReceipt
from credit_repair.platforms.signatures import is_signed
from credit_repair.registry.models import Platform

logger = logging.getLogger("credit_repair.receipts")

LIMIT = "platform_receipts"
MOST_BYTES = 1024 * 1024


class Problem(Exception):
    """A refusal of the whole, as it is sent."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail

    def answer(self) -> HttpResponse:
        """Return it as application/problem+json."""
        said = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
        }
        return JsonResponse(said, status=self.status, content_type="application/problem+json")


# A signature says who it is: a platform has no session, and a cookie would prove nothing here.
@csrf_exempt
@require_POST
def platform_receipts(request: HttpRequest, code: str) -> HttpResponse:
    """Take up to 500 receipts of the platform `code`, each with an outcome of its own.

    What is signed counts against its platform, the rest against its address: a stranger behind the same
    gateway keeps no platform out.
    """
    try:
        body = _body(request)
        platform = _signed_by(request, code, body)
        if not _is_within_limit(request, f"platform {platform.code}"):
            return too_many(request)
        taken = receipts.take_receipts(
            platform=platform, said=_listed(body), source=ReceivedReceipt.Source.CALLBACK
        )
    except Problem as problem:
        refused_whoever = problem.status == HTTPStatus.UNAUTHORIZED
        if refused_whoever and not _is_within_limit(request, f"address {client_network(request)}"):
            return too_many(request)
        answer = problem.answer()
    else:
        results = [{"id": each.id, "outcome": each.outcome, "detail": each.detail} for each in taken]
        answer = JsonResponse({"version": 1, "results": results})
    answer["Cache-Control"] = "no-store"
    return answer


def _is_within_limit(request: HttpRequest, key: str) -> bool:
    request.limited_as = LIMIT  # type: ignore[attr-defined]
    return bool(ratelimit.consume(request, action=LIMIT, key=key))


def _body(request: HttpRequest) -> bytes:
    if request.content_type != "application/json":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json")
    if not request.META.get("CONTENT_LENGTH"):
        raise Problem(HTTPStatus.LENGTH_REQUIRED, "Content-Length is required")
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body must not be longer than 1 MB")
    return body


def _signed_by(request: HttpRequest, code: str, body: bytes) -> Platform:
    """Return the platform, if it signed this. What is wrong is not said: nobody shall try out codes."""
    platform = Platform.objects.filter(code=code).select_related("channel").first()
    believed = is_signed(
        body,
        keys=accepted_keys(platform) if platform else [],
        key_id=request.headers.get("X-Key-Id", ""),
        timestamp=request.headers.get("X-Timestamp", ""),
        given=request.headers.get("X-Signature", ""),
        request=f"POST {request.get_full_path()}",
    )
    if platform is None or not believed:
        logger.warning("receipts that nobody signed, for %s", platform.code if platform else "no platform")
        raise Problem(
            HTTPStatus.UNAUTHORIZED,
            "X-Timestamp and X-Signature do not prove a platform of this address; see docs/messages.md",
        )
    return platform


def _listed(body: bytes) -> list[Any]:
    """Return the receipts in `body`: one, or a list of them."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(HTTPStatus.BAD_REQUEST, "the body is not JSON in UTF-8") from None
    if isinstance(data, dict) and "receipts" not in data:
        return [data]
    listed = data.get("receipts") if isinstance(data, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= receipts.MOST_RECEIPTS:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the body must be one receipt, or an object with receipts, 1 to {receipts.MOST_RECEIPTS}",
        )
    return listed

"""HTTPS with JSON and a signature: POST below the platform's endpoint, the receipt in the answer."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, cast, get_args
from uuid import UUID

import httpx
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.platforms import payloads
from credit_repair.platforms.keys import signing_key
from credit_repair.platforms.models import Message
from credit_repair.platforms.signatures import signature_headers
from credit_repair.platforms.transports import CannotList, Shown, transport
from credit_repair.platforms.transports.answers import (
    Accepted,
    Answer,
    Confirmed,
    Effect,
    Final,
    Retry,
    storable,
)
from credit_repair.platforms.transports.clients import CannotConnect, Clients, time_limits
from credit_repair.platforms.transports.deadlines import within
from credit_repair.registry.models import Platform

MESSAGES = "/api/v1/messages"
RECORDS = "/api/v1/records"
#: Records on one page of a platform's list, and what their page may weigh.
LISTED = 500
MAX_ANSWER_BYTES = 64 * 1024
MAX_LIST_BYTES = 2 * 1024 * 1024

#: An answer is bounded by its bytes, so it must not come packed.
ALWAYS_SAID = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "credit-repair"}
MAX_RECEIPT = 200
MAX_DETAIL = 500

#: Refusals that do not concern the message: who we are, our clock, the moment.
RETRIED = (401, 403, 408, 425, 429)
#: After these the platform's other messages would fare no better now.
PAUSING = (401, 403, 429, 502, 503, 504)


class UnreadableAnswer(Exception):
    """The answer is not what the contract says."""


#: What ends a question without an answer.
UNHEARD = (httpx.HTTPError, httpx.InvalidURL, TimeoutError, UnreadableAnswer, CannotConnect)


@dataclass(frozen=True)
class Reply:
    """An answer as it came, read whole."""

    status: int
    headers: httpx.Headers
    body: bytes


@transport(Platform.Transport.HTTP)
class HttpTransport:
    """Kept-alive connections to all platforms, a pool for each way of TLS; several threads may share them.

    `pool`: one that is used for every platform, for tests.
    """

    def __init__(self, pool: httpx.BaseTransport | None = None) -> None:
        self._clients = Clients(only=pool)

    def close(self) -> None:
        self._clients.close()

    def send(self, message: Message, platform: Platform) -> Answer:
        """Post the stored payload, signed anew, and class the answer."""
        key = signing_key(platform)
        if not platform.endpoint or not key.secret:
            return Retry(_("平台没有设置接口地址或签名密钥。"), pauses=True)
        body = payloads.encode(message.payload)
        headers = {
            "Content-Type": "application/json",
            "X-Message-Id": str(message.uuid),
            **signature_headers(body, secret=key.secret, key_id=key.id, timestamp=int(time.time())),
        }
        try:
            reply = self._ask(platform, "POST", MESSAGES, content=body, headers=headers)
        except CannotConnect as error:
            return Retry(str(error), pauses=True)
        except (httpx.TimeoutException, TimeoutError) as error:
            return Retry(_("平台没有按时应答：%(error)s") % {"error": _name(error)}, pauses=True)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Retry(_("连接平台失败：%(error)s") % {"error": _name(error)}, pauses=True)
        except UnreadableAnswer as error:
            return Retry(_("平台的应答无法识别：%(error)s") % {"error": error})
        return classify(reply, message_id=message.uuid)

    def shown(self, record: UUID, platform: Platform) -> bool | None:
        """Ask the platform; a 404 counts as "not shown" only where the platform itself says it."""
        try:
            reply = self._get(platform, f"{RECORDS}/{record}")
            answer = _json_object(reply.body)
        except UNHEARD:
            return None
        # A wrong address answers 404, too, and must not pass for a removal.
        if reply.status == 404 and _is_problem(reply):
            return False
        if reply.status == 200 and answer.get("record") == str(record):
            shown = answer.get("shown")
            return shown if isinstance(shown, bool) else None
        return None

    def receipt_of(self, message: Message, platform: Platform) -> Answer | None:
        """Ask under the message's own address: 200 with the receipt, 202 while it is being worked on."""
        try:
            reply = self._get(platform, f"{MESSAGES}/{message.uuid}")
        except UNHEARD:
            return None
        return classify(reply, message_id=message.uuid)

    def listing(self, platform: Platform, *, after: str) -> Iterator[Shown]:
        """Walk the platform's list page by page. Each page leads further on, else the walk never ended."""
        following: str | None = after
        while following is not None:
            page = self._page(platform, following)
            for row in page["records"]:
                yield _shown(row)
            following = _further(page, following)

    def _page(self, platform: Platform, after: str) -> dict[str, Any]:
        try:
            asked = {"limit": LISTED, "after": after}
            reply = self._get(platform, RECORDS, params=asked, longest=MAX_LIST_BYTES)
            page = _json_object(reply.body)
        except CannotConnect as error:
            raise CannotList(str(error)) from error
        except UNHEARD as error:
            raise CannotList(_name(error)) from error
        if reply.status != 200 or not isinstance(page.get("records"), list):
            raise CannotList(_refused(reply))
        return page

    def _get(self, platform: Platform, path: str, **request: Any) -> Reply:
        """Ask with a signature over the address, where there is a key: not every platform wants one."""
        return self._ask(platform, "GET", path, **request)

    def _ask(
        self, platform: Platform, method: str, path: str, *, longest: int = MAX_ANSWER_BYTES, **request: Any
    ) -> Reply:
        pool = self._clients.of(platform)
        limits, seconds = time_limits(platform)
        asked = _request(method, _address(platform, path), limits=limits, **request)
        if method == "GET":
            asked.headers.update(_signed_address(asked, platform))
        body = b""
        with within(seconds) as deadline, _answered(pool, asked) as response:
            response.headers.encoding = "latin-1"  # else it is found out anew for each header that is read
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise UnreadableAnswer(_("应答经过压缩"))
            for chunk in cast(httpx.SyncByteStream, response.stream):
                body += chunk
                if len(body) > longest:
                    raise UnreadableAnswer(_("应答过长"))
                if time.monotonic() > deadline:
                    raise TimeoutError
        return Reply(response.status_code, response.headers, body)


def _request(
    method: str,
    address: str,
    *,
    limits: httpx.Timeout,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, Any] | None = None,
    content: bytes | None = None,
) -> httpx.Request:
    return httpx.Request(
        method,
        _url(address),
        params=params,
        headers={**ALWAYS_SAID, **(headers or {})},
        content=content,
        extensions={"timeout": limits.as_dict()},
    )


@lru_cache(maxsize=256)
def _url(address: str) -> httpx.URL:
    return httpx.URL(address)


@contextmanager
def _answered(pool: httpx.BaseTransport, request: httpx.Request) -> Iterator[httpx.Response]:
    response = pool.handle_request(request)
    try:
        yield response
    finally:
        response.close()


def _signed_address(request: httpx.Request, platform: Platform) -> dict[str, str]:
    key = signing_key(platform)
    if not key.secret:
        return {}
    line = f"{request.method} {request.url.raw_path.decode('ascii')}"
    return signature_headers(b"", secret=key.secret, key_id=key.id, timestamp=int(time.time()), request=line)


def classify(reply: Reply, *, message_id: UUID) -> Answer:
    """Say what an answer means for the message `message_id`."""
    status = reply.status
    if status == 202:
        return Accepted(_reference(reply), status)
    if 200 <= status < 300:
        try:
            return _receipt(reply, message_id)
        except UnreadableAnswer as error:
            return Retry(_("平台的应答无法识别：%(error)s") % {"error": error}, status=status)
    if 400 <= status < 500 and status not in RETRIED:
        return Final(_refused(reply), status=status)
    return Retry(
        _refused(reply),
        status=status,
        after_seconds=_retry_after(reply.headers.get("Retry-After")) if status in (429, 503) else None,
        # A redirect means that something else sits at this address.
        pauses=status in PAUSING or status < 400,
    )


def _receipt(reply: Reply, message_id: UUID) -> Confirmed:
    answer = _json_object(reply.body)
    receipt, effect = answer.get("receipt"), answer.get("effect")
    if answer.get("id") != str(message_id):
        raise UnreadableAnswer(_("不是对这条消息的应答"))
    if not isinstance(receipt, str) or not 0 < len(receipt.strip()) <= MAX_RECEIPT:
        raise UnreadableAnswer(_("没有可用的回执"))
    if storable(receipt) != receipt:
        raise UnreadableAnswer(_("没有可用的回执"))
    if effect not in get_args(Effect):
        raise UnreadableAnswer(_("没有说明处理结果"))
    return Confirmed(receipt.strip(), cast(Effect, effect), reply.status)


def _reference(reply: Reply) -> str:
    try:
        reference = _json_object(reply.body).get("reference")
    except UnreadableAnswer:
        return ""
    return storable(reference)[:MAX_RECEIPT] if isinstance(reference, str) else ""


def _shown(row: object) -> Shown:
    try:
        said = cast(dict[str, Any], row)
        shown = Shown(UUID(said["record"]), said["shown"], said["annotated"], said["sequence"])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise CannotList(_("清单里有一行无法识别")) from None
    if not isinstance(shown.shown, bool) or not isinstance(shown.annotated, bool):
        raise CannotList(_("清单里有一行无法识别"))
    return shown


def _further(page: dict[str, Any], after: str) -> str | None:
    """Return from where the next page goes on, None behind the last one."""
    following = page.get("next")
    if following is None:
        return None
    if not isinstance(following, str) or not page["records"] or following <= after:
        raise CannotList(_("清单的下一页不能接续"))
    return following


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableAnswer(_("不是JSON")) from None
    if not isinstance(answer, dict):
        raise UnreadableAnswer(_("不是JSON对象"))
    return answer


def _is_problem(reply: Reply) -> bool:
    return reply.headers.get("Content-Type", "").startswith("application/problem+json")


def _refused(reply: Reply) -> str:
    """The platform's own words where it has any, for the person who must look."""
    try:
        detail = _json_object(reply.body).get("detail")
    except UnreadableAnswer:
        detail = None
    words = _("平台应答%(status)s") % {"status": reply.status}
    return storable(f"{words}：{detail}")[:MAX_DETAIL] if isinstance(detail, str) and detail else words


def _retry_after(value: str | None) -> float | None:
    """Return the seconds of a Retry-After header, which may also be a date; None where it says nothing."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:  # "-0000": a date that does not say where
        moment = moment.replace(tzinfo=UTC)
    return max((moment - timezone.now()).total_seconds(), 0.0)


def _address(platform: Platform, path: str) -> str:
    return platform.endpoint.rstrip("/") + path


def _name(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()[:MAX_DETAIL]

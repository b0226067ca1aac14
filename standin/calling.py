"""Call-backs: receipts that come later are posted to the site, signed, until it takes them."""

from __future__ import annotations

import http.client
import json
import ssl
import sys
import threading
from urllib.parse import urlsplit

from .store import Call, Store
from .verification import Verification

LOOK_SECONDS = 0.05
ANSWER_SECONDS = 10
#: A call-back that was in vain is made again after so many seconds, the first time and at most.
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0


class Caller(threading.Thread):
    """Posts what is due, several receipts in one body where several are.

    :param url: of the site's ``/platforms/<code>/receipts/``
    """

    def __init__(self, url: str, *, store: Store, verification: Verification) -> None:
        super().__init__(name="call-backs", daemon=True)
        address = urlsplit(url)
        self._target = address.path or "/"
        self._is_secure = address.scheme == "https"
        self._host, self._port = address.hostname or "", address.port
        self._store = store
        self._verification = verification
        self._stopping = threading.Event()
        self._wait = FIRST_WAIT

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=ANSWER_SECONDS)

    def run(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                self._call_all()
            except Exception as error:  # whatever it was: it is tried again
                sys.stderr.write(f"call-backs: {error!r}\n")

    def _call_all(self) -> None:
        due = self._store.calls_due()
        if not due:
            return
        if self._post([_said(call) for call in due]):
            self._wait = FIRST_WAIT
            for call in due:
                self._store.called(call.message)
            return
        for call in due:
            self._store.called(call.message, again_in=self._wait)
        self._wait = min(self._wait * 2, LONGEST_WAIT)

    def _post(self, receipts: list[dict[str, object]]) -> bool:
        data = receipts[0] if len(receipts) == 1 else {"receipts": receipts}
        body = json.dumps({"version": 1, **data}, ensure_ascii=False).encode()
        headers = self._verification.headers(body, target=f"POST {self._target}")
        connection = (
            http.client.HTTPSConnection(
                self._host, self._port, timeout=ANSWER_SECONDS, context=ssl.create_default_context()
            )
            if self._is_secure
            else http.client.HTTPConnection(self._host, self._port, timeout=ANSWER_SECONDS)
        )
        try:
            connection.request("POST", self._target, body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            sys.stderr.write(f"call-back of {len(receipts)} receipts: {error!r}\n")
            return False
        finally:
            connection.close()
        sys.stderr.write(f"call-back of {len(receipts)} receipts: {answer.status}\n")
        return answer.status == 200


def _said(call: Call) -> dict[str, object]:
    if call.refused is not None:
        return {"id": call.message, "receipt": "", "effect": "refused", "detail": call.refused}
    return {"id": call.message, "receipt": call.receipt, "effect": call.effect, "at": call.at}

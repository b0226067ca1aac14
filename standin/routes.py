"""What is answered at which address."""

from __future__ import annotations

import hmac
import ipaddress
import json
import re
from typing import Any

from .pages import ICON, MAX_PAGE, STYLE
from .protocol import Message, ProblemError, parse_message
from .script import Fault, Request, ScriptError, load
from .speaking import Speaking
from .store import Answer, Promise, Waiting

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MESSAGES = "/api/v1/messages"
RECORDS = "/api/v1/records"
COMMITMENTS = "/api/v1/commitments"
EFFECTS = "/api/v1/effects"
CONTROL = "/control/script"
RECEIPT_PATH = re.compile(rf"{MESSAGES}/({UUID})", re.IGNORECASE)
RECORD_PATH = re.compile(rf"{RECORDS}/({UUID})", re.IGNORECASE)
COMMITMENT_PATH = re.compile(rf"{COMMITMENTS}/({UUID})", re.IGNORECASE)
PROMISE_PATH = re.compile(rf"/commitments/({UUID})", re.IGNORECASE)
DETAIL_PATH = re.compile(rf"/records/({UUID})", re.IGNORECASE)


class Handler(Speaking):
    """One connection."""

    def do_GET(self) -> None:  # noqa: N802
        self.answer(self._get)

    def do_HEAD(self) -> None:  # noqa: N802
        self.answer(self._get)

    def do_POST(self) -> None:  # noqa: N802
        self.answer(self._post)

    def _post(self, path: str) -> None:
        body = self.body()
        if path == MESSAGES:
            self._receive(body)
        elif path == CONTROL and self._is_control():
            self._set_script(body)
        else:
            raise ProblemError(404, f"messages are posted to {MESSAGES}")

    def _get(self, path: str) -> None:
        if path.startswith("/api/"):
            self._check_signed_read()
            self._ask(path)
        elif path == CONTROL and self._is_control():
            self._show_script()
        elif path == "/":
            page = self.server.pages.index(
                query=self.parameter("q"),
                shown_page=self.number("page", 1, MAX_PAGE),
                removed_page=self.number("removed", 1, MAX_PAGE),
            )
            self.html(200, page)
        elif match := DETAIL_PATH.fullmatch(path):
            found = self.server.pages.detail(match[1].lower())
            if found is None:
                self.html(404, self.server.pages.problem(404, "本平台没有收到过这条信息。"))
            else:
                self.html(200, found)
        elif path == "/commitments":
            page = self.server.pages.commitments(page=self.number("page", 1, MAX_PAGE))
            self.html(200, page)
        elif match := PROMISE_PATH.fullmatch(path):
            found = self.server.pages.commitment(match[1].lower())
            if found is None:
                self.html(404, self.server.pages.problem(404, "本平台没有收到过这份承诺。"))
            else:
                self.html(200, found)
        elif path == "/style.css":
            self.send_bytes(200, "text/css; charset=utf-8", STYLE)
        elif path == "/icon.svg":
            self.send_bytes(200, "image/svg+xml", ICON)
        elif path == "/healthz":
            alive = self.server.store.is_alive()
            self.json(200 if alive else 503, {"status": "ok" if alive else "the store does not answer"})
        else:
            self.html(404, self.server.pages.problem(404, "这个地址没有内容，请检查网址。"))

    def _ask(self, path: str) -> None:
        if path == RECORDS:
            if not self._is_played(Request("records")):
                self._list_records()
        elif match := RECORD_PATH.fullmatch(path):
            record = match[1].lower()
            if not self._is_played(Request("record", record=record)):
                self._show_record(record)
        elif match := COMMITMENT_PATH.fullmatch(path):
            self._show_commitment(match[1].lower())
        elif match := RECEIPT_PATH.fullmatch(path):
            message = match[1].lower()
            if not self._is_played(Request("receipt", message=message)):
                self._show_receipt(message)
        elif path == EFFECTS:
            self._show_effects()
        elif path == f"{EFFECTS}/messages":
            self._list_effects()
        else:
            raise ProblemError(404, "there is nothing at this address")

    # ---- messages --------------------------------------------------------------------------------------

    def _receive(self, body: bytes) -> None:
        self.server.verification.check(
            timestamp=self.headers.get("X-Timestamp"),
            signature=self.headers.get("X-Signature"),
            key_id=self.headers.get("X-Key-Id"),
            body=body,
        )
        message = parse_message(body, header_id=self.headers.get("X-Message-Id"))
        asked = Request("message", str(message.action), message.about, message.id)
        fault = self.server.script.next(asked)
        self._note = f"{message.action} {message.about} #{message.sequence}"
        if fault is not None:
            self._delay(fault)
            if fault.is_before_effect:
                self.server.store.note(message, fault.label)
                self._misbehave(fault)
                return
        answer = self.server.store.receive(message, _promise(fault))
        if fault is not None and fault.do == "status":
            self._misbehave(fault)
            return
        self._fault = fault
        self._give(answer, message)

    def _give(self, answer: Answer | Waiting, message: Message) -> None:
        if isinstance(answer, Waiting):
            self._note += f" later {answer.reference}"
            self.json(202, {"id": answer.id, "reference": answer.reference})
            return
        self._note += f" {answer.effect} {answer.receipt}"
        self.json(200, _receipt(answer))

    def _show_receipt(self, message_id: str) -> None:
        answer = self.server.store.receipt_of(message_id)
        if answer is None:
            raise ProblemError(404, "this platform has never heard of the message")
        if isinstance(answer, Waiting):
            self.json(202, {"id": answer.id, "reference": answer.reference})
        else:
            self.json(200, _receipt(answer))

    # ---- the script ------------------------------------------------------------------------------------

    def _is_played(self, request: Request) -> bool:
        """Let the script have its way with a question; whether that was the whole answer."""
        fault = self.server.script.next(request)
        if fault is None:
            return False
        self._delay(fault)
        if fault.do == "status" or fault.is_before_effect:
            self._misbehave(fault)
            return True
        self._fault = fault
        return False

    def _delay(self, fault: Fault) -> None:
        if fault.delay:
            self.server.forget(self.connection)  # not the client is slow but we are
            self.server.stopping.wait(fault.delay)

    def _misbehave(self, fault: Fault) -> None:
        self._note = f"{self._note} [{fault.label}]".strip()
        if fault.do == "close":
            self._log(0)
            self._cut()
        elif fault.status < 300:
            self.send_bytes(fault.status, "application/json", b"{}")
        else:
            detail = fault.detail or f"the script says {fault.status}"
            self.problem(ProblemError(fault.status, detail), retry_after=fault.retry_after)

    def _is_control(self) -> bool:
        """Whether the sender may change the script: from this machine, and with the token."""
        token = self.server.control_token
        given = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        near = ipaddress.ip_address(self.client_address[0]).is_loopback
        return bool(token) and near and hmac.compare_digest(given.encode(), token.encode())

    def _set_script(self, body: bytes) -> None:
        try:
            self.server.script = load(body)
        except ScriptError as error:
            raise ProblemError(422, str(error)) from None
        self.json(200, {"status": "ok"})

    def _show_script(self) -> None:
        script = self.server.script
        self.json(200, {"script": script.data, "seconds": round(script.seconds, 1), "played": script.played})

    # ---- what is asked about ----------------------------------------------------------------------------

    def _check_signed_read(self) -> None:
        if not self.server.signed_reads and not self.headers.get("X-Signature"):
            return
        self.server.verification.check(
            timestamp=self.headers.get("X-Timestamp"),
            signature=self.headers.get("X-Signature"),
            key_id=self.headers.get("X-Key-Id"),
            body=b"",
            target=f"GET {self._target}",
        )

    def _show_effects(self) -> None:
        self.json(200, {**self.server.store.counted(), "faults": dict(self.server.script.played)})

    def _list_effects(self) -> None:
        limit = self.number("limit", 1000, 10_000)
        rows = self.server.store.arrivals(
            record=self.parameter("record").lower(), after=self.parameter("after").lower(), limit=limit + 1
        )
        more = len(rows) > limit
        rows = rows[:limit]
        listed = [{name: row[name] for name in row.keys()} for row in rows]  # noqa: SIM118 - a row is no dict
        self.json(200, {"messages": listed, "next": rows[-1]["message"] if more else None})

    def _show_record(self, record_id: str) -> None:
        record = self.server.store.record(record_id)
        if record is None:
            raise ProblemError(404, "this platform has never heard of the record")
        self.json(200, self._state(record))

    def _show_commitment(self, commitment_id: str) -> None:
        found = self.server.store.commitment(commitment_id)
        if found is None:
            raise ProblemError(404, "this platform has never heard of the commitment")
        names = ("id", "about", "subject_name", "type", "title", "made_on", "valid_until", "state", "receipt")
        self.json(200, {name: found[name] for name in names} | {"items": json.loads(found["items"])})

    def _list_records(self) -> None:
        shown = self.parameter("shown")
        if shown not in ("", "0", "1"):
            raise ProblemError(422, "shown: must be 0 or 1", [("shown", "must be 0 or 1")])
        limit = self.number("limit", 500, 1000)
        # One more than asked for tells whether there is a next part.
        rows = self.server.store.records(
            shown=None if shown == "" else shown == "1",
            after=self.parameter("after").lower(),
            limit=limit + 1,
        )
        more = len(rows) > limit
        rows = rows[:limit]
        self.json(
            200, {"records": [self._state(row) for row in rows], "next": rows[-1]["id"] if more else None}
        )

    def _state(self, record: Any) -> dict[str, object]:
        shown = bool(record["shown"])
        return {
            "record": record["id"],
            "shown": shown,
            "annotated": record["annotation"] is not None,
            "since": record["since"] if shown else None,
            "removed_at": record["removed_at"],
            "last_receipt": record["last_receipt"],
            "sequence": record["sequence"],
            "effects": self.server.store.effects(record["id"]),
        }


def _receipt(answer: Answer) -> dict[str, object]:
    return {"id": answer.id, "receipt": answer.receipt, "effect": answer.effect, "at": answer.at}


def _promise(fault: Fault | None) -> Promise | None:
    if fault is None or fault.do != "later":
        return None
    calls = 0 if fault.lost or fault.by == "polling" else fault.copies
    refused = (fault.detail or "the script refuses it") if fault.refused else None
    return Promise(after=fault.after, calls=calls, refused=refused)

"""A stand-in platform in this process, and a sender for it.

This folder has no ``__init__.py`` on purpose: as a package it would be named ``standin`` as well.
"""

# ruff: noqa: S310 (every address here is our own server's)

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from standin.pages import Pages
from standin.server import Server
from standin.store import Store
from standin.verification import Verification

SECRET = "test-secret"


class Sender:
    """Signs and posts messages, and asks."""

    def __init__(self, url: str, secret: str = SECRET) -> None:
        self.url = url
        self.secret = secret

    def message(self, action: str = "publish", sequence: int = 1, **changes: Any) -> dict[str, Any]:
        """A good message; ``record`` and ``cause`` are merged, other keys replaced."""
        message: dict[str, Any] = {
            "version": 1,
            "id": str(uuid.uuid4()),
            "sequence": sequence,
            "action": action,
            "record": {
                "id": str(uuid.uuid4()),
                "doc_no": "（示）市监罚〔2026〕1号",
                "subject_name": "示例食品有限公司",
                "subject_code": "91340402QF808N2594",
                "authority_name": "示例县市场监督管理局",
                "decision_date": "2026-03-02",
                "penalty_types": ["罚款", "警告"],
                "content": "罚款人民币20000元",
                "published_until": "2027-03-02",
            },
            "cause": {"id": str(uuid.uuid4()), "text": "行政处罚决定公示"},
            "issued_at": "2026-11-21T09:30:00+08:00",
        }
        for part in ("record", "cause"):
            message[part] |= changes.pop(part, {})
        return message | changes

    def post(self, message: dict[str, Any] | bytes, **headers: str | None) -> tuple[int, dict[str, Any]]:
        """Post a message, signed. ``X_Signature=None`` leaves that header out."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        timestamp = given.get("X-Timestamp") or str(int(time.time()))
        signed = hmac.new(self.secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        message_id = str(message.get("id")) if isinstance(message, dict) else str(uuid.uuid4())
        all_headers = {"X-Message-Id": message_id, "X-Timestamp": timestamp, "X-Signature": signed} | given
        request = Request(
            self.url + "/api/v1/messages", body, {k: v for k, v in all_headers.items() if v is not None}
        )
        return self._json(request)

    def apply(self, action: str, record_id: str, sequence: int, **changes: Any) -> dict[str, Any]:
        """Post a message about the record and insist on 200."""
        more = changes.pop("record", {}) | {"id": record_id}
        status, answer = self.post(self.message(action, sequence, record=more, **changes))
        assert status == 200, answer
        return answer

    def state(self, record: str) -> dict[str, Any]:
        status, answer = self.ask(f"/api/v1/records/{record}")
        assert status == 200, answer
        return answer

    def ask(self, path: str) -> tuple[int, dict[str, Any]]:
        return self._json(Request(self.url + path))

    def page(self, path: str) -> str:
        with urlopen(self.url + path, timeout=10) as response:
            return response.read().decode()

    def _json(self, request: Request) -> tuple[int, dict[str, Any]]:
        try:
            with urlopen(request, timeout=10) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            assert error.headers["Content-Type"] == "application/problem+json"
            problem = json.load(error)
            assert problem["status"] == error.code
            return error.code, problem


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    store = Store(tmp_path / "platform.sqlite3")
    server = Server(
        "127.0.0.1", 0, store=store, verification=Verification(SECRET), pages=Pages(store, "示例公示平台")
    )
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    yield server
    server.stop()


@pytest.fixture
def sender(server: Server) -> Sender:
    return Sender(server.url)


@pytest.fixture
def record() -> str:
    return str(uuid.uuid4())

"""Virus scanning 病毒查杀 by a ClamAV daemon, where one is configured: settings.CLAMAV_SOCKET."""

import io
import logging
from enum import Enum

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.utils.translation import gettext as _

from credit_repair.core.files.refusals import NotNow, UploadRefused

logger = logging.getLogger(__name__)
#: For each answer of the daemon: a person waits.
SCAN_SECONDS = 30
_PING_SECONDS = 2


class Scanner(Enum):
    """How it stands with the scanner."""

    NONE = "none"
    READY = "ready"
    SILENT = "silent"


def scan(content: bytes) -> None:
    """Let the daemon read a file; without one nothing is done.

    Raises UploadRefused with words where it finds something, and NotNow where it is configured and does
    not answer: a file that was not looked at is not taken for a clean one.
    """
    if not settings.CLAMAV_SOCKET:
        return
    try:
        answer = _client(SCAN_SECONDS).instream(io.BytesIO(content))
        state, found = answer.get("stream", ("ERROR", "no answer"))
    except (ClamdError, OSError, ValueError, TypeError) as error:
        logger.error("virus scanner not reached: %s", error)
        raise NotNow(_not_now()) from error
    if state == "FOUND":
        logger.warning("virus scanner found %s", found)
        raise UploadRefused(
            _("这个文件里查出了病毒，没有保存。请先用杀毒软件检查电脑或手机，再换一份干净的文件上传。")
        )
    if state != "OK":
        logger.error("virus scanner could not look at a file: %s", found)
        raise NotNow(_not_now())


def scanner_state() -> Scanner:
    """Return whether files are scanned, for whoever keeps the site running."""
    if not settings.CLAMAV_SOCKET:
        return Scanner.NONE
    try:
        answer = _client(_PING_SECONDS).ping()
    except (ClamdError, OSError, ValueError):
        return Scanner.SILENT
    return Scanner.READY if answer == "PONG" else Scanner.SILENT


def _client(timeout: int) -> ClamdNetworkSocket | ClamdUnixSocket:
    address = settings.CLAMAV_SOCKET
    if address.startswith("/"):
        return ClamdUnixSocket(path=address, timeout=timeout)
    host, _colon, port = address.rpartition(":")
    return ClamdNetworkSocket(host=host, port=int(port), timeout=timeout)


def _not_now() -> str:
    return _("暂时不能检查文件，请稍后再试，已经填写的内容不会丢失。")

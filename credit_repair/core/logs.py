"""What must not be read in a log or in a report of an error."""

import logging
import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

HIDDEN = "…"

#: Each with what takes its place. The order counts: keys first, then what is recognised by its form.
_SECRETS: list[tuple[re.Pattern[str], str]] = [
    # Addresses that are keys: a calendar, an invitation, an enquiry, a new password, a mail address's proof.
    (re.compile(r"(/calendar/)[^/\s\"']+(\.ics)"), rf"\1{HIDDEN}\2"),
    (re.compile(r"(/account/invitation/)[^/\s\"'?]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(/enquiry/)[^/\s\"'?]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(/password/reset/key/|/confirm-email/)[^/\s\"'?]+"), rf"\1{HIDDEN}"),
    # Headers, and passwords within addresses of databases and brokers.
    (
        re.compile(r"(?i)\b((?:proxy-)?authorization\W{1,6})(?:(?:bearer|basic|token)\s+)?[^\s\"',}]+"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]{8,}"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b((?:set-)?cookie['\"]?\s*[:=]\s*).+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b((?:__Host-)?(?:sessionid|csrftoken)=)[^\s;\"']+"), rf"\1{HIDDEN}"),
    (re.compile(r"(://[^:/@\s\"']*:)[^@/\s]+@"), rf"\1{HIDDEN}@"),
    # Named values: in the query of an address, in a form, in a JSON object, in Python.
    (
        re.compile(r"(?i)([?&](?:code|state|key|nonce|session_state|login|email|phone|q)=)[^&\s\"']+"),
        rf"\1{HIDDEN}",
    ),
    (
        re.compile(
            r"(?i)(\b\w*(?:password\d?|passwd|secret|_?token|otp|csrfmiddlewaretoken)[\"']?\s*[:=]\s*[\"']?)"
            r"[^\s\"',;&}\])]+"
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)(\bcode[\"']?\s*[:=]\s*[\"']?)(?=[A-Z0-9-]*\d)[A-Z0-9-]{6,12}\b"), rf"\1{HIDDEN}"),
    # Query codes of filings 查询码.
    (re.compile(r"(?<![0-9A-Za-z-])[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){2}(?![0-9A-Za-z-])"), HIDDEN),
    # JSON Web Tokens.
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"), HIDDEN),
    # People: resident identity numbers of 18 and 15 places, mobile numbers, mail addresses.
    (
        re.compile(
            r"(?<![0-9A-Za-z])[1-9]\d{5}(?:(?:18|19|20)\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
            r"(?![0-9A-Za-z])"
        ),
        HIDDEN,
    ),
    (
        re.compile(r"(?<![0-9A-Za-z])[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9A-Za-z])"),
        HIDDEN,
    ),
    (re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?1[3-9]\d{9}(?![0-9A-Za-z.])"), HIDDEN),
    (re.compile(r"[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), f"{HIDDEN}@{HIDDEN}"),
]


def without_secrets(text: str) -> str:
    """Return `text` without secrets, and without what tells of a person."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class HideSecrets(logging.Filter):
    """Leaves secrets out of lines, and out of the errors below them, before they are written."""

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line; every line passes."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # the words do not fit their places: said without what they carried
            message = f"{record.msg} (its values do not fit)"
            record.msg, record.args = message, ()
        hidden = without_secrets(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_secrets(record.exc_text)
        if record.stack_info:
            record.stack_info = without_secrets(record.stack_info)
        return True


class BareReports(SafeExceptionReporterFilter):
    """Reports of an error: where it happened, never what somebody typed or what a variable held.

    While DEBUG is on, on a developer's own machine, all is shown.
    """

    hidden_settings = re.compile(
        "API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|HTTP_COOKIE|BROKER|CACHE|LOCATION|SINGLE_SIGN_ON|PROVIDERS"
        "|SESSION|CSRF|HTTP_AUTHORIZATION|QUERY_STRING",
        re.IGNORECASE,
    )

    def is_active(self, request: HttpRequest | None) -> bool:
        """Whether anything is left out."""
        return not settings.DEBUG

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        """Return the names of what was posted, without a single value."""
        if request is None:
            return {}
        if not self.is_active(request):
            return request.POST
        return dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        """Return the names of the variables, without a single value."""
        if not self.is_active(request):
            return list(tb_frame.f_locals.items())
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]

"""What must not be read in a log is not written there."""

import logging

from credit_repair.core.logs import HideSecrets


def test_the_secret_of_a_calendar_is_left_out_of_a_line() -> None:
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", "/calendar/abc-DEF_1.ics"), None
    )
    assert HideSecrets().filter(record)
    assert record.getMessage() == "Not Found: /calendar/….ics"


def test_other_lines_are_left_as_they_are() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 0, "read %s", ("/me/calendar/",), None)
    assert HideSecrets().filter(record)
    assert (record.msg, record.args) == ("read %s", ("/me/calendar/",))

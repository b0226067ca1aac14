"""What must not be read in a log."""

import logging
import re

#: The address of a calendar is its key; all that follows the word, up to the end of the file name.
_SECRET = re.compile(r"(/calendar/)[^/\s\"']+(\.ics)")


def without_secrets(text: str) -> str:
    """Return `text` with the secret of a calendar's address left out."""
    return _SECRET.sub(r"\1…\2", text)


class HideSecrets(logging.Filter):
    """Leaves secrets out of lines before they are written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line; every line passes."""
        message = record.getMessage()
        hidden = without_secrets(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True

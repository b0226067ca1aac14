"""Words that stand in a document, and perhaps before the public."""

from credit_repair.cases.errors import ActionRefused
from credit_repair.notices import public_words
from credit_repair.notices.glyphs import MissingGlyphs, check_text


def check_words(*texts: str, public: bool) -> None:
    """Raise ActionRefused, in words, where a text cannot be printed or may not be published."""
    for text in texts:
        try:
            check_text(text)
        except MissingGlyphs as missing:
            raise ActionRefused("glyphs", str(missing)) from missing
        if public and (refusal := public_words.refusal(text)):
            raise ActionRefused("personal", refusal)

"""Which version of its template 模板版本 a document was issued with.

A version is a hash over what is printed around the frozen context: the template with all that it extends and
includes, with the texts that stand in them, the shared style sheet, and the rule by which a letter that just
overflows its page is set closer. An office's own words are in the
context, so they are frozen letter by letter.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from inspect import getsource

from django.template.loader import get_template

from credit_repair.notices import fitting

STYLE_SHEET = "notices/notices.css"
_PART = re.compile(r"""\{%-?\s*(?:extends|include)\s+["']([^"']+)["']""")


def template_version(template: str) -> str:
    """Return the version as 64 hexadecimal digits.

    Args:
        template: name without folder and ending, for example "decision_approve".

    Raises:
        django.template.TemplateDoesNotExist: there is no such template.
    """
    digest = hashlib.sha256()
    for name, source in sorted(_sources(f"notices/{template}.html").items()):
        _add(digest, name, source)
    _add(digest, STYLE_SHEET, source_of(STYLE_SHEET))
    _add(digest, fitting.__name__, _how_lines_are_set())
    return digest.hexdigest()


def source_of(name: str) -> str:
    """Return the text of a template file."""
    found = get_template(name)
    return str(found.template.source)  # type: ignore[attr-defined]


@cache
def _how_lines_are_set() -> str:
    return getsource(fitting)


def _sources(name: str) -> dict[str, str]:
    """Return the template and all that it extends and includes, by name."""
    found: dict[str, str] = {}
    waiting = [name]
    while waiting:
        part = waiting.pop()
        if part not in found:
            found[part] = source_of(part)
            waiting.extend(_PART.findall(found[part]))
    return found


def _add(digest: hashlib._Hash, name: str, text: str) -> None:
    # With lengths, so that nothing can move from one part to the next unseen.
    for value in (name.encode(), text.encode()):
        digest.update(len(value).to_bytes(8, "big") + value)

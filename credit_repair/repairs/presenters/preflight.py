"""What the template of the findings shows (public/filing_findings.html)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from credit_repair.cases.models import Attachment, Case, Filing, StoredFile
from credit_repair.people.models import User
from credit_repair.repairs import preflight
from credit_repair.repairs.preflight import Finding
from credit_repair.repairs.views.sides import Side


def findings_panel(
    *,
    filing: Filing,
    side: Side,
    user: User,
    today: date,
    stored: StoredFile | None = None,
    case: Case | None = None,
    found: list[Finding] | None = None,
) -> dict[str, Any]:
    """Return what `{% include "public/filing_findings.html" with panel=… only %}` needs.

    Of the whole filing, or of a file, or of an application. It refreshes itself while files are looked into.
    `found`: what findings_of() returned, where a page shows several panels and asked once.
    """
    findings = preflight.findings_of(filing=filing, today=today, user=user) if found is None else found
    address = side.url("filing_findings", filing.uuid)
    if stored is not None:
        findings, address = preflight.of_file(findings, stored), f"{address}?file={stored.uuid}"
    elif case is not None:
        findings, address = preflight.of_case(findings, case), f"{address}?case={case.uuid}"
    state = preflight.looking_at([stored] if stored is not None else preflight.files_of(filing))
    return {
        "findings": [_row(finding, filing, side, linked=stored is None) for finding in findings],
        "looking": state == preflight.Looking.RUNNING,
        "clear": state == preflight.Looking.DONE and not findings,
        "single": stored is not None,
        "refresh_url": address,
    }


def _row(finding: Finding, filing: Filing, side: Side, *, linked: bool) -> dict[str, Any]:
    url, words = _place(finding, filing, side) if linked else ("", "")
    return {
        "code": finding.code,
        "tone": finding.tone.value,
        "title": finding.title,
        "text": finding.text,
        "todo": finding.todo,
        "url": url,
        "url_text": words,
    }


def _place(finding: Finding, filing: Filing, side: Side) -> tuple[str, str]:
    """Where it is mended: the file on its page, or the letters."""
    if finding.file is None:
        return "", ""
    words = _("查看这个文件：%(name)s") % {"name": finding.file.name}
    anchor = f"#file-{finding.file.uuid}"
    if finding.kind == Attachment.Kind.COMMITMENT:
        return f"{side.url('filing_letters', filing.uuid)}{anchor}", words
    if finding.kind in {Attachment.Kind.PROOF, Attachment.Kind.FORM}:
        return f"{side.url('filing_materials', filing.uuid, finding.kind)}{anchor}", words
    return "", ""

"""Issue a document, and make its PDF."""

import dataclasses
import hashlib
from datetime import date

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.jobs import dispatch
from credit_repair.core.languages import in_site_language, said_by_site
from credit_repair.core.sequences import next_value
from credit_repair.notices import contexts
from credit_repair.notices.freezing import freeze, thaw
from credit_repair.notices.glyphs import check_context, check_text
from credit_repair.notices.models import Document
from credit_repair.notices.seal import seal_svg
from credit_repair.registry.models import Office

KINDS: dict[str, type[contexts.Document]] = {kind.template: kind for kind in contexts.DOCUMENTS}


class CannotIssue(ValueError):
    """The document cannot go out; the words say who must do what."""


@transaction.atomic(savepoint=False)  # inside a decision it stands and falls with it
def issue(
    *, document: contexts.Document, office: Office | None, issued_on: date, rule_set: str = ""
) -> Document:
    """Freeze `document`, give it its number where its kind has one, and have its PDF made after commit.

    Every character is checked against the fonts first: a number is only given to what can be printed.
    Raises glyphs.MissingGlyphs with the code points, CannotIssue where the office has no 发文代字.
    """
    check_context(document)
    row = Document(
        kind=document.template,
        title=said_by_site(document.title),
        office=office,
        issued_on=issued_on,
        rule_set=rule_set,
        created_at=timezone.now(),
    )
    if isinstance(document, contexts.NumberedDocument):
        _number(row, office)
        document = dataclasses.replace(document, document_number=row.number or "")
    if isinstance(document, contexts.CommitmentLetter):
        document = dataclasses.replace(document, document_uuid=row.uuid.hex)
    with in_site_language():
        row.context = freeze(document)
    try:
        row.save()
    except IntegrityError:
        raise CannotIssue(
            _("文号%(number)s已被其他单位使用：两个单位的发文代字不能相同。请系统管理员在单位资料中改正。")
            % {"number": row.number}
        ) from None
    dispatch("render_document", key=f"render_document:{row.pk}", document_id=row.pk)
    return row


def _number(row: Document, office: Office | None) -> None:
    """Give the next number of (office, 代字, year), e.g. 濉信修〔2026〕12号: no gap, no leading zero."""
    if office is None or not office.document_prefix:
        raise CannotIssue(
            _("%(office)s尚未设置发文代字，不能编发文号。请系统管理员在单位资料中补充后再办理。")
            % {"office": office or _("发文机关")}
        )
    check_text(office.document_prefix)
    row.prefix, row.year = office.document_prefix, row.issued_on.year
    row.serial = next_value(f"document:{office.pk}:{row.prefix}:{row.year}")
    row.number = f"{row.prefix}〔{row.year}〕{row.serial}号"


def render(*, document_id: int) -> Document:
    """Make the PDF of an issued document; one that has it already is left as it is.

    The picture is made outside any transaction; of two that make it at once, one is kept.
    """
    from credit_repair.notices.render import render_pdf

    row = Document.objects.select_related("office").get(pk=document_id)
    if row.state == Document.State.READY:
        return row
    document = _thawed(row)
    with in_site_language():
        data = render_pdf(template=document.template, context=document.to_context())
    with transaction.atomic():
        locked = Document.objects.select_for_update().get(pk=document_id)
        if locked.state == Document.State.READY:
            return locked
        locked.file.save(f"{locked.uuid}.pdf", ContentFile(data), save=False)
        locked.sha256 = hashlib.sha256(data).hexdigest()
        locked.size = len(data)
        locked.state = Document.State.READY
        locked.save(update_fields=["file", "sha256", "size", "state"])
    return locked


def _thawed(row: Document) -> contexts.Document:
    document = thaw(KINDS[row.kind], row.context)
    if isinstance(document, contexts.IssuedDocument):
        return dataclasses.replace(document, seal=seal_svg(document.issuer, document.demo))
    return document


def dispatch_pending() -> int:
    """Ask again for every PDF that is still missing: an issued number always gets its document."""
    pending = list(
        Document.objects.filter(state=Document.State.PENDING)
        .order_by("created_at")
        .values_list("pk", flat=True)[:500]
    )
    for pk in pending:
        dispatch("render_document", key=f"render_document:{pk}", document_id=pk)
    return len(pending)

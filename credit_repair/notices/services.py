"""Issue a document, and make its PDF."""

import dataclasses
import hashlib
import logging
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from credit_repair.core.codes import in_groups, new_code
from credit_repair.core.jobs import dispatch
from credit_repair.core.languages import in_site_language, said_by_site
from credit_repair.core.sequences import next_value
from credit_repair.notices import contexts, signing
from credit_repair.notices.arrival import arrive
from credit_repair.notices.attached import attached_to
from credit_repair.notices.dressing import dressed, fonts_of, seal_of, style_of
from credit_repair.notices.freezing import freeze, thaw
from credit_repair.notices.glyphs import check_context, check_text
from credit_repair.notices.models import Document
from credit_repair.notices.telling import tell_of_signing
from credit_repair.notices.verification import CHECK_CODE_LETTERS, check_url
from credit_repair.notices.versions import template_version
from credit_repair.registry.models import Office, Subject

logger = logging.getLogger(__name__)

KINDS: dict[str, type[contexts.Document]] = {kind.template: kind for kind in contexts.DOCUMENTS}

#: Set across every page of a letter that has not gone out.
DRAFT_MARK = "草稿"

#: How long a document that could not be signed waits before it is tried again; the last one repeats.
SIGNING_DELAYS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3))


class CannotIssue(ValueError):
    """The document cannot go out; the words say who must do what."""


@transaction.atomic(savepoint=False)  # inside a decision it stands and falls with it
def issue(
    *,
    document: contexts.Document,
    office: Office | None,
    issued_on: date,
    rule_set: str = "",
    addressee: Subject | None = None,
) -> Document:
    """Freeze `document`, give it its number where its kind has one, and have its PDF made after commit.

    `addressee`: on whom it is to be served 送达 once its PDF is there.

    Every character is checked against the fonts first: a number is only given to what can be printed.
    Raises glyphs.MissingGlyphs with the code points, CannotIssue where the office has no 发文代字.
    """
    document = dressed(document, office)
    check_context(document)
    row = Document(
        kind=document.template,
        title=said_by_site(document.title),
        office=office,
        issued_on=issued_on,
        rule_set=rule_set,
        addressee=addressee,
        template_version=template_version(document.template),
        created_at=timezone.now(),
    )
    if isinstance(document, contexts.NumberedDocument):
        _number(row, office)
        document = dataclasses.replace(document, document_number=row.number or "")
    if isinstance(document, contexts.IssuedDocument):
        row.check_code = new_code(CHECK_CODE_LETTERS)
        document = dataclasses.replace(
            document, verify_code=in_groups(row.check_code), verify_url=check_url(row.check_code)
        )
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


def preview(*, document: contexts.Document, office: Office | None) -> bytes:
    """Return the PDF of `document` as it would go out, marked as a draft 草稿 on every page, without seal and
    with the place of its number left free. Nothing is stored and no number is taken.

    Raises as issue() does, so that what cannot go out is known before it is decided.
    """
    from credit_repair.notices.render import render_pdf

    document = dressed(document, office)
    check_context(document)
    if isinstance(document, contexts.NumberedDocument):
        number = f"{_prefix_of(office)}〔{document.issue_date.year}〕　号"
        document = dataclasses.replace(document, document_number=number)
    with in_site_language():
        return render_pdf(
            template=document.template,
            context=document.to_context(),
            watermark=DRAFT_MARK,
            office_fonts=fonts_of(style_of(document)),
        )


def _prefix_of(office: Office | None) -> str:
    """Return the 发文代字 with which the office's numbers begin; it can be printed."""
    if office is None or not office.document_prefix:
        raise CannotIssue(
            _("%(office)s尚未设置发文代字，不能编发文号。请系统管理员在单位资料中补充后再办理。")
            % {"office": office or _("发文机关")}
        )
    check_text(office.document_prefix)
    return office.document_prefix


def _number(row: Document, office: Office | None) -> None:
    """Give the next number of (office, 代字, year), e.g. 濉信修〔2026〕12号: no gap, no leading zero."""
    row.prefix, row.year = _prefix_of(office), row.issued_on.year
    row.serial = next_value(f"document:{row.office_id}:{row.prefix}:{row.year}")
    row.number = f"{row.prefix}〔{row.year}〕{row.serial}号"


def render(*, document_id: int) -> Document:
    """Make the PDF of an issued document, sign it and store it; one that has it already is left as it is.

    All of it is made outside any transaction; of two that make it at once, one is kept. Where it cannot be
    signed, the document goes on waiting, the longer the more often that happens, and the system
    administrators are told.
    """
    row = Document.objects.select_related("office").get(pk=document_id)
    if row.state == Document.State.READY:
        return row
    document = _thawed(row)
    pdf = _drawn(row, document)
    try:
        signed = _signed(row, document, pdf)
    except signing.CannotSign as error:
        logger.warning("document %s cannot be signed and waits: %s", row.pk, error)
        return _put_off(row.pk, why=str(error))
    with transaction.atomic():
        locked = Document.objects.select_for_update().get(pk=document_id)
        if locked.state == Document.State.READY:
            return locked
        locked.file.save(f"{locked.uuid}.pdf", ContentFile(signed.pdf), save=False)
        locked.sha256 = hashlib.sha256(signed.pdf).hexdigest()
        locked.size = len(signed.pdf)
        locked.signed_by = signed.by[:200]
        locked.signed_at = timezone.now() if locked.signed_by else None
        locked.state = Document.State.READY
        locked.try_again_at = None
        locked.save(
            update_fields=["file", "sha256", "size", "signed_by", "signed_at", "state", "try_again_at"]
        )
        arrive(locked)
    if signed.by:  # the office's key works: what waits for it need not wait on
        _hurry(row.office)
    return locked


@transaction.atomic
def _hurry(office: Office | None) -> None:
    """Let what waits for the office's signature be tried again at once, but for what is being made just now.

    In a transaction of its own, that holds no other document: two that make one each never wait for each
    other.
    """
    waiting = Document.objects.filter(
        office=office, state=Document.State.PENDING, try_again_at__isnull=False
    ).order_by("pk")
    free = waiting.select_for_update(
        of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
    )
    Document.objects.filter(pk__in=[each.pk for each in free.only("pk")]).update(try_again_at=None)


def _drawn(row: Document, document: contexts.Document) -> bytes:
    """Return the PDF with its data, unsigned. That a template has changed since, log and data say."""
    from credit_repair.notices.render import render_pdf

    now = template_version(document.template)
    if row.template_version and now != row.template_version:
        logger.warning(
            "document %s is drawn with template version %s, and was issued with %s",
            row.pk,
            now[:12],
            row.template_version[:12],
        )
    attached = attached_to(row, document, drawn_with=now)
    with in_site_language():
        return render_pdf(
            template=document.template,
            context=document.to_context(),
            attached=attached,
            office_fonts=fonts_of(style_of(document)),
        )


def _signed(row: Document, document: contexts.Document, pdf: bytes) -> signing.Signed:
    """Return the PDF signed by the office that issues it; what an applicant signs is left to them."""
    if row.office is None or not isinstance(document, contexts.IssuedDocument):
        return signing.Signed(pdf)
    return signing.signer().sign(pdf, office=row.office.code, reason=str(row))


@transaction.atomic
def _put_off(document_id: int, *, why: str) -> Document:
    """Let a document that could not be signed wait; dispatch_pending() asks for it when its time has come."""
    row = Document.objects.select_for_update().get(pk=document_id)
    if row.state == Document.State.READY:
        return row
    delay = SIGNING_DELAYS[min(row.signing_failures, len(SIGNING_DELAYS) - 1)]
    row.signing_failures = min(row.signing_failures + 1, 9999)
    row.signing_error = why[:500]
    row.try_again_at = timezone.now() + delay
    row.save(update_fields=["signing_failures", "signing_error", "try_again_at"])
    tell_of_signing(row)
    return row


def _thawed(row: Document) -> contexts.Document:
    document = thaw(KINDS[row.kind], row.context)
    if isinstance(document, contexts.IssuedDocument):
        return dataclasses.replace(
            document, seal=seal_of(style_of(document), issuer=document.issuer, demo=document.demo)
        )
    return document


def dispatch_pending() -> int:
    """Ask again for every PDF that is still missing: an issued number always gets its document.

    One that could not be signed is asked for when its time has come. Returns for how many it asked.
    """
    due = Q(try_again_at__isnull=True) | Q(try_again_at__lte=timezone.now())
    pending = list(
        Document.objects.filter(due, state=Document.State.PENDING)
        .order_by("created_at")
        .values_list("pk", flat=True)[:500]
    )
    for pk in pending:
        dispatch("render_document", key=f"render_document:{pk}", document_id=pk)
    return len(pending)

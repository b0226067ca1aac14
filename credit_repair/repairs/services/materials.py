"""The materials of a basket: uploaded once, used by every application that they prove something for."""

from collections.abc import Iterable
from datetime import date

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases import services as cases
from credit_repair.cases.errors import ActionRefused
from credit_repair.cases.models import Attachment, Case, Filing, StoredFile
from credit_repair.people.models import User
from credit_repair.repairs.selectors import letter_signature_of
from credit_repair.repairs.services.baskets import drafts_of, locked_basket


def add_material(
    *,
    filing: Filing,
    actor: User,
    today: date,
    kind: str,
    upload: File,
    only: Iterable[Case] | None = None,
) -> list[Attachment]:
    """Keep a file, as material of `kind` of every draft in the basket, or of those in `only`.

    Raises uploads.UploadRefused with words where it cannot be taken, NotYours, or ActionRefused where
    everything in the basket has been handed in.
    """
    # Before anything is locked: it may take seconds.
    cases.look_into(upload)
    with transaction.atomic():
        locked_basket(filing=filing, actor=actor, today=today)
        wanted = _drafts(filing, kind, only)
        stored = cases.keep_file(filing=filing, upload=upload, actor=actor)
        return [cases.attach(case=case, kind=kind, stored=stored, actor=actor) for case in wanted]


@transaction.atomic
def use_material(
    *, filing: Filing, actor: User, today: date, kind: str, stored: StoredFile, only: Iterable[Case]
) -> list[Attachment]:
    """Let a file of the basket be the material of exactly the drafts in `only`."""
    locked_basket(filing=filing, actor=actor, today=today)
    chosen = {case.pk for case in only}
    if not chosen:
        raise ActionRefused("no_record", _("请至少选择一条信息；不需要这个文件的，请删除它。"))
    # First in, then out: a file that changes hands is never without a use.
    kept = []
    for case in drafts_of(filing):
        if case.pk in chosen:
            kept.append(cases.attach(case=case, kind=kind, stored=stored, actor=actor))
    others = Attachment.objects.filter(stored=stored, kind=kind, case__in=drafts_of(filing))
    for attachment in others.exclude(case__in=chosen).select_related("case", "stored"):
        cases.remove_attachment(attachment=attachment, actor=actor)
    return kept


@transaction.atomic
def drop_material(*, filing: Filing, actor: User, today: date, kind: str, stored: StoredFile) -> None:
    """Take a file out of every draft of the basket again, as material of `kind`."""
    locked_basket(filing=filing, actor=actor, today=today)
    used = Attachment.objects.filter(stored=stored, kind=kind, case__in=drafts_of(filing))
    for attachment in used.select_related("case", "stored"):
        cases.remove_attachment(attachment=attachment, actor=actor)


def _drafts(filing: Filing, kind: str, only: Iterable[Case] | None) -> list[Case]:
    drafts = drafts_of(filing)
    if only is None and kind == Attachment.Kind.COMMITMENT:
        # A letter on paper is for those that were not signed on the screen.
        return [case for case in drafts if letter_signature_of(case) is None] or drafts
    if only is None:
        return drafts
    wanted = {case.pk for case in only}
    found = [case for case in drafts if case.pk in wanted]
    if not found:
        raise ActionRefused("no_record", _("请选择这个文件用于哪一条信息。"))
    return found

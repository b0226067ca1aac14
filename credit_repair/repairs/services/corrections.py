"""A correction 补正 is answered item by item, and nothing else of the application can be changed."""

from datetime import date
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from credit_repair.cases import services as cases
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import (
    Attachment,
    Case,
    CaseDocument,
    CorrectionItem,
    Filing,
    Mends,
    StoredFile,
)
from credit_repair.cases.parts import stands_for_applicant
from credit_repair.cases.selectors import correction_overdue_on
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.uploads import UploadRefused
from credit_repair.notices import services as notices
from credit_repair.people.models import User
from credit_repair.repairs.services.letters import letter_of
from credit_repair.repairs.states import RepairState

#: As what a file counts that answers an item, by the part that the item mends.
KIND_OF = {
    Mends.COMMITMENT: Attachment.Kind.COMMITMENT,
    Mends.PROOF: Attachment.Kind.PROOF,
}
#: Parts that only words can mend, and parts that words alone cannot.
IN_WORDS_ALONE = (Mends.STATEMENT,)
BY_FILE_ALONE = (Mends.COMMITMENT, Mends.PROOF)
MOST_WORDS = 2000


def takes_files(item: CorrectionItem) -> bool:
    """Whether a file can answer the item."""
    return item.mends not in IN_WORDS_ALONE


def takes_words(item: CorrectionItem) -> bool:
    """Whether words can stand with the answer: a letter is signed, not described."""
    return item.mends != Mends.COMMITMENT


def needs_file(item: CorrectionItem) -> bool:
    """Whether words alone are no answer."""
    return item.mends in BY_FILE_ALONE


@transaction.atomic
def answer_item(*, case: Case, actor: User, today: date, position: int, text: str) -> CorrectionItem:
    """Save the applicant's words on one item; empty words take an earlier answer back.

    Raises NotYours where the actor is not the applicant or there is no such item, ActionRefused where the
    case is not being corrected, its time is over, or words are no answer to this item.
    """
    item = _locked_item(case, actor, today, position)
    if not takes_words(item):
        raise ActionRefused("file_needed", _("这一项请上传重新签署的承诺书。"))
    if len(text) > MOST_WORDS:
        raise ActionRefused("too_long", _("说明最多%d个字，请写得简短一些。") % MOST_WORDS)
    item.answer = text.strip()
    _note_answered(item, actor)
    return item


def answer_with_file(*, case: Case, actor: User, today: date, position: int, upload: File) -> Attachment:
    """Keep a file as the answer to one item; several may answer it.

    Raises what answer_item() raises, and uploads.UploadRefused with words where the file cannot be taken, or
    where the case has the same content already: it would answer nothing.
    """
    # Before anything is locked: it may take seconds.
    cases.look_into(upload)
    with transaction.atomic():
        item = _locked_item(case, actor, today, position)
        if not takes_files(item):
            raise ActionRefused("words_needed", _("这一项请用文字说明，不需要上传文件。"))
        stored = cases.keep_file(filing=case.filing, upload=upload, actor=actor)
        _refuse_known(item, stored)
        attachment = cases.attach(case=item.case, kind=kind_of(item), stored=stored, actor=actor, item=item)
        _note_answered(item, actor)
        return attachment


@transaction.atomic
def drop_file(*, case: Case, actor: User, today: date, position: int, attachment: UUID) -> CorrectionItem:
    """Take a file back that answers an item. Raises what answer_item() raises, and NotYours where no such
    file answers it."""
    item = _locked_item(case, actor, today, position)
    found = item.attachments.select_related("case", "stored").filter(uuid=attachment).first()
    if found is None:
        raise NotYours(str(attachment))
    cases.remove_attachment(attachment=found, actor=actor)
    _note_answered(item, actor)
    return item


def letter_in_correction(*, case: Case, actor: User, today: date) -> CaseDocument:
    """Return the commitment letter to print and sign anew, with its PDF made, while one is asked for.

    Raises NotYours where the actor is not the applicant, ActionRefused where no letter is asked for.
    """
    with transaction.atomic():
        locked = _locked(case, actor, today)
        if not locked.correction_items.filter(mends=Mends.COMMITMENT).exists():
            raise ActionRefused("no_letter_asked", _("这次补正不需要重新签署承诺书。"))
        link = letter_of(locked, today)
    notices.render(document_id=link.document_id)
    link.document.refresh_from_db()
    return link


def kind_of(item: CorrectionItem) -> str:
    """Return as what a file counts that answers the item."""
    return KIND_OF.get(Mends(item.mends), Attachment.Kind.OTHER)


def takes_words_first(item: CorrectionItem) -> bool:
    """Whether the answer is most likely written, and a file only stands beside it."""
    return item.mends in (*IN_WORDS_ALONE, Mends.NOTHING)


def _refuse_known(item: CorrectionItem, stored: StoredFile) -> None:
    if item.case.attachments.filter(stored=stored).exclude(item=item).exists():
        raise UploadRefused(
            _("这个文件和您已经交过的“%(name)s”是同一个文件，请上传补充的材料。") % {"name": stored.name}
        )


def _locked_item(case: Case, actor: User, today: date, position: int) -> CorrectionItem:
    locked = _locked(case, actor, today)
    item = locked.correction_items.filter(position=position).first()
    if item is None:
        raise NotYours(f"{case.uuid} item {position}")
    item.case = locked
    return item


def _locked(case: Case, actor: User, today: date) -> Case:
    """Lock filing and case, in this order.

    Raises NotYours where the actor is not the applicant, ActionRefused where nothing can be corrected now.
    """
    Filing.objects.select_for_update().values_list("pk").get(pk=case.filing_id)
    Case.objects.select_for_update().values_list("pk").get(pk=case.pk)
    locked = Case.objects.select_related(
        "filing__subject", "subject", "record__subject", "record__authority", "record__sector", "repair"
    ).get(pk=case.pk)
    if not stands_for_applicant(filing=locked.filing, user=actor, on=today):
        raise NotYours(str(case.uuid))
    if locked.state != RepairState.CORRECTION:
        raise ActionRefused("not_in_correction", _("现在不在补正阶段，不能再修改。请刷新页面查看最新进度。"))
    if correction_overdue_on(locked, today):
        raise ActionRefused("too_late", _("补正期限已经届满，请重新申请；已经提交的材料可以继续使用。"))
    return locked


def _note_answered(item: CorrectionItem, actor: User) -> None:
    """Store whether the item is answered by now: what is saved once stays, whatever becomes of the page."""
    has_file = item.attachments.exists()
    answered = has_file if needs_file(item) else bool(item.answer or has_file)
    if not answered:
        item.answered_at = None
    elif item.answered_at is None:
        item.answered_at = now()
    item.save(update_fields=["answer", "answered_at"])
    audit.record(
        actor=actor,
        action="repair.answer_correction",
        target=item.case,
        data={"position": item.position, "answered": answered},
    )

"""The verbs of an application before it is submitted: open, answer, bring materials."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.cases import services as cases
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, CaseDocument
from credit_repair.core.languages import in_site_language
from credit_repair.notices import services as notices
from credit_repair.notices.freezing import freeze
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Record
from credit_repair.repairs.models import KIND, RepairApplication
from credit_repair.repairs.notices import commitment_letter
from credit_repair.repairs.states import RepairState

STATEMENT_FIELDS = ("corrected", "performed_on", "statement", "contact_name", "contact_phone")


@transaction.atomic
def start(*, record: Record, actor: User, today: date) -> Case:
    """Open a draft on `record`; the contact is the actor until somebody writes another.

    Eligibility is shown, not demanded: a draft may be prepared before the first lawful day.
    Raises NotYours, or ActionRefused where an open application lies on the record or it has ended.
    """
    locked = Record.objects.select_for_update().get(pk=record.pk)
    if not access.may_act_for(user=actor, subject=locked.subject, on=today):
        raise NotYours(str(record.uuid))
    if not locked.is_public:
        raise ActionRefused("record_ended", _("这条信息没有在公示，无需申请修复。"))
    case, _event = cases.open_case(
        kind=KIND,
        state=RepairState.DRAFT,
        record=locked,
        actor=actor,
        today=today,
        title=gettext_lazy("开始填写申请"),
    )
    RepairApplication.objects.create(case=case, contact_name=str(actor), contact_phone=actor.phone)
    return case


@transaction.atomic
def save_statement(
    *, case: Case, actor: User, today: date, answers: dict[str, Any], revision: int
) -> RepairApplication:
    """Save the applicant's answers in a draft.

    `revision` is the one the page was made from: where another tab or device has saved since, nothing is
    overwritten and ActionRefused says so.
    """
    repair = _locked_draft(case=case, actor=actor, today=today)
    if repair.revision != revision:
        raise ActionRefused(
            "changed_elsewhere",
            _("这份草稿刚才在别的页面或设备上保存过。下面是您这次填写的内容，请核对后再保存一次。"),
        )
    if answers.get("performed_on") and answers["performed_on"] > today:
        raise ActionRefused("performed_in_future", _("履行完毕日期不能晚于今天。"))
    record = repair.case.record
    if answers.get("performed_on") and record and answers["performed_on"] < record.decision_date:
        raise ActionRefused("performed_too_early", _("履行完毕日期不能早于处罚决定日期，请核对。"))
    for name in STATEMENT_FIELDS:
        setattr(repair, name, answers[name])
    repair.revision += 1
    repair.save()
    return repair


@transaction.atomic
def add_material(*, case: Case, actor: User, today: date, kind: str, upload: UploadedFile) -> Attachment:
    """Keep a file in a draft. Raises uploads.UploadRefused with words where it cannot be taken."""
    _locked_draft(case=case, actor=actor, today=today)
    return cases.attach(case=case, kind=kind, upload=upload, actor=actor)


@transaction.atomic
def drop_material(*, case: Case, actor: User, today: date, attachment: Attachment) -> None:
    """Take a file out of a draft again."""
    _locked_draft(case=case, actor=actor, today=today)
    cases.remove_attachment(attachment=attachment, actor=actor)


def letter_to_sign(*, case: Case, actor: User, today: date) -> CaseDocument:
    """Return the commitment letter filled from the case, with its PDF made.

    The same facts give the same document again; what has changed since gives a new one.
    """
    with transaction.atomic():
        _locked_draft(case=case, actor=actor, today=today)
        link = _letter(case, today)
    notices.render(document_id=link.document_id)
    link.document.refresh_from_db()
    return link


@in_site_language()
def _letter(case: Case, today: date) -> CaseDocument:
    document = commitment_letter(case)
    latest = (
        CaseDocument.objects.filter(case=case, document__kind=document.template)
        .select_related("document")
        .last()
    )
    if latest is not None and latest.document.context == freeze(document):
        return latest
    return cases.issue_for_case(case=case, document=document, office=None, today=today)


def _locked_draft(*, case: Case, actor: User, today: date) -> RepairApplication:
    locked = Case.objects.select_for_update(of=("self",)).select_related("subject").get(pk=case.pk)
    if not access.may_act_for(user=actor, subject=locked.subject, on=today):
        raise NotYours(str(case.uuid))
    if locked.state != RepairState.DRAFT:
        raise ActionRefused("not_a_draft", _("申请已经提交，不能再修改。"))
    return RepairApplication.objects.select_for_update().get(case=locked)

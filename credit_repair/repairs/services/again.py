"""An application that came to nothing is filed again with what was good 重新申请: one click, one basket."""

from datetime import date

from django.core.files.base import File
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from credit_repair.cases import services as cases
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, Filing, Mends, StoredFile
from credit_repair.cases.parts import stands_for_applicant
from credit_repair.cases.services.attachments import MOST_FILES
from credit_repair.notices.models import Document
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Office, Record
from credit_repair.repairs.models import KIND, RepairApplication, RepairBasket, record_of
from credit_repair.repairs.notices import says_the_same
from credit_repair.repairs.selectors import open_repair_on
from credit_repair.repairs.services.baskets import MOST_RECORDS, add_records, open_basket
from credit_repair.repairs.services.corrections import KIND_OF
from credit_repair.repairs.states import RepairState

S = RepairState

#: From where an application can be begun anew.
AGAIN_FROM = (S.NOT_ACCEPTED, S.REFUSED, S.LAPSED, S.WITHDRAWN, S.DISCARDED)
#: Kinds of a basket's own pages, by the part that they are. What was brought besides counts as proof: there
#: it is seen, and can be taken out. What was signed for the earlier application alone stays with it.
_TAKEN_ALONG = {
    Attachment.Kind.COMMITMENT: Mends.COMMITMENT,
    Attachment.Kind.PROOF: Mends.PROOF,
    Attachment.Kind.OTHER: Mends.PROOF,
}
_LONGEST_STATEMENT = 2000


@transaction.atomic
def file_again(*, case: Case, actor: User, today: date) -> Filing:
    """Begin the application of `case` anew, in the subject's open basket or a new one; return the basket.

    Answers and files that were good come along; parts that the reasons name must be made anew. A second click
    leads to the draft of the first. From which day it may be submitted is seen and said in the basket.

    Raises NotYours where the actor is not the applicant, ActionRefused where there is nothing to begin anew,
    another application lies on the record, or it has ended.
    """
    old = _locked(case, actor, today)
    record = record_of(old)
    if (open_case := open_repair_on(record=record)) is not None:
        return _already_begun(open_case, actor, today)
    filing = _basket_for(old, actor, today)
    draft = add_records(filing=filing, records=[record], actor=actor, today=today)[0]
    anew = parts_to_make_anew(old)
    _copy_answers(old, draft, anew)
    _take_files_along(old, draft, anew, actor)
    return filing


def parts_to_make_anew(case: Case) -> set[str]:
    """Return the parts 需要重做的部分 (Mends) that the reasons of the answer name; of a correction that was
    let lapse, those of the gaps that stayed open."""
    named = set(case.reasons.values_list("mends", flat=True))
    if case.state == S.LAPSED:
        named |= set(case.correction_items.filter(answered_at=None).values_list("mends", flat=True))
    return named - {Mends.NOTHING.value}


def _locked(case: Case, actor: User, today: date) -> Case:
    """Lock filing and record: two clicks, and two people, come one after the other."""
    filing = Filing.objects.select_for_update(of=("self",)).select_related("subject").get(pk=case.filing_id)
    if not stands_for_applicant(filing=filing, user=actor, on=today):
        raise NotYours(str(case.uuid))
    found = Case.objects.select_related(
        "subject", "record", "repair", "filing__window_office", "letter_signature__document"
    ).get(pk=case.pk)
    if found.state not in AGAIN_FROM:
        raise ActionRefused("not_ended", _("这件申请还没有结束，或者已经办成，不需要重新申请。"))
    Record.objects.select_for_update(no_key=True).values_list("pk").get(pk=record_of(found).pk)
    return found


def _already_begun(open_case: Case, actor: User, today: date) -> Filing:
    filing = Filing.objects.select_related("subject").get(pk=open_case.filing_id)
    if open_case.state == S.DRAFT and stands_for_applicant(filing=filing, user=actor, on=today):
        return filing
    raise ActionRefused("already_open", _("这条信息已经有一件正在办理的申请，请在“我的申请”中继续办理。"))


def _basket_for(old: Case, actor: User, today: date) -> Filing:
    """Return the subject's open basket on this side, of which nothing was handed in yet, or a new one.

    Whoever acts for the subject files online, whichever way the first one came in.
    """
    subject = old.filing.subject
    if subject is None:
        raise RuntimeError("a repair application has a subject")
    window: Office | None = old.filing.window_office
    if access.may_act_for(user=actor, subject=subject, on=today):
        window = None
    inside = Case.objects.filter(filing=OuterRef("pk"))
    baskets = Filing.objects.filter(
        Exists(inside.filter(state=S.DRAFT, kind=KIND)),
        ~Exists(inside.exclude(state__in=(S.DRAFT, S.DISCARDED))),
        subject=subject,
        window_office=window,
    )
    for basket in baskets.order_by("-created_at", "-pk")[:1]:
        if basket.cases.filter(state=S.DRAFT).count() < MOST_RECORDS:
            return basket
    return open_basket(subject=subject, actor=actor, today=today, window_office=window)


def _copy_answers(old: Case, draft: Case, anew: set[str]) -> None:
    """What was said comes along; what must be said anew is asked anew, beginning from the old words."""
    before, repair = old.repair, draft.repair
    good = Mends.STATEMENT.value not in anew
    repair.corrected = before.corrected and good
    repair.performed_on = before.performed_on if good else None
    repair.statement = _with_corrections(old)
    repair.contact_name, repair.contact_phone = before.contact_name, before.contact_phone
    repair.again_of = old
    repair.save()
    _fill_basket(repair)


def _with_corrections(old: Case) -> str:
    """The statement, and what was added to it in a correction."""
    added = old.correction_items.filter(mends=Mends.STATEMENT).exclude(answer="")
    whole = "\n".join(filter(None, [old.repair.statement, *added.values_list("answer", flat=True)]))
    return whole if len(whole) <= _LONGEST_STATEMENT else str(old.repair.statement)


def _fill_basket(repair: RepairApplication) -> None:
    """The first application in a basket also says what is shared; beside others its answers are its own."""
    basket = RepairBasket.objects.get(filing=repair.case.filing_id)
    if repair.case.filing.cases.filter(state=S.DRAFT).count() > 1:
        return
    basket.corrected, basket.statement = repair.corrected, repair.statement
    basket.contact_name, basket.contact_phone = repair.contact_name, repair.contact_phone
    basket.revision += 1
    basket.save()


def _take_files_along(old: Case, draft: Case, anew: set[str], actor: User) -> None:
    """Let the new basket use the files that were good."""
    filing = draft.filing
    if Mends.COMMITMENT.value not in anew and (signed := _signed_on_screen(old, filing, actor)) is not None:
        cases.attach(case=draft, kind=Attachment.Kind.COMMITMENT, stored=signed, actor=actor)
    replaced = old.correction_items.filter(mends=Mends.COMMITMENT).exists()
    room = MOST_FILES - draft.attachments.count()
    for attachment in old.attachments.select_related("stored").order_by("pk")[:room]:
        part = _TAKEN_ALONG.get(Attachment.Kind(attachment.kind))
        if part is None or part.value in anew:
            continue
        if part == Mends.COMMITMENT and replaced and attachment.item_id is None:
            continue  # a better one was asked for, and came
        stored = cases.use_again(stored=attachment.stored, filing=filing, actor=actor)
        cases.attach(case=draft, kind=KIND_OF[part], stored=stored, actor=actor)


def _signed_on_screen(old: Case, filing: Filing, actor: User) -> StoredFile | None:
    """Return the letter that was signed on the screen as a file of `filing`; None where there is none, its
    PDF is not made yet, it names what has changed since, or a better one was asked for: it is signed anew."""
    signature = getattr(old, "letter_signature", None)
    if signature is None or signature.document.state != Document.State.READY:
        return None
    document = signature.document
    asked_anew = old.correction_items.filter(mends=Mends.COMMITMENT).exists()
    if asked_anew or not says_the_same(document.context, old):
        return None
    with document.file.open("rb") as pdf:
        return cases.keep_file(filing=filing, upload=File(pdf, name=document.file_name), actor=actor)

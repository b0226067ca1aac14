"""A basket 一次申请: choose several records, answer once; one application per record comes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit_repair.cases import services as cases
from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Attachment, Case, Filing
from credit_repair.cases.parts import stands_for_applicant
from credit_repair.cases.selectors import with_files
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.registry.models import Office, Record, Subject
from credit_repair.repairs.models import KIND, RepairApplication, RepairBasket, record_of
from credit_repair.repairs.states import RepairState

#: How many records one basket may hold: enough for any firm, few enough to answer and to read on one page.
MOST_RECORDS = 50


@dataclass(frozen=True)
class SharedAnswers:
    """What is answered once for all records of a basket."""

    corrected: bool
    statement: str
    contact_name: str
    contact_phone: str


@dataclass(frozen=True)
class OwnAnswers:
    """What is answered for one record: the day on which its duties were performed, and words of its own.

    An empty statement means that the shared one says it all.
    """

    performed_on: date | None
    statement: str = ""


@transaction.atomic
def open_basket(*, subject: Subject, actor: User, today: date, window_office: Office | None = None) -> Filing:
    """Open an empty basket for `subject`; the contact is the actor until somebody writes another.

    At a window the contact is the person who stands there: nobody is written for them.
    Raises NotYours where the actor may not file for the subject.
    """
    filing = cases.open_filing(subject=subject, actor=actor, today=today, window_office=window_office)
    online = window_office is None
    RepairBasket.objects.create(
        filing=filing,
        contact_name=str(actor) if online else "",
        contact_phone=actor.phone if online else "",
    )
    return filing


@transaction.atomic
def start(*, record: Record, actor: User, today: date) -> Case:
    """Open a basket with one record; see add_records()."""
    if not access.may_act_for(user=actor, subject=record.subject, on=today):
        raise NotYours(str(record.uuid))
    filing = open_basket(subject=record.subject, actor=actor, today=today)
    return add_records(filing=filing, records=[record], actor=actor, today=today)[0]


@transaction.atomic
def add_records(*, filing: Filing, records: Iterable[Record], actor: User, today: date) -> list[Case]:
    """Put records into a basket, a draft for each, with what was answered so far; return the drafts.

    Eligibility is shown, not demanded: a draft may be prepared before the first lawful day.
    Raises NotYours, or ActionRefused where an open application lies on a record, it has ended, or the basket
    is full.
    """
    basket = locked_basket(filing=filing, actor=actor, today=today)
    wanted = Record.objects.select_for_update(no_key=True).filter(pk__in=[record.pk for record in records])
    drafts = [_add(basket, record, actor, today) for record in wanted.order_by("pk")]
    if Case.objects.filter(filing=filing, state=RepairState.DRAFT).count() > MOST_RECORDS:
        words = _("一次最多为%d条信息一起申请，其余的请另行申请。")
        raise ActionRefused("basket_full", words % MOST_RECORDS)
    if drafts:
        drop_signed_form(filing=filing, actor=actor)
    return drafts


def _add(basket: RepairBasket, record: Record, actor: User, today: date) -> Case:
    if not record.is_public:
        raise ActionRefused("record_ended", _("这条信息没有在公示，无需申请修复。"))
    case, _event = cases.open_case(
        kind=KIND,
        state=RepairState.DRAFT,
        record=record,
        filing=basket.filing,
        actor=actor,
        today=today,
        title=gettext_lazy("开始填写申请"),
    )
    RepairApplication.objects.create(
        case=case,
        corrected=basket.corrected,
        statement=basket.statement,
        contact_name=basket.contact_name,
        contact_phone=basket.contact_phone,
    )
    return case


@transaction.atomic
def save_answers(
    *,
    filing: Filing,
    actor: User,
    today: date,
    shared: SharedAnswers,
    own: Mapping[UUID, OwnAnswers],
    revision: int,
) -> RepairBasket:
    """Save the applicant's answers in the drafts of a basket.

    `own` is by the draft's uuid; one that is not of this basket is passed over.
    `revision` is the one the page was made from: where another tab or device has saved since, nothing is
    overwritten and ActionRefused says so.
    """
    basket = locked_basket(filing=filing, actor=actor, today=today)
    if basket.revision != revision:
        raise ActionRefused(
            "changed_elsewhere",
            _("这份草稿刚才在别的页面或设备上保存过。下面是您这次填写的内容，请核对后再保存一次。"),
        )
    changed = False
    for case in drafts_of(filing):
        answers = own.get(case.uuid)
        if answers is not None:
            _refuse_wrong_day(answers.performed_on, case, today)
        before = _said(case.repair)
        _write(case.repair, shared, answers)
        changed = changed or _said(case.repair) != before
    if changed:
        drop_signed_form(filing=filing, actor=actor)
    basket.corrected, basket.statement = shared.corrected, shared.statement
    basket.contact_name, basket.contact_phone = shared.contact_name, shared.contact_phone
    basket.revision += 1
    basket.save()
    return basket


def _refuse_wrong_day(day: date | None, case: Case, today: date) -> None:
    if day is None:
        return
    if day > today:
        raise ActionRefused("performed_in_future", _("履行完毕日期不能晚于今天。"))
    if day < record_of(case).decision_date:
        raise ActionRefused("performed_too_early", _("履行完毕日期不能早于决定日期，请核对。"))


def _write(repair: RepairApplication, shared: SharedAnswers, own: OwnAnswers | None) -> None:
    if own is not None:
        repair.performed_on = own.performed_on
    repair.corrected = shared.corrected
    repair.statement = (own.statement if own else "") or shared.statement
    repair.contact_name, repair.contact_phone = shared.contact_name, shared.contact_phone
    repair.save()


def _said(repair: RepairApplication) -> tuple[object, ...]:
    return (
        repair.performed_on,
        repair.corrected,
        repair.statement,
        repair.contact_name,
        repair.contact_phone,
    )


def drop_signed_form(*, filing: Filing, actor: User) -> None:
    """Take the signed application form 申请表 out of the drafts of a window's basket, whose content has
    changed: what was signed is what is filed. The basket is locked."""
    if filing.window_office_id is None:
        return
    forms = Attachment.objects.filter(
        case__filing=filing, case__state=RepairState.DRAFT, kind=Attachment.Kind.FORM
    )
    for form in forms.select_related("case", "stored"):
        cases.remove_attachment(attachment=form, actor=actor)


def drafts_of(filing: Filing) -> list[Case]:
    """Return the drafts of a basket with record and application, in the order in which they were put in."""
    found = Case.objects.filter(filing=filing, kind=KIND, state=RepairState.DRAFT)
    return list(
        found.select_related(
            "filing",
            "subject",
            "record__authority__sector",
            "record__sector",
            "repair",
            "letter_signature__document",
        )
        .prefetch_related(with_files(), "subject__application_bars")
        .order_by("pk")
    )


def locked_basket(*, filing: Filing, actor: User, today: date) -> RepairBasket:
    """Lock a basket in which something is still to be written: the filing, its drafts, then the basket.

    Raises NotYours where the actor is not its applicant, ActionRefused where all of it has been handed in.
    """
    locked = Filing.objects.select_for_update(of=("self",)).select_related("subject").get(pk=filing.pk)
    if not stands_for_applicant(filing=locked, user=actor, on=today):
        raise NotYours(str(filing.uuid))
    # The drafts too: handing one in locks the case alone, and what was handed in must stay as it was.
    cases_in = Case.objects.filter(filing=locked)
    drafts = cases_in.filter(state=RepairState.DRAFT).select_for_update().order_by("pk").values_list("pk")
    if not list(drafts) and cases_in.exists():
        raise ActionRefused("not_a_draft", _("申请已经提交，不能再修改。"))
    basket = RepairBasket.objects.select_for_update().get(filing=locked)
    basket.filing = locked
    return basket

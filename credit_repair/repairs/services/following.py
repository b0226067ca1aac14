"""What an applicant may change or say after an application was filed, that moves no state."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.models import Case, CaseRating, Filing, TimelineEvent
from credit_repair.cases.parts import stands_for_applicant
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.languages import in_site_language
from credit_repair.people import access
from credit_repair.people.models import User
from credit_repair.repairs.models import KIND, RepairApplication, RepairBasket
from credit_repair.repairs.states import RepairFlow, RepairState

S = RepairState

#: Ends after which an application that was submitted can be rated.
RATED_ENDS = (S.COMPLETED, S.REFUSED, S.NOT_ACCEPTED, S.LAPSED, S.WITHDRAWN, S.CLOSED_MOOT)
#: Not yet filed: one set of answers, the basket's, holds for all of these in a filing.
UNFILED = (S.DRAFT, S.SCHEDULED)


@transaction.atomic
def change_contact(
    *, case: Case, actor: User, today: date, name: str, phone: str, with_siblings: bool = False
) -> list[Case]:
    """Name somebody else who sees to an application for its applicant 变更联系人; return what changed.

    with_siblings  the other running applications of the same filing, too

    The applicant and the officials read it on the timeline; the telephone number stands with the case alone.
    Where the application still waits for its day, the basket's contact and that of its drafts follow.

    Raises NotYours where the actor is not the applicant, ActionRefused where the application is a draft or
    has ended.
    """
    # The filing first, then its cases, as everybody who writes in several of them.
    filing = Filing.objects.select_for_update(of=("self",)).select_related("subject").get(pk=case.filing_id)
    if not stands_for_applicant(filing=filing, user=actor, on=today):
        raise NotYours(str(case.uuid))
    of_filing = Case.objects.select_for_update().filter(filing_id=case.filing_id, kind=KIND).order_by("pk")
    running = {each.pk: each for each in of_filing if each.state not in RepairFlow.ENDS}
    if case.pk not in running or running[case.pk].state == S.DRAFT:
        raise ActionRefused("not_running", _("这件申请现在不能变更联系人。请刷新页面查看最新进度。"))
    filed = [each for each in running.values() if each.state != S.DRAFT]
    wanted = [each for each in filed if with_siblings or each.pk == case.pk]
    if any(each.state in UNFILED for each in wanted):
        wanted += [each for each in running.values() if each.state in UNFILED and each not in wanted]
        _write_basket(case.filing_id, name, phone)
    changed = [each for each in wanted if _write_contact(each, name, phone)]
    for each in changed:
        if each.state != S.DRAFT:
            _tell(each, actor, name)
    return changed


def _write_basket(filing_id: int, name: str, phone: str) -> None:
    basket = RepairBasket.objects.select_for_update().get(filing=filing_id)
    basket.contact_name, basket.contact_phone = name, phone
    basket.revision += 1  # a page with the old contact overwrites nothing
    basket.save()


def _write_contact(case: Case, name: str, phone: str) -> bool:
    """Write the contact of one application; return whether that was a change."""
    other = RepairApplication.objects.filter(case=case).exclude(contact_name=name, contact_phone=phone)
    return other.update(contact_name=name, contact_phone=phone) > 0


@in_site_language()
def _tell(case: Case, actor: User, name: str) -> None:
    event = TimelineEvent.objects.create(
        case=case,
        at=now(),
        action="change_contact",
        title=_("申请人变更联系人"),
        text=_("现在的联系人：%s。") % name,
        actor=actor,
        actor_label=str(actor),
        state_from=case.state,
        state_to=case.state,
    )
    audit.record(actor=actor, action=f"{KIND}.change_contact", target=case, data={"event": str(event.uuid)})


def rating_is_open(*, case: Case, user: User, today: date) -> bool:
    """Whether `user` may rate the case now: it was submitted and is over, nobody has rated it, and they act
    for its subject. A clerk of a window rates nobody's work in the applicant's name."""
    return (
        case.submitted_on is not None
        and case.state in RATED_ENDS
        and access.may_act_for(user=user, subject=case.subject, on=today)
        and not CaseRating.objects.filter(case=case).exists()
    )


@transaction.atomic
def rate(*, case: Case, actor: User, today: date, score: int, comment: str) -> CaseRating:
    """Keep what the applicant thinks of how the case was handled 好差评: once, after its end, for good.

    Raises NotYours where the actor does not act for the subject, ActionRefused where the case is not over or
    was rated before.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if not access.may_act_for(user=actor, subject=case.subject, on=today):
        raise NotYours(str(case.uuid))
    if locked.submitted_on is None or locked.state not in RATED_ENDS:
        raise ActionRefused("not_over", _("申请办理结束以后才能评价。"))
    try:
        with transaction.atomic():
            rating = CaseRating.objects.create(
                case=locked,
                score=CaseRating.Score(score),
                comment=comment.strip(),
                rated_by=actor,
                rated_at=now(),
                rated_on=today,
            )
    except IntegrityError:
        raise ActionRefused("rated_already", _("这件申请已经评价过，每件申请只能评价一次。")) from None
    audit.record(actor=actor, action=f"{KIND}.rate", target=locked, data={"score": rating.score})
    return rating

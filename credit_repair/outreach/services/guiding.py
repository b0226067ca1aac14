"""Guidance served together with a penalty 两书同达: made for each new one, or by hand for one."""

import logging
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from credit_repair.cases.errors import ActionRefused, NotYours
from credit_repair.cases.services.documents import issue_to_subject
from credit_repair.core import audit
from credit_repair.core.clock import now
from credit_repair.core.settling import move_each
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.services import CannotIssue
from credit_repair.outreach.letters import guidance_notice
from credit_repair.outreach.models import Guidance, GuidanceSetting
from credit_repair.outreach.reach import must_act_for, reachable_records, setting_offices, within
from credit_repair.outreach.repairable import setting
from credit_repair.people.models import User
from credit_repair.registry.models import Office, Record, RecordEvent
from credit_repair.registry.selectors import NoCreditOffice, credit_office_for

logger = logging.getLogger(__name__)

#: Letters of one authority in one turn of the settler: the rest in the next.
PORTION = 20
#: New records that are neither: what was over when it came in is history, and gets no guidance.
LIVE = (Record.Standing.ACTIVE, Record.Standing.UNPUBLISHED)


@transaction.atomic
def set_guidance(*, authority: Office, is_on: bool, issuer: str, actor: User, today: date) -> GuidanceSetting:
    """Switch the guidance of an authority on or off, and say who issues it; return the setting.

    What came in before it is switched on gets none. Raises NotYours where the actor does not supervise the
    authority or the credit office that answers for it; ActionRefused where who is to issue cannot number.
    """
    offices = setting_offices(user=actor, on=today)
    if not Office.objects.filter(within(offices, path="pk"), pk=authority.pk).exists():
        raise NotYours(f"guidance of {authority.code}")
    found, _created = GuidanceSetting.objects.select_for_update().get_or_create(
        authority=authority, defaults={"changed_at": now(), "changed_by": actor}
    )
    if is_on and not _issuer(authority, issuer).document_prefix:
        raise ActionRefused(
            "no_prefix",
            _("%s尚未设置发文代字，不能编发文号。请系统管理员在单位资料中补充后再开启。")
            % _issuer(authority, issuer),
        )
    if is_on and not found.is_on:
        found.on_from = now()
    found.is_on, found.issuer, found.changed_at, found.changed_by = is_on, issuer, now(), actor
    found.save()
    audit.record(
        actor=actor,
        action="outreach.set_guidance",
        target=authority,
        data={"on": is_on, "issuer": issuer},
    )
    return found


def _issuer(authority: Office, issuer: str) -> Office:
    if issuer == GuidanceSetting.Issuer.AUTHORITY:
        return authority
    try:
        return credit_office_for(authority=authority)
    except NoCreditOffice as error:
        raise ActionRefused("no_credit_office", str(error)) from None


def new_penalties(*, setting_of: GuidanceSetting, today: date) -> QuerySet[Record]:
    """Return the penalties of an authority that are to get guidance: come in since it was switched on,
    decided within the days that the rule outreach.guidance.days names, alive, and without any so far."""
    days = int(setting("outreach.guidance.days", on=today))
    came_in = RecordEvent.objects.filter(
        record=OuterRef("pk"), what=RecordEvent.What.IMPORTED, at__gte=setting_of.on_from
    )
    return Record.objects.filter(
        Exists(came_in),
        ~Exists(Guidance.objects.filter(record=OuterRef("pk"))),
        authority=setting_of.authority,
        decision_date__gte=today - timedelta(days=days),
        standing__in=LIVE,
        kind=Record.Kind.PENALTY,
    ).order_by("decision_date", "pk")


def guide_new(*, today: date) -> int:
    """Make the guidance of new penalties, some of each authority that has it switched on; return how many."""
    settings_on = GuidanceSetting.objects.filter(is_on=True).select_related("authority").order_by("pk")
    # What fails at one authority keeps no other from its guidance.
    return move_each(
        settings_on,
        lambda row: _guide_new_of(row, today),
        name=lambda row: f"guidance of {row.authority.code}",
    )


def _guide_new_of(row: GuidanceSetting, today: date) -> int:
    try:
        office = _issuer(row.authority, row.issuer)
    except ActionRefused as refused:
        logger.warning("guidance of %s has nobody to issue it: %s", row.authority.code, refused)
        return 0
    return move_each(
        list(new_penalties(setting_of=row, today=today)[:PORTION]),
        lambda record: _guide(record, office, None, today),
        name=lambda record: f"guidance of record {record.uuid}",
    )


def guide_by_hand(*, record: Record, office: Office, actor: User, today: date) -> Guidance:
    """Make the guidance of one penalty in the name of `office`; where there is one, or one could not be made,
    return what there is then.

    Raises NotYours where the actor may not act for the office about the record; ActionRefused with words.
    """
    must_act_for(user=actor, office=office, subject=record.subject, on=today)
    if not reachable_records(user=actor, on=today, offices=[office]).filter(pk=record.pk).exists():
        raise NotYours(f"guidance of record {record.uuid}")
    if record.kind != Record.Kind.PENALTY or record.standing not in LIVE:
        raise ActionRefused("not_live", _("只能为没有结束的行政处罚信息制作修复告知书。"))
    _guide(record, office, actor, today)
    return Guidance.objects.select_related("document").get(record=record)


def _guide(record: Record, office: Office, actor: User | None, today: date) -> int:
    """Make it unless it is there. What cannot be printed is noted, so that no other waits for it."""
    try:
        return _make(record.pk, office, actor, today)
    except (MissingGlyphs, CannotIssue) as refused:
        logger.warning("guidance of record %s was not made: %s", record.uuid, refused)
        return _note_problem(record, office, actor, today, problem=str(refused)[:300])


@transaction.atomic
def _make(record: int, office: Office, actor: User | None, today: date) -> int:
    Record.objects.select_for_update(no_key=True).values_list("pk").get(pk=record)
    known = Guidance.objects.filter(record=record).first()
    if known is not None and (known.document_id is not None or actor is None):
        return 0
    found = Record.objects.select_related("subject", "authority__sector", "sector").get(pk=record)
    if found.standing not in LIVE:
        return 0
    notice = guidance_notice(record=found, office=office, today=today)
    document = issue_to_subject(document=notice, office=office, subject=found.subject, today=today)
    row = known or Guidance(record=found)
    row.office, row.document, row.problem = office, document, ""
    row.made_at, row.made_on, row.made_by = now(), today, actor
    row.save()
    audit.record(actor=actor, action="outreach.guide", target=document, data={"record": str(found.uuid)})
    return 1


def _note_problem(record: Record, office: Office, actor: User | None, today: date, *, problem: str) -> int:
    values = {
        "office": office,
        "made_at": now(),
        "made_on": today,
        "made_by": actor,
        "problem": problem,
    }
    try:
        with transaction.atomic():
            Guidance.objects.create(record=record, **values)
    except IntegrityError:  # it could not be made before, or somebody has just made it
        Guidance.objects.filter(record=record, document__isnull=True).update(**values)
    return 0


def guidances_for(*, offices: list[Office]) -> QuerySet[Guidance]:
    """Return the guidance that these offices read about: of the authorities that they reach, newest first."""
    found = Guidance.objects.filter(within(offices, path="record__authority"))
    return found.select_related("record__subject", "record__authority", "office", "document").order_by(
        F("made_at").desc(), "-pk"
    )

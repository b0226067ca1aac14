"""What the notices of a shield and of its end say 临时屏蔽告知书."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings

from credit_repair.cases.matters import facts_on_paper
from credit_repair.cases.on_paper import contact_of, party_of, remedies_of
from credit_repair.core.languages import in_site_language
from credit_repair.notices.publicity import Earlier
from credit_repair.notices.shields import Shielded, ShieldEndNotice, ShieldNotice
from credit_repair.registry.flags import has_flag
from credit_repair.registry.models import Platform, Publication, Record, RecordFlag
from credit_repair.rulings.models import CourtRuling

_RULING = "《民事裁定书》"
_NOTICE = "《失信信息临时屏蔽告知书》"


@in_site_language()
def shield_notice(ruling: CourtRuling, records: Iterable[Record], *, today: date) -> ShieldNotice:
    """Return the notice that the records chosen with `ruling` are shielded from today on."""
    found = list(records)
    return ShieldNotice(
        **_common(ruling, found, today),
        rows=tuple(_row(record, today) for record in found),
        shielded_from=today,
        plan_until=ruling.plan_until,
    )


@in_site_language()
def shield_end_notice(
    ruling: CourtRuling, plan: CourtRuling, records: Iterable[Record], *, today: date
) -> ShieldEndNotice:
    """Return the notice that the shield of `plan` ends today by `ruling`: performed, or the plan has failed.

    Of a plan that failed, each record says until when it is public again; none where that is over.
    """
    found, performed = list(records), ruling.kind == CourtRuling.Kind.PERFORMED
    first = plan.document
    return ShieldEndNotice(
        **_common(ruling, found, today),
        rows=tuple(_row(record, today) for record in found),
        shield=Earlier(
            plan.office.name,
            plan.closed_on or today,
            (first.number or "") if first is not None else "",
            _NOTICE,
        ),
        performed=performed,
        ended_on=today,
        remedies=None if performed else remedies_of(ruling.office),
    )


def _common(ruling: CourtRuling, records: list[Record], today: date) -> dict[str, Any]:
    return {
        "party": party_of(ruling.subject),
        "case_number": "",
        "demo": settings.DEMO,
        "issuer": ruling.office.name,
        "issue_date": today,
        "contact": contact_of(ruling.office),
        "document_number": "",
        "ruling": Earlier(ruling.court, ruling.made_on, ruling.number, _RULING),
        "platforms": tuple(_websites(records)),
        "administrator": ruling.administrator,
    }


def _row(record: Record, today: date) -> Shielded:
    until = record.effective_until
    if record.has_ended:
        return Shielded(facts_on_paper(record), None)
    if until is not None and until < today:  # shown until its duties are found performed, or over by tonight
        return Shielded(facts_on_paper(record), None, until_removed=has_flag(record, RecordFlag.Kind.HELD))
    return Shielded(facts_on_paper(record), until, until_removed=until is None)


def _websites(records: list[Record]) -> list[str]:
    """The websites of ours that show the records, or are to, by name; others promise nothing."""
    shown = Publication.objects.filter(record__in=records).exclude(state=Publication.State.REMOVED)
    ours = Platform.objects.filter(kind=Platform.Kind.PUBLISHER)
    found = ours.filter(pk__in=shown.values("platform")).order_by("code")
    return list(found.values_list("name", flat=True))

"""Who could apply and has not, in the form that the page's components take, and as a file."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from credit_repair.cases.record_reading import party
from credit_repair.core.tables import Columns
from credit_repair.outreach.figures import RepairableFigure
from credit_repair.outreach.repairable import sector_of, standing_for
from credit_repair.registry.models import Record


def listing_rows(records: Iterable[Record], *, today: date, acting: bool) -> list[dict[str, Any]]:
    """Return the records with who may act for each and what was done so far; with `acting`, the way to
    prepare an application."""
    return [
        {
            "record": record,
            "name": record.doc_no or record.list_name or _("（没有文号）"),
            "url": reverse("office_record", args=[record.uuid]),
            "party": party(record),
            "sector": sector_of(record),
            "age": age_words(record, today=today),
            "represented": getattr(record, "is_represented", False),
            "reminded_on": getattr(record, "reminded_on", None),
            "proposed": getattr(record, "is_proposed", False),
            "propose_url": f"{reverse('office_proposal_new')}?{urlencode({'record': str(record.uuid)})}"
            if acting
            else "",
        }
        for record in records
    ]


def age_words(record: Record, *, today: date) -> str:
    """Return for how many days the repair could have been applied for."""
    days = standing_for(record, on=today)
    return ngettext("已有%d天", "已有%d天", days) % days


def listing_columns(today: date) -> Columns:
    """Return what the list has as a file."""
    return (
        (gettext_lazy("决定书文号"), lambda record: record.doc_no),
        (gettext_lazy("类别"), lambda record: record.get_kind_display()),
        (gettext_lazy("当事人"), party),
        (gettext_lazy("代码或证件号码"), lambda record: record.subject.shown_number),
        (gettext_lazy("认定（处罚）机关"), lambda record: record.authority.name),
        (gettext_lazy("行业领域"), sector_of),
        (gettext_lazy("决定日期"), lambda record: record.decision_date),
        (gettext_lazy("可修复起始日"), lambda record: record.repairable_from),
        (gettext_lazy("可以申请已有（天）"), lambda record: standing_for(record, on=today)),
        (gettext_lazy("公示截止日"), lambda record: record.effective_until),
        (gettext_lazy("有无经办人"), lambda record: _("有") if record.is_represented else _("无")),
        (gettext_lazy("最近提醒日期"), lambda record: record.reminded_on),
        (gettext_lazy("已备好申请"), lambda record: _("是") if record.is_proposed else _("否")),
    )


FIGURE_COLUMNS: Columns = (
    (gettext_lazy("认定（处罚）机关"), lambda row: row.authority),
    (gettext_lazy("行业领域"), lambda row: row.sector),
    (gettext_lazy("可修复未申请（条）"), lambda row: row.records),
    (gettext_lazy("涉及主体（个）"), lambda row: row.subjects),
    (gettext_lazy("其中有经办人（条）"), lambda row: row.represented),
    (gettext_lazy("其中提醒过（条）"), lambda row: row.reminded),
    (gettext_lazy("30日内公示期满（条）"), lambda row: row.ending),
    (gettext_lazy("最早可申请日"), lambda row: row.oldest),
)


def figure_rows(figures: Iterable[RepairableFigure]) -> list[dict[str, Any]]:
    """Return the figures, each with the list that it counts."""
    listed = list(figures)
    most = max((figure.records for figure in listed), default=0)
    return [
        {
            "figure": figure,
            "most": most,
            "url": f"{reverse('office_outreach')}?{urlencode({'authority': figure.authority_code})}",
        }
        for figure in listed
    ]

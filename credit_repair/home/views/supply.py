"""The officials' pages over the quality of supply 报送质量 and over wrong and duplicate codes 重错码."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_safe

from credit_repair.core.clock import today
from credit_repair.core.tables import Columns, table_response, wanted_format
from credit_repair.core.wording import listed
from credit_repair.home.context import frame_of
from credit_repair.home.exports import SUPPLY_COLUMNS
from credit_repair.home.import_tabs import import_tabs
from credit_repair.home.supply_scope import PERMISSIONS, SupplyScope, supply_scope
from credit_repair.people.doors import door_of_any
from credit_repair.registry.models import ImportLine, SupplyCount
from credit_repair.registry.supply import (
    Supplied,
    allowed_days,
    month_of,
    supply_of_month,
    supply_of_source,
    total_of,
)
from credit_repair.registry.wrong_codes import (
    SubjectFinding,
    WrongLine,
    lines_of_month,
    names_with_several_codes,
    renamed_in_month,
    wrong_lines,
)
from credit_repair.rules import add_months

LINES, SUBJECTS_SHOWN, TREND_MONTHS = 50, 50, 12
_FIRST_YEAR = 2000
_CHUNK = 500

TREND_COLUMNS: Columns = (
    (_l("月份"), lambda row: f"{row[0]:%Y-%m}"),
    (_l("行数"), lambda row: row[1].rows),
    (_l("拒收"), lambda row: row[1].refused),
    (_l("合规率"), lambda row: row[1].compliance),
    (_l("需核对"), lambda row: row[1].warned),
    (_l("新增"), lambda row: row[1].taken),
    (_l("超期报送"), lambda row: row[1].late),
    (_l("超期率"), lambda row: row[1].late_share),
    (_l("错码"), lambda row: row[1].wrong_codes),
    (_l("重码"), lambda row: row[1].duplicate_codes),
)


def _month(request: HttpRequest) -> date:
    """The month that the address names as 2026-11; this month where it names none that can be."""
    this = month_of(today())
    try:
        named = datetime.strptime(request.GET.get("month", ""), "%Y-%m").date()  # noqa: DTZ007 - a month
    except ValueError:
        return this
    return named if date(_FIRST_YEAR, 1, 1) <= named <= this else this


def _month_bar(month: date) -> dict[str, Any]:
    """The month shown and the way to its neighbours; there is none after this month."""
    following = add_months(month, 1)
    return {
        "value": f"{month:%Y-%m}",
        "latest": f"{today():%Y-%m}",
        "shown": _said(month),
        "previous": f"{add_months(month, -1):%Y-%m}",
        "next": f"{following:%Y-%m}" if following <= today() else "",
    }


def _said(month: date) -> str:
    return _("%(year)s年%(month)s月") % {"year": month.year, "month": month.month}


def _tabs(request: HttpRequest, active: str) -> list[dict[str, Any]]:
    """The tabs over imports; who only supervises has no business with the files themselves."""
    own = {reverse("office_supply"), reverse("office_wrong_codes")}
    importing = frame_of(request).may("import_records")
    return [tab for tab in import_tabs(active) if importing or tab["url"] in own]


def _scope(request: HttpRequest) -> SupplyScope:
    return supply_scope(user=request.user, on=today())


@require_safe
@door_of_any(*PERMISSIONS)
def supply(request: HttpRequest) -> HttpResponseBase:
    """Show what each source supplied in a month, and how well."""
    month = _month(request)
    sources = supply_of_month(month, covers=_scope(request).covers)
    if wanted_format(request):
        name = _("报送质量-%s") % f"{month:%Y-%m}"
        return table_response(request, name=name, columns=SUPPLY_COLUMNS, rows=sources)
    context = {
        "page_title": _("报送质量"),
        "page_subtitle": _("各来源单位当月报送的数据：以导入日所在月份统计，已撤销的导入不计。"),
        "tabs": _tabs(request, "office_supply"),
        "month": _month_bar(month),
        "rows": [
            {
                "source": source,
                "url": _source_url(source.code, source.name, month),
                **_shown(source.supplied),
            }
            for source in sources
        ],
        "total": _shown(total_of(sources)),
        "allowed_days": allowed_days(today()),
    }
    return render(request, "office/supply.html", context)


def _source_url(code: str, name: str, month: date) -> str:
    wanted = {"code": code} if code else {"name": name}
    return f"{reverse('office_supply_source')}?{urlencode({**wanted, 'month': f'{month:%Y-%m}'})}"


def _shown(supplied: Supplied) -> dict[str, Any]:
    """The counts with their shares in words; a share of nothing is none."""
    compliance, late = supplied.compliance, supplied.late_share
    return {
        "count": supplied,
        "compliance": f"{compliance:.1%}" if compliance is not None else "—",
        "late_share": f"{late:.1%}" if late is not None else "—",
        "percent": round(compliance * 100) if compliance is not None else None,
    }


@require_safe
@door_of_any(*PERMISSIONS)
def source(request: HttpRequest) -> HttpResponseBase:
    """Show what one source supplied in the twelve months up to the one chosen."""
    month = _month(request)
    try:
        name, months = supply_of_source(
            code=request.GET.get("code", ""),
            name=request.GET.get("name", ""),
            until=month,
            months=TREND_MONTHS,
            covers=_scope(request).covers,
        )
    except SupplyCount.DoesNotExist as error:
        raise Http404 from error
    if wanted_format(request):
        return table_response(request, name=_("报送质量-%s") % name, columns=TREND_COLUMNS, rows=months)
    context = {
        "page_title": name or _("（没有填写来源单位）"),
        "page_subtitle": request.GET.get("code", ""),
        "breadcrumbs": [
            {"label": _("报送质量"), "url": f"{reverse('office_supply')}?month={month:%Y-%m}"},
        ],
        "rows": [{"month": _said(each), **_shown(supplied)} for each, supplied in months],
        "total": _shown(sum((supplied for _each, supplied in months), Supplied())),
        "allowed_days": allowed_days(today()),
    }
    return render(request, "office/supply_source.html", context)


@require_safe
@door_of_any(*PERMISSIONS)
def wrong_codes(request: HttpRequest) -> HttpResponseBase:
    """Show the rows and subjects of a month whose codes are wrong or stand twice."""
    month, scope = _month(request), _scope(request)
    lines = lines_of_month(month, covers=scope.covers)
    subjects = [
        *renamed_in_month(month, offices=scope.offices),
        *names_with_several_codes(month, offices=scope.offices),
    ]
    if wanted_format(request):
        name = _("重错码-%s") % f"{month:%Y-%m}"
        rows = _report(lines, subjects)
        return table_response(request, name=name, columns=WRONG_CODE_COLUMNS, rows=rows)
    page = Paginator(lines, LINES).get_page(request.GET.get("page"))
    may_open = frame_of(request).may("import_records")
    context = {
        "page_title": _("重错码"),
        "page_subtitle": _("每月核对代码：填错的代码、一个代码多个名称、重复的行，以及一个名称多个代码。"),
        "tabs": _tabs(request, "office_wrong_codes"),
        "month": _month_bar(month),
        "sources": [
            {"supply": each, "url": _source_url(each.code, each.name, month)}
            for each in supply_of_month(month, covers=scope.covers)
            if each.supplied.wrong_codes or each.supplied.duplicate_codes
        ],
        "page_obj": page,
        "rows": [
            {
                "found": found,
                "url": reverse("office_import", args=[found.line.batch.uuid]) if may_open else "",
                "tone": "danger" if found.line.outcome == "refused" else "warning",
            }
            for found in wrong_lines(list(page))
        ],
        "subjects": subjects[:SUBJECTS_SHOWN],
        "more_subjects": max(len(subjects) - SUBJECTS_SHOWN, 0),
    }
    return render(request, "office/wrong_codes.html", context)


def _report(
    lines: QuerySet[ImportLine], subjects: list[SubjectFinding]
) -> Iterator[WrongLine | SubjectFinding]:
    """The rows in chunks, each with its sources, then the subjects."""
    chunk: list[ImportLine] = []
    for line in lines.iterator(chunk_size=_CHUNK):
        chunk.append(line)
        if len(chunk) == _CHUNK:
            yield from wrong_lines(chunk)
            chunk = []
    yield from wrong_lines(chunk)
    yield from subjects


def _of_line(read: Callable[[WrongLine], Any]) -> Callable[[Any], Any]:
    """What only a row of a file has."""
    return lambda found: read(found) if isinstance(found, WrongLine) else ""


def _of_subject(read: Callable[[SubjectFinding], Any]) -> Callable[[Any], Any]:
    """What only a subject of the register has."""
    return lambda found: read(found) if isinstance(found, SubjectFinding) else ""


WRONG_CODE_COLUMNS: Columns = (
    (_l("问题"), lambda found: found.title),
    (_l("来源单位"), _of_line(lambda found: found.source)),
    (_l("文件"), _of_line(lambda found: found.line.batch.file_name)),
    (_l("行号"), _of_line(lambda found: found.line.row)),
    (_l("列"), _of_line(lambda found: found.line.field)),
    (_l("主体名称"), _of_subject(lambda found: found.name)),
    (_l("统一社会信用代码"), _of_subject(lambda found: listed(found.codes))),
    (_l("说明和处理办法"), lambda found: found.text),
    (_l("处理情况"), _of_line(lambda found: found.state)),
)

"""The form, the statement, and the papers that say who may act, as PDFs to print."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from credit_repair.cases.models import Filing
from credit_repair.core.downloads import file_response
from credit_repair.core.limits import limited
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.repairs import papers
from credit_repair.repairs.views.sides import Side, on_both_sides


@require_safe
@on_both_sides
def form(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponseBase:
    """Hand out the application form of a filing."""
    return _paper(request, side, uuid, papers.application_form)


@require_safe
@on_both_sides
def statement(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponseBase:
    """Hand out the statement on correction and performance."""
    return _paper(request, side, uuid, papers.statement)


@require_safe
@on_both_sides
def authorisation(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponseBase:
    """Hand out the authorisation of whoever files."""

    def made(filing: Filing) -> papers.Paper:
        return papers.authorisation(filing, agent=request.user)  # type: ignore[arg-type]

    return _paper(request, side, uuid, made)


@require_safe
@on_both_sides
def power(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponseBase:
    """Hand out the power of attorney for the records of a filing."""

    def made(filing: Filing) -> papers.Paper:
        return papers.power_for_matter(filing, agent=request.user)  # type: ignore[arg-type]

    return _paper(request, side, uuid, made)


@require_safe
@on_both_sides
def representative(request: HttpRequest, uuid: UUID, side: Side) -> HttpResponseBase:
    """Hand out the certificate of the legal representative; a person has none."""
    return _paper(request, side, uuid, papers.representative_certificate)


@require_safe
@limited("paper", get=True)
def blank(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand out a paper for anybody, to be filled in by hand."""
    if kind not in papers.BLANK:
        raise Http404
    name, pdf = papers.blank(kind)
    response = file_response(BytesIO(pdf), name=name, mime="application/pdf")
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _paper(
    request: HttpRequest, side: Side, uuid: UUID, build: Callable[[Filing], papers.Paper]
) -> HttpResponseBase:
    filing = side.filing(request, uuid)
    try:
        name, pdf = build(filing)
    except papers.NoSuchPaper as error:
        raise Http404 from error
    except MissingGlyphs as missing:
        messages.error(request, str(missing))
        return redirect(side.url("filing", filing.uuid))
    return file_response(BytesIO(pdf), name=name, mime="application/pdf")

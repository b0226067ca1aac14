"""What anybody may read of commitments 信用承诺公开."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credit_repair.commitments import presenters as shown
from credit_repair.commitments.forms import SearchForm
from credit_repair.commitments.selectors import published
from credit_repair.commitments.tags import tag_of
from credit_repair.core.limits import limited
from credit_repair.core.paging import CappedPaginator

PAGE_SIZE = 20
#: Nobody reads on from here: whoever looks for somebody searches.
MOST_LISTED = 1000


@require_safe
@limited("public_notices", get=True)
def commitments(request: HttpRequest) -> HttpResponse:
    """List what is published, the newest first; by name or code, by type."""
    form = SearchForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = published(text=wanted.get("q", ""), kind=wanted.get("kind", ""))
    if form.is_bound and form.errors:
        found = found.none()
    page = CappedPaginator(found, PAGE_SIZE, cap=MOST_LISTED).get_page(request.GET.get("page"))
    context = {
        "page_title": _("信用承诺公开"),
        "page_subtitle": _("企业作出的信用承诺和履行情况，依法公开。"),
        "filter_form": form,
        "clear_url": request.path if form.has_changed() else "",
        "page_obj": page,
        "rows": [shown.public_row(commitment) for commitment in page],
    }
    return render(request, "commitments/public_list.html", context)


@require_safe
@limited("public_notices", get=True)
def commitment(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one published commitment, with what was promised and how it stands."""
    found = published().filter(uuid=uuid).first()
    if found is None:
        raise Http404
    context = {
        "page_title": shown.public_row(found)["title"],
        "page_caption": shown.public_row(found)["name"],
        "breadcrumbs": [{"label": _("信用承诺公开"), "url": reverse("commitments")}],
        "tag": tag_of(found, public=True),
        "facts": shown.public_facts(found),
        "items": shown.public_items(found),
        "is_person": found.subject.kind == found.subject.Kind.PERSON,
    }
    return render(request, "commitments/public_detail.html", context)

"""The officials' search: one text, and what it finds among cases, subjects and records."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credit_repair.cases import record_access
from credit_repair.cases.record_reading import party, subjects_in_clear, with_reader
from credit_repair.core.clock import today
from credit_repair.dossier.access import with_file
from credit_repair.home import presenters, selectors
from credit_repair.home.finding import find_cases, find_subjects
from credit_repair.home.views.office import NOT_LISTED
from credit_repair.people.doors import door_of_any
from credit_repair.people.masking import Reader, subject_name
from credit_repair.registry import search as registry_search
from credit_repair.registry.personal_numbers import looks_personal

MOST_TYPED = 100
#: So many of each are shown; the list of records leads on.
SHOWN, SUBJECTS = 10, 5


@require_http_methods(["GET", "HEAD", "POST"])
@door_of_any("see_cases", "import_records")
def search(request: HttpRequest) -> HttpResponseBase:
    """Show what the text finds; the number of a case leads to the case.

    The page's own field posts: a personal number is answered at once and stands in no address, everything
    else gets an address to come back to.
    """
    if request.method == "POST" and not looks_personal(request.POST.get("q", "")):
        query = urlencode({"q": request.POST.get("q", "").strip()[:MOST_TYPED]})
        return redirect(f"{reverse('office_search')}?{query}")
    asked = request.POST if request.method == "POST" else request.GET
    text, day = asked.get("q", "").strip()[:MOST_TYPED], today()
    context: dict[str, Any] = {"page_title": _("查找"), "text": text}
    if not text:
        return render(request, "office/search.html", context)
    case = selectors.case_by_number(number=text, user=request.user, on=day)
    if case is not None:
        return redirect(presenters.case_url(case, office=True))
    return render(request, "office/search.html", context | _found(request, text))


def _found(request: HttpRequest, text: str) -> dict[str, Any]:
    user, day = request.user, today()
    readable = with_reader(
        record_access.records_for_official(user=user, on=day, text=text), user=user, on=day
    )
    records = list(readable.defer(*NOT_LISTED)[: SHOWN + 1])
    cases = list(find_cases(text=text, user=user, on=day)[: SHOWN + 1])
    subjects = list(find_subjects(text=text, user=user, on=day)[: SUBJECTS + 1])
    # A whole personal number is not repeated: not on the page, not in the addresses that lead on.
    named: list[Any] = [*records, *(case for case in cases if case.subject is not None)]
    secret = looks_personal(text) or registry_search.is_personal_number(text, records=named)
    more = "" if secret else f"{reverse('office_records')}?{urlencode({'q': text})}"
    known = subjects_in_clear(subjects[:SUBJECTS], user=user, on=day)
    filed = with_file(subjects[:SUBJECTS], user=user, on=day)
    return {
        "text": "" if secret else text,
        "search_query": "" if secret else text,
        "cases": presenters.case_rows(cases[:SHOWN], office=True),
        "more_cases": len(cases) > SHOWN,
        "records": [
            {
                "record": record,
                "party": party(record),
                "tag": presenters.standing_tag(record),
                "url": reverse("office_record", args=[record.uuid]),
            }
            for record in records[:SHOWN]
        ],
        "more_records_url": more if len(records) > SHOWN else "",
        "subjects": [
            {
                "subject": subject,
                "name": subject_name(subject, Reader.KEEPER if subject.pk in known else Reader.OFFICIAL),
                "url": reverse("office_subject_file", args=[subject.uuid]) if subject.pk in filed else "",
                "records_url": "" if subject.number_hash else _records_of(subject.code),
            }
            for subject in subjects[:SUBJECTS]
        ],
        "more_subjects": len(subjects) > SUBJECTS,
        "searched": True,
    }


def _records_of(code: str | None) -> str:
    return f"{reverse('office_records')}?{urlencode({'q': code})}" if code else ""

"""For which of several subjects a page is: the one that the address names, else the one acted for."""

from django.http import HttpRequest

from credit_repair.people import acting
from credit_repair.registry.models import Subject

#: ?subject=all on a list that can show those of all subjects together.
ALL = "all"


def chosen_subject(request: HttpRequest, subjects: list[Subject]) -> Subject | None:
    """Return the subject that the address names, else the one chosen for the session, or the only one.

    None where there is a choice to make, and where the address asks for all. One that is not the person's
    does not exist for them.
    """
    wanted = request.GET.get("subject")
    return None if wanted == ALL and len(subjects) > 1 else acting.subject_asked_for(request, wanted)

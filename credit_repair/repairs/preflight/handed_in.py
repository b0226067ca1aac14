"""What pre-flight finds in the files of an application that was handed in, for who looks at the evidence."""

from datetime import date

from django.db.models import Q

from credit_repair.cases.models import Case
from credit_repair.repairs.preflight.around import gathered
from credit_repair.repairs.preflight.finding import Finding
from credit_repair.repairs.preflight.table import OF_A_FILE


def findings_in_files(*, case: Case, today: date) -> dict[tuple[int, str], list[Finding]]:
    """Return the findings about each file of an application, by the file's key and as what it came.

    Each file is looked at among all that was handed in with it: a scan may carry letters of its siblings.
    """
    about = gathered(
        filing=case.filing,
        cases_where=Q(submitted_on__isnull=False),
        files_where=Q(item__isnull=True),
        today=today,
    )
    found: dict[tuple[int, str], list[Finding]] = {}
    for material in about.materials:
        if case.pk in material.case_keys:
            key = (material.stored.pk, material.kind)
            found[key] = [finding for look in OF_A_FILE for finding in look(material, about)]
    return found

"""What was issued before there was service 送达 gets its addressee: the subject of its case.

In a case that still runs its service begins, too, so that officials can enter how it went; what belongs to a
case that is over stays without: nobody looks for the proof of it any more.
"""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery

#: The proof of service is served on nobody.
_SERVED_ON_NOBODY = ("service_record",)
_PORTION = 500


def fill_addressees(apps: Any, schema_editor: Any) -> None:
    """Address what offices issued to the subject of its case; begin the service in cases that run."""
    document = apps.get_model("notices", "Document")
    link = apps.get_model("cases", "CaseDocument")
    subject = link.objects.filter(document=OuterRef("pk"), case__subject__isnull=False)
    without = document.objects.filter(
        addressee__isnull=True, office__isnull=False, check_code__isnull=False
    ).exclude(kind__in=_SERVED_ON_NOBODY)
    keys = list(
        without.filter(case_link__case__subject__isnull=False).order_by("pk").values_list("pk", flat=True)
    )
    for start in range(0, len(keys), _PORTION):
        portion = keys[start : start + _PORTION]
        document.objects.filter(pk__in=portion).update(
            addressee=Subquery(subject.values("case__subject")[:1])
        )
        _begin_service(apps, portion)


def _begin_service(apps: Any, keys: list[int]) -> None:
    delivery = apps.get_model("notices", "Delivery")
    running = apps.get_model("notices", "Document").objects.filter(
        pk__in=keys,
        state="ready",
        standing="valid",
        deliveries__isnull=True,
        case_link__case__closed_on__isnull=True,
    )
    delivery.objects.bulk_create(
        delivery(document=row, subject_id=row.addressee_id, since=row.issued_on) for row in running
    )


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0006_packs"),
        ("cases", "0011_steps_of_the_intake_office"),
    ]

    operations = [
        # Back: nothing. An addressee that was filled in does no harm, and its service may have gone on since.
        migrations.RunPython(fill_addressees, migrations.RunPython.noop),
    ]

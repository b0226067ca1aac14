"""Every application becomes one of a basket: its filing gets the answers that were given so far."""

from django.db import migrations, models


def fill(apps, schema_editor):
    basket = apps.get_model("repairs", "RepairBasket")
    application = apps.get_model("repairs", "RepairApplication")
    basket.objects.bulk_create(
        (
            basket(
                filing_id=repair.case.filing_id,
                corrected=repair.corrected,
                statement=repair.statement,
                contact_name=repair.contact_name,
                contact_phone=repair.contact_phone,
                revision=repair.revision,
            )
            # A filing held one case until now.
            for repair in application.objects.select_related("case").iterator()
        ),
        batch_size=500,
        ignore_conflicts=True,
    )


def empty(apps, schema_editor):
    apps.get_model("repairs", "RepairBasket").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("repairs", "0003_baskets")]
    operations = [migrations.RunPython(fill, empty)]

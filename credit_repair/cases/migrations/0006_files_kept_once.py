"""What was known of a file moves from the material to the file itself, which a filing keeps once."""

from django.db import migrations

KNOWN = ("file", "name", "mime", "size", "sha256")


def keep_once(apps, schema_editor):
    attachment = apps.get_model("cases", "Attachment")
    stored_file = apps.get_model("cases", "StoredFile")
    for row in attachment.objects.filter(stored__isnull=True).select_related("case").order_by("pk").iterator():
        stored, _created = stored_file.objects.get_or_create(
            filing_id=row.case.filing_id,
            sha256=row.sha256,
            defaults={
                "file": row.file.name,
                "name": row.name,
                "mime": row.mime,
                "size": row.size,
                "uploaded_by_id": row.uploaded_by_id,
                "uploaded_at": row.uploaded_at,
            },
        )
        attachment.objects.filter(pk=row.pk).update(stored=stored)


def keep_each(apps, schema_editor):
    attachment = apps.get_model("cases", "Attachment")
    for row in attachment.objects.select_related("stored").order_by("pk").iterator():
        known = {name: getattr(row.stored, name) for name in KNOWN}
        attachment.objects.filter(pk=row.pk).update(**known, stored=None)
    apps.get_model("cases", "StoredFile").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_baskets_and_files")]
    operations = [migrations.RunPython(keep_once, keep_each)]

"""The register of documents finds an office's newest without sorting all it ever issued."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0009_signed_at"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["office", "-issued_on", "-id"], name="document_register"),
        ),
    ]

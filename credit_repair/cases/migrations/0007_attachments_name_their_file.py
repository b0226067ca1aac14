"""A material says which file it is; what is known of the file is said there alone.

The columns get a default before they go, so that the way back can make them again.
"""

import django.db.models.deletion
from django.db import migrations, models

#: Each column that goes: what it was, and what it is on the way back until it is filled.
COLUMNS = (
    ("file", {"upload_to": "attachments"}, models.FileField, ""),
    ("name", {"max_length": 120}, models.CharField, ""),
    ("mime", {"max_length": 60}, models.CharField, ""),
    ("size", {}, models.PositiveIntegerField, 0),
    ("sha256", {"max_length": 64}, models.CharField, ""),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_files_kept_once")]
    operations = [
        migrations.AlterField(
            model_name="attachment",
            name="stored",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachments",
                to="cases.storedfile",
            ),
        ),
        *(
            migrations.AlterField(
                model_name="attachment", name=name, field=kind(**options, default=default)
            )
            for name, options, kind, default in COLUMNS
        ),
        *(migrations.RemoveField(model_name="attachment", name=name) for name, *_rest in COLUMNS),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("item__isnull", True)),
                fields=("case", "kind", "stored"),
                name="attachment_once_per_case",
            ),
        ),
    ]

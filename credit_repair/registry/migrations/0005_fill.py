"""The stamp of the law; and the name index of the subjects that were there before it."""

from itertools import islice

from django.db import migrations

BATCH = 2000


def lay_stamp(apps, schema_editor):
    apps.get_model("registry", "LawStamp").objects.get_or_create(pk=1)


def index_names(apps, schema_editor):
    from credit_repair.registry.names import grams_of

    Subject, NameGram = (apps.get_model("registry", name) for name in ("Subject", "NameGram"))
    rows = Subject.objects.order_by("pk").values_list("pk", "name").iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        NameGram.objects.bulk_create(
            (NameGram(gram=gram, subject_id=pk) for pk, name in batch for gram in grams_of(name)),
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_law_and_supply")]
    operations = [
        migrations.RunPython(lay_stamp, migrations.RunPython.noop),
        migrations.RunPython(index_names, migrations.RunPython.noop),
    ]

"""The route that the law itself names: the credit office takes in, the determining authority verifies and
decides 谁认定谁修复. An installation edits these lines; running cases keep their copy."""

from django.db import migrations

STEPS = [(1, "intake", "intake_office"), (2, "verify", "authority"), (3, "decide", "authority")]


def add(apps, schema_editor):
    route_step = apps.get_model("cases", "RouteStep")
    for position, phase, seat in STEPS:
        route_step.objects.get_or_create(
            kind="repair", rule_class="", position=position, defaults={"phase": phase, "seat": seat}
        )


def remove(apps, schema_editor):
    apps.get_model("cases", "RouteStep").objects.filter(kind="repair", rule_class="").delete()


class Migration(migrations.Migration):
    dependencies = [("repairs", "0001_initial"), ("cases", "0002_initial")]
    operations = [migrations.RunPython(add, remove)]

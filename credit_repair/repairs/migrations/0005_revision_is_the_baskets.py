"""The count of saves is the basket's."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("repairs", "0004_fill_baskets")]
    operations = [migrations.RemoveField(model_name="repairapplication", name="revision")]

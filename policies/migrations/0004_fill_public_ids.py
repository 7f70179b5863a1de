import uuid

from django.db import migrations

BATCH = 500


def fill(apps, schema_editor):
    """A new column's default is computed once for all rows; each needs an id of its own."""
    for name in ("Device", "DeviceGroup", "Policy"):
        rows = apps.get_model("policies", name)._default_manager.using(schema_editor.connection.alias).order_by("pk")
        last = 0
        while batch := list(rows.filter(pk__gt=last).only("pk")[:BATCH]):
            for row in batch:
                row.public_id = uuid.uuid4()
            rows.bulk_update(batch, ["public_id"])
            last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("policies", "0003_public_ids")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]

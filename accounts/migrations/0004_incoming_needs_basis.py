"""Summaries of incoming connections now need a confirmed legal basis: who switched them on confirms it once more.

Until now the switch had no effect, because no policy could cover a device.
"""

from django.db import migrations


def switch_off(apps, schema_editor):  # noqa: ARG001 - RunPython gives both
    apps.get_model("accounts", "AISettings").objects.filter(incoming_enabled=True).update(incoming_enabled=False)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_shared_cache_table")]

    operations = [migrations.RunPython(switch_off, migrations.RunPython.noop)]

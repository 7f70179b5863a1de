import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows keep working without an id until the next migration gives them theirs."""

    dependencies = [("policies", "0002_policies_and_groups")]

    operations = [
        migrations.AddField(
            model_name=model,
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        )
        for model in ("device", "devicegroup", "policy")
    ]

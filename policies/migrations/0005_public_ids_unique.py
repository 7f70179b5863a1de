import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0004_fill_public_ids")]

    operations = [
        migrations.AlterField(
            model_name=model,
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        )
        for model in ("device", "devicegroup", "policy")
    ]

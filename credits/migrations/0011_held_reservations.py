"""What is held is found each minute, without a look at all that was ever charged."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credits", "0010_draw_credit")]

    operations = [
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(condition=models.Q(("state", "RESERVED")), fields=["id"], name="reservation_held"),
        ),
    ]

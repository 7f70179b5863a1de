from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("summaries", "0024_names_in_every_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="jobitem",
            name="revision_id",
            field=models.BigIntegerField(
                blank=True, help_text="The text that counted when the job was asked for.", null=True
            ),
        ),
    ]

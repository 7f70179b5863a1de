from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("summaries", "0023_summaries_sent_by_mail"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="application",
            options={"ordering": ["name"], "verbose_name": "application", "verbose_name_plural": "applications"},
        ),
        migrations.AlterModelOptions(
            name="issuetype",
            options={"ordering": ["name"], "verbose_name": "issue type", "verbose_name_plural": "issue types"},
        ),
        migrations.AlterField(
            model_name="application",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="is active"),
        ),
        migrations.AlterField(
            model_name="application",
            name="keywords",
            field=models.JSONField(
                blank=True, default=list, help_text="Words or phrases that point to it.", verbose_name="keywords"
            ),
        ),
        migrations.AlterField(
            model_name="application",
            name="name",
            field=models.CharField(max_length=80, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="issuetype",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="is active"),
        ),
        migrations.AlterField(
            model_name="issuetype",
            name="keywords",
            field=models.JSONField(
                blank=True, default=list, help_text="Words or phrases that point to it.", verbose_name="keywords"
            ),
        ),
        migrations.AlterField(
            model_name="issuetype",
            name="name",
            field=models.CharField(max_length=80, verbose_name="name"),
        ),
    ]

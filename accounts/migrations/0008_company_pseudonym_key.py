from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_audit_cursor_and_indexes")]

    operations = [
        migrations.AddField(
            model_name="company",
            name="pseudonym_key",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="Random; pseudonyms are made with it and stay the same.",
                max_length=64,
            ),
        ),
    ]

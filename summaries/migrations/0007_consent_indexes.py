from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("summaries", "0006_deletion_dates_and_retention_runs")]

    operations = [
        migrations.AddIndex(
            model_name="consententry",
            index=models.Index(
                condition=models.Q(("answer", "WITHDRAWN")), fields=["session"], name="consent_withdrawn"
            ),
        ),
        migrations.AddIndex(
            model_name="consententry",
            index=models.Index(fields=["company", "-at", "-id"], name="consent_company_newest"),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("summaries", "0025_text_that_a_job_means"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="summary", name="summary_company_state"),
        migrations.AddIndex(
            model_name="summary",
            index=models.Index(fields=["company", "state", "review"], name="summary_in_state"),
        ),
        migrations.AddIndex(
            model_name="summary",
            index=models.Index(fields=["company", "-id"], name="summary_company_newest"),
        ),
    ]

"""When the log and the summary of a session were deleted, and what each retention run did.

The columns are nullable and without a default, so that SQLite adds them without building the table, and with it the
search index's triggers, anew.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_audit_seal_append_only"),
        ("summaries", "0005_consent_ledger_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="supportsession",
            name="log_deleted_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When the session log was deleted; no summary is made since.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="supportsession",
            name="summary_deleted_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="When the last summary was deleted.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="supportsession",
            name="status",
            field=models.CharField(
                choices=[
                    ("IMPORTING", "Being imported"),
                    ("DELETED", "Deleted"),
                    ("OPEN", "Running"),
                    ("ENDED", "Ended"),
                ],
                default="OPEN",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, help_text="Empty: under way, or cut off.", null=True)),
                ("logs", models.PositiveIntegerField(default=0)),
                ("summaries", models.PositiveIntegerField(default=0)),
                ("consents", models.PositiveIntegerField(default=0)),
                (
                    "held",
                    models.PositiveIntegerField(
                        default=0, help_text="Sessions that were due and stood under legal hold."
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at", "-pk"],
                "indexes": [models.Index(fields=["company", "-started_at", "-id"], name="retention_run_newest")],
            },
        ),
    ]

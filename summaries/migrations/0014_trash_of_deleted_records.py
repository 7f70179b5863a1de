import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_STATUSES = [
    ("IMPORTING", "Being imported"),
    ("TRASHED", "In the trash"),
    ("DELETED", "Deleted"),
    ("OPEN", "Running"),
    ("ENDED", "Ended"),
]
_KINDS = [("LOG", "Session log"), ("SUMMARY", "Summary"), ("REPORT", "Connection report")]
_IN_TRASH = models.Q(session__isnull=True, state="READY", trashed__isnull=False)


class Migration(migrations.Migration):
    dependencies = [
        ("summaries", "0013_saved_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Only the choices: no statement, so that the table keeps its triggers on SQLite.
        migrations.AlterField(
            model_name="supportsession",
            name="status",
            field=models.CharField(choices=_STATUSES, default="OPEN", max_length=10),
        ),
        migrations.CreateModel(
            name="TrashedRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(choices=_KINDS, max_length=8)),
                ("deleted_at", models.DateTimeField()),
                ("purge_at", models.DateTimeField(help_text="From then on the daily job deletes it for good.")),
                (
                    "size",
                    models.PositiveIntegerField(default=0, help_text="Interactions of a log, revisions of a summary."),
                ),
                (
                    "kept",
                    models.JSONField(
                        default=dict, help_text="Fields of the session that go with a log: {name: value}."
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trashed",
                        to="summaries.supportsession",
                    ),
                ),
            ],
            options={
                "ordering": ["-deleted_at", "-pk"],
                "indexes": [
                    models.Index(fields=["company", "-deleted_at", "-id"], name="trashed_newest"),
                    models.Index(fields=["company", "purge_at"], name="trashed_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("what", "SUMMARY"), _negated=True),
                        fields=("session", "what"),
                        name="trashed_once_of_session",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purge_at__gt", models.F("deleted_at"))),
                        name="trashed_purged_after_deletion",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="summary",
            name="session",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="summary",
                to="summaries.supportsession",
            ),
        ),
        migrations.AddField(
            model_name="summary",
            name="trashed",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="summary",
                to="summaries.trashedrecord",
            ),
        ),
        migrations.AddConstraint(
            model_name="summary",
            constraint=models.CheckConstraint(
                condition=models.Q(session__isnull=False, trashed__isnull=True) | _IN_TRASH,
                name="summary_of_session_or_in_trash",
            ),
        ),
        migrations.AddField(
            model_name="retentionrun",
            name="purged",
            field=models.PositiveIntegerField(default=0, help_text="Of the trash, whose 30 days were over."),
        ),
    ]

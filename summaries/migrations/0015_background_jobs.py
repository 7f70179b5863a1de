import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_user_key_shortcuts"),
        ("summaries", "0014_trash_of_deleted_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "key",
                    models.UUIDField(
                        default=uuid.uuid4, help_text="Of the form that asked: sent twice, it is one job."
                    ),
                ),
                ("kind", models.CharField(help_text="Code of a JobKind.", max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PREPARING", "Being prepared"),
                            ("QUEUED", "Waiting"),
                            ("RUNNING", "Running"),
                            ("DONE", "Finished"),
                            ("FAILED", "Failed"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="PREPARING",
                        max_length=10,
                    ),
                ),
                (
                    "list_name",
                    models.CharField(
                        choices=[("HOME", "Session summaries"), ("REPORTS", "Connection reports")],
                        default="HOME",
                        max_length=10,
                    ),
                ),
                ("query", models.TextField(blank=True, help_text="The list's filter as in its address.")),
                (
                    "is_chosen",
                    models.BooleanField(default=False, help_text="Sessions were picked one by one, not by the filter."),
                ),
                ("options", models.JSONField(blank=True, default=dict)),
                (
                    "language",
                    models.CharField(blank=True, help_text="In which its sentences are written.", max_length=10),
                ),
                (
                    "left_out",
                    models.JSONField(
                        default=list, help_text="[[number of sessions, why they can't]], when it was asked for."
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("skipped", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("cursor", models.PositiveIntegerField(default=0)),
                (
                    "failure",
                    models.CharField(blank=True, help_text="Why it ended before its last session.", max_length=400),
                ),
                ("claim", models.UUIDField(blank=True, editable=False, null=True)),
                ("claimed_until", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, help_text="Times it was taken since it last went on."),
                ),
                ("cancel_asked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "folder",
                    models.CharField(
                        blank=True, editable=False, help_text="Random name below DATA_DIR/jobs.", max_length=64
                    ),
                ),
                (
                    "file_name",
                    models.CharField(blank=True, help_text="What the file is called when downloaded.", max_length=200),
                ),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("file_size", models.PositiveBigIntegerField(default=0, help_text="In bytes.")),
                ("expires_at", models.DateTimeField(blank=True, help_text="When the file is deleted.", null=True)),
                ("wants_mail", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "seen_at",
                    models.DateTimeField(blank=True, help_text="When the member saw that it had ended.", null=True),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "retry_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="retries",
                        to="summaries.job",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="JobItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField(help_text="From 1, in the order of the list.")),
                ("session_id", models.BigIntegerField()),
                ("number", models.PositiveIntegerField(help_text="Of the session, to name it even when it is gone.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting"),
                            ("BEGUN", "Begun"),
                            ("DONE", "Done"),
                            ("SKIPPED", "Left as it was"),
                            ("FAILED", "Failed"),
                        ],
                        default="WAITING",
                        max_length=8,
                    ),
                ),
                (
                    "sentence",
                    models.CharField(blank=True, help_text="Why it was left as it was, or failed.", max_length=400),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="summaries.job"
                    ),
                ),
            ],
            options={
                "ordering": ["place"],
            },
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["company", "member", "-asked_at", "-id"], name="job_member_newest"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("seen_at__isnull", True)), fields=["member", "company"], name="job_unseen"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state__in", ("QUEUED", "RUNNING"))), fields=["claimed_until"], name="job_under_way"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("folder", ""), _negated=True), fields=["expires_at"], name="job_files"
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(fields=("company", "member", "key"), name="job_once_per_form"),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["PREPARING", "QUEUED", "RUNNING", "DONE", "FAILED", "CANCELLED"])),
                name="job_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "cursor",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("done"), "+", models.F("skipped")),
                            "+",
                            models.F("failed"),
                        ),
                    ),
                    ("total__gte", models.F("cursor")),
                ),
                name="job_counts_add_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", False), ("state__in", ("DONE", "FAILED", "CANCELLED"))),
                    models.Q(
                        models.Q(("state__in", ("DONE", "FAILED", "CANCELLED")), _negated=True),
                        ("finished_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="job_over_has_moment",
            ),
        ),
        migrations.AddIndex(
            model_name="jobitem",
            index=models.Index(fields=["session_id"], name="job_item_session"),
        ),
        migrations.AddIndex(
            model_name="jobitem",
            index=models.Index(
                condition=models.Q(("state__in", ["SKIPPED", "FAILED"])),
                fields=["job", "place"],
                name="job_item_problems",
            ),
        ),
        migrations.AddConstraint(
            model_name="jobitem",
            constraint=models.UniqueConstraint(fields=("job", "place"), name="job_item_place_once"),
        ),
        migrations.AddConstraint(
            model_name="jobitem",
            constraint=models.UniqueConstraint(fields=("job", "session_id"), name="job_item_session_once"),
        ),
    ]

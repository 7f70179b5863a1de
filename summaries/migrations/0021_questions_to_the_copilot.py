import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0018_permission_to_ask_the_copilot"),
        ("summaries", "0020_search_by_company"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CopilotQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("text", models.TextField()),
                (
                    "topic",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("COMMANDS", "Commands"),
                            ("ERRORS", "Errors"),
                            ("FILES", "Files"),
                            ("SAID", "What was said"),
                            ("ENDING", "The end of the session"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("es", "Spanish"),
                            ("de", "German"),
                            ("fr", "French"),
                            ("it", "Italian"),
                            ("pt", "Portuguese"),
                            ("nl", "Dutch"),
                            ("pl", "Polish"),
                            ("cs", "Czech"),
                            ("tr", "Turkish"),
                            ("ja", "Japanese"),
                            ("zh", "Chinese"),
                            ("ko", "Korean"),
                            ("ar", "Arabic"),
                        ],
                        default="en",
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ASKED", "Waiting for a worker"),
                            ("ANSWERING", "Being answered"),
                            ("ANSWERED", "Answered"),
                            ("STOPPED", "Stopped"),
                            ("FAILED", "Failed"),
                        ],
                        default="ASKED",
                        max_length=10,
                    ),
                ),
                (
                    "requested_engine",
                    models.CharField(
                        choices=[
                            ("BUILT_IN", "Built-in (offline)"),
                            ("CLAUDE", "Claude, or a server that speaks the Anthropic Messages API"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "known_interactions",
                    models.PositiveIntegerField(help_text="How many the session log held when it was asked."),
                ),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("claim", models.UUIDField(blank=True, editable=False, null=True)),
                ("claimed_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "statements",
                    models.JSONField(default=list, help_text="[{text, evidence}]: what the session log bears out."),
                ),
                (
                    "dropped",
                    models.PositiveSmallIntegerField(default=0, help_text="Sentences that it did not bear out."),
                ),
                (
                    "left_out",
                    models.PositiveIntegerField(
                        default=0, help_text="Interactions that the engine did not get to see."
                    ),
                ),
                (
                    "engine",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("BUILT_IN", "Built-in (offline)"),
                            ("CLAUDE", "Claude, or a server that speaks the Anthropic Messages API"),
                        ],
                        help_text="The one that answered.",
                        max_length=16,
                    ),
                ),
                ("model", models.CharField(blank=True, max_length=120)),
                ("prompt_version", models.CharField(blank=True, max_length=40)),
                ("input_tokens", models.PositiveIntegerField(default=0)),
                ("output_tokens", models.PositiveIntegerField(default=0)),
                ("cost_micros", models.PositiveBigIntegerField(default=0, help_text="In millionths of a US dollar.")),
                (
                    "failure",
                    models.CharField(blank=True, help_text="Why the wished engine did not answer.", max_length=300),
                ),
                (
                    "credit_part",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Which credit of the session it belongs to: 0 the one of its summary, 1 the next …",
                    ),
                ),
                (
                    "is_charged",
                    models.BooleanField(default=False, help_text="It counts among the twelve questions of its credit."),
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
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="summaries.supportsession",
                    ),
                ),
            ],
            options={
                "ordering": ["session", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("ASKED", "ANSWERING"))),
                        fields=["claimed_until"],
                        name="question_under_way",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("ASKED", "ANSWERING"))),
                        fields=("session", "member"),
                        name="question_one_at_a_time_per_member",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["ASKED", "ANSWERING", "ANSWERED", "STOPPED", "FAILED"])),
                        name="question_state_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="question_not_empty"),
                ],
            },
        ),
    ]

"""Sums of sessions by day and month, and the changes since.

The triggers that note the changes are put in place after every run of migrations (`summaries.models.rollup_triggers`):
SQLite drops a trigger with its table, and Django rebuilds tables. Backwards they must go before their table does.
"""

import django.db.models.deletion
from django.db import migrations, models


POSTGRESQL = [f"DROP FUNCTION IF EXISTS summaries_note_{what}() CASCADE" for what in ("session", "summary", "label")]
SQLITE = [
    f"DROP TRIGGER IF EXISTS summaries_note_{what}_{event}"
    for what in ("session", "summary", "issue_type", "application")
    for event in ("insert", "update", "delete")
]


def drop_triggers(apps, schema_editor):  # noqa: ARG001 - RunPython gives both
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_company_billing_rule"),
        ("summaries", "0018_backlogs_in_batches"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountedSession",
            fields=[
                ("session_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("supporter_id", models.BigIntegerField()),
                ("has_summary", models.BooleanField()),
                ("microseconds", models.BigIntegerField(help_text="Null: the session has not ended.", null=True)),
                ("is_to_review", models.BooleanField()),
                ("has_failed", models.BooleanField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RESOLVED", "Resolved"),
                            ("PARTLY_RESOLVED", "Partly resolved"),
                            ("UNRESOLVED", "Unresolved"),
                            ("UNKNOWN", "Unknown"),
                        ],
                        max_length=16,
                    ),
                ),
                ("issue_types", models.JSONField(default=list, help_text="Their ids.")),
                ("applications", models.JSONField(default=list, help_text="Their ids.")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "day"], name="counted_session_day")],
            },
        ),
        migrations.CreateModel(
            name="RollupState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("time_zone", models.CharField(help_text="In which the days of the sums begin.", max_length=64)),
                (
                    "is_complete",
                    models.BooleanField(
                        default=False, help_text="False: being counted; until then nothing reads them."
                    ),
                ),
                (
                    "counted_to",
                    models.BigIntegerField(
                        default=-1, help_text="The last session that is counted anew; -1: none yet."
                    ),
                ),
                ("version", models.BigIntegerField(default=0, help_text="Counts the changes of the sums.")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("company",), name="rollup_state_once_per_company")],
            },
        ),
        migrations.CreateModel(
            name="SessionChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("session_id", models.BigIntegerField()),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.company",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "id"], name="session_change_in_order")],
            },
        ),
        migrations.CreateModel(
            name="SessionRollup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "facet",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Sessions"),
                            (1, "Session summaries"),
                            (2, "Issue type"),
                            (3, "Application"),
                            (4, "Issue type and application"),
                            (5, "Supporter"),
                            (6, "Length"),
                        ]
                    ),
                ),
                ("grain", models.PositiveSmallIntegerField(choices=[(0, "Day"), (1, "Month")])),
                ("day", models.DateField(help_text="The day, or the first of the month.")),
                ("key", models.BigIntegerField(default=0, help_text="Id of what the facet tells apart; see Facet.")),
                ("other_key", models.BigIntegerField(default=0, help_text="Of a pair: the application.")),
                ("sessions", models.BigIntegerField(default=0)),
                ("ended", models.BigIntegerField(default=0)),
                ("microseconds", models.BigIntegerField(default=0, help_text="Length of the ended ones together.")),
                ("to_review", models.BigIntegerField(default=0)),
                ("failed", models.BigIntegerField(default=0)),
                ("resolved", models.BigIntegerField(default=0)),
                ("partly_resolved", models.BigIntegerField(default=0)),
                ("unresolved", models.BigIntegerField(default=0)),
                ("unknown", models.BigIntegerField(default=0)),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.company",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "facet", "grain", "day", "key", "other_key"), name="session_rollup_once"
                    )
                ],
            },
        ),
        migrations.RunPython(migrations.RunPython.noop, drop_triggers),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("summaries", "0016_report_layout"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="summaryrevision",
            name="author",
            field=models.ForeignKey(
                blank=True,
                help_text="Who wrote it, or fetched an earlier text back. Empty: an engine wrote it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="summaryrevision",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                help_text="The text that a person changed, or fetched back. Empty: written from the session log.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="summaries.summaryrevision",
            ),
        ),
        migrations.CreateModel(
            name="SummaryRating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_helpful", models.BooleanField()),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("rated_at", models.DateTimeField()),
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
                    "revision",
                    models.ForeignKey(
                        help_text="What was read.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="summaries.summaryrevision",
                    ),
                ),
                (
                    "summary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="summaries.summary",
                    ),
                ),
            ],
            options={
                "ordering": ["-rated_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("summary", "member"), name="rating_once_per_member_and_summary"),
                ],
            },
        ),
    ]

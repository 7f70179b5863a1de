"""Who sold and who bought stands in the order, refunds have receipts of their own, and what a payment provider tells is kept."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_webhooks_and_mails"), ("credits", "0006_amounts_to_the_thousandth")]

    operations = [
        migrations.CreateModel(
            name="NotedPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payment_reference", models.CharField(max_length=120)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("PAID", "Paid: the order is confirmed"),
                            ("FAILED", "The payment failed"),
                            ("MISMATCH", "Another amount or currency than the order’s: nothing was confirmed"),
                            ("UNEXPECTED", "Paid although the order does not wait for a payment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("total", models.DecimalField(decimal_places=3, max_digits=12)),
                ("currency", models.CharField(max_length=3)),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20, unique=True)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "number series",
            },
        ),
        migrations.AddField(
            model_name="order",
            name="buyer_name",
            field=models.CharField(blank=True, help_text="The company, as it was called then.", max_length=120),
        ),
        migrations.AddField(
            model_name="order",
            name="refund_number",
            field=models.PositiveIntegerField(
                blank=True, help_text="Of the receipt of the refund; without gaps.", null=True, unique=True
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="seller",
            field=models.JSONField(
                blank=True, default=dict, help_text="Who sold it, as receipts name them: name, address, tax_id."
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["state", "-id"], name="order_state_newest"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refund_number__isnull", False), ("state", "REFUNDED")),
                    models.Q(models.Q(("state", "REFUNDED"), _negated=True), ("refund_number__isnull", True)),
                    _connector="OR",
                ),
                name="order_refunded_has_receipt",
            ),
        ),
        migrations.AddField(
            model_name="notedpayment",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
            ),
        ),
        migrations.AddField(
            model_name="notedpayment",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="noted_payments", to="credits.order"
            ),
        ),
        migrations.AddConstraint(
            model_name="notedpayment",
            constraint=models.UniqueConstraint(
                fields=("order", "payment_reference", "outcome"), name="payment_noted_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="notedpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["PAID", "FAILED", "MISMATCH", "UNEXPECTED"])),
                name="payment_outcome_known",
            ),
        ),
    ]

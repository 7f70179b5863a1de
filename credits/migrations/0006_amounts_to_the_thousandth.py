"""A thousandth is the smallest unit that a currency has."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credits", "0005_orders_and_alerts")]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="net",
            field=models.DecimalField(decimal_places=3, max_digits=12),
        ),
        migrations.AlterField(
            model_name="order",
            name="refunded_total",
            field=models.DecimalField(decimal_places=3, default=0, max_digits=12),
        ),
        migrations.AlterField(
            model_name="order",
            name="tax",
            field=models.DecimalField(decimal_places=3, max_digits=12),
        ),
        migrations.AlterField(
            model_name="order",
            name="total",
            field=models.DecimalField(decimal_places=3, max_digits=12),
        ),
        migrations.AlterField(
            model_name="pack",
            name="price",
            field=models.DecimalField(
                decimal_places=3,
                help_text="Net price of the pack.",
                max_digits=12,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(10000000),
                ],
            ),
        ),
    ]

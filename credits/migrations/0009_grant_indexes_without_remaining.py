"""No index looks at what remains of a grant, so that taking a credit changes none of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credits", "0008_balance_after_an_entry")]

    operations = [
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(fields=["company", "ends_at", "id"], name="grant_by_company_and_end"),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(fields=["ends_at"], name="grant_by_end"),
        ),
        migrations.RemoveIndex(model_name="grant", name="grant_to_draw_from"),
        migrations.RemoveIndex(model_name="grant", name="grant_to_expire"),
    ]

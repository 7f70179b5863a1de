from django.db import migrations


def add_missing(apps, schema_editor):  # noqa: ARG001 - RunPython gives both
    Company = apps.get_model("accounts", "Company")
    SingleSignOn = apps.get_model("accounts", "SingleSignOn")
    missing = Company.objects.filter(single_sign_on__isnull=True)
    SingleSignOn.objects.bulk_create([SingleSignOn(company=company) for company in missing], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_open_sign_ins")]

    operations = [migrations.RunPython(add_missing, migrations.RunPython.noop)]

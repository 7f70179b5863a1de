from django.conf import settings
from django.db import migrations

NEW, LIKE = "ask_copilot", "generate_summaries"


def let_ask(apps, schema_editor):
    """Roles that generate summaries may ask the copilot, wherever they are limited to."""
    grants = apps.get_model("guardian", "GroupObjectPermission").objects.using(schema_editor.connection.alias)
    permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    roles = apps.get_model("accounts", "Role").objects.using(schema_editor.connection.alias)
    for grant in grants.filter(permission__codename=LIKE).iterator(chunk_size=500):
        new, _ = permissions.get_or_create(
            content_type_id=grant.content_type_id, codename=NEW, defaults={"name": "Ask the copilot"}
        )
        grants.get_or_create(
            permission=new, content_type_id=grant.content_type_id, object_pk=grant.object_pk, group_id=grant.group_id
        )
    for role in roles.iterator(chunk_size=500):
        if LIKE in role.permissions and NEW not in role.permissions:
            role.permissions = sorted([*role.permissions, NEW])
            role.save(update_fields=["permissions"])


def let_nobody_ask(apps, schema_editor):
    alias = schema_editor.connection.alias
    apps.get_model("guardian", "GroupObjectPermission").objects.using(alias).filter(permission__codename=NEW).delete()
    for role in apps.get_model("accounts", "Role").objects.using(alias).iterator(chunk_size=500):
        if NEW in role.permissions:
            role.permissions = [each for each in role.permissions if each != NEW]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0018_permission_to_ask_the_copilot"),
        ("guardian", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("policies", "0006_device_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="devicegroup",
            options={
                "ordering": ["name"],
                "permissions": [
                    ("approve_summaries", "Approve summaries"),
                    ("ask_copilot", "Ask the copilot"),
                    ("delete_reports", "Delete connection reports"),
                    ("delete_session_logs", "Delete session log file"),
                    ("delete_summaries", "Delete summaries"),
                    ("edit_summaries", "Edit summaries"),
                    ("export_summaries", "Export summaries"),
                    ("generate_summaries", "Generate summaries"),
                    ("modify_reports", "Modify connection reports"),
                    ("view_all_reports", "View all connection reports"),
                    ("view_own_reports", "View own connection reports"),
                    ("view_summaries", "View summaries"),
                ],
            },
        ),
        migrations.RunPython(let_ask, let_nobody_ask),
    ]

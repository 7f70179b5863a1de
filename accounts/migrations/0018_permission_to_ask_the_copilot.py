from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_member_language"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="company",
            options={
                "permissions": [
                    ("view_summaries", "View summaries"),
                    ("generate_summaries", "Generate summaries"),
                    ("edit_summaries", "Edit summaries"),
                    ("delete_summaries", "Delete summaries"),
                    ("delete_session_logs", "Delete session log file"),
                    ("view_all_reports", "View all connection reports"),
                    ("view_own_reports", "View own connection reports"),
                    ("modify_reports", "Modify connection reports"),
                    ("delete_reports", "Delete connection reports"),
                    ("manage_policies", "Manage policies"),
                    ("assign_policies", "Assign policies"),
                    ("manage_company", "Manage administrators and company settings"),
                    ("manage_users", "Manage users"),
                    ("view_event_logs", "View event logs"),
                    ("export_summaries", "Export summaries"),
                    ("approve_summaries", "Approve summaries"),
                    ("ask_copilot", "Ask the copilot"),
                    ("manage_credits", "Manage credits"),
                    ("manage_integrations", "Manage integrations"),
                ],
                "verbose_name_plural": "companies",
            },
        ),
        migrations.AlterModelOptions(
            name="usergroup",
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
    ]

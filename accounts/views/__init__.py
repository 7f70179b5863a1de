from accounts.views.access import member_access, own_access, role_matrix
from accounts.views.disclosures import decide_disclosure, disclosure_list, works_council
from accounts.views.invitations import invitation
from accounts.views.language import choose_language
from accounts.views.profile import closed, profile, switch_company
from accounts.views.webhooks import (
    webhook,
    webhook_change,
    webhook_delete,
    webhook_delivery,
    webhook_list,
    webhook_new,
    webhook_secret,
    webhook_switch,
    webhook_test,
)

__all__ = [
    "choose_language",
    "closed",
    "decide_disclosure",
    "disclosure_list",
    "invitation",
    "member_access",
    "own_access",
    "profile",
    "role_matrix",
    "switch_company",
    "webhook",
    "webhook_change",
    "webhook_delete",
    "webhook_delivery",
    "webhook_list",
    "webhook_new",
    "webhook_secret",
    "webhook_switch",
    "webhook_test",
    "works_council",
]

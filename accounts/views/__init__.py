from accounts.views.access import member_access, own_access, role_matrix
from accounts.views.disclosures import decide_disclosure, disclosure_list, works_council
from accounts.views.invitations import invitation
from accounts.views.profile import closed, profile, switch_company

__all__ = [
    "closed",
    "decide_disclosure",
    "disclosure_list",
    "invitation",
    "member_access",
    "own_access",
    "profile",
    "role_matrix",
    "switch_company",
    "works_council",
]

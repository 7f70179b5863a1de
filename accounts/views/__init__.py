from accounts.views.profile import closed, profile, switch_company

__all__ = ["closed", "profile", "switch_company"]

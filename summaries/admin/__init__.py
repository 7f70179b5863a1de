from summaries.admin.setup import setup_steps
from summaries.admin.taxonomy import ApplicationAdmin, IssueTypeAdmin

__all__ = ["ApplicationAdmin", "IssueTypeAdmin", "setup_steps"]

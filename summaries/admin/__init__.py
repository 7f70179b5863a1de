from summaries.admin.setup import setup_of
from summaries.admin.taxonomy import ApplicationAdmin, IssueTypeAdmin

__all__ = ["ApplicationAdmin", "IssueTypeAdmin", "setup_of"]

from summaries.models.api_requests import IdempotencyKey
from summaries.models.consent import ConsentEntry
from summaries.models.interactions import Interaction
from summaries.models.sessions import SupportSession
from summaries.models.summaries import Summary, SummaryRevision
from summaries.models.taxonomy import Application, IssueType

__all__ = [
    "Application",
    "ConsentEntry",
    "IdempotencyKey",
    "Interaction",
    "IssueType",
    "Summary",
    "SummaryRevision",
    "SupportSession",
]

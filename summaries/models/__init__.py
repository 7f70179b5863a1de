from summaries.models.api_requests import IdempotencyKey
from summaries.models.backlog import Backlog, BacklogItem, ProviderBatch
from summaries.models.consent import ConsentEntry, ConsentRequest
from summaries.models.copilot import CopilotQuestion
from summaries.models.engine_use import EnginePause, EngineRun, TokenUse
from summaries.models.integrations import ReportMapping, TeamViewerPull
from summaries.models.interactions import Interaction
from summaries.models.jobs import Job, JobItem
from summaries.models.keeping import DeletionPass, LegalHold, RetentionRun, TrashedRecord
from summaries.models.layouts import ReportLayout
from summaries.models.ratings import SummaryRating
from summaries.models.redaction import RedactionRules
from summaries.models.rollups import CountedSession, RollupState, SessionChange, SessionRollup
from summaries.models.schedules import ScheduleRecipient, ScheduleSending, ViewSchedule
from summaries.models.sending import SummaryMail
from summaries.models.session_files import ExternalRecord, SessionFile
from summaries.models.sessions import SupportSession
from summaries.models.summaries import Summary, SummaryRevision
from summaries.models.taxonomy import Application, IssueType, IssueTypeClassifier
from summaries.models.views import DefaultView, SavedView

__all__ = [
    "Application",
    "Backlog",
    "BacklogItem",
    "ConsentEntry",
    "ConsentRequest",
    "CopilotQuestion",
    "CountedSession",
    "DefaultView",
    "DeletionPass",
    "EnginePause",
    "EngineRun",
    "ExternalRecord",
    "IdempotencyKey",
    "Interaction",
    "IssueType",
    "IssueTypeClassifier",
    "Job",
    "JobItem",
    "LegalHold",
    "ProviderBatch",
    "RedactionRules",
    "ReportLayout",
    "ReportMapping",
    "RetentionRun",
    "RollupState",
    "SavedView",
    "ScheduleRecipient",
    "ScheduleSending",
    "SessionChange",
    "SessionFile",
    "SessionRollup",
    "Summary",
    "SummaryMail",
    "SummaryRating",
    "SummaryRevision",
    "SupportSession",
    "TeamViewerPull",
    "TokenUse",
    "TrashedRecord",
    "ViewSchedule",
]

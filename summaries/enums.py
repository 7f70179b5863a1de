from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Direction(models.TextChoices):
    OUTGOING = "OUTGOING", _("Outgoing")
    INCOMING = "INCOMING", _("Incoming")
    BOTH = "BOTH", _("Outgoing and incoming")


class SessionList(models.TextChoices):
    """The two lists of sessions."""

    HOME = "HOME", _("Session summaries")
    REPORTS = "REPORTS", _("Connection reports")


class SessionStatus(models.TextChoices):
    #: Shown to nobody: what is still being brought in, and what was deleted by hand: first to the trash, then for good.
    IMPORTING = "IMPORTING", _("Being imported")
    TRASHED = "TRASHED", _("In the trash")
    DELETED = "DELETED", _("Deleted")
    OPEN = "OPEN", _("Running")
    ENDED = "ENDED", _("Ended")


class TrashedKind(models.TextChoices):
    """What is deleted by hand, and lies in the trash before it is gone."""

    LOG = "LOG", _("Session log")
    SUMMARY = "SUMMARY", _("Summary")
    REPORT = "REPORT", _("Connection report")


class Actor(models.TextChoices):
    SUPPORTER = "SUPPORTER", _("Supporter")
    REMOTE_USER = "REMOTE_USER", _("Remote user")
    SYSTEM = "SYSTEM", _("System")
    UNKNOWN = "UNKNOWN", _("Unknown")


class Kind(models.TextChoices):
    COMMAND = "COMMAND", _("Command")
    OUTPUT = "OUTPUT", _("Output")
    INPUT = "INPUT", _("Typed text")
    EXIT = "EXIT", _("Exit status")
    APP_FOCUS = "APP_FOCUS", _("Application")
    CLICK = "CLICK", _("Click")
    KEY = "KEY", pgettext_lazy("keyboard", "Key")
    CLIPBOARD = "CLIPBOARD", _("Clipboard")
    FILE_TRANSFER = "FILE_TRANSFER", _("File transfer")
    CHAT = "CHAT", _("Chat")
    VOICE = "VOICE", _("Voice")
    MARKER = "MARKER", _("Marker")
    CONNECT = "CONNECT", _("Connected")
    DISCONNECT = "DISCONNECT", _("Disconnected")
    NOTE = "NOTE", _("Note")


class PlaceUnit(models.TextChoices):
    """Where in the source recording an interaction stands."""

    LINE = "LINE", _("line")
    BYTE = "BYTE", _("byte")
    ITEM = "ITEM", _("item")


class QualityFlag(models.TextChoices):
    MISSING_INPUT = "MISSING_INPUT", _("Input was not recorded")
    TRUNCATED = "TRUNCATED", _("The recording ends in the middle")
    CLOCK_SKEW = "CLOCK_SKEW", _("Times run backwards")
    NO_TIMES = "NO_TIMES", _("The recording holds no times")
    MISSED_ACTIONS = "MISSED_ACTIONS", _("The recorder missed actions")
    PARTIAL_PARSE = "PARTIAL_PARSE", _("Some records could not be read")
    UNDECODABLE = "UNDECODABLE", _("Some characters could not be decoded")
    NOTHING_RECORDED = "NOTHING_RECORDED", _("Nothing was recorded")


class SummaryState(models.TextChoices):
    """Where the making of a summary stands."""

    WAITING_FOR_CREDITS = "WAITING_FOR_CREDITS", _("Waiting for credits")
    QUEUED = "QUEUED", _("Queued")
    RUNNING = "RUNNING", _("Running")
    FAILED = "FAILED", _("Failed")
    READY = "READY", _("Ready")


class ReviewState(models.TextChoices):
    AI_GENERATED = "AI_GENERATED", _("AI-generated")
    REVIEWED = "REVIEWED", _("Reviewed")
    APPROVED = "APPROVED", _("Approved")


class Outcome(models.TextChoices):
    RESOLVED = "RESOLVED", _("Resolved")
    PARTLY_RESOLVED = "PARTLY_RESOLVED", _("Partly resolved")
    UNRESOLVED = "UNRESOLVED", _("Unresolved")
    UNKNOWN = "UNKNOWN", _("Unknown")


class DayOrder(models.TextChoices):
    """How a report writes a date such as 3/4/2026."""

    AUTOMATIC = "AUTOMATIC", _("As the dates tell")
    DAY_FIRST = "DAY_FIRST", _("Day first: 31/12/2026")
    MONTH_FIRST = "MONTH_FIRST", _("Month first: 12/31/2026")


class DurationUnit(models.TextChoices):
    """What a number of a report's duration column counts."""

    SECONDS = "SECONDS", _("Seconds")
    MINUTES = "MINUTES", _("Minutes")
    HOURS = "HOURS", _("Hours")


class JobState(models.TextChoices):
    #: Its sessions are still being noted down; no worker takes it yet.
    PREPARING = "PREPARING", _("Being prepared")
    QUEUED = "QUEUED", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Finished")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")


class ItemState(models.TextChoices):
    """What became of one session of a job."""

    WAITING = "WAITING", _("Waiting")
    #: A worker had begun with it: what follows a worker that died here knows.
    BEGUN = "BEGUN", _("Begun")
    DONE = "DONE", _("Done")
    SKIPPED = "SKIPPED", _("Left as it was")
    FAILED = "FAILED", _("Failed")


class Accent(models.TextChoices):
    """The colour of a service report's lines and labels. Each stands off from white by 7 : 1 at least."""

    GRAPHITE = "GRAPHITE", _("Graphite")
    BLUE = "BLUE", _("Blue")
    TEAL = "TEAL", _("Teal")
    GREEN = "GREEN", _("Green")
    PURPLE = "PURPLE", _("Purple")
    RED = "RED", _("Red")
    BROWN = "BROWN", _("Brown")


class BacklogState(models.TextChoices):
    """An order to summarise many sessions. What is under way comes back whatever the state."""

    RUNNING = "RUNNING", _("Running")
    PAUSED = "PAUSED", _("Paused")
    CANCELLED = "CANCELLED", _("Cancelled")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")


class BacklogWay(models.TextChoices):
    BATCHES = "BATCHES", _("In batches")
    ONE_BY_ONE = "ONE_BY_ONE", _("One by one")


class BacklogItemState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    SENT = "SENT", _("In a batch at the provider")
    IN_LINE = "IN_LINE", _("In the ordinary line")
    WRITTEN = "WRITTEN", _("Written")
    SKIPPED = "SKIPPED", _("Skipped")
    FAILED = "FAILED", _("Failed")


class BatchState(models.TextChoices):
    """SENDING: the call may have been made, and nobody knows yet what came of it."""

    PREPARING = "PREPARING", _("Being prepared")
    SENDING = "SENDING", _("Being sent")
    SENT = "SENT", _("At the provider")
    ENDED = "ENDED", _("Ended")


class QuestionState(models.TextChoices):
    """Where a question to the copilot stands."""

    ASKED = "ASKED", _("Waiting for a worker")
    ANSWERING = "ANSWERING", _("Being answered")
    ANSWERED = "ANSWERED", _("Answered")
    STOPPED = "STOPPED", _("Stopped")
    FAILED = "FAILED", _("Failed")


class QuestionTopic(models.TextChoices):
    """What a suggested question is about: the built-in engine need not guess it from the words."""

    COMMANDS = "COMMANDS", _("Commands")
    ERRORS = "ERRORS", _("Errors")
    FILES = "FILES", _("Files")
    SAID = "SAID", _("What was said")
    ENDING = "ENDING", _("The end of the session")


class ScheduleForm(models.TextChoices):
    """In which form a saved view goes out by mail."""

    CSV = "CSV", _("List as CSV")
    XLSX = "XLSX", _("List as Excel workbook")
    PDF = "PDF", _("List as PDF")
    MONTH = "MONTH", _("Monthly report as PDF")


class ScheduleRhythm(models.TextChoices):
    DAILY = "DAILY", _("Every day")
    WEEKLY = "WEEKLY", _("Every week")
    MONTHLY = "MONTHLY", _("Every month")


class SendingState(models.TextChoices):
    """What became of one mail of a schedule."""

    WAITING = "WAITING", _("Waiting")
    MAKING = "MAKING", _("File is being made")
    SENT = "SENT", _("Sent")
    EMPTY = "EMPTY", _("Nothing to send")
    REFUSED = "REFUSED", _("Not sent")
    FAILED = "FAILED", _("Failed")

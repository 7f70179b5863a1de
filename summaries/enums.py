from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    OUTGOING = "OUTGOING", "Outgoing"
    INCOMING = "INCOMING", "Incoming"
    BOTH = "BOTH", "Outgoing and incoming"


class SessionList(models.TextChoices):
    """The two lists of sessions."""

    HOME = "HOME", "Session summaries"
    REPORTS = "REPORTS", "Connection reports"


class SessionStatus(models.TextChoices):
    #: Shown to nobody: what is still being brought in, and what was deleted by hand: first to the trash, then for good.
    IMPORTING = "IMPORTING", "Being imported"
    TRASHED = "TRASHED", "In the trash"
    DELETED = "DELETED", "Deleted"
    OPEN = "OPEN", "Running"
    ENDED = "ENDED", "Ended"


class TrashedKind(models.TextChoices):
    """What is deleted by hand, and lies in the trash before it is gone."""

    LOG = "LOG", _("Session log")
    SUMMARY = "SUMMARY", _("Summary")
    REPORT = "REPORT", _("Connection report")


class Actor(models.TextChoices):
    SUPPORTER = "SUPPORTER", "Supporter"
    REMOTE_USER = "REMOTE_USER", "Remote user"
    SYSTEM = "SYSTEM", "System"
    UNKNOWN = "UNKNOWN", "Unknown"


class Kind(models.TextChoices):
    COMMAND = "COMMAND", "Command"
    OUTPUT = "OUTPUT", "Output"
    INPUT = "INPUT", "Typed text"
    EXIT = "EXIT", "Exit status"
    APP_FOCUS = "APP_FOCUS", "Application"
    CLICK = "CLICK", "Click"
    KEY = "KEY", "Key"
    CLIPBOARD = "CLIPBOARD", "Clipboard"
    FILE_TRANSFER = "FILE_TRANSFER", "File transfer"
    CHAT = "CHAT", "Chat"
    VOICE = "VOICE", "Voice"
    MARKER = "MARKER", "Marker"
    CONNECT = "CONNECT", "Connected"
    DISCONNECT = "DISCONNECT", "Disconnected"
    NOTE = "NOTE", "Note"


class PlaceUnit(models.TextChoices):
    """Where in the source recording an interaction stands."""

    LINE = "LINE", "line"
    BYTE = "BYTE", "byte"
    ITEM = "ITEM", "item"


class QualityFlag(models.TextChoices):
    MISSING_INPUT = "MISSING_INPUT", "Input was not recorded"
    TRUNCATED = "TRUNCATED", "The recording ends in the middle"
    CLOCK_SKEW = "CLOCK_SKEW", "Times run backwards"
    NO_TIMES = "NO_TIMES", "The recording holds no times"
    MISSED_ACTIONS = "MISSED_ACTIONS", "The recorder missed actions"
    PARTIAL_PARSE = "PARTIAL_PARSE", "Some records could not be read"
    UNDECODABLE = "UNDECODABLE", "Some characters could not be decoded"
    NOTHING_RECORDED = "NOTHING_RECORDED", "Nothing was recorded"


class SummaryState(models.TextChoices):
    """Where the making of a summary stands."""

    WAITING_FOR_CREDITS = "WAITING_FOR_CREDITS", "Waiting for credits"
    QUEUED = "QUEUED", "Queued"
    RUNNING = "RUNNING", "Running"
    FAILED = "FAILED", "Failed"
    READY = "READY", "Ready"


class ReviewState(models.TextChoices):
    AI_GENERATED = "AI_GENERATED", "AI-generated"
    REVIEWED = "REVIEWED", "Reviewed"
    APPROVED = "APPROVED", "Approved"


class Outcome(models.TextChoices):
    RESOLVED = "RESOLVED", "Resolved"
    PARTLY_RESOLVED = "PARTLY_RESOLVED", "Partly resolved"
    UNRESOLVED = "UNRESOLVED", "Unresolved"
    UNKNOWN = "UNKNOWN", "Unknown"


class DayOrder(models.TextChoices):
    """How a report writes a date such as 3/4/2026."""

    AUTOMATIC = "AUTOMATIC", "As the dates tell"
    DAY_FIRST = "DAY_FIRST", "Day first: 31/12/2026"
    MONTH_FIRST = "MONTH_FIRST", "Month first: 12/31/2026"


class DurationUnit(models.TextChoices):
    """What a number of a report's duration column counts."""

    SECONDS = "SECONDS", "Seconds"
    MINUTES = "MINUTES", "Minutes"
    HOURS = "HOURS", "Hours"


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

    GRAPHITE = "GRAPHITE", "Graphite"
    BLUE = "BLUE", "Blue"
    TEAL = "TEAL", "Teal"
    GREEN = "GREEN", "Green"
    PURPLE = "PURPLE", "Purple"
    RED = "RED", "Red"
    BROWN = "BROWN", "Brown"


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

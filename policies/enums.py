from django.db import models


class AccessControl(models.TextChoices):
    """The remote side's own rule for Session Insights logging."""

    ALLOWED = "ALLOWED", "Allowed"
    AFTER_CONFIRMATION = "AFTER_CONFIRMATION", "After confirmation"
    DENIED = "DENIED", "Denied"


class Verdict(models.TextChoices):
    YES = "YES", "Captured"
    WAIT = "WAIT", "Waiting"
    NO = "NO", "Not captured"


class ConsentAnswer(models.TextChoices):
    GIVEN = "GIVEN", "Given"
    REFUSED = "REFUSED", "Refused"
    TIMEOUT = "TIMEOUT", "Timed out"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class Reason(models.TextChoices):
    """The row of the eligibility table that decided; the labels are what people read."""

    AI_OFF = "AI_OFF", "AI features are off"
    EXCLUDED_BY_CONDITION = "EXCLUDED_BY_CONDITION", "Excluded by a condition"
    INCOMING_POLICY = "INCOMING_POLICY", "Incoming, covered by a policy"
    OUTGOING_OFF = "OUTGOING_OFF", "Summaries for outgoing connections are off"
    INCOMING_NOT_COVERED = "INCOMING_NOT_COVERED", "Incoming, not covered by a policy"
    SUPPORTER_NOT_LOGGED = "SUPPORTER_NOT_LOGGED", "Supporter's sessions are not logged"
    ACCESS_DENIED = "ACCESS_DENIED", "Denied by the device's access control"
    OUTGOING_ALLOWED = "OUTGOING_ALLOWED", "Outgoing, allowed by access control"
    OUTGOING_CONSENTED = "OUTGOING_CONSENTED", "Outgoing, with consent"
    CONSENT_REFUSED = "CONSENT_REFUSED", "Consent refused"
    CONSENT_TIMEOUT = "CONSENT_TIMEOUT", "No answer to the consent request"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN", "Consent withdrawn"
    WAITING_FOR_CONSENT = "WAITING_FOR_CONSENT", "Waiting for consent"
    #: No row of the table: another tool reported the connection, and there is nothing that could be captured.
    NOTHING_RECORDED = "NOTHING_RECORDED", "Nothing recorded"


class GroupMode(models.TextChoices):
    """How a condition of the company uses the groups it names."""

    ALL = "ALL", "All"
    ONLY = "ONLY", "Only these groups"
    EXCEPT = "EXCEPT", "All but these groups"


class ImportState(models.TextChoices):
    """Where the import of a list of devices stands."""

    CHECKED = "CHECKED", "Checked"
    APPLYING = "APPLYING", "Being put in"
    APPLIED = "APPLIED", "Put in"

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessControl(models.TextChoices):
    """The remote side's own rule for Session Insights logging."""

    ALLOWED = "ALLOWED", _("Allowed")
    AFTER_CONFIRMATION = "AFTER_CONFIRMATION", _("After confirmation")
    DENIED = "DENIED", _("Denied")


class Verdict(models.TextChoices):
    YES = "YES", _("Captured")
    WAIT = "WAIT", _("Waiting")
    NO = "NO", _("Not captured")


class ConsentAnswer(models.TextChoices):
    GIVEN = "GIVEN", _("Given")
    REFUSED = "REFUSED", _("Refused")
    TIMEOUT = "TIMEOUT", _("Timed out")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class Reason(models.TextChoices):
    """The row of the eligibility table that decided; the labels are what people read."""

    AI_OFF = "AI_OFF", _("AI features are off")
    EXCLUDED_BY_CONDITION = "EXCLUDED_BY_CONDITION", _("Excluded by a condition")
    INCOMING_POLICY = "INCOMING_POLICY", _("Incoming, covered by a policy")
    OUTGOING_OFF = "OUTGOING_OFF", _("Summaries for outgoing connections are off")
    INCOMING_NOT_COVERED = "INCOMING_NOT_COVERED", _("Incoming, not covered by a policy")
    SUPPORTER_NOT_LOGGED = "SUPPORTER_NOT_LOGGED", _("Supporter's sessions are not logged")
    ACCESS_DENIED = "ACCESS_DENIED", _("Denied by the device's access control")
    OUTGOING_ALLOWED = "OUTGOING_ALLOWED", _("Outgoing, allowed by access control")
    OUTGOING_CONSENTED = "OUTGOING_CONSENTED", _("Outgoing, with consent")
    CONSENT_REFUSED = "CONSENT_REFUSED", _("Consent refused")
    CONSENT_TIMEOUT = "CONSENT_TIMEOUT", _("No answer to the consent request")
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN", _("Consent withdrawn")
    WAITING_FOR_CONSENT = "WAITING_FOR_CONSENT", _("Waiting for consent")
    #: No row of the table: another tool reported the connection, and there is nothing that could be captured.
    NOTHING_RECORDED = "NOTHING_RECORDED", _("Nothing recorded")


class GroupMode(models.TextChoices):
    """How a condition of the company uses the groups it names."""

    ALL = "ALL", _("All")
    ONLY = "ONLY", _("Only these groups")
    EXCEPT = "EXCEPT", _("All but these groups")


class ImportState(models.TextChoices):
    """Where the import of a list of devices stands."""

    CHECKED = "CHECKED", _("Checked")
    APPLYING = "APPLYING", _("Being put in")
    APPLIED = "APPLIED", _("Put in")

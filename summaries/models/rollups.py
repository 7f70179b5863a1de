"""What the overview counts: sums by day and month, what of each session is in them, and what has changed since."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from summaries.enums import Outcome


class Facet(models.IntegerChoices):
    """What a sum of the overview tells apart, and by which key."""

    #: Every session that is shown, summarised or not.
    REPORTS = 0, _("Sessions")
    #: Those with a summary; all that follow are of these.
    SUMMARIES = 1, _("Session summaries")
    ISSUE_TYPE = 2, _("Issue type")
    APPLICATION = 3, _("Application")
    #: Issue type and application.
    PAIR = 4, _("Issue type and application")
    SUPPORTER = 5, _("Supporter")
    #: Seconds, rounded as lengths are shown: what a median is read from.
    LENGTH = 6, _("Length")


class Grain(models.IntegerChoices):
    DAY = 0, "Day"
    MONTH = 1, _("Month")


class RollupQuerySet(CompanyQuerySet):
    """Nobody reads these rows but the overview, on behalf of who reaches the whole company."""

    visible_with = (Permission.VIEW_ALL_REPORTS,)


class RollupState(CompanyOwned):
    """How far the sums of one company are. Whoever changes them locks this row."""

    time_zone = models.CharField(max_length=64, help_text="In which the days of the sums begin.")
    is_complete = models.BooleanField(default=False, help_text="False: being counted; until then nothing reads them.")
    counted_to = models.BigIntegerField(default=-1, help_text="The last session that is counted anew; -1: none yet.")
    version = models.BigIntegerField(default=0, help_text="Counts the changes of the sums.")

    objects = RollupQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="rollup_state_once_per_company")]

    def __str__(self) -> str:
        return f"Sums in {self.time_zone}"


class SessionRollup(CompanyOwned):
    """One sum: the sessions of a day or month, as a whole or by what *facet* tells apart."""

    # Every query names company, facet, grain and days; an index of the company alone would only cost.
    company = models.ForeignKey("accounts.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    facet = models.PositiveSmallIntegerField(choices=Facet)
    grain = models.PositiveSmallIntegerField(choices=Grain)
    day = models.DateField(help_text="The day, or the first of the month.")
    key = models.BigIntegerField(default=0, help_text="Id of what the facet tells apart; see Facet.")
    other_key = models.BigIntegerField(default=0, help_text="Of a pair: the application.")
    sessions = models.BigIntegerField(default=0)
    ended = models.BigIntegerField(default=0)
    microseconds = models.BigIntegerField(default=0, help_text="Length of the ended ones together.")
    to_review = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    resolved = models.BigIntegerField(default=0)
    partly_resolved = models.BigIntegerField(default=0)
    unresolved = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)

    objects = RollupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "facet", "grain", "day", "key", "other_key"], name="session_rollup_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.facet}/{self.key}/{self.other_key}"


class CountedSession(CompanyOwned):
    """What of one session is in the sums: it is taken out again as it was put in."""

    # No foreign key: the session may be gone by the time that it is taken out.
    session_id = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    supporter_id = models.BigIntegerField()
    has_summary = models.BooleanField()
    microseconds = models.BigIntegerField(null=True, help_text="Null: the session has not ended.")
    is_to_review = models.BooleanField()
    has_failed = models.BooleanField()
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    issue_types = models.JSONField(default=list, help_text="Their ids.")
    applications = models.JSONField(default=list, help_text="Their ids.")

    objects = RollupQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "day"], name="counted_session_day")]

    def __str__(self) -> str:
        return f"Session {self.session_id}"


class SessionChange(CompanyOwned):
    """A session that changed since it was counted. Triggers write it, in the transaction of the change itself."""

    # Without a constraint: its check would make each change of a session wait for whoever holds the company's row.
    company = models.ForeignKey(
        "accounts.Company", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    session_id = models.BigIntegerField()

    objects = RollupQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "id"], name="session_change_in_order")]

    def __str__(self) -> str:
        return f"Session {self.session_id}"

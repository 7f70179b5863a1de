from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from accounts.tenancy import CompanyOwned, CompanyQuerySet
from credits.enums import EntryKind, GrantKind, ReservationState


class CreditQuerySet(CompanyQuerySet):
    visible_with = (Permission.MANAGE_CREDITS,)


class Grant(CompanyOwned):
    """Credits that a company was given, for a stretch of time; the one that ends first is used first.

    *remaining* is what of it is neither reserved, charged, expired nor taken back: a sum of its entries, kept beside
    them so that taking a credit is one conditional update.
    """

    kind = models.CharField(max_length=12, choices=GrantKind)
    credits = models.PositiveIntegerField()
    remaining = models.PositiveIntegerField()
    month_date = models.DateField(
        null=True, blank=True, help_text="Free credits: first day of their month in the company's zone."
    )
    plan_credits = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Free credits: what the plan gives a month, all of the month's grants together.",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="From this moment on nothing is taken from it.")
    reason = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the portal itself, or its operator.",
    )
    granted_at = models.DateTimeField()

    objects = CreditQuerySet.as_manager()

    class Meta:
        ordering = ["ends_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GrantKind.values), name="grant_kind_known"),
            models.CheckConstraint(condition=Q(credits__gte=1), name="grant_of_at_least_one"),
            models.CheckConstraint(condition=Q(remaining__lte=F("credits")), name="grant_remaining_within_credits"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="grant_ends_after_start"),
            models.CheckConstraint(
                condition=Q(kind=GrantKind.MONTHLY_FREE, month_date__isnull=False, plan_credits__isnull=False)
                | (~Q(kind=GrantKind.MONTHLY_FREE) & Q(month_date__isnull=True, plan_credits__isnull=True)),
                name="grant_month_of_free_credits",
            ),
            models.CheckConstraint(
                condition=~Q(kind=GrantKind.ADJUSTMENT) | ~Q(reason=""), name="grant_adjustment_has_reason"
            ),
            models.UniqueConstraint(
                fields=["company", "month_date", "plan_credits"],
                condition=Q(kind=GrantKind.MONTHLY_FREE),
                name="grant_free_once_a_month",
            ),
        ]
        # No index looks at `remaining`: PostgreSQL then takes a credit without a new entry in any of them.
        indexes = [
            models.Index(fields=["company", "ends_at", "id"], name="grant_by_company_and_end"),
            models.Index(fields=["ends_at"], name="grant_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.credits}"


class Reservation(CompanyOwned):
    """The one credit of one support session: reserved, then charged or released."""

    session_id = models.UUIDField(help_text="public_id of the support session.")
    state = models.CharField(max_length=10, choices=ReservationState, default=ReservationState.RESERVED)
    grant = models.ForeignKey(
        Grant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reservations",
        help_text="The grant it draws from; empty in meter-only mode, which counts and takes nothing.",
    )
    month_date = models.DateField(help_text="First day of the month, in the company's zone, that it counts in.")
    reserved_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    session_label = models.CharField(max_length=20, blank=True, help_text="How pages name the session: S-1042.")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The session's supporter.",
    )
    policy = models.CharField(max_length=80, blank=True, help_text="Name of the policy that covered the session.")
    device_group = models.CharField(max_length=80, blank=True, help_text="Name of the group of the session's device.")

    objects = CreditQuerySet.as_manager()

    class Meta:
        ordering = ["-reserved_at"]
        constraints = [
            models.UniqueConstraint(fields=["company", "session_id"], name="reservation_once_per_session"),
            models.CheckConstraint(
                condition=models.Q(state__in=ReservationState.values), name="reservation_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "month_date", "state"], name="reservation_month"),
            # Few are held at a time, among all that ever were.
            models.Index(fields=["id"], condition=Q(state=ReservationState.RESERVED), name="reservation_held"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.state}"


class Entry(CompanyOwned):
    """One line of the ledger. Append-only: the balance is the sum of *amount*, what is held of it the sum of *held*.

    | kind | amount | held |
    |---|---|---|
    | GRANT | +n | 0 |
    | RESERVE | 0 | +1 |
    | CHARGE | -1 | -1 |
    | RELEASE | 0 | -1 |
    | EXPIRE | -n | 0 |
    | ADJUST | ±n | 0 |

    In meter-only mode RESERVE, CHARGE and RELEASE name no grant and move nothing.
    """

    kind = models.CharField(max_length=8, choices=EntryKind)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    amount = models.IntegerField()
    held = models.IntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=EntryKind.GRANT, amount__gt=0, held=0)
                | Q(kind=EntryKind.RESERVE, amount=0, held__in=[0, 1])
                | Q(kind=EntryKind.CHARGE, amount=F("held"), held__in=[0, -1])
                | Q(kind=EntryKind.RELEASE, amount=0, held__in=[0, -1])
                | Q(kind=EntryKind.EXPIRE, amount__lt=0, held=0)
                | (Q(kind=EntryKind.ADJUST, held=0) & ~Q(amount=0)),
                name="entry_moves_what_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(grant__isnull=False) | Q(amount=0, held=0), name="entry_names_the_grant_it_moves"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[EntryKind.RESERVE, EntryKind.CHARGE, EntryKind.RELEASE], reservation__isnull=False
                )
                | Q(kind__in=[EntryKind.GRANT, EntryKind.EXPIRE, EntryKind.ADJUST], reservation__isnull=True),
                name="entry_names_its_reservation",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="entry_company_newest"),
            # What moves the balance, summed from the index alone.
            models.Index(fields=["company", "id", "amount"], condition=~Q(amount=0), name="entry_running_balance"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount:+d}"

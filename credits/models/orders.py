from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.tenancy import CompanyOwned
from credits.enums import OrderState, PaymentOutcome
from credits.models.ledger import CreditQuerySet, Grant

#: Most credits of a pack; more is a slip of the keyboard.
MOST_CREDITS = 100_000
#: Most that a pack costs, in its currency.
HIGHEST_PRICE = 10_000_000


class Pack(models.Model):
    """Credits that the operator of the installation sells at a price. It belongs to no company."""

    name = models.CharField(max_length=80, unique=True)
    credits = models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_CREDITS)])
    price = models.DecimalField(
        max_digits=12,
        decimal_places=3,
        validators=[MinValueValidator(0), MaxValueValidator(HIGHEST_PRICE)],
        help_text="Net price of the pack.",
    )
    currency = models.CharField(max_length=3, help_text="ISO 4217: EUR, USD, GBP …")
    tax_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Tax that is added to the net price, in per cent.",
    )
    is_offered = models.BooleanField("offered", default=True)

    class Meta:
        ordering = ["credits", "price", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(credits__gte=1, credits__lte=MOST_CREDITS), name="pack_of_a_sane_number_of_credits"
            ),
            models.CheckConstraint(condition=Q(price__gte=0, price__lte=HIGHEST_PRICE), name="pack_price_sane"),
            models.CheckConstraint(condition=Q(tax_percent__gte=0, tax_percent__lte=100), name="pack_tax_sane"),
        ]

    def __str__(self) -> str:
        return self.name


class Order(CompanyOwned):
    """A pack that a company ordered, at the terms of that day; the grant it led to, and its receipt."""

    state = models.CharField(max_length=9, choices=OrderState, default=OrderState.ORDERED)
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="orders")
    pack_name = models.CharField(max_length=80)
    credits = models.PositiveIntegerField()
    net = models.DecimalField(max_digits=12, decimal_places=3)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2)
    tax = models.DecimalField(max_digits=12, decimal_places=3)
    total = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    purchase_reference = models.CharField(
        "your reference", max_length=80, blank=True, help_text="A purchase order number, for your own books."
    )
    buyer_name = models.CharField(max_length=120, blank=True, help_text="The company, as it was called then.")
    billing_address = models.TextField(max_length=500, blank=True)
    seller = models.JSONField(
        default=dict, blank=True, help_text="Who sold it, as receipts name them: name, address, tax_id."
    )
    request_key = models.UUIDField(help_text="Of the form or call that ordered: sent twice, it is one order.")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: by command, or by the payment provider.",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    payment_reference = models.CharField(max_length=120, blank=True, help_text="The payment's own number.")
    receipt_number = models.PositiveIntegerField(null=True, blank=True, unique=True, help_text="Without gaps.")
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="order")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who cancelled or refunded it.",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_reason = models.CharField(max_length=200, blank=True)
    refunded_credits = models.PositiveIntegerField(default=0)
    refunded_total = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    refund_number = models.PositiveIntegerField(
        null=True, blank=True, unique=True, help_text="Of the receipt of the refund; without gaps."
    )

    objects = CreditQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "request_key"], name="order_once_per_request"),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="order_state_known"),
            models.CheckConstraint(
                condition=Q(credits__gte=1, credits__lte=MOST_CREDITS), name="order_of_a_sane_number_of_credits"
            ),
            models.CheckConstraint(condition=Q(net__gte=0, tax__gte=0, total__gte=0), name="order_total_adds_up"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[OrderState.CONFIRMED, OrderState.REFUNDED],
                    grant__isnull=False,
                    confirmed_at__isnull=False,
                    receipt_number__isnull=False,
                )
                | Q(
                    state__in=[OrderState.ORDERED, OrderState.CANCELLED],
                    grant__isnull=True,
                    confirmed_at__isnull=True,
                    receipt_number__isnull=True,
                ),
                name="order_confirmed_has_grant_and_receipt",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[OrderState.CANCELLED, OrderState.REFUNDED], closed_at__isnull=False)
                | Q(state__in=[OrderState.ORDERED, OrderState.CONFIRMED], closed_at__isnull=True),
                name="order_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(refunded_credits__lte=F("credits"), refunded_total__lte=F("total")),
                name="order_refund_within_order",
            ),
            models.CheckConstraint(
                condition=Q(state=OrderState.REFUNDED, refund_number__isnull=False)
                | (~Q(state=OrderState.REFUNDED) & Q(refund_number__isnull=True)),
                name="order_refunded_has_receipt",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="order_company_newest"),
            models.Index(fields=["state", "-id"], name="order_state_newest"),
        ]

    @property
    def billing_lines(self) -> list[str]:
        """The lines of the billing address, without the buyer's name where it begins with that."""
        lines = self.billing_address.splitlines()
        return lines[1:] if lines and lines[0].strip().casefold() == self.buyer_name.strip().casefold() else lines

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """How pages and mails name it."""
        return f"O-{self.pk:06d}"

    @property
    def receipt_label(self) -> str:
        return f"R-{self.receipt_number:06d}" if self.receipt_number else ""

    @property
    def refund_label(self) -> str:
        return f"C-{self.refund_number:06d}" if self.refund_number else ""


class NumberSeries(models.Model):
    """The last number of receipts, or of refunds; its row is locked until the number is stored: no gap, no twin."""

    name = models.CharField(max_length=20, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"


class NotedPayment(CompanyOwned):
    """What a payment provider told of an order, once, and what came of it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="noted_payments")
    payment_reference = models.CharField(max_length=120)
    outcome = models.CharField(max_length=10, choices=PaymentOutcome)
    total = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    noted_at = models.DateTimeField()

    objects = CreditQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "payment_reference", "outcome"], name="payment_noted_once"),
            models.CheckConstraint(condition=Q(outcome__in=PaymentOutcome.values), name="payment_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_reference} {self.outcome}"

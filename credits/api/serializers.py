from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.adapters import shown_name, shown_names
from accounts.models import User
from credits.domain.ledger_queries import LedgerRow
from credits.enums import AlertThreshold, EntryKind, GrantKind
from credits.models import CreditAlert, Forecast

MODES = ("BUDGET", "METER_ONLY")


class MonthSerializer(serializers.Serializer[Any]):
    """The month's credits, by the calendar of the company's time zone."""

    used = serializers.IntegerField(source="taken", help_text="Charged or reserved.")
    available = serializers.IntegerField()
    granted = serializers.IntegerField(help_text="Used and available ones together.")
    metered = serializers.IntegerField(help_text="Sessions that were only counted, in meter-only mode.")


class GrantSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="grant_id", allow_null=True, help_text="Null: given with the first use.")
    kind = serializers.ChoiceField(GrantKind.choices)
    name = serializers.CharField()
    credits = serializers.IntegerField()
    left = serializers.IntegerField()
    ends_at = serializers.DateTimeField(help_text="From this moment on nothing is taken from it.")
    last_day = serializers.DateField(help_text="The last day of use, in the company's time zone.")


class ForecastSerializer(serializers.Serializer[Forecast]):
    daily_use = serializers.DecimalField(max_digits=10, decimal_places=2, help_text="Sessions a day it reckons with.")
    month_use = serializers.IntegerField(help_text="Expected in the whole month.")
    runs_out_on = serializers.DateField(allow_null=True, help_text="Null: the credits last as long as they can.")
    ends_unused = serializers.IntegerField(help_text="Credits that will end unused with the month.")


class AlertSerializer(serializers.Serializer[CreditAlert]):
    threshold = serializers.ChoiceField(AlertThreshold.choices, help_text="Per cent of the month's credits.")
    used = serializers.IntegerField()
    granted = serializers.IntegerField()
    raised_at = serializers.DateTimeField()
    cleared_at = serializers.DateTimeField(allow_null=True, help_text="When new credits answered it.")


class AccountSerializer(serializers.Serializer[Any]):
    month = serializers.DateField(help_text="First day of the present month.")
    time_zone = serializers.SerializerMethodField()
    mode = serializers.SerializerMethodField()
    balance = MonthSerializer(help_text="Of the present month.")
    grants = GrantSerializer(many=True, help_text="What can be used; the grant that ends first is used first.")
    forecast = ForecastSerializer(allow_null=True, help_text="Null: too little was used to tell.")
    alerts = AlertSerializer(many=True, help_text="Of the present month.")

    @extend_schema_field(serializers.CharField())
    def get_time_zone(self, account: Any) -> str:  # noqa: ARG002 - every serializer method takes the object
        zone: str = self.context["request"].company.time_zone
        return zone

    @extend_schema_field(serializers.ChoiceField(MODES))
    def get_mode(self, account: Any) -> str:
        return MODES[bool(account.meter_only)]


class EntryMemberSerializer(serializers.Serializer[User]):
    name = serializers.CharField(help_text="In works-council mode the pseudonym, and no address.")
    email = serializers.EmailField(allow_blank=True)

    def to_representation(self, instance: User) -> dict[str, Any]:
        request = self.context["request"]
        is_shown = shown_names(request).is_shown(instance.pk)
        return {"name": shown_name(request, instance), "email": instance.email if is_shown else ""}


class EntryGrantSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="entry.grant_id")
    name = serializers.CharField(source="grant")


class EntrySerializer(serializers.Serializer[LedgerRow]):
    """One line of the ledger; lines are never changed."""

    id = serializers.IntegerField(source="entry.pk")
    at = serializers.DateTimeField(source="entry.at")
    type = serializers.ChoiceField(EntryKind.choices, source="entry.kind")
    session = serializers.CharField(source="session_label", help_text="Label of the session; empty for none.")
    session_id = serializers.UUIDField(source="entry.reservation.session_id", allow_null=True, default=None)
    member = EntryMemberSerializer(allow_null=True, help_text="The session's supporter, or who wrote the line.")
    amount = serializers.IntegerField(source="entry.amount", help_text="What it adds to the balance.")
    held = serializers.IntegerField(source="entry.held", help_text="+1: held for a session; -1: charged or given back.")
    balance = serializers.IntegerField(help_text="The sum of all amounts of the company up to this line.")
    metered = serializers.BooleanField(source="is_metered", help_text="Counted only, in meter-only mode.")
    grant = serializers.SerializerMethodField()
    note = serializers.CharField()

    @extend_schema_field(EntryGrantSerializer(allow_null=True))
    def get_grant(self, row: LedgerRow) -> dict[str, Any] | None:
        return dict(EntryGrantSerializer(row).data) if row.entry.grant_id else None

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from accounts.enums import EngineName, SummaryLanguage
from summaries.enums import Direction, Outcome, ReviewState, SessionStatus, SummaryState
from summaries.models import Summary, SupportSession

NO_SUMMARY = "NO_SUMMARY"


class SessionFilter(filters.FilterSet):
    supporter = filters.CharFilter("supporter__email", "iexact", max_length=254, label="E-mail address of a member.")
    device = filters.CharFilter("device__name", "iexact", max_length=120, label="Name of a device.")
    direction = filters.ChoiceFilter(choices=Direction.choices)
    status = filters.ChoiceFilter(choices=SessionStatus.choices[1:])
    summary = filters.ChoiceFilter(
        choices=[*SummaryState.choices, (NO_SUMMARY, "No summary")],
        method="of_summary",
        label="State of the summary's making.",
    )
    started_after = filters.IsoDateTimeFilter("started_at", "gte", label="At this moment or later.")
    started_before = filters.IsoDateTimeFilter("started_at", "lt", label="Earlier than this moment.")
    ticket = filters.CharFilter("ticket", max_length=60)

    class Meta:
        model = SupportSession
        fields: list[str] = []

    def of_summary(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:  # noqa: ARG002
        return rows.filter(summary__isnull=True) if value == NO_SUMMARY else rows.filter(summary__state=value)


class SummaryFilter(filters.FilterSet):
    session = filters.UUIDFilter("session__public_id", label="Id of a session.")
    supporter = filters.CharFilter("session__supporter__email", "iexact", max_length=254)
    device = filters.CharFilter("session__device__name", "iexact", max_length=120)
    issue_type = filters.CharFilter("issue_types__name", "iexact", max_length=80)
    application = filters.CharFilter("applications__name", "iexact", max_length=80)
    state = filters.ChoiceFilter(choices=SummaryState.choices)
    review = filters.ChoiceFilter(choices=ReviewState.choices)
    outcome = filters.ChoiceFilter(choices=Outcome.choices)
    language = filters.ChoiceFilter(choices=SummaryLanguage.choices)
    engine = filters.ChoiceFilter(choices=EngineName.choices)
    started_after = filters.IsoDateTimeFilter("session__started_at", "gte")
    started_before = filters.IsoDateTimeFilter("session__started_at", "lt")

    class Meta:
        model = Summary
        fields: list[str] = []

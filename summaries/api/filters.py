from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.adapters import shown_names
from accounts.enums import EngineName, SummaryLanguage
from insights_portal.api.filtering import MomentFilter
from summaries.domain.reading.conditions import NO_SUMMARY, WITHOUT_SUMMARY
from summaries.enums import Direction, Outcome, ReviewState, SessionStatus, SummaryState
from summaries.models import Summary, SupportSession
from summaries.models.sessions import HIDDEN


class SupporterFilter(filters.FilterSet):
    """Sessions of one supporter; in works-council mode of oneself, or of whom two members revealed to the caller."""

    supporter_path: str

    def of_supporter(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:  # noqa: ARG002
        names = shown_names(self.request)
        if names.is_on:
            rows = rows.filter(**{f"{self.supporter_path}__in": names.shown})
        return rows.filter(**{f"{self.supporter_path}__email__iexact": value})


class SessionFilter(SupporterFilter):
    supporter_path = "supporter"
    supporter = filters.CharFilter(method="of_supporter", max_length=254, label="E-mail address of a member.")
    device = filters.CharFilter("device__name", "iexact", max_length=120, label="Name of a device.")
    direction = filters.ChoiceFilter(choices=Direction.choices)
    status = filters.ChoiceFilter(choices=[choice for choice in SessionStatus.choices if choice[0] not in HIDDEN])
    summary = filters.ChoiceFilter(
        choices=[*SummaryState.choices, (NO_SUMMARY, _("No summary"))],
        method="of_summary",
        label="State of the summary's making.",
    )
    started_after = MomentFilter("started_at", "gte", label="At this moment or later.")
    started_before = MomentFilter("started_at", "lt", label="Earlier than this moment.")
    ticket = filters.CharFilter("ticket", max_length=60)

    class Meta:
        model = SupportSession
        fields: list[str] = []

    def of_summary(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:  # noqa: ARG002
        return rows.filter(WITHOUT_SUMMARY) if value == NO_SUMMARY else rows.filter(summary__state=value)


class SummaryFilter(SupporterFilter):
    supporter_path = "session__supporter"
    session = filters.UUIDFilter("session__public_id", label="Id of a session.")
    supporter = filters.CharFilter(method="of_supporter", max_length=254, label="E-mail address of a member.")
    device = filters.CharFilter("session__device__name", "iexact", max_length=120)
    issue_type = filters.CharFilter("issue_types__name", "iexact", max_length=80)
    application = filters.CharFilter("applications__name", "iexact", max_length=80)
    state = filters.ChoiceFilter(choices=SummaryState.choices)
    review = filters.ChoiceFilter(choices=ReviewState.choices)
    outcome = filters.ChoiceFilter(choices=Outcome.choices)
    language = filters.ChoiceFilter(choices=SummaryLanguage.choices)
    engine = filters.ChoiceFilter(choices=EngineName.choices)
    started_after = MomentFilter("session__started_at", "gte")
    started_before = MomentFilter("session__started_at", "lt")

    class Meta:
        model = Summary
        fields: list[str] = []

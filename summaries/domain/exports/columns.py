"""The columns of a list of sessions that is taken away: what each is called, and what stands in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summaries.domain.exports.rows import ExportedSession, Value


class ColumnGroup(TextChoices):
    SESSION = "SESSION", gettext_lazy("Session")
    BILLING = "BILLING", gettext_lazy("Time and billing")
    SUMMARY = "SUMMARY", gettext_lazy("Summary")


class UnknownColumn(Exception):
    """The choice of columns names one that is none; the sentence lists those that there are."""


@dataclass(frozen=True, slots=True)
class Column:
    """*key* is its name in addresses and JSON, *label* its head in a table."""

    key: str
    label: str | Promise
    group: ColumnGroup
    value: Callable[[ExportedSession], Value]


_S, _B, _T = ColumnGroup.SESSION, ColumnGroup.BILLING, ColumnGroup.SUMMARY

COLUMNS: tuple[Column, ...] = (
    Column("number", gettext_lazy("Session"), _S, lambda row: row.label),
    Column("direction", gettext_lazy("Direction"), _S, lambda row: row.direction),
    Column("supporter", gettext_lazy("Supporter"), _S, lambda row: row.supporter),
    Column("device", gettext_lazy("Device"), _S, lambda row: row.device),
    Column("device_group", gettext_lazy("Device group"), _S, lambda row: row.device_group),
    Column("customer", gettext_lazy("Customer"), _S, lambda row: row.customer),
    Column("remote_user", gettext_lazy("Remote user"), _S, lambda row: row.remote_user),
    Column("started_at", gettext_lazy("Start"), _S, lambda row: row.started_at),
    Column("ended_at", gettext_lazy("End"), _S, lambda row: row.ended_at),
    Column("notes", gettext_lazy("Notes"), _S, lambda row: row.notes),
    Column("ticket", gettext_lazy("Ticket"), _S, lambda row: row.ticket),
    Column("state", gettext_lazy("State"), _S, lambda row: row.state),
    Column("reason", gettext_lazy("Reason"), _S, lambda row: row.reason),
    Column("duration_minutes", gettext_lazy("Duration (minutes)"), _B, lambda row: row.duration_minutes),
    Column("billable_minutes", gettext_lazy("Billable (minutes)"), _B, lambda row: row.billable_minutes),
    Column("billing_state", gettext_lazy("Billing state"), _B, lambda row: row.billing_state),
    Column("fee", gettext_lazy("Fee"), _B, lambda row: row.fee),
    Column("currency", gettext_lazy("Currency"), _B, lambda row: row.currency),
    Column("title", gettext_lazy("Title"), _T, lambda row: row.text.title),
    Column("problem", gettext_lazy("Problem"), _T, lambda row: row.text.problem),
    Column("cause", gettext_lazy("Cause"), _T, lambda row: row.text.cause),
    Column("steps", gettext_lazy("Steps"), _T, lambda row: row.text.steps),
    Column("outcome", gettext_lazy("Outcome"), _T, lambda row: row.text.outcome),
    Column("outcome_text", gettext_lazy("What shows the outcome"), _T, lambda row: row.text.outcome_text),
    Column("open_points", gettext_lazy("Open points"), _T, lambda row: row.text.open_points),
    Column("missing_data", gettext_lazy("Not in the record"), _T, lambda row: row.text.missing_data),
    Column("issue_types", gettext_lazy("Issue types"), _T, lambda row: row.text.issue_types),
    Column("applications", gettext_lazy("Applications"), _T, lambda row: row.text.applications),
    Column("language", gettext_lazy("Language"), _T, lambda row: row.text.language),
    Column("engine", gettext_lazy("Engine"), _T, lambda row: row.text.engine),
    Column("model", gettext_lazy("Model"), _T, lambda row: row.text.model),
    Column("review", gettext_lazy("Review"), _T, lambda row: row.text.review),
    Column("reviewer", gettext_lazy("Reviewer"), _T, lambda row: row.text.reviewer),
    Column("text_left_out", gettext_lazy("Why the summary is left out"), _T, lambda row: row.text.left_out),
)
BY_KEY = {column.key: column for column in COLUMNS}


def choose_columns(keys: Iterable[str]) -> tuple[Column, ...]:
    """The columns named by *keys*, in the order of COLUMNS, each once; without any, all. Raises UnknownColumn."""
    wanted = {part.strip() for key in keys for part in key.split(",")} - {""}
    unknown = sorted(wanted - set(BY_KEY))
    if unknown:
        raise UnknownColumn(
            _("There is no column “%(unknown)s”. Choose from: %(known)s.")
            % {"unknown": unknown[0][:60], "known": ", ".join(BY_KEY)}
        )
    return tuple(column for column in COLUMNS if column.key in wanted) if wanted else COLUMNS

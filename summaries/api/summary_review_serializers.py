from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from summaries.content import Statement, Step
from summaries.enums import Outcome

#: More than any correction may hold; the rules beyond that are the domain's.
_MOST_ROWS, _MOST_CHARS, _HIGHEST = 300, 20_000, 2_147_483_647


class StatementInSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=_MOST_CHARS)
    evidence = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=_HIGHEST),
        default=list,
        max_length=_MOST_ROWS,
        help_text="Numbers of interactions of this session.",
    )


class StepInSerializer(serializers.Serializer[Any]):
    action = StatementInSerializer()
    application = serializers.CharField(default="", allow_blank=True, max_length=_MOST_CHARS)
    commands = serializers.ListField(
        child=serializers.CharField(max_length=_MOST_CHARS), default=list, max_length=_MOST_ROWS
    )
    offset_ms = serializers.IntegerField(
        default=None, allow_null=True, min_value=0, max_value=_HIGHEST, help_text="From the start of the session."
    )


def _rows(child: serializers.Serializer[Any]) -> serializers.ListSerializer[Any]:
    return serializers.ListSerializer(child=child, default=list, max_length=_MOST_ROWS)


class SeenSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(
        min_value=1, max_value=_HIGHEST, help_text="The number of the revision that was read: `revision_number`."
    )


class ContentInSerializer(SeenSerializer):
    """A text as a person wants it. Whether the record shows a statement is not the caller's to say."""

    title = serializers.CharField(max_length=_MOST_CHARS)
    problem = _rows(StatementInSerializer())
    cause = _rows(StatementInSerializer())
    steps = _rows(StepInSerializer())
    outcome = serializers.ChoiceField(Outcome.choices)
    outcome_statements = _rows(StatementInSerializer())
    open_points = _rows(StatementInSerializer())
    issue_types = serializers.ListField(child=serializers.CharField(), default=list, max_length=_MOST_ROWS)
    applications = serializers.ListField(child=serializers.CharField(), default=list, max_length=_MOST_ROWS)


class RestoreSerializer(SeenSerializer):
    restore = serializers.IntegerField(
        min_value=1, max_value=_HIGHEST, help_text="The number of the revision that is to count."
    )


class RatingSerializer(SeenSerializer):
    helpful = serializers.BooleanField()
    comment = serializers.CharField(default="", allow_blank=True, max_length=_MOST_CHARS)


def content_said(said: dict[str, Any]) -> dict[str, Any]:
    """The fields of a SummaryContent that a request named; with PATCH these are not all."""
    read: dict[str, Callable[[Any], Any]] = {
        "problem": _statements,
        "cause": _statements,
        "outcome_statements": _statements,
        "open_points": _statements,
        "steps": _steps,
        "issue_types": tuple,
        "applications": tuple,
        "outcome": Outcome,
        "title": str,
    }
    return {name: read[name](value) for name, value in said.items() if name in read}


def _statement(said: dict[str, Any]) -> Statement:
    return Statement(said["text"], tuple(said.get("evidence", ())))


def _statements(rows: list[dict[str, Any]]) -> tuple[Statement, ...]:
    return tuple(_statement(row) for row in rows)


def _steps(rows: list[dict[str, Any]]) -> tuple[Step, ...]:
    return tuple(
        Step(
            _statement(row["action"]),
            row.get("application", ""),
            tuple(row.get("commands", ())),
            row.get("offset_ms"),
        )
        for row in rows
    )

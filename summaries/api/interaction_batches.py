"""Batches of interactions, decoded and checked in one pass: a serializer of every field would be 20 times slower."""

from typing import Annotated

import msgspec
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from insights_portal.lib.numbers import grouped
from summaries.domain.capture import SequencedInteraction
from summaries.domain.interaction_rows import MAX_OFFSET_MS
from summaries.enums import Actor, Kind
from summaries.sources.base import MAX_TEXT_CHARS, CapturedInteraction

MAX_BATCH = 5_000

Sequence = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Offset = Annotated[int, msgspec.Meta(ge=0, le=MAX_OFFSET_MS)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT_CHARS)]
Application = Annotated[str, msgspec.Meta(max_length=120)]
Title = Annotated[str, msgspec.Meta(max_length=300)]


class InteractionIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    sequence: Sequence
    offset_ms: Offset
    kind: Kind
    text: Text = ""
    actor: Actor = Actor.UNKNOWN
    application: Application = ""
    title: Title = ""
    is_secret: bool = False

    def captured(self) -> SequencedInteraction:
        return SequencedInteraction(
            self.sequence,
            CapturedInteraction(
                offset_ms=self.offset_ms,
                kind=self.kind,
                text=self.text,
                actor=self.actor,
                application=self.application,
                title=self.title,
                is_secret=self.is_secret,
            ),
        )


class BatchIn(msgspec.Struct, forbid_unknown_fields=True):
    interactions: list[InteractionIn]


_batch = msgspec.json.Decoder(BatchIn)
_line = msgspec.json.Decoder(InteractionIn)


def read_batch(body: bytes, *, as_lines: bool) -> list[SequencedInteraction]:
    """The batch of a request body. Raises ValidationError that names the line or item; never quotes the body."""
    rows = _read_lines(body) if as_lines else _read_object(body)
    if not rows:
        raise ValidationError({"interactions": [_("The batch is empty. Send at least one interaction.")]})
    if len(rows) > MAX_BATCH:
        raise ValidationError(
            {
                "interactions": [
                    _("A batch holds at most %(max_batch)s interactions. Send it in parts.")
                    % {"max_batch": grouped(MAX_BATCH)}
                ]
            }
        )
    return [row.captured() for row in rows]


def _read_object(body: bytes) -> list[InteractionIn]:
    try:
        return _batch.decode(body).interactions
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValidationError({"interactions": [_told(error)]}) from error


def _read_lines(body: bytes) -> list[InteractionIn]:
    rows = []
    for number, line in enumerate(body.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            rows.append(_line.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ValidationError({f"line {number}": [_told(error)]}) from error
        if len(rows) > MAX_BATCH:
            break
    return rows


def _told(error: Exception) -> str:
    """The decoder's own words name the place and the type that it wanted; an unknown value of a choice is quoted."""
    if isinstance(error, msgspec.ValidationError):
        said = str(error)
        if said.startswith("Invalid enum value"):
            place = said.rpartition(" - at ")[2]
            return _("Unknown kind or actor at %(place)s. Kinds: %(kinds)s; actors: %(actors)s.") % {
                "place": place,
                "kinds": ", ".join(Kind.values),
                "actors": ", ".join(Actor.values),
            }
        return said
    return _("This is not JSON in UTF-8.")

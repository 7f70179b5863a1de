"""What every MeshCentral session shares: the text blocks with which browser, server and agent speak to each other."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_noop

from summaries.enums import Actor, Kind
from summaries.sources.base import CapturedInteraction, RecordingNotes
from summaries.sources.lines import bounded, decoded
from summaries.sources.meshcentral_blocks import Block

#: The mark of messages about the session itself.
CONTROL_CHANNEL = 102938


class Reader:
    """Reads the data blocks of one session; of an unknown protocol only the messages about the session."""

    application = "MeshCentral"

    def __init__(self, notes: RecordingNotes) -> None:
        self.notes = notes
        self._last_console = ""

    def take(self, block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        """Yield what a data block makes complete."""
        message = self.json_of(block)
        if message and is_control(message):
            yield from self.control(message, block, offset_ms)

    def finish(self) -> Iterator[CapturedInteraction]:
        """Yield what is still open when the recording ends."""
        yield from ()

    def json_of(self, block: Block) -> dict[str, Any] | None:
        """Return the JSON object that a block holds; None when it holds something else."""
        if not block.data.lstrip().startswith(b"{"):
            return None
        try:
            message = json.loads(decoded(block.data, self.notes))
        except (ValueError, RecursionError):
            if not block.is_binary:
                self.notes.add_bad_record(block.place, gettext_noop("the message is no JSON that can be read"))
            return None
        return message if isinstance(message, dict) else None

    def control(self, message: dict[str, Any], block: Block, offset_ms: int) -> Iterator[CapturedInteraction]:
        """Yield what the agent tells the supporter, such as that it waits for the remote user's consent."""
        text = message.get("msg")
        if message.get("type") != "console" or not isinstance(text, str) or not text.strip():
            return
        if text != self._last_console:
            self._last_console = text
            yield self.interaction(offset_ms, Kind.NOTE, text.strip(), block, actor=Actor.SYSTEM)

    def interaction(
        self, offset_ms: int, kind: Kind, text: str, block: Block, *, actor: Actor = Actor.SUPPORTER
    ) -> CapturedInteraction:
        return CapturedInteraction(
            offset_ms, kind, bounded(text), actor, application=self.application, place=block.place
        )


def is_control(message: dict[str, Any]) -> bool:
    return str(message.get("ctrlChannel")) == str(CONTROL_CHANNEL)

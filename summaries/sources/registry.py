"""Every recording format, in the order in which they are asked. The first that recognises the content reads it."""

from typing import BinaryIO

from summaries.sources.activitywatch import ActivityWatchSource
from summaries.sources.asciicast import AsciicastSource
from summaries.sources.base import HEAD_BYTES, Source, UnableToRead
from summaries.sources.chat import ChatSource
from summaries.sources.csv_events import CSVSource
from summaries.sources.guacamole import GuacamoleSource
from summaries.sources.json_lines import JSONLinesSource
from summaries.sources.meshcentral import MeshCentralSource
from summaries.sources.meshcentral_messenger import MeshCentralMessengerSource
from summaries.sources.script import ScriptSource
from summaries.sources.srt_source import SRTSource
from summaries.sources.steps_recorder import StepsRecorderSource
from summaries.sources.teleport import TeleportSource
from summaries.sources.tlog import TlogSource
from summaries.sources.webvtt import WebVTTSource

SOURCES: tuple[Source, ...] = (
    MeshCentralSource(),
    MeshCentralMessengerSource(),
    AsciicastSource(),
    ScriptSource(),
    WebVTTSource(),
    TlogSource(),
    GuacamoleSource(),
    StepsRecorderSource(),
    ActivityWatchSource(),
    TeleportSource(),
    JSONLinesSource(),
    CSVSource(),
    SRTSource(),
    ChatSource(),
)


def recognise(stream: BinaryIO, name: str) -> Source:
    """Return the source for a seekable *stream*, left at its beginning. Raises UnableToRead."""
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if not head.strip():
        raise UnableToRead("The file is empty: it ends at byte 0. Choose a recording that holds something.")
    for source in SOURCES:
        if source.recognises(head, name):
            return source
    labels = ", ".join(source.label for source in SOURCES)
    raise UnableToRead(
        f"The format of this file is not known: what begins at line 1 fits none. Formats that can be read: {labels}."
    )


def source_by_code(code: str) -> Source:
    """Return the source stored with a session. Raises KeyError."""
    return {source.code: source for source in SOURCES}[code]

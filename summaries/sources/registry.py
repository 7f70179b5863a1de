"""Every recording format, in the order in which they are asked. The first that recognises the content reads it."""

from typing import BinaryIO

from django.utils.translation import gettext as _

from summaries.sources.activitywatch import ActivityWatchSource
from summaries.sources.asciicast import AsciicastSource
from summaries.sources.base import (
    HEAD_BYTES,
    CollectionSource,
    RecordingFile,
    RecordingNotes,
    Source,
    UnableToRead,
)
from summaries.sources.chat import ChatSource
from summaries.sources.csv_events import CSVSource
from summaries.sources.guacamole import GuacamoleSource
from summaries.sources.json_lines import JSONLinesSource
from summaries.sources.meshcentral import MeshCentralSource
from summaries.sources.meshcentral_messenger import MeshCentralMessengerSource
from summaries.sources.reports.intercom import IntercomSource
from summaries.sources.reports.mapped_csv import MappedCSVSource
from summaries.sources.reports.meshcentral_events import MeshCentralEventsSource
from summaries.sources.reports.rocketchat import RocketChatSource
from summaries.sources.reports.teamviewer import TeamViewerAPISource, TeamViewerCSVSource, TeamViewerReportSource
from summaries.sources.reports.teamviewer_lists import TeamViewerIncomingSource, TeamViewerOutgoingSource
from summaries.sources.reports.zendesk import ZendeskSource
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

#: Formats of files that hold many support sessions. They are asked first: what they know, they know for certain.
COLLECTIONS: tuple[CollectionSource, ...] = (
    TeamViewerReportSource(),
    MeshCentralEventsSource(),
    ZendeskSource(),
    IntercomSource(),
    RocketChatSource(),
    TeamViewerCSVSource(),
    TeamViewerIncomingSource(),
    TeamViewerOutgoingSource(),
)


#: Stored codes of collections that no list above holds, and what people call them.
_OTHER_COLLECTIONS = {
    MappedCSVSource.code: MappedCSVSource.label,
    TeamViewerAPISource.code: TeamViewerAPISource.label,
}


def recognise_any(stream: BinaryIO, name: str, *, more: tuple[CollectionSource, ...] = ()) -> Source | CollectionSource:
    """Return what reads a seekable *stream*, left at its beginning. *more*: what a company knows besides.

    Raises UnableToRead.
    """
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    for collection in (*COLLECTIONS, *more):
        if head.strip() and collection.recognises(head, name):
            return collection
    return recognise(stream, name)


def is_collection(code: str) -> bool:
    """Whether sessions of this stored code came in a file or an answer that holds many."""
    return code in _OTHER_COLLECTIONS or any(code == collection.code for collection in COLLECTIONS)


def identify(source: Source, recording: RecordingFile) -> tuple[str, str]:
    """What the tool that recorded calls this session: (namespace, id), both empty where it does not say."""
    # Few recorders say it: that is no part of the contract.
    namespace = getattr(source, "namespace", "")
    notes = RecordingNotes()
    if namespace:
        try:
            next(source.read(recording, notes), None)
        except UnableToRead:
            notes.external_id = ""
        recording.stream.seek(0)
    return (namespace, notes.external_id) if notes.external_id else ("", "")


def recognise(stream: BinaryIO, name: str) -> Source:
    """Return the source for a seekable *stream*, left at its beginning. Raises UnableToRead."""
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if not head.strip():
        raise UnableToRead(_("The file is empty: it ends at byte 0. Choose a recording that holds something."))
    for source in SOURCES:
        if source.recognises(head, name):
            return source
    labels = ", ".join(_(source.label) for source in SOURCES)
    raise UnableToRead(
        _(
            "The format of this file is not known: what begins at line 1 fits none. Formats that can be "
            "read: %(labels)s."
        )
        % {"labels": labels}
    )


def source_by_code(code: str) -> Source:
    """Return the source stored with a session. Raises KeyError."""
    return {source.code: source for source in SOURCES}[code]


def label_of(code: str) -> str:
    """What people call the format that is stored with a session. Raises KeyError."""
    labels = {source.code: source.label for source in SOURCES} | {each.code: each.label for each in COLLECTIONS}
    labels |= _OTHER_COLLECTIONS
    return _(labels[code])

"""What the columns of a CSV of events are called, by whoever wrote it, and which ones tell what."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

#: Names of a column, without case, spaces and signs, in the order in which they are believed.
_TIMESTAMP = (
    "timestamp timestamputc timestamplocal datetime dateandtime datetimeutc eventtime eventtimestamp eventdate "
    "timeutc utctime logtime createdat created createdon occurredat occurred recordedat when moment ts epoch "
    "epochms unixtime time date zeitstempel zeitpunkt datumuhrzeit zeit datum uhrzeit horodatage dateheure "
    "fechahora fechayhora fecha hora dataora datahora tijdstip datumtijd"
)
_TEXT = (
    "text message content details detail description note notes comment body value summary inhalt nachricht "
    "beschreibung texte contenu texto mensaje descripcion bericht omschrijving messaggio mensagem"
)
_EVENT = "event eventtype eventname action activity type operation ereignis aktion evento accion actie azione acao"
_APP = (
    "app application applicationname appname targetapp program programname process processname processpath tool "
    "software anwendung programm aplicacion programa toepassing applicazione aplicativo"
)
_TITLE = (
    "title windowtitle window windowname page pagetitle screen form titel fenster fenstertitel titre titulo ventana"
)
_ACTOR = (
    "actor user username userid userlogin who author sender from name person agent operator speaker benutzer "
    "anwender utilisateur usuario gebruiker utente"
)
_NAMES = {
    "timestamp": _TIMESTAMP,
    "text": _TEXT,
    "event": _EVENT,
    "app": _APP,
    "title": _TITLE,
    "actor": _ACTOR,
    "kind": "kind category interactionkind art kategorie",
    "url": "url link address uri pageurl href webadresse",
    "duration": "duration durationseconds durations seconds length dauer duree duracion duur durata",
    "secret": "secret issecret",
}
_SYNONYMS = {name: words.split() for name, words in _NAMES.items()}
#: The time of day in a column of its own, beside one of the day.
_DAYS = frozenset({"date", "day", "datum", "fecha", "data", "eventdate"})
_TIMES = frozenset({"time", "timeofday", "zeit", "uhrzeit", "heure", "hora", "ora", "tijd"})
#: Who has one of these as well as a beginning tells of connections, not of events in one session.
_END_NAMES = "end enddate endtime endedat ended enddatetime logout logofftime disconnected disconnecttime ende"
_ENDS = frozenset(_END_NAMES.split())
_MAX_NAME = 200
_CONTENT = ("text", "title", "app", "event")
_SIGNS = re.compile(r"[\W_]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column, from 0, holds what. *targets*: columns that say on what was acted, by their name."""

    fields: dict[str, int]
    time_of_day: int | None = None
    targets: dict[str, int] = field(default_factory=dict)
    count: int = 0


def columns_of(header: Sequence[str]) -> Columns | None:
    """Return what the columns of a header line hold; None when they tell of no events."""
    names = [_plain(name) for name in header]
    targets = {name.partition(".")[2].strip().casefold(): i for i, name in enumerate(header) if _is_target(name)}
    usable = {name: i for i, name in reversed(list(enumerate(names))) if i not in targets.values()}
    if any(name in _ENDS for name in usable):
        return None
    fields: dict[str, int] = {}
    for wanted, synonyms in _SYNONYMS.items():
        place = next(
            (usable[name] for name in synonyms if name in usable and usable[name] not in fields.values()), None
        )
        if place is not None:
            fields[wanted] = place
    if "timestamp" not in fields or not any(name in fields for name in _CONTENT):
        return None
    return Columns(fields, _time_of_day(names, fields["timestamp"]), targets, len(header))


def _plain(name: str) -> str:
    """Return a column's name without case, accents, spaces and signs."""
    letters = unicodedata.normalize("NFKD", name[:_MAX_NAME])
    return _SIGNS.sub("", "".join(letter for letter in letters if not unicodedata.combining(letter))).casefold()


def _is_target(name: str) -> bool:
    return name.strip().casefold().startswith("target.")


def _time_of_day(names: list[str], timestamp: int) -> int | None:
    """Return the column of the time when the timestamp's holds the day only."""
    if names[timestamp] in _DAYS:
        return next((place for place, name in enumerate(names) if name in _TIMES), None)
    if names[timestamp] in _TIMES:
        return next((place for place, name in enumerate(names) if name in _DAYS), None)
    return None

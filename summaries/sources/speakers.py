"""Who speaks in chats and transcripts. A role is taken only from a word that names it, never from what is said."""

import re

from summaries.enums import Actor
from summaries.sources.base import RecordingNotes

MAX_NAME_CHARS = 60
_SUPPORTER = (
    "supporter support agent technician tech helpdesk engineer operator advisor specialist administrator admin "
    "técnico soporte agente techniker techniek"
)
_REMOTE_USER = "customer user client caller visitor guest employee cliente usuario kunde klant"
_SYSTEM = "system bot server"
ROLE_WORDS: dict[str, Actor] = {
    **dict.fromkeys(_SUPPORTER.split(), Actor.SUPPORTER),
    **dict.fromkeys(_REMOTE_USER.split(), Actor.REMOTE_USER),
    **dict.fromkeys(_SYSTEM.split(), Actor.SYSTEM),
    **dict.fromkeys(("help desk", "service desk", "it support"), Actor.SUPPORTER),
    **dict.fromkeys(("end user", "remote user", "end-user", "remote_user", "end_user"), Actor.REMOTE_USER),
}
#: What stands before a colon without being a person.
_NOT_NAMES = (
    "note notes error errors warning warn info debug trace fatal critical notice example question answer step problem "
    "cause solution http https file date time subject from to cc todo ps status result output usage"
)
NOT_A_NAME = frozenset(_NOT_NAMES.split())
#: "Dana (Support)": a name with its role.
_NAME_WITH_ROLE = re.compile(r"^(?P<name>[^()]+?)\s*[(\[](?P<role>[^()]+)[)\]]$")
#: One to four words, each of which begins as names do.
_PREFIX = re.compile(
    r"^(?P<name>[^\W\d_a-z][\w.'’\-]*(?: [(\[]?[^\W_a-z][\w.'’\-]*[)\]]?){0,3}):\s+(?P<text>\S.*)$", re.S
)


def actor_named(name: str, notes: RecordingNotes) -> tuple[str, Actor]:
    """Return the bare name and its role, and note the person. "Support 2" and "Agent" are roles without a name."""
    name = name.strip()[:MAX_NAME_CHARS]
    with_role = _NAME_WITH_ROLE.match(name)
    if with_role and (actor := role_of(with_role["role"])):
        name = with_role["name"]
        _note_role(name, actor, notes)
    elif actor := role_of(name):
        return name, actor
    else:
        actor = _known_actor(name, notes)
    notes.add_person(name)
    return name, actor


def role_of(words: str) -> Actor | None:
    """Return the role that *words* name, such as "Agent" or "customer 2"; None for anything else."""
    return ROLE_WORDS.get(words.strip().rstrip("0123456789# ").casefold())


def split_prefix(text: str) -> tuple[str, str]:
    """Split "Name: text" into both; the name is empty when what stands before the colon is no name."""
    match = _PREFIX.match(text)
    if not match or match["name"].casefold() in NOT_A_NAME:
        return "", text
    return match["name"], match["text"]


def _known_actor(name: str, notes: RecordingNotes) -> Actor:
    if name and name == notes.supporter_name:
        return Actor.SUPPORTER
    if name and name == notes.remote_user:
        return Actor.REMOTE_USER
    return Actor.UNKNOWN


def _note_role(name: str, actor: Actor, notes: RecordingNotes) -> None:
    if actor == Actor.SUPPORTER and not notes.supporter_name:
        notes.supporter_name = name
    elif actor == Actor.REMOTE_USER and not notes.remote_user:
        notes.remote_user = name

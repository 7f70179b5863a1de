"""Full-text search over sessions: one interface, an index of its own kind on each database.

`SupportSession.search_text` holds words only (`normalise`), so that both databases cut a text and a query alike;
0002_search_index builds the index over it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from summaries.content import SummaryContent
from summaries.models import SupportSession

#: PostgreSQL refuses a document over 1 MB; a session's words fit in this many characters or are cut.
MAX_SEARCH_TEXT_CHARS = 100_000
MAX_QUERY_WORDS = 16
MAX_WORD_CHARS = 60

_WORD = re.compile(r"[^\W_]+")
#: Scripts written without spaces: each sign is a word of its own, so that a part of a phrase is found.
_UNSPACED = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")

#: By database: the query of the ids found, what joins the words, and how a beginning of a word is written.
_DIALECTS = {
    "sqlite": (
        "SELECT rowid FROM summaries_session_search WHERE summaries_session_search MATCH %s",
        " AND ",
        '"{}"*',
    ),
    "postgresql": (
        "SELECT id FROM summaries_supportsession WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', %s)",
        " & ",
        "{}:*",
    ),
}


def normalise(text: str) -> str:
    """Return the words of *text*, folded: no accents, no case, no punctuation, one space between them."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()
    return " ".join(_WORD.findall(_UNSPACED.sub(r" \1 ", plain)))


def build_search_text(*, parts: Iterable[str]) -> str:
    """Return what search finds a session by, from its texts; empty parts don't matter."""
    return normalise("\n".join(part for part in parts if part))[:MAX_SEARCH_TEXT_CHARS]


def text_for(*, session: SupportSession, content: SummaryContent | None = None) -> str:
    """Return the `search_text` of a session: its report, and the text of its summary when there is one."""
    return build_search_text(
        parts=[
            session.label,
            session.device.name if session.device else "",
            session.remote_user,
            session.notes,
            session.ticket,
            *(_parts_of(content) if content else ()),
        ]
    )


def _parts_of(content: SummaryContent) -> Iterator[str]:
    yield content.title
    for said in (*content.problem, *content.cause, *content.outcome_statements, *content.open_points):
        yield said.text
    for step in content.steps:
        yield step.action.text
        yield from step.commands
    yield from (*content.issue_types, *content.applications)


def matching(queryset: QuerySet[SupportSession], query: str) -> QuerySet[SupportSession]:
    """Narrow *queryset* to the sessions that hold every word of *query*, or a word that begins with it.

    Any input is fine: quotes and operators are punctuation. An empty query narrows nothing; one without a word finds
    nothing.
    """
    if not query.strip():
        return queryset
    words = [word[:MAX_WORD_CHARS] for word in normalise(query).split()[:MAX_QUERY_WORDS]]
    if not words:
        return queryset.none()
    query_of_ids, joint, beginning = _DIALECTS[connections[queryset.db].vendor]
    found = RawSQL(query_of_ids, [joint.join(map(beginning.format, words))])  # noqa: S611 - constant; words are bound
    return queryset.filter(pk__in=found)

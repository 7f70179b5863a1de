"""Full-text search over sessions: one interface, an index of its own kind on each database.

`SupportSession.search_text` holds words only (`normalise`), so that both databases cut a text and a query alike;
0002_search_index builds the index over it.
"""

import re
import unicodedata
from collections.abc import Iterable

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from summaries.models import SupportSession

#: PostgreSQL refuses a document over 1 MB; a session's words fit in this many characters or are cut.
MAX_SEARCH_TEXT_CHARS = 100_000
MAX_QUERY_WORDS = 16
MAX_WORD_CHARS = 60

_WORD = re.compile(r"[^\W_]+")
#: Scripts written without spaces: each sign is a word of its own, so that a part of a phrase is found.
_UNSPACED = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")

_SQLITE = "SELECT rowid FROM summaries_session_search WHERE summaries_session_search MATCH %s"
_POSTGRESQL = (
    "SELECT id FROM summaries_supportsession WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', %s)"
)


def normalise(text: str) -> str:
    """Return the words of *text*, folded: no accents, no case, no punctuation, one space between them."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()
    return " ".join(_WORD.findall(_UNSPACED.sub(r" \1 ", plain)))


def build_search_text(*, parts: Iterable[str]) -> str:
    """Return what search finds a session by, from its texts; empty parts don't matter."""
    return normalise("\n".join(part for part in parts if part))[:MAX_SEARCH_TEXT_CHARS]


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
    if connections[queryset.db].vendor == "postgresql":
        found = RawSQL(_POSTGRESQL, [" & ".join(f"{word}:*" for word in words)])  # noqa: S611 - constants; words are bound
    else:
        found = RawSQL(_SQLITE, [" AND ".join(f'"{word}"*' for word in words)])  # noqa: S611 - as above
    return queryset.filter(pk__in=found)

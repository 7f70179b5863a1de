"""Full-text search over sessions: one interface, an index of its own kind on each database.

`SupportSession.search_text` holds words only (`normalise`), so that both databases cut a text and a query alike. What a
query finds is decided by `holds`, a plain comparison of texts; the index of 0020_search_by_company (PostgreSQL) or
0002_search_index (SQLite) only says where to look. `search_pages` walks to the first page and ranks.

Names of supporters are no part of it: in works-council mode a word would tell whose pseudonym it is. A supporter is
found by the filter, which knows what the reader may ask.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections
from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from summaries.content import SummaryContent
from summaries.models import SupportSession

#: PostgreSQL refuses a document over 1 MB; a session's words fit in this many characters or are cut.
MAX_SEARCH_TEXT_CHARS = 100_000
MAX_QUERY_WORDS = 16
MAX_WORD_CHARS = 60
#: Stands between what names a session, in which a match counts more, and all else; no word holds it.
LEAD_ENDS = "\n"
#: Shorter words begin too many others to be looked for by their beginning, but for the last, which is being typed.
MIN_BEGINNING_CHARS = 3

_WORD = re.compile(r"[^\W_]+")
#: Scripts written without spaces: each sign is a word of its own, so that a part of a phrase is found.
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

#: What 0020_search_by_company indexes. No word begins with `=`, so that none is taken for a company.
_DOCUMENT = "to_tsvector('simple', {}) || array_to_tsvector(ARRAY['=' || {}::text])"
DOCUMENT = _DOCUMENT.format("search_text", "company_id")
#: A word that fewer sessions hold than these, of all companies, is looked up before the newest sessions are.
RARE = 3_000
#: What ANALYZE has noted of the index: how often each common word, or a longer one that begins with it, stands in it.
#: Nothing is known of a table that was never analysed: no word counts as rare there.
_OFTENNESS = """
SELECT asked.place, COALESCE((
    SELECT SUM(noted.share) FROM UNNEST(seen.most_common_elems::text::text[], seen.most_common_elem_freqs)
        AS noted (word, share)
    WHERE CASE WHEN asked.is_beginning THEN STARTS_WITH(noted.word, asked.word) ELSE noted.word = asked.word END
), 0) * sessions.reltuples
FROM pg_stats AS seen, pg_class AS sessions,
    UNNEST(%s::text[], %s::boolean[]) WITH ORDINALITY AS asked (word, is_beginning, place)
WHERE seen.schemaname = CURRENT_SCHEMA AND seen.tablename = 'session_search_of_company'
    AND sessions.oid = 'summaries_supportsession'::regclass"""
#: By database: the query of the ids found, what joins the words, and how a whole word and a beginning are written.
#: Materialised: else the planner may walk all sessions by date in search of a rare word.
_DIALECTS = {
    "sqlite": (
        "SELECT rowid FROM summaries_session_search WHERE summaries_session_search MATCH %s",
        " AND ",
        '"{}"',
        '"{}"*',
    ),
    "postgresql": (
        f"WITH found AS MATERIALIZED (SELECT id FROM summaries_supportsession WHERE ({DOCUMENT}) @@ "  # noqa: S608
        "(to_tsquery('simple', %s))) SELECT id FROM found",
        " & ",
        "{}",
        "{}:*",
    ),
}


def normalise(text: str) -> str:
    """Return the words of *text*, folded: no accents, no case, no punctuation, one space between them."""
    if text.isascii():
        return " ".join(_WORD.findall(text.lower()))
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()
    return " ".join(_WORD.findall(UNSPACED.sub(r" \g<0> ", plain)))


def build_search_text(*, lead: Iterable[str] = (), parts: Iterable[str]) -> str:
    """Return what search finds a session by, from its texts; empty parts don't matter. *lead*: what names it."""
    named, told = (normalise("\n".join(filter(None, each))) for each in (lead, parts))
    return (f"{named} {LEAD_ENDS} {told}" if named else told)[:MAX_SEARCH_TEXT_CHARS]


def text_for(*, session: SupportSession, content: SummaryContent | None = None) -> str:
    """Return the `search_text` of a session: its report, and the text of its summary when there is one."""
    return text_of_report(
        label=session.label,
        device=session.device.name if session.device else "",
        remote_user=session.remote_user,
        notes=session.notes,
        ticket=session.ticket,
        content=content,
    )


def text_of_report(
    *, label: str, device: str, remote_user: str, notes: str, ticket: str, content: SummaryContent | None = None
) -> str:
    """The same from the texts themselves."""
    lead = [label, ticket, device, remote_user]
    if content is None:
        return build_search_text(lead=lead, parts=[notes])
    lead += [content.title, *content.issue_types, *content.applications]
    return build_search_text(lead=lead, parts=[notes, *_parts_of(content)])


def _parts_of(content: SummaryContent) -> Iterator[str]:
    for said in (*content.problem, *content.cause, *content.outcome_statements, *content.open_points):
        yield said.text
    for step in content.steps:
        yield step.action.text
        yield from step.commands


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a query, folded. *is_beginning*: longer words that begin with it are found too."""

    text: str
    is_beginning: bool = True

    def matches(self, word: str) -> bool:
        """Whether *word*, folded, is what is looked for."""
        return word.startswith(self.text) if self.is_beginning else word == self.text

    @property
    def needle(self) -> str:
        """What stands in a text between spaces that holds the word."""
        return f" {self.text}" if self.is_beginning else f" {self.text} "


def words_of(query: str) -> list[Word]:
    """The words that a text must hold; none of an empty query, or of one that holds punctuation only."""
    found = [word[:MAX_WORD_CHARS] for word in normalise(query).split()[:MAX_QUERY_WORDS]]
    return [
        Word(text, is_beginning=len(text) >= MIN_BEGINNING_CHARS or place == len(found))
        for place, text in enumerate(found, 1)
    ]


def place_of(word: Word) -> Combinable:
    """Where *word* first stands in a session's text; 0: nowhere."""
    return StrIndex(Spaced(F("search_text")), Value(word.needle))


def holds(words: Iterable[Word]) -> list[GreaterThan]:
    """A session's text holds every one of *words*, as conditions that need no index."""
    return [GreaterThan(place_of(word), 0) for word in words]


class Spaced(Func):
    """A session's text with a space before its first word and after its last."""

    template = "(' ' || %(expressions)s || ' ')"
    output_field = TextField()


def rare_among(words: Sequence[Word]) -> list[Word]:
    """Those of *words* that fewer than RARE sessions hold, as PostgreSQL reckons; SQLite does not tell. One query."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:  # pragma: no cover - of the other database
        cursor.execute(_OFTENNESS, [[word.text for word in words], [word.is_beginning for word in words]])
        return [words[place - 1] for place, sessions in cursor.fetchall() if sessions < RARE]


def matching(
    queryset: QuerySet[SupportSession],
    query: str,
    *,
    company_id: int | None = None,
    rare: Sequence[Word] = (),
    is_counted: bool = False,
) -> QuerySet[SupportSession]:
    """Narrow *queryset* to the sessions that hold every word of *query*, or a word that begins with it.

    Any input is fine: quotes and operators are punctuation. An empty query narrows nothing; one without a word finds
    nothing. *company_id*: of which company all of *queryset* is; the index begins with it. *rare*: those of its words
    (see `rare_among`) that the index is asked for alone; the others are compared. *is_counted*: all of a short time are
    asked for, in no order, so that the planner may weigh the index against the time.
    """
    if not query.strip():
        return queryset
    words = words_of(query)
    if not words:
        return queryset.none()
    vendor = connections[queryset.db].vendor
    query_of_ids, joint, whole, beginning = _DIALECTS[vendor]
    looked_up = list(rare) or _looked_up(words)
    terms = joint.join((beginning if word.is_beginning else whole).format(word.text) for word in looked_up)
    queryset = queryset.filter(*holds(word for word in words if word not in looked_up))
    if company_id is not None and vendor == "postgresql":  # pragma: no cover - of the other database
        if is_counted:
            return queryset.filter(_Matches(terms, company_id))
        query_of_ids = query_of_ids.replace("@@ (", f"@@ ($$'={int(company_id)}'$$::tsquery && ")
    return queryset.filter(pk__in=RawSQL(query_of_ids, [terms]))  # noqa: S611 - constant; words are bound


class _Matches(Func):  # pragma: no cover - of the other database
    """Whether the index of PostgreSQL has a session under *terms*, as a condition of its own."""

    output_field = BooleanField()

    def __init__(self, terms: str, company_id: int) -> None:
        super().__init__(F("search_text"), F("company_id"), terms=terms, of=int(company_id))

    def as_sql(self, compiler: Any, _connection: Any, **_context: Any) -> tuple[str, list[str]]:  # type: ignore[override]
        document = _DOCUMENT.format(*(compiler.compile(each)[0] for each in self.source_expressions))
        query = f"($$'={self.extra['of']}'$$::tsquery && to_tsquery('simple', %s))"
        return f"({document}) @@ {query}", [self.extra["terms"]]


def _looked_up(words: list[Word]) -> list[Word]:
    """The words that are asked of the index. The beginning of a word that has one letter or two would read a good part
    of it; beside other words it is only compared."""
    long = [word for word in words if not word.is_beginning or len(word.text) >= MIN_BEGINNING_CHARS]
    return long or words

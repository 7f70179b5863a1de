"""A draft knowledge article of sessions that are alike: their summaries' own statements, counted and ordered.

Nothing is kept and nothing is made up. The draft is put together anew each time it is looked at, from the summaries
that the reader may read at that moment: what was deleted or withdrawn is not in it.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, QuerySet

from accounts.domain import audit
from accounts.models import Company, User
from accounts.permissions import Permission
from summaries.content import Statement, Step, SummaryContent, content_from_json
from summaries.domain.reading.release import approval_required_by, held_back
from summaries.enums import Outcome
from summaries.models import SummaryRevision, SupportSession

#: So many summaries are read, the newest.
MAX_SUMMARIES = 50
MAX_LINES = 3
MAX_STEPS = 12
_SPACES = re.compile(r"\s+")

_Texts = list[tuple[SupportSession, SummaryContent]]
#: Session, language, place in the session, sentence, and its step if it is one's.
_Told = Iterable[tuple[SupportSession, str, int, Statement, Step | None]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a line comes from: interactions of *session*, none where a person wrote the sentence."""

    session: SupportSession
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence as it stands in the summaries of *sources*, in *language*; *commands* as they were stored."""

    text: str
    language: str
    sources: tuple[Source, ...]
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """*resolved* of *sessions* ended well; the steps are theirs. *applications* by the number of their sessions."""

    title: str
    made_at: datetime
    sessions: tuple[SupportSession, ...]
    resolved: int
    is_ai_written: bool
    problem: tuple[Line, ...]
    cause: tuple[Line, ...]
    steps: tuple[Line, ...]
    applications: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Said:
    """A sentence while it is counted: its first wording, the numbers by session, commands, places in their sessions."""

    text: str
    language: str
    numbers: dict[SupportSession, list[int]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    def line(self) -> Line:
        sources = tuple(Source(session, tuple(dict.fromkeys(found))) for session, found in self.numbers.items())
        return Line(self.text, self.language, sources, tuple(dict.fromkeys(self.commands)))


def draft_article(
    *, company: Company, viewer: User, sessions: QuerySet[SupportSession], title: str, at: datetime
) -> Article | None:
    """The draft from those of *sessions* whose summaries *viewer* may read at *at*; None when there is none.

    Only statements that evidence supports are taken. That they were read is kept in the audit log.
    """
    article = _article(company=company, viewer=viewer, sessions=sessions, title=title, at=at)
    if article:
        _record("knowledge_article.viewed", company=company, actor=viewer, article=article, at=at)
    return article


def export_article(
    *, company: Company, viewer: User, sessions: QuerySet[SupportSession], title: str, at: datetime
) -> Article | None:
    """The draft to take out: from the summaries that *viewer* may read and export, and that may leave.

    None when there is none.
    """
    exported = SupportSession.objects.reached_with(viewer, Permission.EXPORT_SUMMARIES, company)
    demanded = approval_required_by(company_id=company.pk)
    taken = sessions.filter(pk__in=exported.exclude(held_back(approval_required=demanded)).values("pk"))
    article = _article(company=company, viewer=viewer, sessions=taken, title=title, at=at)
    if article:
        _record("knowledge_article.exported", company=company, actor=viewer, article=article, at=at)
    return article


def _record(action: str, *, company: Company, actor: User, article: Article, at: datetime) -> None:
    details = {"sessions": [session.label for session in article.sessions]}
    audit.record(company=company, actor=actor, action=action, at=at, details=details)


def _article(
    *, company: Company, viewer: User, sessions: QuerySet[SupportSession], title: str, at: datetime
) -> Article | None:
    revisions = (
        SummaryRevision.objects.visible_to(viewer)
        .filter(company=company, summary__session__in=sessions.order_by().values("pk"), summary__current=F("pk"))
        .select_related("summary__session")
        .order_by("-summary__session__started_at", "-pk")[:MAX_SUMMARIES]
    )
    read = [(revision, content_from_json(revision.content)) for revision in revisions]
    if not read:
        return None
    texts = [(revision.summary.session, content) for revision, content in read]
    resolved = [(session, content) for session, content in texts if content.outcome == Outcome.RESOLVED]
    applications = Counter(name for _, content in texts for name in dict.fromkeys(content.applications))
    return Article(
        title=title,
        made_at=at,
        sessions=tuple(session for session, _ in texts),
        resolved=len(resolved),
        is_ai_written=any(revision.engine for revision, _ in read),
        problem=_commonest(_statements(texts, "problem"), limit=MAX_LINES),
        cause=_commonest(_statements(texts, "cause"), limit=MAX_LINES),
        steps=_commonest(_steps(resolved), limit=MAX_STEPS),
        applications=tuple(sorted(applications.items(), key=lambda row: (-row[1], row[0]))),
    )


def _statements(texts: _Texts, name: str) -> _Told:
    for session, content in texts:
        for place, statement in enumerate(getattr(content, name)):
            yield session, content.language, place, statement, None


def _steps(texts: _Texts) -> _Told:
    for session, content in texts:
        for place, step in enumerate(content.steps):
            yield session, content.language, place, step.action, step


def _commonest(told: _Told, *, limit: int) -> tuple[Line, ...]:
    """The sentences of most sessions; of equally many, what comes earlier in its sessions."""
    found: dict[tuple[str, str], _Said] = {}
    for session, language, place, statement, step in told:
        if not statement.stands or not statement.text.strip():
            continue
        said = found.setdefault((language, _key(statement.text)), _Said(statement.text, language))
        said.numbers.setdefault(session, []).extend(statement.evidence)
        said.places.append(place)
        said.commands.extend(step.commands if step else ())
    ordered = sorted(found.values(), key=lambda said: (-len(said.numbers), sum(said.places) / len(said.places)))
    return tuple(said.line() for said in ordered[:limit])


def _key(text: str) -> str:
    """What makes two sentences the same: their words, whatever the case, the spaces and the full stop."""
    return _SPACES.sub(" ", text).strip(" .!").casefold()

"""A draft knowledge article as Markdown in which nothing of a session's text is markup. Pure."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from insights_portal.lib.text import show_controls
from summaries.domain.evidence.prose import runs_of
from summaries.domain.reading.knowledge import Article, Line, Source

LABEL = gettext_lazy(
    "Draft, put together by machine from the AI-generated summaries of support sessions. Check "
    "it before anybody works by it."
)
LABEL_OF_PEOPLE = gettext_lazy(
    "Draft, put together by machine from the summaries of support sessions. Check it before anybody works by it."
)
NO_STEPS = gettext_lazy("None of these sessions is known to be resolved, so that no steps are given.")

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#|~!&@$])")
#: What begins a list, a heading or a quotation at the start of a line.
_BLOCK = re.compile(r"^(\d+)([.)])|^([-+=])")
#: What programs turn into links though nobody marked it as one.
_BARE_LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_TICKS = re.compile(r"`+")


def markdown_of(article: Article, *, address_of: Callable[[Source], str], made_at: str) -> str:
    """The article; *address_of* gives the whole address of a source, *made_at* is the time in words."""
    parts = [f"# {escaped(article.title)}", f"> {label_of(article)}"]
    problem = [_line(line, address_of) for line in article.problem]
    cause = [_line(line, address_of) for line in article.cause]
    steps = [_line(line, address_of) for line in article.steps]
    parts += _section(_("Problem"), problem, bullet="-") + _section(_("Cause"), cause, bullet="-")
    parts += _section(_("Steps"), steps, bullet="1.") or [f"## {_('Steps')}", str(NO_STEPS)]
    many = len(article.sessions)
    names = [
        ngettext(
            "%(application)s, in %(count)s of %(sessions)s session",
            "%(application)s, in %(count)s of %(sessions)s sessions",
            many,
        )
        % {"application": escaped(name), "count": count, "sessions": many}
        for name, count in article.applications
    ]
    parts += _section(_("Applications"), names, bullet="-")
    links = [_link(session.label, address_of(Source(session, ()))) for session in article.sessions]
    parts += [f"## {_('Sources')}", ", ".join(links)]
    parts.append(
        ngettext(
            "%(resolved)s of %(sessions)s session resolved. Made on %(time)s.",
            "%(resolved)s of %(sessions)s sessions resolved. Made on %(time)s.",
            many,
        )
        % {"resolved": article.resolved, "sessions": many, "time": escaped(made_at)}
    )
    return "\n\n".join(parts) + "\n"


def label_of(article: Article) -> str:
    return str(LABEL if article.is_ai_written else LABEL_OF_PEOPLE)


def escaped(text: str) -> str:
    """*text* on one line, as a reader sees it and nothing else: no markup, no link, no hidden character."""
    flat = _SPACES.sub(" ", show_controls(text)).strip()
    safe = _MARKUP.sub(r"\\\1", flat)
    safe = _BARE_LINK.sub(lambda found: found.group()[:-1] + "\\" + found.group()[-1], safe)
    return _BLOCK.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", safe)


def code(text: str) -> str:
    """*text* as it was typed, on one line, between more backticks than stand in it."""
    flat = _SPACES.sub(" ", show_controls(text)).strip()
    fence = "`" * (max((len(run) for run in _TICKS.findall(flat)), default=0) + 1)
    padding = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{padding}{flat}{padding}{fence}"


def _section(heading: str, lines: list[str], *, bullet: str) -> list[str]:
    return [f"## {heading}", "\n".join(f"{bullet} {line}" for line in lines)] if lines else []


def _line(line: Line, address_of: Callable[[Source], str]) -> str:
    said = "".join(code(run.text) if run.is_code else _inside(run.text) for run in runs_of(line.text))
    commands = [code(command) for command in line.commands if command.strip() and command not in line.text]
    sources = ", ".join(_link(source.session.label, address_of(source)) for source in line.sources)
    return " ".join([said.strip(), *commands, f"({sources})"])


def _inside(text: str) -> str:
    """A run of a sentence, with the spaces that part it from its neighbours."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{escaped(text)}{after}"


def _link(label: str, address: str) -> str:
    return f"[{escaped(label)}]({address})"

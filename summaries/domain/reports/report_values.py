"""A service report as values: what stands on the paper, in order, and nothing of how it looks."""

from dataclasses import dataclass, field
from datetime import datetime

from insights_portal.lib.text import direction_of
from summaries.domain.evidence.prose import Run
from summaries.enums import Accent


@dataclass(frozen=True, slots=True)
class Particular:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the report. *clock* is when it was done, *mark* what the reader must know about it, *evidence*
    the numbers of the interactions that show it. *written*: the way it is written, where its words don't tell.
    """

    runs: tuple[Run, ...]
    clock: str = ""
    mark: str = ""
    evidence: tuple[int, ...] = ()
    written: str = ""

    @property
    def direction(self) -> str:
        return self.written or direction_of("".join(run.text for run in self.runs))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines. *badge* stands before them; *tone* names its colour, an Outcome value."""

    heading: str
    lines: tuple[Line, ...]
    is_numbered: bool = False
    badge: str = ""
    tone: str = ""

    @property
    def direction(self) -> str:
        """Of the list as a whole: its numbers stand on the side where its first line begins."""
        return self.lines[0].direction if self.lines else "ltr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """How the paper looks, whatever is on it. *logo* is a PNG or empty, *accent* an Accent value."""

    company: str
    lines: tuple[str, ...] = ()
    logo: bytes = field(default=b"", repr=False)
    logo_text: str = ""
    accent: str = Accent.GRAPHITE
    footer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReport:
    """*language* is that of text and labels, *direction* the way in which it is written. No *signatures*: nobody is
    to sign.
    """

    language: str
    direction: str
    letterhead: Letterhead
    name: str
    number: str
    ticket: str
    date: str
    title: str
    subtitle: str
    particulars: tuple[Particular, ...]
    sections: tuple[Section, ...]
    notice: str
    signatures: tuple[str, ...]
    page: str
    of: str
    written_at: datetime

    @property
    def title_direction(self) -> str:
        return direction_of(self.title)

"""The contract of the copilot's engines: a question about one redacted session goes in, sentences with evidence come
out, bit by bit. None at all means that the session does not tell."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from summaries.content import Statement
from summaries.engines.base import RecordedInteraction

#: Called every now and then with what an engine has written so far; False: nobody wants the rest.
Told = Callable[[tuple[Statement, ...]], bool]
#: What an answer has at most; the rest is left out.
MAX_STATEMENTS = 12


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of the same conversation, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopilotRequest:
    """A masked question about one session, and nothing that names the company.

    *topic*: code of a QuestionTopic for a suggested question. *language*: of the answer, where the question does not
    tell. *token_ceiling*: what the answer may use at most; None without a ceiling.
    """

    question: str
    interactions: tuple[RecordedInteraction, ...]
    topic: str = ""
    language: str = "en"
    is_running: bool = False
    quality: frozenset[str] = frozenset()
    earlier: tuple[Exchange, ...] = ()
    token_ceiling: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopilotDraft:
    """What an engine answered, before evidence is checked. *left_out*: interactions that it did not get to see.

    *is_stopped*: the rest was not wanted; tokens are those until then.
    """

    statements: tuple[Statement, ...]
    model: str = ""
    prompt_version: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    left_out: int = 0
    is_stopped: bool = False


class CopilotEngine(Protocol):
    #: Which key at which address, as a fingerprint; empty for an engine of this server.
    @property
    def place(self) -> str: ...

    #: Whether it quotes passages instead of writing sentences, which need no check then.
    @property
    def quotes(self) -> bool: ...

    def answer(self, request: CopilotRequest, *, told: Told) -> CopilotDraft:
        """Answer, and wait for it. Raises EngineError. Called outside any transaction; bounded in time."""
        ...

"""The built-in engine of the copilot: finds passages and quotes them; it writes no sentence of its own."""

from summaries.content import Statement
from summaries.domain.evidence.quoting import shortened
from summaries.engines.base import RecordedInteraction
from summaries.engines.builtin.finding import error_lines, ranked, topic_of
from summaries.engines.copilot_base import CopilotDraft, CopilotRequest, Told
from summaries.enums import Kind, QuestionTopic

#: How many passages are shown: of a kind that the question names more, of words fewer.
MAX_PASSAGES, MAX_OF_A_KIND = 5, 12
MAX_PASSAGE = 300


class BuiltInCopilot:
    """Offline, deterministic. See `finding` for what is found."""

    place = ""
    quotes = True

    def answer(self, request: CopilotRequest, *, told: Told) -> CopilotDraft:  # noqa: ARG002 - there is no half answer
        """The best passages, in the order of time. Raises nothing."""
        by_number = {each.number: each for each in request.interactions}
        about = request.topic or topic_of(request.question)
        most = MAX_OF_A_KIND if about in (QuestionTopic.COMMANDS, QuestionTopic.FILES) else MAX_PASSAGES
        numbers = ranked(request.question, about, request.interactions)[:most]
        is_about_errors = about == QuestionTopic.ERRORS
        found = [Statement(_passage(by_number[each], is_about_errors), (each,)) for each in sorted(numbers)]
        return CopilotDraft(statements=tuple(each for each in found if each.text))


def _passage(each: RecordedInteraction, is_about_errors: bool) -> str:
    """What is quoted of an interaction: of a long output its errors, of a window without text its title."""
    text = each.text
    if is_about_errors and each.kind == Kind.OUTPUT:
        text = " … ".join(error_lines(text)[:3]) or text
    return shortened(text if text.strip() else each.title or each.application, MAX_PASSAGE)

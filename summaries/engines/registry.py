"""Which engine stands behind which name."""

from accounts.enums import EngineName
from accounts.models import AISettings
from summaries.engines.base import RemoteEngine, SummaryEngine
from summaries.engines.batch_base import BatchEngine
from summaries.engines.copilot_base import CopilotEngine


def engine_for(*, ai_settings: AISettings, name: EngineName) -> SummaryEngine:
    """The engine *name* with the company's model, address and key. Never raises; `summarise` does."""
    if name == EngineName.CLAUDE:
        # Local: the SDK costs 1 to 3 s and 78 MB, paid only by a process that calls a model.
        from summaries.engines.claude import ClaudeEngine

        return ClaudeEngine(ai_settings=ai_settings)
    # Local for the same reason: a web process that never writes a summary has no use for the engine's word lists.
    from summaries.engines.builtin import BuiltInEngine

    return BuiltInEngine()


def remote_engine_for(*, ai_settings: AISettings) -> RemoteEngine:
    """The engine that many summaries wait for at once, with the company's model, address and key. Never raises."""
    # Local: the SDK costs 1 to 3 s and 78 MB, paid only by a process that calls a model.
    from summaries.engines.claude import ClaudeEngine

    return ClaudeEngine(ai_settings=ai_settings)


def batches_for(*, ai_settings: AISettings) -> BatchEngine:
    """The provider's batches with the company's model, address and key. Never raises."""
    # Local: the SDK costs 1 to 3 s and 78 MB, paid only by a process that calls a model.
    from summaries.engines.batches import ClaudeBatches

    return ClaudeBatches(ai_settings=ai_settings)


def copilot_for(*, ai_settings: AISettings, name: EngineName) -> CopilotEngine:
    """The engine *name* for questions, with the company's model, address and key. Never raises; `answer` does."""
    if name == EngineName.CLAUDE:
        # Local: the SDK costs 1 to 3 s and 78 MB, paid only by a process that calls a model.
        from summaries.engines.claude_copilot import ClaudeCopilot

        return ClaudeCopilot(ai_settings=ai_settings)
    # Local for the same reason: pages that ask nothing have no use for the engine's word lists.
    from summaries.engines.builtin.copilot import BuiltInCopilot

    return BuiltInCopilot()

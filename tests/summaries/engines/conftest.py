import pytest

from summaries.engines.claude import ClaudeEngine
from tests.messages_server import MessagesServer, messages_server
from tests.summaries.engines.sessions import loopback_settings

__all__ = ["messages_server"]


@pytest.fixture
def engine(messages_server: MessagesServer, settings) -> ClaudeEngine:
    """The engine at the loopback server, with little patience."""
    settings.ENGINE_TIMEOUT_SECONDS = 5.0
    settings.ENGINE_MAX_RETRIES = 1
    return ClaudeEngine(ai_settings=loopback_settings(messages_server.base_url))

import pytest

from tests.messages_server import message
from tests.summaries.domain.remote import ANSWER, point_to


@pytest.fixture
def provider(cast, at, messages_server, settings):
    """The loopback server's batches; both companies' engines stand there."""
    settings.ENGINE_MAX_RETRIES = 0
    settings.ENGINE_TIMEOUT_SECONDS = 5.0
    messages_server.answers(message(ANSWER))
    messages_server.batches.now = at
    for company in (cast.northwind, cast.contoso):
        point_to(company, messages_server.base_url)
    return messages_server.batches

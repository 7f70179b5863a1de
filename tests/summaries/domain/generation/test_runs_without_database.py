"""A database that is away in the middle of a run: what was begun is taken up again."""

import pytest
from django.db import OperationalError, connection

from tests.messages_server import refused
from tests.summaries.domain.remote import ask, point_to, run, states

pytestmark = pytest.mark.django_db(transaction=True)


def failing_once(about):
    """A database that is away when the statement comes that *about* recognises."""
    once = iter([True])

    def fail(execute, sql, params, many, context):
        if about(sql, params) and next(once, False):
            raise OperationalError("the database is away")
        return execute(sql, params, many, context)

    return connection.execute_wrapper(fail)


def test_a_summary_that_is_given_up_is_shown_so_once_the_database_is_back(cast, at, messages_server):
    point_to(cast.northwind, messages_server.base_url, is_active=False)
    ask(cast.northwind, cast.bob, [1], at=at)

    with failing_once(lambda sql, params: sql.startswith('UPDATE "summaries_summary"') and "FAILED" in params):
        assert run(at) == 0

    assert [state for state, _, _ in states(cast.northwind)] == ["FAILED"]
    assert messages_server.requests == []


def test_the_built_in_engine_stands_in_once_the_database_is_back(cast, at, messages_server, settings):
    settings.ENGINE_MAX_RETRIES = 0
    messages_server.answers(refused(401))
    point_to(cast.northwind, messages_server.base_url)
    ask(cast.northwind, cast.bob, [1], at=at)

    with failing_once(lambda sql, _: sql.startswith("INSERT") and '"summaries_summaryrevision"' in sql):
        assert run(at) == 1

    assert states(cast.northwind) == [("READY", "BUILT_IN", "")]
    assert len(messages_server.requests) == 1

import pytest

from summaries.domain.consent import requests as consent
from summaries.domain.consent.links import InvalidLink, LinkKind, issue_link
from tests.summaries.consent_cases import ask, waiting_session


@pytest.fixture
def waiting(cast, at):
    return waiting_session(cast, at)


def test_forged_links_are_refused_without_a_query(waiting, cast, at, django_assert_num_queries):
    link = ask(waiting, cast.bob, at)

    with django_assert_num_queries(0):
        for forged in (link[:-1], link.split(".")[0], f"x{link}", "", issue_link(kind=LinkKind.WITHDRAW).link):
            with pytest.raises(InvalidLink):
                consent.request_of(link=forged)


def test_a_link_that_was_signed_here_but_belongs_to_no_question_is_refused(db):
    with pytest.raises(InvalidLink):
        consent.request_of(link=issue_link(kind=LinkKind.ASK).link)


def test_links_survive_a_new_secret_key_as_long_as_the_old_one_is_named(waiting, cast, at, settings):
    link = ask(waiting, cast.bob, at)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-newer-secret-of-the-test-run-that-protects-nothing"

    assert consent.request_of(link=link).session == waiting

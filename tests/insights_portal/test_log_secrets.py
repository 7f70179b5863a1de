import logging

import pytest

from insights_portal.logs import WithoutSecrets, without_secrets
from summaries.domain.consent.links import LinkKind, issue_link


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/accounts/password/reset/key/1-abc123/", "/accounts/password/reset/key/…/"),
        ("/sessions/S-1/consent/ask/", "/sessions/S-1/consent/ask/"),
        ("/consents/consents.csv", "/consents/consents.csv"),
        ("/schedules/leave/17:c2lnbmVk/", "/schedules/leave/…/"),
        (
            "/schedules/0a5f53ab-9be9-4b95-aab8-d0f0d8e1eb5a/leave/",
            "/schedules/0a5f53ab-9be9-4b95-aab8-d0f0d8e1eb5a/leave/",
        ),
    ],
)
def test_paths_lose_their_secrets_and_nothing_else(path, shown):
    assert without_secrets(path) == shown


@pytest.mark.parametrize(("prefix", "kind"), [("", LinkKind.ASK), ("withdraw/", LinkKind.WITHDRAW)])
def test_consent_links_are_cut_out_of_what_is_logged(prefix, kind):
    path = f"/consent/{prefix}{issue_link(kind=kind).link}/"
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s %d", ("Busy", path, 429), None)

    assert WithoutSecrets().filter(record) is True

    assert record.getMessage() == "Busy: /consent/…/ 429"


def test_a_message_without_parts_is_left_alone():
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Plain", None, None)

    assert WithoutSecrets().filter(record) is True
    assert record.getMessage() == "Plain"


def test_what_the_framework_says_of_refused_requests_goes_through_it():
    assert [type(one) for one in logging.getLogger("django.request").filters] == [WithoutSecrets]

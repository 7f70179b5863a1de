import pytest

from accounts.domain.ai_settings import ENGINE, LANGUAGE, RETENTION
from accounts.domain.settings_versions import changed_labels, version_of
from accounts.models import AISettings


def changed(fields, *, seen, **now):
    seen_version = version_of(AISettings(**seen), fields)
    return changed_labels(ai_settings=AISettings(**{**seen, **now}), fields=fields, version=seen_version)


@pytest.mark.parametrize(
    ("fields", "now", "labels"),
    [
        (LANGUAGE, {"language": "de"}, ["language: now German"]),
        (LANGUAGE, {"language": "en"}, []),
        (RETENTION, {"keep_logs_days": 30}, ["days that session logs are kept: now 30"]),
        (ENGINE, {"engine_key_encrypted": "other"}, ["the key was replaced or removed"]),
        (ENGINE, {"engine_model": "m" * 100}, [f"model: now {'m' * 60}"]),
        (("outgoing_enabled",), {"outgoing_enabled": True}, ["summaries for outgoing connections: now on"]),
    ],
)
def test_changed_labels_say_what_stands_there_now(fields, now, labels):
    seen = {"language": "en", "keep_logs_days": None, "engine_key_encrypted": "one", "engine_model": ""}

    assert changed(fields, seen=seen, **now) == labels


def test_changed_labels_call_what_was_emptied_empty():
    assert changed(RETENTION, seen={"keep_logs_days": 30}, keep_logs_days=None) == [
        "days that session logs are kept: now empty"
    ]


@pytest.mark.parametrize("version", ["", "language", "language:0,nothing:1", ":::,"])
def test_a_version_that_is_none_matches_nothing(version):
    assert changed_labels(ai_settings=AISettings(), fields=LANGUAGE, version=version) == ["language: now English"]


def test_a_version_tells_nothing_of_the_key():
    assert "secret" not in version_of(AISettings(engine_key_encrypted="secret"), ENGINE)

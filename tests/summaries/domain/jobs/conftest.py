"""Sessions to work at, a place for files, and kinds that stand in the registry for one test."""

import pytest

from summaries.domain.jobs import registry
from tests.summaries.domain.jobs.job_cases import add_summaries, ask
from tests.summaries.session_rows import add_interactions, add_session, add_summary


@pytest.fixture
def three(cast):
    return add_summaries(cast.northwind, cast.bob, 3)


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


@pytest.fixture
def scripted(cast, monkeypatch):
    """Start Mona's job of a kind that only this test knows."""

    def start(kind, **more):
        monkeypatch.setitem(registry.KINDS, kind.code, kind)
        return ask(kind.code, cast.mona, cast.northwind, **more)

    return start


@pytest.fixture
def mixed(cast):
    """S-1 with log and summary, S-2 approved, S-3 failed, S-4 without a summary, S-5 running, S-6 refused."""
    logged = add_session(cast.northwind, cast.bob, 1, interaction_count=3)
    add_interactions(logged, 3)
    add_summary(logged)
    add_summary(add_session(cast.northwind, cast.bob, 2), review="APPROVED")
    add_summary(add_session(cast.northwind, cast.bob, 3), state="FAILED")
    add_session(cast.northwind, cast.bob, 4)
    add_session(cast.northwind, cast.bob, 5, status="OPEN", ended_at=None)
    add_session(cast.northwind, cast.bob, 6, verdict="NO", reason="CONSENT_REFUSED")
    return logged

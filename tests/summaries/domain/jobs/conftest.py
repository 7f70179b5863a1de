"""Sessions to work at, a place for files, and kinds that stand in the registry for one test."""

import pytest

from summaries.domain.jobs import registry
from tests.summaries.domain.jobs.job_cases import add_summaries, ask


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

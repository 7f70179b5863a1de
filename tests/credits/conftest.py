import pytest

from credits.models import Pack
from tests.credits.ordering import make_pack


@pytest.fixture
def pack(db: None) -> Pack:
    return make_pack()

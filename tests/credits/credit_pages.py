"""A browser on the pages of credits: what it shows, as text and as rows; and the company whose credits they are."""

import csv
import io
import re

import pytest
from django.test import Client

from accounts.domain.roles import change_role
from accounts.models import Role
from accounts.permissions import Permission
from tests.conftest import NOW, sign_in_freshly
from tests.credits.ledger_rows import use_credit

URL = "/credits/"


def signed_in(user):
    client = Client()
    sign_in_freshly(client, user)
    return client


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """Pages read the clock; it stands at the tests' moment."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return NOW


@pytest.fixture
def hold_only(cast):
    """A browser in which Bob is signed in, whose role holds that permission alone."""

    def hold(permission):
        role = Role.objects.get(company=cast.northwind, name="Supporter")
        change_role(role=role, name=role.name, permissions=[Permission(permission)], actor=cast.alice, at=NOW)
        return signed_in(cast.bob)

    return hold


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def used(cast, now):
    """Three sessions of this month: Bob's S-1 and S-2, Mona's; and Contoso's, which nobody here may see."""
    northwind = cast.northwind
    for number, member in ((1, cast.bob), (2, cast.bob), (3, cast.mona)):
        use_credit(northwind, at=now, member_id=member.pk, session_label=f"S-{number}", policy="Standard")
    use_credit(cast.contoso, at=now, member_id=cast.charlie.pk, session_label="S-77", policy="Contoso's own")
    return northwind


def html(client, address=""):
    response = client.get(URL + address)
    assert response.status_code == 200
    return response.content.decode()


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition('<nav class="tabs"')[2])).strip()


def table(page):
    """The cells of the ledger's table, row by row, with what the narrow layout repeats left out."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    body = re.sub(r'<span class="sub is-(narrow-only|folded)">.*?</span>(?=</t[hd]>)', "", body)
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in row] for row in cells]


def lines(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))

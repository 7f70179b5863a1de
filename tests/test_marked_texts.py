"""Every text of a page can be translated: in a language that marks what passes through gettext, nothing is unmarked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client

from accounts.models import Company, User
from summaries.models import Application
from tests.conftest import sign_in_freshly
from tests.permission_rows import ROWS
from tests.permission_world import ROLES, Row, World, build_world
from tests.pseudo_language import misread_of, pseudo_language, unmarked_of

APPS = ("accounts", "policies", "credits", "summaries")
#: What is the same in every language, and why.
THE_SAME = re.compile(
    "|".join(
        [
            r"Session Insights|\bSI\b",  # the product's name and its mark
            r"\b(?:S|O)-\d+\b|\[S-\w+\]",  # numbers of sessions and orders
            r"[\w.+-]+@[\w.-]+|https?://\S+|\bportal\.example\b",  # addresses
            r"\b(?:CSV|JSON Lines|JSONL|JSON|PDF|XLSX|ZIP|UTC|EUR|MB|GB|ms|min|h|s)\b",  # formats, units
            r"\b(?:OpenID Connect|SAML 2\.0|TeamViewer|MeshCentral|Claude|Letter|A4)\b",  # names of others' things
            r"\b[a-z_]+\.[a-z_]+(?:\.[a-z_]+)?\b",  # names of events and actions, as programs write them
            r"\b\w+/\w+(?:/\w+)?\b|\b\w+:\w+\b",  # time zones, scopes
            r"\bDeutsch\b",  # the name of the language that the pseudo-language stands in for
            r"\bDesk\b|\bBackup on\b",  # data that rows of the table make on their way
        ]
    )
)
NAMED_FREELY = (Application, Company)
#: Pages that are not the portal's own language: what the remote user reads, which has a choice of its own.
OWN_LANGUAGE = ("/consent/",)


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings_in(each)


def stored_texts() -> list[str]:
    """What people and machines wrote into the database: data, in whatever language. The longest first."""
    found: set[str] = set()
    for model in apps.get_models():
        if model._meta.app_label not in APPS:
            continue
        kinds = (models.CharField, models.TextField, models.JSONField)
        names = [
            field.attname for field in model._meta.concrete_fields if isinstance(field, kinds) and not field.choices
        ]
        for row in model._base_manager.values_list(*names) if names else []:
            texts = (line for value in row for text in strings_in(value) for line in text.splitlines())
            # Lower-case words are codes of programs, but for names of programs; a page shows words for a code.
            found.update(text for text in texts if model in NAMED_FREELY or not text.islower())
    return sorted((text for text in found if len(text) > 1), key=len, reverse=True)


def without(data: list[str], text: str) -> str:
    for each in data:
        if each in text:
            text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", "", text)
    return text


def unmarked(page: str, data: list[str]) -> Iterator[str]:
    for text in unmarked_of(page):
        # Data may hold a name that is the same everywhere, and the other way round.
        rests = THE_SAME.sub("", without(data, text)), without(data, THE_SAME.sub("", text))
        if all(re.search(r"[^\W\d_]{2,}", rest) for rest in rests):
            yield text


def page_of(world: World, role: str, name: str, row: Row, method: str) -> tuple[str, str]:
    """(address, HTML) of an answer, empty where it is none for people; whatever it changed is undone."""
    address = row.path(world, name)
    with transaction.atomic():
        client = Client(raise_request_exception=False)
        if world.people[role] is not None:
            sign_in_freshly(client, world.people[role])
        data = {key: value(world) if callable(value) else value for key, value in row.data.items()}
        answer = getattr(client, method.lower())(address, data, headers={"Accept-Language": "de", **row.headers})
        transaction.set_rollback(True)
    is_page = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
    return address, answer.content.decode() if is_page else ""


@dataclass(frozen=True)
class Crawl:
    """Pages as one role sees them in the pseudo-language, each with the request that it answers; and what is data."""

    pages: dict[str, str]
    data: list[str]


@pytest.fixture(scope="module", params=["Administrator", "other company's", "visitor"])
def crawl(request: Any, django_db_setup: None, django_db_blocker: Any) -> Crawl:
    """Each page that the role opens, and what it answers the administrator to a form that was sent empty."""
    role, pages = request.param, {}
    methods = ("GET", "POST") if role == "Administrator" else ("GET",)
    with django_db_blocker.unblock(), transaction.atomic(), pseudo_language() as code:
        world = build_world()
        User.objects.update(language=code)
        data = stored_texts()
        for name, rows in ROWS.items():
            for row in rows:
                is_page = row.method == "GET" and row.statuses[ROLES.index(role)] == 200
                for method in methods if is_page and not name.startswith("api:") else ():
                    address, page = page_of(world, role, name, row, method)
                    pages[f"{method} {address}"] = page
        transaction.set_rollback(True)
    return Crawl({where: page for where, page in pages.items() if page}, data)


@pytest.mark.django_db  # so that this module, run alone, gets a database for `crawl`
def test_no_page_shows_a_text_that_is_not_marked(crawl):
    found = {}
    for where, page in crawl.pages.items():
        for text in unmarked(page, crawl.data) if not where.split()[1].startswith(OWN_LANGUAGE) else ():
            found.setdefault(text, where)

    assert found == {}


@pytest.mark.django_db
def test_browsers_and_scripts_get_numbers_and_dates_that_they_read(crawl):
    """German, for which the pseudo-language stands in, writes 12,5 and 22. Nov.: no attribute may."""
    found = {where: faults for where, page in crawl.pages.items() if (faults := misread_of(page))}

    assert found == {}


@pytest.mark.parametrize(
    "tag",
    [
        '<input type="date" value="22.11.2026">',
        '<input type="number" value="12,5">',
        '<input type="number" step="0,01">',
        '<input type="month" value="November 2026">',
        '<progress max="100" value="12,5"></progress>',
        '<svg><rect width="12,5%" height="12"></rect></svg>',
        '<svg><polyline points="0,0,5,3 1,2"></polyline></svg>',
        '<p data-seconds="1.234"></p>',
        '<p data-hx-trigger="load delay:1,5s"></p>',
    ],
)
def test_the_check_finds_what_a_browser_misreads(tag):
    assert len(misread_of(tag)) == 1

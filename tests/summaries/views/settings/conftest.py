import html
import re

import pytest
from django.core.cache import cache

from accounts.models import AISettings


class Tab:
    """One tab in Alice's browser: what it shows, and what sending its form does."""

    def __init__(self, client, tab):
        self.client = client
        self.address = "/ai-settings/" if tab == "activation" else f"/ai-settings/{tab}/"

    def read(self, query=""):
        return words(self.client.get(self.address + query))

    def fields(self):
        """What a browser would send when nothing is touched."""
        page = self.client.get(self.address).content.decode()
        return {"version": html.unescape(re.search(r'name="version" value="([^"]*)"', page).group(1))}

    def send(self, *, fragment=False, version=None, **values):
        version = self.fields()["version"] if version is None else version
        headers = {"HX-Request": "true"} if fragment else {}
        return self.client.post(self.address, {"version": version, **values}, headers=headers)


def words(response):
    """The text of the page without its tags."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode().split("</header>")[-1])
    return " ".join(html.unescape(text).split())


def field_errors(response):
    return dict(response.context["form"].errors)


@pytest.fixture
def tab(signed_in, cast):
    client = signed_in(cast.alice)
    return lambda name: Tab(client, name)


@pytest.fixture
def stored(cast):
    return lambda: AISettings.objects.get(company=cast.northwind)


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()

"""What templates say with their unchanging parts joined, against what they say through Django's own loader."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Engine, Template
from django.template.backends.django import DjangoTemplates
from django.template.base import NodeList
from django.utils import translation

TEMPLATES = Path(settings.BASE_DIR) / "templates"
OURS = "insights_portal.lib.template_loading.Loader"
INNER = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
LIBRARIES = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}


def engine_of(**texts: str) -> Engine:
    inner = [("django.template.loaders.locmem.Loader", texts)]
    loaders = [(OURS, inner)]
    return Engine(loaders=loaders, libraries=LIBRARIES)


def said(template: Template, **values: Any) -> str:
    return template.render(Context(values))


def kinds_of(nodes: NodeList) -> list[str]:
    return [type(node).__name__ for node in nodes]


def test_what_never_changes_is_one_node() -> None:
    link = "{% load i18n static %}<a href=\"{% url 'summaries:home' %}\">{% translate 'Profile' %}</a>"

    template = engine_of(page=link + "{# no #}{% static 'a.css' %}{{ name }}").get_template("page")

    assert kinds_of(template.nodelist) == ["_Unchanging", "VariableNode"]
    assert said(template, name="<b>") == '<a href="/">Profile</a>/static/a.css&lt;b&gt;'


def test_text_alone_stays_text() -> None:
    template = engine_of(page="{% load i18n %}a{# no #}b{% comment %}c{% endcomment %}").get_template("page")

    assert kinds_of(template.nodelist) == ["TextNode"]
    assert said(template) == "ab"


def test_each_language_has_its_own_words() -> None:
    page = "{% load i18n %}{% translate 'Profile' %} {% blocktranslate %}Sign out{% endblocktranslate %}"
    template = engine_of(page=page).get_template("page")

    words = []
    for language in ("en", "de", "es", "en", "de"):
        with translation.override(language):
            words.append(said(template))

    assert words == [
        "Profile Sign out",
        "Profil Abmelden",
        "Perfil Cerrar sesión",
        "Profile Sign out",
        "Profil Abmelden",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% translate 'Profile' as word %}{{ word }}{{ word }}", "ProfileProfile"),
        ("{% translate name %}", "Profile"),
        ("{% translate 'Profile'|upper %}", "PROFILE"),
        ("{% blocktranslate %}Account of {{ name }}{% endblocktranslate %}", "Account of Profile"),
        ("{% url 'summaries:home' as home %}{{ home }}{{ home }}", "//"),
        ("{% url 'summaries:view_save' number %}", "/views/7/save/"),
        ("{% static name %}", "/static/Profile"),
    ],
)
def test_what_depends_on_the_page_is_worked_out_for_each(text: str, expected: str) -> None:
    template = engine_of(page="{% load i18n static %}" + text).get_template("page")

    said(template, name="Other", number=8)

    assert said(template, name="Profile", number=7) == expected


def test_all_that_a_tag_holds_is_joined() -> None:
    page = (
        "{% load i18n %}{% for each in names %}{% if each %}<i>{% translate 'Profile' %}</i>{% else %}{{ each }}"
        "{% endif %}{% empty %}{% translate 'Profile' %}!{% endfor %}"
    )

    template = engine_of(page=page).get_template("page")

    loop: Any = template.nodelist[-1]
    condition = loop.nodelist_loop[0]
    assert [kinds_of(held) for _, held in condition.conditions_nodelists] == [["_Unchanging"], ["VariableNode"]]
    assert kinds_of(loop.nodelist_empty) == ["_Unchanging"]
    assert [said(template, names=names) for names in ([1, 0], [])] == ["<i>Profile</i>0", "Profile!"]


def test_blocks_of_templates_that_extend_are_filled() -> None:
    base = "{% load i18n %}{% translate 'Profile' %}:{% block content %}{% translate 'Jobs' %}{% endblock %}"
    content = "{% block content %}{{ block.super }}, {% translate 'Security' %}{% endblock %}"

    template = engine_of(base=base, child="{% extends 'base' %}{% load i18n %}" + content).get_template("child")

    assert [said(template), said(template)] == ["Profile:Jobs, Security"] * 2


def test_templates_are_included_with_what_they_are_given() -> None:
    page = "{% for each in names %}{% include 'part' with name=each only %}{% endfor %}"
    others = "{% include other %}{% include './part' %}"

    template = engine_of(page=page + others, part="[{{ name }}]", end="{{ name }}.").get_template("page")

    assert said(template, names="ab", name="c", other="end") == "[a][b]c.[c]"


def test_a_template_that_is_not_there_is_named() -> None:
    template = engine_of(page="{% include 'nowhere' %}").get_template("page")

    with pytest.raises(Exception, match="nowhere"):
        said(template)


@pytest.mark.parametrize("autoescape", [True, False])
def test_escaping_is_that_of_the_place(autoescape: bool) -> None:
    context = Context({"name": "<"}, autoescape=autoescape)
    template = engine_of(page="{% load i18n %}{% translate 'a & b' %}{{ name }}").get_template("page")

    assert template.render(context) == ("a & b&lt;" if autoescape else "a & b<")


@pytest.mark.parametrize("name", sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*")))
def test_every_template_says_the_same_as_through_djangos_loader(name: str) -> None:
    portal: Any = settings.TEMPLATES[0]

    def outcome(loader: str) -> str:
        options = {**portal["OPTIONS"], "loaders": [loader if loader == OURS else (loader, INNER)]}
        backend = DjangoTemplates({"NAME": loader, "DIRS": portal["DIRS"], "APP_DIRS": False, "OPTIONS": options})
        template = backend.engine.get_template(name)
        try:
            return said(template) + said(template)
        except Exception as failure:  # noqa: BLE001 - whatever is missing in an empty context, it is the same
            return type(failure).__name__

    assert outcome(OURS) == outcome("django.template.loaders.cached.Loader")

"""The catalogues: every sentence of the sources is translated into every language, whole, and nothing is left over."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
SOURCES = ("insights_portal", "accounts", "policies", "credits", "summaries", "templates")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|%%|\{\w*\}")
#: What a form for none, one or two may leave out, because its words say the number.
NUMBER = {"%(counter)s", "%(count)s", "%(n)s", "%(number)s", "%s", "%d", "{}", "{count}"}
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
ENTITY = re.compile(r"&#?\w+;")


def key(entry):
    return entry.msgctxt, entry.msgid, entry.msgid_plural


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """What the sources hold now, extracted as `make messages` does, into a folder of its own."""
    folder = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        shutil.copytree(
            settings.BASE_DIR / name,
            folder / name,
            ignore=shutil.ignore_patterns("locale", "__pycache__", "migrations"),
        )
    (folder / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "xx", "--no-location", "--no-wrap"]
    # Without settings all of it goes into the one folder.
    plain = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=folder, env=plain, check=True, capture_output=True)
    return {key(entry) for entry in polib.pofile(folder / "locale" / "xx" / "LC_MESSAGES" / "django.po")}


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request):
    path = Path(settings.LOCALE_PATHS[0]) / request.param / "LC_MESSAGES" / "django.po"
    return polib.pofile(path)


def texts(entry):
    """(source, translation) of each form. The singular stands for the first form, the plural for all others."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [
        (entry.msgid if place == 0 else entry.msgid_plural, form) for place, form in sorted(entry.msgstr_plural.items())
    ]


def faults(catalogue, is_wrong):
    return [
        (source, text) for entry in catalogue for source, text in texts(entry) if text and is_wrong(entry, source, text)
    ]


def test_nothing_is_missing_or_left_over(catalogue, extracted):
    known = {key(entry) for entry in catalogue if not entry.obsolete}

    assert (sorted(extracted - known, key=str), sorted(known - extracted, key=str)) == ([], []), "Run `make messages`."


def test_everything_is_translated(catalogue):
    empty = [entry.msgid for entry in catalogue if not all(text.strip() for _, text in texts(entry))]
    guessed = [entry.msgid for entry in catalogue if entry.fuzzy]

    assert (empty, guessed, [entry.msgid for entry in catalogue if entry.obsolete]) == ([], [], [])


def test_every_plural_has_all_its_forms(catalogue):
    forms = int(re.search(r"nplurals=(\d+)", catalogue.metadata["Plural-Forms"]).group(1))

    wrong = [entry.msgid for entry in catalogue if entry.msgid_plural and len(entry.msgstr_plural) != forms]

    assert wrong == []


def test_placeholders_are_those_of_the_source(catalogue):
    def is_wrong(entry, source, text):
        found = sorted(PLACEHOLDER.findall(text))
        wanted = [sorted(PLACEHOLDER.findall(each)) for each in (entry.msgid, entry.msgid_plural) if each]
        if entry.msgid_plural:
            without = [[each for each in one if each not in NUMBER] for one in wanted]
            return found not in wanted and found not in without
        return found not in wanted

    assert faults(catalogue, is_wrong) == []


def test_tags_and_entities_are_those_of_the_source(catalogue):
    def is_wrong(entry, source, text):
        wanted = {tuple(sorted(TAG.findall(each))) for each in (entry.msgid, entry.msgid_plural) if each}
        stray = set(ENTITY.findall(text)) - set(ENTITY.findall(source)) - {"&nbsp;", "&amp;"}
        return tuple(sorted(TAG.findall(text))) not in wanted or bool(stray)

    assert faults(catalogue, is_wrong) == []


def test_no_translation_ends_the_attribute_that_it_may_stand_in(catalogue):
    assert faults(catalogue, lambda entry, source, text: text.count('"') > source.count('"')) == []


def test_spaces_and_breaks_at_the_ends_are_kept(catalogue):
    def ends(text):
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    assert faults(catalogue, lambda entry, source, text: ends(text) != ends(source)) == []

import pytest
from django.utils import translation

from accounts.domain import languages, sign_ins
from accounts.models import AuditEntry, User


@pytest.mark.parametrize("code", ["", "tlh", "DE", "de-at", "en\n"])
def test_a_language_that_is_not_spoken_is_refused(cast, at, code):
    with pytest.raises(languages.UnknownLanguage):
        sign_ins.choose_language(user=cast.bob, language=code, at=at)

    assert User.objects.get(pk=cast.bob.pk).language == ""


def test_a_choice_is_stored_and_told_once(cast, at):
    sign_ins.choose_language(user=cast.bob, language="de", at=at)
    sign_ins.choose_language(user=cast.bob, language="de", at=at)

    assert User.objects.get(pk=cast.bob.pk).language == "de"
    assert AuditEntry.objects.filter(action="member.profile_changed").count() == 1


def test_a_profile_takes_no_language_that_is_not_spoken(cast, at):
    with pytest.raises(languages.UnknownLanguage):
        sign_ins.change_profile(user=cast.bob, name="Bob", time_zone="", language="tlh", has_key_shortcuts=True, at=at)

    assert User.objects.get(pk=cast.bob.pk).language == ""


@pytest.mark.parametrize(("chosen", "spoken"), [("de", "de"), ("", "es"), ("tlh", "es")])
def test_texts_for_a_member_are_in_their_language(chosen, spoken):
    with translation.override("es"):
        with languages.speaking_to(User(language=chosen)):
            assert translation.get_language() == spoken
        with languages.speaking_to(None):
            assert translation.get_language() == "es"

        assert translation.get_language() == "es"

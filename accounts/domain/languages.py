"""The languages of the portal's pages and mails. Summaries have a language of their own, which the company chooses."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User


class UnknownLanguage(Exception):
    """The portal does not speak this language."""


def check_language(code: str) -> None:
    """Raise UnknownLanguage for a code (`de`) that is none of the portal's."""
    if code not in dict(settings.LANGUAGES):
        raise UnknownLanguage(
            _("The portal does not speak “%(name)s”. Choose a language of the list.") % {"name": code}
        )


def speaking_to(reader: User | None) -> AbstractContextManager[object]:
    """Within it, texts are in the language that *reader* chose; else in the one that is spoken already."""
    chosen = reader.language if reader is not None else ""
    return translation.override(chosen if chosen in dict(settings.LANGUAGES) else translation.get_language())

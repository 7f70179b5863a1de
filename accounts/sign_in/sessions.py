"""The session of a sign-in and whose it is, read together: every page begins with both."""

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.domain.sign_ins import read_sign_in
from accounts.models import User


class SessionStore(db.SessionStore):
    """Django's sessions in the database; that of an open sign-in comes with its user by one statement.

    Any other is read by Django, one statement later: that of a visitor, and one that has just got another key.
    """

    #: Whose sign-in it is by the table of sign-ins; what the session says counts, see `user_of`.
    owner: User | None = None

    def __init__(self, session_key: str | None = None) -> None:
        # What a browser made up may hold what PostgreSQL can't look for, such as a NUL.
        super().__init__(session_key if session_key and session_key.isalnum() else None)

    def load(self) -> dict[str, Any]:
        found = read_sign_in(session_key=self.session_key or "", at=timezone.now())
        if found is None:
            return super().load()
        data, self.owner = found
        return self.decode(data)


def user_of(session: SessionStore) -> User | None:
    """Who is signed in, where nothing speaks against the user that came with *session*; None: Django is to be asked.

    It asks what `django.contrib.auth.get_user` asks, and leaves every no to it: what follows from one, an end of the
    session or a look at keys of before, happens there.
    """
    backend_path, said = session.get(BACKEND_SESSION_KEY), session.get(HASH_SESSION_KEY, "")
    user = session.owner
    if user is None or session.get(SESSION_KEY) != str(user.pk) or backend_path not in settings.AUTHENTICATION_BACKENDS:
        return None
    backend = load_backend(backend_path)
    is_welcome = isinstance(backend, ModelBackend) and backend.user_can_authenticate(user)
    return user if is_welcome and constant_time_compare(said, user.get_session_auth_hash()) else None

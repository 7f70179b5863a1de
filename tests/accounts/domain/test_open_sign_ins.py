from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.domain import open_sign_ins
from accounts.domain.open_sign_ins import NoSuchSignIn
from accounts.models import AuditEntry, SignIn


def add(user, at, company=None):
    store = SessionStore()
    store.create()
    open_sign_ins.open_sign_in(
        user=user,
        session_key=store.session_key,
        method="password",
        company=company,
        address="192.0.2.7",
        agent="x" * 500,
        at=at,
    )
    return SignIn.objects.get(session_key=store.session_key)


def test_the_same_session_is_one_sign_in(cast, at):
    first = add(cast.bob, at)

    open_sign_ins.open_sign_in(
        user=cast.bob,
        session_key=first.session_key,
        method="single sign-on",
        company=cast.northwind,
        address=None,
        agent="",
        at=at,
    )

    assert [(row.method, row.company) for row in SignIn.objects.all()] == [("single sign-on", cast.northwind)]


def test_sign_ins_whose_session_is_gone_are_forgotten_at_the_next(cast, at):
    gone = add(cast.bob, at)
    Session.objects.all().delete()

    present = add(cast.bob, at)

    assert (list(SignIn.objects.all()), len(present.agent), gone.pk == present.pk) == ([present], 200, False)


def test_use_is_noted_and_an_unknown_session_becomes_known(cast, at):
    known, later = add(cast.bob, at), at + timedelta(hours=1)

    for key in (known.session_key, "another-key"):
        open_sign_ins.note_use(user=cast.bob, session_key=key, address="198.51.100.9", agent="x", at=later)

    rows = {row.session_key: (row.seen_at, row.address, row.method) for row in SignIn.objects.all()}
    assert rows[known.session_key] == (later, "198.51.100.9", "password")
    assert rows["another-key"] == (later, "198.51.100.9", "")


def test_list_holds_what_has_not_run_out_the_last_used_first(cast, at):
    old, new, over = add(cast.bob, at), add(cast.bob, at + timedelta(minutes=1)), add(cast.bob, at)
    add(cast.charlie, at)
    Session.objects.filter(session_key=over.session_key).update(expire_date=at)

    assert list(open_sign_ins.list_open(user=cast.bob, at=timezone.now())) == [new, old]


def test_end_one_ends_ones_own_only(cast, at):
    mine, foreign = add(cast.bob, at), add(cast.charlie, at)

    assert open_sign_ins.end_one(user=cast.bob, sign_in_id=mine.pk, at=at, address=None) == mine.session_key
    for pk in (mine.pk, foreign.pk):
        with pytest.raises(NoSuchSignIn):
            open_sign_ins.end_one(user=cast.bob, sign_in_id=pk, at=at, address=None)

    assert list(Session.objects.values_list("session_key", flat=True)) == [foreign.session_key]


def test_end_others_counts_and_tells_what_it_ended(cast, at):
    here, _ = add(cast.bob, at), add(cast.bob, at)

    assert open_sign_ins.end_others(user=cast.bob, session_key=here.session_key, at=at, address="192.0.2.7") == 1
    assert open_sign_ins.end_others(user=cast.bob, session_key=here.session_key, at=at, address="192.0.2.7") == 0

    entry = AuditEntry.objects.get(action="member.session_revoked")
    assert (entry.details["count"], entry.address, entry.company) == (1, "192.0.2.7", cast.northwind)


def test_end_all_and_close_leave_nothing(cast, at):
    closed = add(cast.bob, at)
    open_sign_ins.close_sign_in(session_key=closed.session_key)
    add(cast.bob, at)

    open_sign_ins.end_all(user=cast.bob)

    assert (SignIn.objects.count(), Session.objects.exclude(session_key=closed.session_key).count()) == (0, 0)

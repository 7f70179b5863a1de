"""Inviting by page and mail, and the page behind the link."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule

from accounts.adapters import SIGN_ON_KEY
from accounts.domain import groups, invitations, members, roles
from accounts.models import Company, Invitation, Membership, Role, SingleSignOn, User
from accounts.tasks import forget_ended_invitations, send_invitation
from tests.accounts.domain.test_invitations import GOOD, ORIGIN, invite
from tests.conftest import PASSWORD, sign_in_freshly

ADD = reverse("admin:accounts_invitation_add")


@pytest.fixture
def alice(client, cast):
    sign_in_freshly(client, cast.alice)
    return client


@pytest.fixture
def now():
    """The page reads the clock."""
    return timezone.now()


def page(name, invitation):
    return reverse(f"admin:accounts_invitation_{name}", args=[invitation.pk])


def link_of(invitation):
    return reverse("accounts:invitation", args=[invitations.token_of(invitation)])


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_an_administrator_invites_by_page(alice, cast, at):
    group = groups.create_group(company=cast.northwind, name="First line", members=[], at=at)
    supporter = Role.objects.get(company=cast.northwind, name="Supporter")
    sent = {"email": "Erin@Example.org", "name": "Erin", "roles": [supporter.pk], "user_groups": [group.pk]}

    answer = alice.post(ADD, sent, follow=True)

    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.log_sessions, invitation.invited_by) == ("erin@example.org", False, cast.alice)
    assert (list(invitation.roles.all()), list(invitation.user_groups.all())) == ([supporter], [group])
    assert said(answer) == ["erin@example.org is invited. The mail with the link goes out now and is valid 7 days."]
    assert alice.post(ADD, {**sent, "email": "x@example.org", "_addanother": "1"}).headers["Location"] == ADD


def test_a_refused_invitation_says_why_and_keeps_what_was_typed(alice, cast):
    answer = alice.post(ADD, {"email": cast.bob.email, "name": "Bobby"})

    form = answer.context["adminform"].form
    assert form.non_field_errors() == ["bob@northwind.example is a member of Northwind IT Services already."]
    assert form["name"].value() == "Bobby"


def test_an_expired_invitation_is_no_obstacle(alice, cast, now):
    invite(cast, now - timedelta(days=8))

    alice.post(ADD, {"email": "erin@example.org"})

    assert Invitation.objects.filter(email="erin@example.org", revoked_at__isnull=True).count() == 1


def test_list_tells_what_became_of_each(alice, cast, now):
    invite(cast, now)
    invite(cast, now - timedelta(days=8), email="expired@example.org")
    revoked = invite(cast, now, email="revoked@example.org")
    invitations.revoke(invitation=revoked, actor=cast.alice, at=now)
    accepted = invite(cast, now, email="accepted@example.org")
    invitations.note_sent(invitation=accepted, at=now)
    token = invitations.token_of(accepted)
    invitations.accept_as_new(token=token, name="A", password=GOOD, at=now)

    listed = alice.get(reverse("admin:accounts_invitation_changelist")).context["cl"]

    states = {row.email: listed.model_admin.state(row).split()[0] for row in listed.result_list}
    assert states == {
        "erin@example.org": "Open",
        "expired@example.org": "Expired",
        "revoked@example.org": "Revoked",
        "accepted@example.org": "Accepted",
    }
    mails = {row.email: listed.model_admin.mail(row)[:8] for row in listed.result_list}
    assert (mails["accepted@example.org"], mails["erin@example.org"]) == ("Sent on ", "Not sent")


def test_an_invitation_is_shown_sent_again_and_revoked(alice, cast, now):
    invitation = invite(cast, now - timedelta(days=1), "Supporter")
    old = link_of(invitation)
    assert alice.get(page("change", invitation)).status_code == 200

    again = alice.post(page("resend", invitation), follow=True)
    assert said(again) == ["erin@example.org gets a new mail. The link of the old one no longer works."]
    assert alice.get(old).status_code == 410

    revoked = alice.post(page("delete", invitation), {"post": "yes"}, follow=True)
    assert said(revoked) == ["The invitation of erin@example.org was revoked. Its link no longer works."]
    assert Invitation.objects.get().revoked_at is not None
    assert said(alice.post(page("resend", invitation), follow=True)) == [
        "This invitation is no longer open. Invite the person again."
    ]


def test_the_mail_holds_the_link_and_nothing_that_tracks(cast, now):
    Company.objects.filter(pk=cast.northwind.pk).update(name="Northwind\nBcc: all@x.example <IT>")
    invitation = invite(cast, now)

    send_invitation(invitation_id=invitation.pk, origin=ORIGIN)

    [sent] = mail.outbox
    link = ORIGIN + link_of(invitation)
    assert (sent.to, sent.subject) == (
        ["erin@example.org"],
        "Northwind Bcc: all@x.example <IT> invites you to Session Insights",
    )
    assert re.findall(r"https?://\S+", sent.body) == [link]
    [(html, kind)] = sent.alternatives
    assert (kind, re.findall(r'(?:href|src)="([^"]*)"', html)) == ("text/html", [link])
    assert "<IT>" not in html
    assert Invitation.objects.get().sent_at is not None


def test_a_mail_that_was_sent_or_revoked_is_not_sent_again(cast, now):
    invitation = invite(cast, now)
    for _ in range(2):
        send_invitation(invitation_id=invitation.pk, origin=ORIGIN)
    invitations.resend(invitation=invitation, origin=ORIGIN, actor=cast.alice, at=now)
    invitations.revoke(invitation=invitation, actor=cast.alice, at=now)

    send_invitation(invitation_id=invitation.pk, origin=ORIGIN)

    assert len(mail.outbox) == 1


def test_old_invitations_are_forgotten_every_night(cast, now):
    invite(cast, now - timedelta(days=100))

    forget_ended_invitations()

    assert not Invitation.objects.exists()
    schedule = Schedule.objects.get(name="forget invitations")
    assert (schedule.func, schedule.cron) == ("accounts.tasks.forget_ended_invitations", "47 3 * * *")


def test_looking_at_the_link_accepts_nothing(client, cast, now):
    invitation = invite(cast, now, "Supporter")

    for method in (client.get, client.head):
        assert method(link_of(invitation)).status_code == 200

    assert Invitation.objects.get().accepted_at is None
    assert not User.objects.filter(email="erin@example.org").exists()


def test_a_new_person_accepts_and_signs_in(client, cast, now):
    link = link_of(invite(cast, now, "Supporter"))

    answer = client.post(link, {"name": "Erin", "password": GOOD}, follow=True)

    assert answer.redirect_chain == [("/accounts/login/", 302)]
    assert said(answer) == ["You are a member of Northwind IT Services now. Sign in with your new password."]
    assert client.post("/accounts/login/", {"login": "erin@example.org", "password": GOOD}).status_code == 302
    assert client.get(link).status_code == 410


@pytest.mark.parametrize("password", ["short", "erin@example.org", "password123456"[:11]])
def test_a_weak_password_is_a_form_error(client, cast, now, password):
    answer = client.post(link_of(invite(cast, now)), {"name": "Erin", "password": password})

    assert list(answer.context["form"].errors) == ["password"]
    assert Invitation.objects.get().accepted_at is None


def test_one_with_an_account_signs_in_first(client, cast, now):
    link = link_of(invite(cast, now, "Auditor", email=cast.charlie.email))

    asked = client.post(link, {"name": "Eve", "password": GOOD})
    assert next(template.name for template in asked.templates) == "accounts/invitation_sign_in.html"
    assert User.objects.get(pk=cast.charlie.pk).check_password(PASSWORD) is True

    client.force_login(cast.charlie)
    client.get(link)
    assert not Membership.objects.filter(company=cast.northwind, user=cast.charlie).exists()
    answer = client.post(link, follow=True)
    assert said(answer) == ["You are a member of Northwind IT Services now."]
    assert answer.wsgi_request.company == cast.northwind


def test_nobody_accepts_with_another_account(alice, cast, now):
    link = link_of(invite(cast, now, email=cast.charlie.email))

    answer = alice.post(link)

    assert answer.context["is_theirs"] is False
    assert Invitation.objects.get().accepted_at is None


def test_another_companys_sign_on_is_no_word_for_this_one(client, cast, now):
    SingleSignOn.objects.filter(company=cast.contoso).update(is_active=True)
    link = link_of(invite(cast, now, email=cast.charlie.email))
    client.force_login(cast.charlie)
    session = client.session
    session[SIGN_ON_KEY] = cast.contoso.pk
    session.save()

    answer = client.post(link)

    assert answer.context["needs_password"] is True
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("token", ["x", "0" * 64, "9" * 400])
def test_a_forged_link_has_a_clear_page(client, cast, token):
    answer = client.get(reverse("accounts:invitation", args=[token]))

    assert (answer.status_code, answer.context["sentence"].split(".")[0]) == (410, "This link is not known")


def test_the_roles_are_those_that_the_inviter_may_still_grant(client, cast, at, now):
    roles.create_role(company=cast.northwind, name="Desk", permissions=["manage_users"], at=at)
    dora = members.add_member(company=cast.northwind, email="d@x.example", name="Dora", role_names=["Desk"], at=at)
    link = link_of(invite(cast, now, "Desk", actor=dora.user))
    members.remove_member(membership=dora, at=at)

    answer = client.post(link, {"name": "Erin", "password": GOOD})

    assert answer.status_code == 410
    assert answer.context["sentence"] == (
        "Whoever invited you may no longer give you this place. Ask Northwind IT Services for a new invitation."
    )

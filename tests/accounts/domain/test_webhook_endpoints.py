from functools import partial

import pytest
from django.http import Http404

from accounts.domain.roles import assign, create_role
from accounts.domain.webhook_endpoints import (
    MOST_ENDPOINTS,
    UnableToSaveEndpoint,
    UnableToTest,
    change_endpoint,
    delete_endpoint,
    disable,
    rotate_secret,
    send_test,
    switch,
)
from accounts.domain.webhooks import announce
from accounts.enums import DeliveryState
from accounts.models import AuditEntry, Mail, Role, User, WebhookDelivery, WebhookEndpoint, WebhookMessage
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from insights_portal.lib import crypto
from tests.accounts.webhook_world import delivery, endpoint_at, tell
from tests.at_once import at_once, shared_database
from tests.conftest import build_cast

NO_ADDRESS = "This is not an address. Enter it whole, for example https://desk.example.com/hooks."
INSIDE = "This address leads into a private network, which the portal does not call."
WITH_NAME = "The address holds a name or a password. Leave them out: the signature shows who sends."
URL = "https://desk.example/hooks?key=the-receivers-own"


def add(cast, at, url=URL, **values):
    return endpoint_at(url, **{"company": cast.northwind, "actor": cast.alice, "at": at, **values})


def details(action):
    return AuditEntry.objects.get(action=f"webhook_endpoint.{action}").details


def test_an_endpoint_gets_a_secret_that_is_stored_encrypted(cast, at):
    endpoint, secret = add(cast, at, event_types=["summary.ready", "session.ended"])

    stored = WebhookEndpoint.objects.get()
    assert secret.startswith("whsec_")
    assert secret not in stored.secret_encrypted
    assert crypto.decrypt(stored.secret_encrypted) == secret
    # In the order of the list, whatever order was asked for.
    assert stored.event_types == ["session.ended", "summary.ready"]
    assert endpoint.is_enabled
    assert details("added") == {"name": "Desk", "host": "desk.example", "events": ["session.ended", "summary.ready"]}
    assert add(cast, at)[1] != secret


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", NO_ADDRESS),
        ("desk.example/hooks", NO_ADDRESS),
        ("https://", NO_ADDRESS),
        ("https://desk.example:0/", NO_ADDRESS),
        ("https://desk.example:99999999/", NO_ADDRESS),
        ("https://desk\n.example/", NO_ADDRESS),
        ("https://desk example/", NO_ADDRESS),
        ("https://%31%30.0.0.7/", NO_ADDRESS),
        ("http://desk.example/", "The address must begin with https://."),
        ("ftp://desk.example/", "The address must begin with https://."),
        ("file:///etc/passwd", NO_ADDRESS),
        ("https://bob:secret@desk.example/", WITH_NAME),
        ("https://desk.example/#top", "The address holds a part after “#”, which is never sent. Leave it out."),
        ("https://10.0.0.7/", INSIDE),
        ("https://169.254.169.254/latest", INSIDE),
        ("https://[::1]/", INSIDE),
        ("https://desk.local/", INSIDE),
        ("https://a.example/" + "x" * 500, "The address is longer than 500 characters."),
    ],
)
def test_an_address_that_can_not_be_used_is_refused(cast, at, settings, url, problem):
    settings.OUTBOUND_ALLOWED_HOSTS = []

    with pytest.raises(UnableToSaveEndpoint) as refusal:
        add(cast, at, url=url)

    assert (str(refusal.value), refusal.value.field) == (problem, "url")
    assert WebhookEndpoint.objects.count() == 0


@pytest.mark.parametrize("url", ["http://hub.lan/in", "https://hub.lan/in", "https://10.1.2.3/in"])
def test_the_operator_can_allow_a_host_inside(cast, at, settings, url):
    settings.OUTBOUND_ALLOWED_HOSTS = ["hub.lan", "10.1.2.3"]

    assert add(cast, at, url=url)[0].url == url


@pytest.mark.parametrize("name", ["summary.gone", "webhook.test"])
def test_an_event_that_can_not_be_chosen_is_refused(cast, at, name):
    with pytest.raises(UnableToSaveEndpoint, match=r"^Choose events of the list\.$"):
        add(cast, at, event_types=[name])


def test_a_company_has_so_many_endpoints_at_most(cast, at):
    for _ in range(MOST_ENDPOINTS):
        add(cast, at)

    with pytest.raises(UnableToSaveEndpoint, match=r"^A company has at most 10 endpoints"):
        add(cast, at)
    add(cast, at, company=cast.contoso, actor=cast.charlie)


def test_without_the_permission_nothing_is_done(cast, at):
    endpoint, _ = add(cast, at)
    before = WebhookEndpoint.objects.values().get()

    for actor in (cast.bob, cast.mona, cast.charlie):
        for call in (
            lambda actor: add(cast, at, actor=actor),
            lambda actor: change_endpoint(
                endpoint=endpoint, url=URL, description="Mine", event_types=[], actor=actor, at=at
            ),
            lambda actor: delete_endpoint(endpoint=endpoint, actor=actor, at=at),
            lambda actor: rotate_secret(endpoint=endpoint, actor=actor, at=at),
            lambda actor: switch(endpoint=endpoint, on=False, actor=actor, at=at),
            lambda actor: send_test(endpoint=endpoint, actor=actor, at=at),
        ):
            with pytest.raises(PermissionMissing):
                call(actor)

    assert WebhookEndpoint.objects.values().get() == before
    assert WebhookMessage.objects.count() == 0


def test_a_change_is_told_without_the_address_itself(cast, at):
    endpoint, _ = add(cast, at)
    WebhookEndpoint.objects.update(failing_since=at)

    change_endpoint(
        endpoint=endpoint,
        url="https://desk.example/other?key=another",
        description=" Ticket\n desk ",
        event_types=["session.ended"],
        actor=cast.alice,
        at=at,
    )

    stored = WebhookEndpoint.objects.get()
    assert (stored.url, stored.description) == ("https://desk.example/other?key=another", "Ticket desk")
    assert stored.failing_since is None
    assert details("changed") == {
        "before": {"name": "Desk", "host": "desk.example", "events": [], "address": ""},
        "after": {"name": "Ticket desk", "host": "desk.example", "events": ["session.ended"], "address": "changed"},
    }
    assert "the-receivers-own" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_a_change_that_keeps_the_address_forgives_no_failure(cast, at):
    endpoint, _ = add(cast, at)
    WebhookEndpoint.objects.update(failing_since=at)

    change_endpoint(endpoint=endpoint, url=URL, description="", event_types=[], actor=cast.alice, at=at)

    assert WebhookEndpoint.objects.get().failing_since == at
    assert details("changed")["after"]["name"] == "desk.example"


def test_switched_off_nothing_piles_up_and_switched_on_it_begins_anew(cast, at):
    endpoint, _ = add(cast, at)
    tell(cast.northwind, at)
    switch(endpoint=endpoint, on=False, actor=cast.alice, at=at)
    tell(cast.northwind, at, key="2")
    switch(endpoint=endpoint, on=False, actor=cast.alice, at=at)

    assert (delivery().state, delivery().last_problem) == (
        DeliveryState.FAILED,
        "The endpoint was switched off before this was sent.",
    )
    WebhookEndpoint.objects.update(failing_since=at, disabled_at=at, disabled_reason="Broken")
    switch(endpoint=endpoint, on=True, actor=cast.alice, at=at)
    stored = WebhookEndpoint.objects.get()
    assert (stored.is_enabled, stored.failing_since, stored.disabled_at, stored.disabled_reason) == (
        True,
        None,
        None,
        "",
    )
    actions = AuditEntry.objects.filter(action__startswith="webhook_endpoint").order_by("pk")
    assert [entry.action.split(".")[1] for entry in actions] == ["added", "disabled", "enabled"]


def test_a_test_goes_to_this_endpoint_alone_whatever_it_listens_to(cast, at):
    endpoint, _ = add(cast, at, event_types=["session.ended"])
    add(cast, at)

    message = send_test(endpoint=endpoint, actor=cast.alice, at=at)
    send_test(endpoint=endpoint, actor=cast.alice, at=at)

    assert message.event_type == "webhook.test"
    assert set(WebhookDelivery.objects.values_list("endpoint", flat=True)) == {endpoint.pk}
    assert WebhookMessage.objects.count() == 2
    with pytest.raises(UnableToTest, match=r"^This endpoint is switched off"):
        switch(endpoint=endpoint, on=False, actor=cast.alice, at=at)
        endpoint.refresh_from_db()
        send_test(endpoint=endpoint, actor=cast.alice, at=at)


def test_deleted_it_is_gone_with_its_log(cast, at):
    endpoint, _ = add(cast, at)
    tell(cast.northwind, at)

    delete_endpoint(endpoint=endpoint, actor=cast.alice, at=at)

    assert (WebhookEndpoint.objects.count(), WebhookDelivery.objects.count()) == (0, 0)
    assert details("deleted")["host"] == "desk.example"


@pytest.mark.parametrize(
    "act",
    [
        partial(change_endpoint, url=URL, description="", event_types=[]),
        delete_endpoint,
        rotate_secret,
        send_test,
    ],
)
def test_what_comes_after_another_deleted_it_finds_nothing(cast, at, act):
    endpoint, _ = add(cast, at)
    delete_endpoint(endpoint=WebhookEndpoint.objects.get(), actor=cast.alice, at=at)

    with pytest.raises(Http404):
        act(endpoint=endpoint, actor=cast.alice, at=at)

    assert [entry.action for entry in AuditEntry.objects.order_by("pk")][-1] == "webhook_endpoint.deleted"
    assert AuditEntry.objects.filter(action="webhook_endpoint.deleted").count() == 1


def test_disabled_by_the_portal_it_is_told_to_who_manages_integrations(cast, at):
    integrator = Role.objects.get(company=cast.northwind, name="Integrator")
    cast.membership(cast.mona).roles.add(integrator)
    integrator.group.user_set.add(cast.mona)
    endpoint, _ = add(cast, at)
    add(cast, at, company=cast.contoso, actor=cast.charlie)

    assert disable(endpoint_id=endpoint.pk, reason="It is gone.", at=at)
    assert not disable(endpoint_id=endpoint.pk, reason="It is gone.", at=at)

    mails = Mail.objects.order_by("recipient__name")
    assert [mail.recipient for mail in mails] == [cast.alice, cast.mona]
    assert "“Desk” of Northwind IT Services was switched off: It is gone." in mails[0].text
    assert "the-receivers-own" not in mails[0].text + mails[0].html
    assert details("disabled") == {"name": "Desk", "why": "It is gone."}
    assert WebhookEndpoint.objects.filter(company=cast.contoso, is_enabled=True).exists()


def test_where_nobody_manages_integrations_administrators_are_told(cast, at):
    endpoint, _ = add(cast, at)
    boss = create_role(company=cast.northwind, name="Boss", permissions=[Permission.MANAGE_COMPANY], at=at)
    assign(membership=cast.membership(cast.mona), roles=[boss])
    for user in (cast.alice, *User.objects.filter(memberships__roles__name="Integrator")):
        assign(membership=cast.membership(user), roles=[])

    disable(endpoint_id=endpoint.pk, reason="It is gone.", at=at)

    assert [mail.recipient for mail in Mail.objects.all()] == [cast.mona]


def test_an_endpoint_of_another_company_is_told_nothing(cast, at):
    add(cast, at, company=cast.contoso, actor=cast.charlie)

    announce(company=cast.northwind, event_type="summary.ready", key="1", data={}, at=at)

    assert WebhookMessage.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once(transactional_db, at, tmp_path):
    cast = build_cast()
    for _ in range(MOST_ENDPOINTS - 1):
        add(cast, at)
    with shared_database(tmp_path):
        outcomes = at_once(lambda: add(cast, at), lambda: add(cast, at))

        assert UnableToSaveEndpoint in outcomes
        [count] = at_once(WebhookEndpoint.objects.count)
        assert count == MOST_ENDPOINTS

import pytest
from django.urls import reverse

from accounts.domain import disclosures
from accounts.domain.members import add_member
from accounts.domain.pseudonyms import names_for
from accounts.models import AuditEntry, Disclosure
from tests.summaries.report_examples import store_session

PAGE = reverse("accounts:disclosures")
MODE = reverse("accounts:works_council")


@pytest.fixture
def audrey(cast, at):
    return add_member(
        company=cast.northwind, email="audrey@northwind.example", name="Audrey", role_names=["Auditor"], at=at
    ).user


@pytest.fixture
def alice(cast, client):
    client.force_login(cast.alice)
    return client


@pytest.fixture
def council(cast, at):
    disclosures.switch_on(company=cast.northwind, actor=cast.alice, at=at)
    return cast.northwind


def pseudonym_of(user, cast, at):
    return names_for(company=cast.northwind, viewer=cast.charlie, at=at).pseudonyms[user.pk]


def decide(client, disclosure, decision):
    return client.post(
        reverse("accounts:decide_disclosure", args=[disclosure.pk]), {"decision": decision}, follow=True
    ).content.decode()


def test_an_administrator_switches_the_mode_on(alice, cast):
    page = alice.post(MODE, follow=True).content.decode()

    cast.northwind.refresh_from_db()
    assert cast.northwind.works_council_mode
    assert "Works-council mode is on" in page


def test_switching_off_waits_for_a_second_administrator(alice, cast, council):
    assert (
        "stays on until another administrator confirms"
        in alice.post(MODE, {"reason": "Agreed"}, follow=True).content.decode()
    )
    assert "Give a reason" in alice.post(MODE, {"reason": ""}, follow=True).content.decode()

    cast.northwind.refresh_from_db()
    assert cast.northwind.works_council_mode
    assert Disclosure.objects.get(company=cast.northwind).subject is None


def test_a_name_is_asked_for_confirmed_and_shown_to_the_two(alice, cast, council, audrey, client, at):
    session = store_session(cast.northwind, cast.bob, number=1042)
    pseudonym = pseudonym_of(cast.bob, cast, at)
    assert pseudonym in alice.get(PAGE).content.decode()
    alice.post(PAGE, {"supporter": pseudonym, "reason": "A complaint"})
    asked = Disclosure.objects.get(company=cast.northwind)
    assert "Another member confirms" in decide(alice, asked, "confirm")

    client.force_login(audrey)
    assert "The request is confirmed" in decide(client, asked, "confirm")

    for viewer, sees in ((audrey, True), (cast.alice, True), (cast.mona, False)):
        client.force_login(viewer)
        page = client.get(reverse("summaries:session_report", args=[session.number])).content.decode()
        assert ("<dd>Bob</dd>" in page) is sees
    viewed = AuditEntry.objects.filter(company=cast.northwind, action="disclosure.viewed")
    assert sorted(viewed.values_list("actor__name", flat=True)) == ["Alice", "Audrey"]


def test_a_request_is_declined(alice, cast, council, audrey, client, at):
    asked = disclosures.request_name(
        company=council,
        pseudonym=pseudonym_of(cast.bob, cast, at),
        actor=audrey,
        reason="x",
        at=cast.northwind.created_at,
    )

    page = decide(alice, asked, "decline")

    assert "The request is declined" in page
    assert "Declined" in page


def test_a_refused_request_says_why_and_keeps_what_was_typed(alice, cast, council):
    response = alice.post(PAGE, {"supporter": "Supporter Q9Q", "reason": "Typed at length"})

    assert response.status_code == 422
    assert "No supporter has this pseudonym" in response.content.decode()
    assert "Typed at length" in response.content.decode()


def test_a_request_to_switch_off_is_confirmed_by_administrators_only(alice, cast, council, audrey, client):
    asked = disclosures.request_switch_off(company=council, actor=cast.alice, reason="x", at=cast.northwind.created_at)
    client.force_login(audrey)

    answer = client.post(reverse("accounts:decide_disclosure", args=[asked.pk]), {"decision": "confirm"})

    assert answer.status_code == 403


@pytest.mark.parametrize("key", ["x", "0", "9" * 40])
def test_a_request_that_is_none_is_not_found(alice, council, key):
    assert alice.post(reverse("accounts:decide_disclosure", args=[key])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_requests_as_for_one(
    alice, cast, council, audrey, at, count, django_assert_num_queries
):
    for subject in (cast.bob, cast.mona, audrey)[:count]:
        Disclosure.objects.create(
            company=council, subject=subject, reason="x", requested_by=cast.alice, requested_at=at
        )
    alice.get(PAGE)

    with django_assert_num_queries(6):
        alice.get(PAGE)

"""In works-council mode no answer of the portal tells which supporter a session is of."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from django.db import transaction
from django.test import Client
from pypdf import PdfReader

from accounts.domain import disclosures
from accounts.domain.pseudonyms import names_for
from accounts.models import Membership
from summaries.domain.reading.search import text_for
from summaries.models import ConsentEntry, SummaryRevision, SupportSession
from tests.conftest import NOW
from tests.permission_rows import ROWS
from tests.permission_world import World, build_world

#: {beginning of an address's name: why names stand there}.
NAMES_STAND = {
    "admin:": "members, tokens, roles, audit log: who works here and did what, for those who administrate it",
    "accounts:": "one's own pages, members and their roles",
    "summaries:data_subject": "a person's own data are looked for by that person's name",
    "summaries:person": "a person's own data are looked for by that person's name",
}
CASES = [
    pytest.param(name, number, id=f"{name}-{number}")
    for name, rows in ROWS.items()
    for number, row in enumerate(rows)
    if row.method == "GET" and not name.startswith(tuple(NAMES_STAND)) and name.split(":")[0] in ("summaries", "api")
]
READERS = ("Administrator", "Support manager", "Supporter", "Auditor", "Integrator")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureDef) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = build_world()
        for membership in Membership.objects.filter(company=made.cast.northwind).select_related("user"):
            user = membership.user
            user.name, user.email = f"Qx{user.name} Quellmann", f"qx{user.pk}@quellmann.example"
            user.save()
        for session in SupportSession.objects.filter(company=made.cast.northwind).select_related("supporter"):
            summary = session.summary
            summary.review, summary.reviewed_by, summary.reviewed_at = "REVIEWED", session.supporter, NOW
            summary.save()
            for revision in SummaryRevision.objects.filter(summary=summary):
                revision.facts = {**revision.facts, "people": [session.supporter.name]}
                SummaryRevision.objects.filter(pk=revision.pk).update(facts=revision.facts)
        for user in made.people.values():
            if user is not None:
                user.refresh_from_db()
        disclosures.switch_on(company=made.cast.northwind, actor=made.cast.alice, at=NOW)
        yield made
        transaction.set_rollback(True)


def text_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.get("Content-Type", "").startswith("application/pdf"):
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
    return body.decode()


def leaked(world: World, text: str, viewer) -> list[str]:
    others = [user for user in world.people.values() if user not in (None, viewer, world.cast.charlie)]
    return [said for user in others for said in (user.name, user.email) if said in text]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "number"), CASES)
def test_no_answer_names_another_supporter(world, name, number):
    row = ROWS[name][number]
    found = {}
    for role in READERS:
        viewer, client = world.people[role], Client(raise_request_exception=False)
        with transaction.atomic():
            client.force_login(viewer)
            data = {key: value(world) if callable(value) else value for key, value in row.data.items()}
            response = client.get(row.path(world, name), data, headers=row.headers)
            found[role] = leaked(world, text_of(response), viewer)
            transaction.set_rollback(True)

    assert found == {role: [] for role in READERS}


@pytest.mark.django_db
def test_ones_own_name_stands_at_ones_own_session(world):
    client = Client()
    client.force_login(world.people["Supporter"])

    page = client.get(f"/sessions/S-{world.own_session.number}/report/").content.decode()

    assert f"<dd>{world.people['Supporter'].name}</dd>" in page
    transaction.set_rollback(False)


@pytest.mark.django_db
def test_a_supporter_is_not_found_by_name_address_or_number(world):
    manager, bob = world.people["Support manager"], world.people["Supporter"]
    client = Client()
    client.force_login(manager)
    for session in SupportSession.objects.filter(company=world.cast.northwind):
        SupportSession.objects.filter(pk=session.pk).update(search_text=text_for(session=session))

    def numbers(address):
        return [session["number"] for session in client.get(address).json()["results"]]

    assert client.get("/", {"q": "Quellmann", "period": "all"}).context["page"].rows == []
    everything = client.get("/", {"period": "all"}).context["page"].rows
    assert client.get("/", {"supporter": bob.pk, "period": "all"}).context["page"].rows == everything
    assert client.get("/", {"supporter": bob.pk, "period": "all"}).context["chips"] == []
    assert numbers(f"/api/v1/sessions/?supporter={bob.email}") == []
    assert numbers(f"/api/v1/sessions/?supporter={manager.email}") == ["S-1042"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/consents/consents.csv", "/consents/", "/ai-settings/check/?session=S-{number}"])
def test_the_ledger_and_the_check_of_a_session_name_no_supporter(world, address):
    session, viewer = world.own_session, world.people["Administrator"]
    with transaction.atomic():
        entry = {"company": session.company, "session": session, "stated_by": session.supporter, "at": NOW}
        ConsentEntry.objects.create(answer="GIVEN", statement="By phone.", **entry)
        client = Client()
        client.force_login(viewer)

        said = text_of(client.get(address.format(number=session.number)))

        names = names_for(company=session.company, viewer=viewer, at=NOW)
        assert (leaked(world, said, viewer), names.name_of(session.supporter_id, "") in said) == ([], True)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_bringing_a_session_in_reveals_nobodys_pseudonym(world):
    manager, client = world.people["Support manager"], Client()
    client.force_login(manager)
    said = {"supporter": world.people["Supporter"].email}

    opened = client.post("/api/v1/sessions/", said, content_type="application/json")
    offered = client.get("/import/").context["form"].fields["supporter"].queryset

    assert (opened.status_code, opened.json()["type"]) == (422, "urn:session-insights:problem:unable_to_open")
    assert list(offered) == [manager]

"""What is stored, sent, delivered and charged when recordings give orders and the model obeys them."""

import json

from accounts.domain.webhook_endpoints import add_endpoint
from accounts.models import WebhookMessage
from credits.domain.grants import grant_purchased
from credits.domain.verification import discrepancies
from credits.enums import ReservationState
from credits.models import Reservation
from summaries.engines.prompts import SYSTEM
from summaries.models import Interaction, SummaryRevision
from tests.summaries.adversarial.attacks import FOREIGN
from tests.summaries.adversarial.checks import breaches
from tests.summaries.adversarial.honesty import HONESTY
from tests.summaries.adversarial.injections import INJECTIONS, SECRETS
from tests.summaries.adversarial.stored import plant_foreign_session, summarise_by_built_in, summarise_by_claude

#: `test_rate` has every session meet every attack; along the whole way go all that hold secrets and some of the rest.
BY_BUILT_IN = tuple(dict.fromkeys((*SECRETS, *INJECTIONS[::8], *HONESTY[::3])))
BY_CLAUDE = tuple(dict.fromkeys((*SECRETS, *INJECTIONS[1::4], *HONESTY[1::3])))


def listen(cast, at):
    grant_purchased(company=cast.northwind, credits=100, at=at)
    add_endpoint(
        company=cast.northwind,
        url="https://hooks.northwind.example/in",
        description="Desk",
        event_types=[],
        actor=cast.alice,
        at=at,
    )


def wrong_in(made):
    """Breaches by session, for all."""
    found = {}
    for each in made:
        by_built_in = each.summary.engine == "BUILT_IN"
        forbidden = (each.case.demand,) if each.case.demand else ()
        if each.attack and not by_built_in:
            forbidden = each.attack.forbidden(each.case)
        problems = breaches(each.case, each.content, each.interactions, forbidden=forbidden, is_ours=by_built_in)
        found |= {each.case.name: problems} if problems else {}
    return found


def assert_nothing_leaked(made, foreign):
    """No secret in any row, nothing of the other company in any summary."""
    rows = json.dumps(list(Interaction.objects.values("text", "title", "application")), ensure_ascii=False)
    revisions = SummaryRevision.objects.exclude(summary__session=foreign)
    summaries = json.dumps(list(revisions.values("content", "facts", "engine_note")), ensure_ascii=False)
    secrets = [secret for each in made for secret in each.case.secrets]
    assert len(secrets) == 4
    assert [secret for secret in secrets if secret in rows or secret in summaries] == []
    assert FOREIGN not in summaries
    assert [each.session.company_id for each in made] == [made[0].session.company_id] * len(made)


def assert_webhooks_tell_states_only(made):
    bodies = [json.loads(message.body) for message in WebhookMessage.objects.all()]
    ready = [body["data"] for body in bodies if body["type"] == "summary.ready"]
    assert {each["number"] for each in ready} == {each.session.label for each in made}
    assert {frozenset(each) for each in ready} == {frozenset({"session", "number", "revision", "language", "engine"})}
    delivered = json.dumps(bodies, ensure_ascii=False)
    said = {words for each in made for words in (each.case.demand, *each.case.secrets) if words}
    assert [words for words in said if words in delivered] == []


def states_of(made):
    ids = [each.session.public_id for each in made]
    return list(Reservation.objects.filter(session_id__in=ids).values_list("state", flat=True))


def test_the_built_in_engine_stores_what_is_right_and_charges_one_credit_each(cast, at):
    listen(cast, at)
    foreign = plant_foreign_session(cast, at=at)

    made = summarise_by_built_in(BY_BUILT_IN, cast, at=at)

    assert wrong_in(made) == {}
    assert {(each.summary.state, each.summary.engine) for each in made} == {("READY", "BUILT_IN")}
    assert states_of(made) == [ReservationState.CHARGED] * len(BY_BUILT_IN)
    assert list(discrepancies()) == []
    assert_nothing_leaked(made, foreign)
    assert_webhooks_tell_states_only(made)


def test_an_obeying_model_changes_nothing_that_is_stored_and_what_is_no_summary_is_free(
    cast, at, messages_server, settings
):
    settings.ENGINE_MAX_RETRIES = 0
    listen(cast, at)
    foreign = plant_foreign_session(cast, at=at)

    made = summarise_by_claude(BY_CLAUDE, cast, messages_server, at=at)

    replaced = [each for each in made if each.attack.is_unusable]
    written = [each for each in made if not each.attack.is_unusable]
    assert wrong_in(made) == {}
    assert len(replaced) >= 3
    assert {each.summary.engine for each in written} == {"CLAUDE"}
    assert {each.summary.engine for each in replaced} == {"BUILT_IN"}
    assert states_of(written) == [ReservationState.CHARGED] * len(written)
    assert states_of(replaced) == [ReservationState.RELEASED] * len(replaced)
    assert list(discrepancies()) == []
    assert_nothing_leaked(made, foreign)
    assert_webhooks_tell_states_only(made)
    assert_only_marked_data_was_sent(made, messages_server)


def assert_only_marked_data_was_sent(made, server):
    """One session of one company between marks that nothing recorded forges; fixed rules; no tools; no secret."""
    first = [sent for sent in server.requests if len(sent.body["messages"]) == 1]
    assert len(first) >= len(made)
    assert len({sent.mark for sent in first}) == len(first)
    assert {sent.system[0] for sent in server.requests} == {SYSTEM}
    assert [sent for sent in server.requests if "tools" in sent.body or "tool_choice" in sent.body] == []
    for sent in first:
        opening, closing = f"<data-{sent.mark}>", f"</data-{sent.mark}>"
        assert (sent.text.count(opening), sent.text.count(closing)) == (2, 2)
        assert sent.text.casefold().count("<data-") + sent.text.casefold().count("</data-") == 4
        assert len(sent.mark) == 24
    asked = _asked(server)
    secrets = [secret for each in made for secret in each.case.secrets]
    assert [words for words in (FOREIGN, "Northwind", *secrets) if words in asked] == []
    assert "a-key-of-the-test" not in asked


def _asked(server):
    """What the portal said, without the model's own words that a repair sends back."""
    return json.dumps(
        [part["content"] for sent in server.requests for part in sent.body["messages"] if part["role"] == "user"],
        ensure_ascii=False,
    )

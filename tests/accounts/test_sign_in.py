import pytest
from django.urls import reverse

from accounts.domain.members import add_member, remove_member
from accounts.models import AuditEntry, User
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"


def sign_in(client, email, password=PASSWORD, address="192.0.2.7"):
    return client.post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=address)


def told(action):
    return AuditEntry.objects.filter(action=action)


def test_member_signs_in_by_address_in_any_spelling(client, cast):
    answer = sign_in(client, " Bob@Northwind.example")

    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("summaries:home"))
    entry = told("member.signed_in").get()
    assert (entry.actor, entry.company, entry.address) == (cast.bob, cast.northwind, "192.0.2.7")


def test_signing_in_gives_the_session_another_key(client, cast):
    session = client.session
    session["before"] = True
    session.save()
    key = session.session_key

    sign_in(client, cast.bob.email)

    assert client.session.session_key != key


def test_wrong_password_and_unknown_address_read_alike(client, cast):
    known = sign_in(client, cast.bob.email, "wrong-password-again")
    unknown = sign_in(client, "nobody@northwind.example", "wrong-password-again")

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert known.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert told("member.sign_in_failed").count() == 1


def test_lockout_holds_one_address_and_one_account_together(client, cast):
    for _ in range(7):
        assert sign_in(client, cast.bob.email, "wrong-password-again").status_code == 200

    assert sign_in(client, cast.bob.email, "wrong-password-again").status_code == 429
    assert sign_in(client, " BOB@northwind.example", PASSWORD).status_code == 429
    assert sign_in(client, cast.mona.email, PASSWORD).status_code == 302
    client.logout()
    assert sign_in(client, cast.bob.email, PASSWORD, address="198.51.100.9").status_code == 302


def test_success_forgets_the_failures_before_it(client, cast):
    for _ in range(2):
        for _ in range(7):
            sign_in(client, cast.bob.email, "wrong-password-again")
        assert sign_in(client, cast.bob.email).status_code == 302
        client.logout()


def test_one_address_may_not_try_accounts_without_end(client, cast):
    answers = [sign_in(client, f"n{number}@northwind.example", "guess-guess-guess") for number in range(21)]

    errors = [answer.context["form"].non_field_errors() for answer in answers]
    assert len({str(error) for error in errors[:20]}) == 1
    assert "Too many failed login attempts" in str(errors[20])


def test_signing_out_is_told(client, cast):
    client.force_login(cast.bob)

    client.post("/accounts/logout/")

    assert told("member.signed_out").get().actor == cast.bob
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_removed_member_is_out_at_the_next_request(client, cast, at):
    client.force_login(cast.bob)
    assert client.get(reverse("summaries:home")).status_code == 200

    remove_member(membership=cast.membership(cast.bob), at=at)

    assert client.get(reverse("summaries:home")).status_code == 403


def test_switching_moves_to_the_other_company(client, cast, at):
    add_member(company=cast.contoso, email=cast.bob.email, name="", role_names=["Administrator"], at=at)
    client.force_login(cast.bob)
    assert client.get(reverse("admin:index")).status_code == 403

    client.post(reverse("accounts:switch_company"), {"company": cast.contoso.pk})

    assert client.get(reverse("admin:index")).wsgi_request.company == cast.contoso


@pytest.mark.parametrize("company", ["", "abc", "-1", "٣", "9" * 30])
def test_switching_to_nothing_is_not_found(client, cast, company):
    client.force_login(cast.bob)

    assert client.post(reverse("accounts:switch_company"), {"company": company}).status_code == 404


def test_profile_changes_own_name_and_zone_and_nothing_else(client, cast):
    client.force_login(cast.bob)

    client.post(
        reverse("accounts:profile"),
        {"name": "Robert", "time_zone": "Asia/Tokyo", "email": "root@x.example", "is_superuser": "1", "is_staff": "1"},
    )

    bob = User.objects.get(pk=cast.bob.pk)
    assert (bob.name, bob.time_zone, bob.email) == ("Robert", "Asia/Tokyo", cast.bob.email)
    assert (bob.is_superuser, bob.is_staff) == (False, False)


def test_profile_refuses_an_unknown_zone(client, cast):
    client.force_login(cast.bob)

    answer = client.post(reverse("accounts:profile"), {"name": "Robert", "time_zone": "Moon/Crater"})

    assert list(answer.context["form"].errors) == ["time_zone"]
    assert User.objects.get(pk=cast.bob.pk).name == "Bob"


def test_a_superuser_gets_no_short_cut_into_a_company(client, cast):
    root = User.objects.create_superuser("root@portal.example", PASSWORD, name="Root")
    client.force_login(root)

    assert client.get(reverse("admin:index")).status_code == 403
    assert client.get(reverse("admin:accounts_company_change", args=[cast.northwind.pk])).status_code == 403


def test_page_spends_two_queries_on_who_and_where_and_two_on_the_refusal(client, cast, django_assert_num_queries):
    client.force_login(cast.bob)

    # session with user and companies, grants; what was refused is looked up and told
    with django_assert_num_queries(4):
        assert client.get(reverse("admin:index")).status_code == 403

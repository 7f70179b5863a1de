"""Nothing of Contoso shows in, or is taken by, a configuration page of Northwind; the data is there to leak."""

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.domain.members import add_member
from accounts.domain.roles import create_role
from accounts.models import ApiToken, AuditEntry, Company, Membership, Role
from policies.models import Device
from summaries.models import IssueType
from tests.conftest import sign_in_freshly
from tests.summaries.report_examples import store_session

FOREIGN = "Zebra"


@pytest.fixture
def alice(client, cast, at):
    """Alice signed in, beside a company in which everything is called Zebra."""
    create_role(company=cast.contoso, name=f"{FOREIGN} role", permissions=[], at=at)
    Device.objects.create(company=cast.contoso, name=f"{FOREIGN}-77")
    IssueType.objects.create(company=cast.contoso, name=f"{FOREIGN} trouble")
    email = f"{FOREIGN.lower()}@contoso.example"
    add_member(company=cast.contoso, email=email, name=FOREIGN, role_names=["Supporter"], at=at)
    sign_in_freshly(client, cast.alice)
    return client


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


LISTS = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]


@pytest.mark.parametrize("name", LISTS)
def test_lists_and_forms_show_nothing_foreign(alice, cast, name):
    pages = [alice.get(page(f"{name}_changelist"), follow=True), alice.get(page(f"{name}_add"))]

    shown = [answer.content.decode().lower() for answer in pages]
    assert [FOREIGN.lower() in text or "contoso" in text for text in shown] == [False, False]


#: What a company has once, and the log, which has a search of its own (test_audit_admin).
NOT_SEARCHED = {"accounts_company", "accounts_singlesignon", "accounts_auditentry"}


@pytest.mark.parametrize("name", sorted(set(LISTS) - NOT_SEARCHED))
def test_search_finds_nothing_foreign(alice, cast, name):
    answer = alice.get(page(f"{name}_changelist"), {"q": FOREIGN})

    assert list(answer.context["cl"].result_list) == []


@pytest.mark.parametrize("name", ["Schedule", "Task", "Success", "Failure", "OrmQ", "Group", "User", "EmailAddress"])
def test_pages_of_libraries_and_of_users_do_not_exist(name):
    assert [model for model in admin.site._registry if model.__name__ == name] == []


def test_member_form_refuses_a_foreign_role(alice, cast):
    bob, foreign = cast.membership(cast.bob), Role.objects.get(name=f"{FOREIGN} role")

    answer = alice.post(page("accounts_membership_change", bob.pk), {"roles": [foreign.pk], "log_sessions": "on"})

    assert list(answer.context["adminform"].form.errors) == ["roles"]
    assert [role.name for role in bob.roles.all()] == ["Supporter"]


def test_token_form_refuses_a_foreign_member(alice, cast):
    foreign = cast.membership(cast.charlie)

    answer = alice.post(
        page("accounts_apitoken_add"),
        {"membership": foreign.pk, "name": "CI", "scopes": ["sessions:read"], "expires_at_0": "2027-01-01"},
    )

    assert "membership" in answer.context["adminform"].form.errors
    assert ApiToken.objects.count() == 0


def test_new_row_belongs_to_the_current_company_whatever_is_sent(alice, cast):
    sent = {"name": "ACC-1", "access_control": "DENIED", "company": cast.contoso.pk, "company_id": cast.contoso.pk}

    assert alice.post(page("policies_device_add"), sent).status_code == 302

    assert Device.objects.get(name="ACC-1").company == cast.northwind
    assert AuditEntry.objects.latest("pk").action == "device.created"


def test_name_taken_in_the_company_is_a_form_error(alice, cast):
    Device.objects.create(company=cast.northwind, name="ACC-1")

    answer = alice.post(page("policies_device_add"), {"name": "acc-1", "access_control": "DENIED"})

    assert (answer.status_code, answer.context["adminform"].form.is_valid()) == (200, False)


def test_name_taken_in_another_company_is_free(alice, cast):
    answer = alice.post(page("policies_device_add"), {"name": f"{FOREIGN}-77", "access_control": "DENIED"})

    assert answer.status_code == 302
    assert Device.objects.filter(name=f"{FOREIGN}-77").count() == 2


def test_filter_by_a_foreign_role_finds_nothing(alice, cast):
    foreign = Role.objects.get(name=f"{FOREIGN} role")

    answer = alice.get(page("accounts_membership_changelist"), {"roles__id__exact": foreign.pk})

    assert answer.context["cl"].result_count == 0


def test_device_in_use_is_kept_and_says_so(alice, cast):
    device = store_session(cast.northwind, cast.bob).device

    answer = alice.post(page("policies_device_delete", device.pk), {"post": "yes"})

    assert Device.objects.filter(pk=device.pk).exists()
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        f"“{device}” stands in 1 session and was not deleted. Its report needs it."
    ]


def test_refusal_of_the_domain_comes_back_as_a_form_error_with_the_input(alice, cast):
    supporter = Role.objects.get(company=cast.northwind, name="Supporter")
    own = cast.membership(cast.alice)

    answer = alice.post(page("accounts_membership_change", own.pk), {"roles": [supporter.pk]})

    form = answer.context["adminform"].form
    assert answer.status_code == 200
    assert form.non_field_errors() == [
        "Northwind IT Services would be left without an administrator. Make another member an administrator first."
    ]
    assert form["roles"].value() == [str(supporter.pk)]
    assert [role.name for role in own.roles.all()] == ["Administrator"]


def test_last_administrator_is_not_removed_by_page(alice, cast):
    own = cast.membership(cast.alice)

    answer = alice.post(page("accounts_membership_delete", own.pk), {"post": "yes"})

    assert answer.headers["Location"] == page("accounts_membership_change", own.pk)
    assert Membership.objects.get(pk=own.pk).is_active is True


def test_removed_member_stays_listed_and_can_no_longer_be_changed(alice, cast):
    bob = cast.membership(cast.bob)

    alice.post(page("accounts_membership_delete", bob.pk), {"post": "yes"})

    assert Membership.objects.get(pk=bob.pk).is_active is False
    assert alice.post(page("accounts_membership_change", bob.pk), {"log_sessions": "on"}).status_code == 403


def test_role_is_created_and_changed_through_the_domain(alice, cast):
    alice.post(page("accounts_role_add"), {"name": "Clerk", "permissions": ["manage_credits"]})
    role = Role.objects.get(company=cast.northwind, name="Clerk")
    alice.post(page("accounts_role_change", role.pk), {"name": "Desk", "permissions": ["manage_users"]})

    role.refresh_from_db()
    assert (role.name, role.permissions) == ("Desk", ["manage_users"])


def test_issued_token_is_shown_once_and_works(alice, cast):
    sent = {
        "membership": cast.membership(cast.bob).pk,
        "name": "CI",
        "scopes": ["sessions:read"],
        "expires_at_0": "2027-01-01",
        "expires_at_1": "12:00",
    }

    answer = alice.post(page("accounts_apitoken_add"), sent)

    plain = answer.context["plain"]
    token = ApiToken.objects.get(name="CI")
    assert (answer.status_code, plain in answer.content.decode(), token.membership.user) == (200, True, cast.bob)
    assert answer.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert plain not in alice.get(page("accounts_apitoken_change", token.pk)).content.decode()


def test_company_page_changes_the_letterhead_and_not_the_plan(alice, cast):
    sent = {"name": "Northwind", "time_zone": "Europe/Madrid", "address": "Harbour Road 12", "plan": "BUSINESS"}

    alice.post(page("accounts_company_change", cast.northwind.pk), sent)

    stored = Company.objects.get(pk=cast.northwind.pk)
    assert (stored.name, stored.time_zone, stored.address, stored.plan) == (
        "Northwind",
        "Europe/Madrid",
        "Harbour Road 12",
        "TENSOR",
    )


def test_keywords_are_written_one_per_line(alice, cast):
    alice.post(page("summaries_issuetype_add"), {"name": "Scanner", "keywords": " scan to mail \n\nTWAIN\nTWAIN"})

    entry = IssueType.objects.get(company=cast.northwind, name="Scanner")
    assert entry.keywords == ["scan to mail", "TWAIN"]
    shown = alice.get(page("summaries_issuetype_change", entry.pk)).context["adminform"].form["keywords"].value()
    assert shown == "scan to mail\nTWAIN"


@pytest.mark.parametrize("devices", [1, 3])
def test_list_spends_the_same_queries_on_1_and_3_rows(alice, cast, devices, django_assert_num_queries):
    for number in range(devices):
        Device.objects.create(company=cast.northwind, name=f"D-{number}")

    with django_assert_num_queries(8):
        alice.get(page("policies_device_changelist"))


@pytest.mark.parametrize("key", ["0", "-1", "9" * 30, "abc", "٣"])
def test_row_that_cannot_be_is_not_found(alice, key):
    assert alice.get(page("policies_device_change", key)).status_code == 404


def test_overview_counts_the_companys_own_and_lists_what_is_to_do(alice, cast):
    answer = alice.get(reverse("admin:index"))

    cards = {card.title: card.count for _, group in answer.context["groups"] for card in group}
    assert (cards["Members"], cards["Roles"], cards["Devices"]) == (3, 5, 0)
    assert [step.is_done for step in answer.context["setup"].wanted] == [True, True, True, False, False]

import pytest
from django.apps import apps

from accounts.domain.administrators import LastAdministrator
from accounts.domain.former_members import UnableToForget
from accounts.domain.members import add_member
from accounts.models import AuditEntry, User
from accounts.tenancy import PermissionMissing
from policies.domain.device_imports import check_list
from policies.models import Device, DeviceImport
from summaries.domain.keeping import erasure, holds
from summaries.domain.keeping.data_subjects import find
from summaries.domain.keeping.erasure import ErasureReport, UnableToErase, erase
from summaries.domain.keeping.holds import UnderLegalHold
from summaries.domain.reading.search import matching
from summaries.models import ConsentEntry, IdempotencyKey, SummaryMail, SupportSession
from tests.summaries.domain.correction.cases import summary_of
from tests.summaries.domain.sending.cases import TO_THE_TICKET, enter_mailbox, send_it
from tests.summaries.domain.subject_rows import CANARY, add_rich_session
from tests.summaries.session_rows import add_session

#: Append-only by law: the audit log and the proof of consent.
KEPT = {"AuditEntry", "ConsentEntry"}


def tables_with(word):
    """Names of the models of which a row holds the word anywhere, but for what the law keeps."""
    return {
        model.__name__
        for model in apps.get_models(include_auto_created=True)
        if model.__name__ not in KEPT
        for row in model._base_manager.values()
        if word in str(row).lower()
    }


@pytest.fixture
def rich(cast):
    return add_rich_session(cast.northwind, cast.bob, 1)


def subject_of(cast, kind="remote-user", key=CANARY):
    return find(company=cast.northwind, kind=kind, key=key, actor=None)


def member_of(cast, user):
    return subject_of(cast, "member", str(cast.membership(user).pk))


def test_erase_a_remote_user_leaves_no_word_of_them_anywhere(cast, rich, at):
    other = add_session(cast.northwind, cast.bob, 2, remote_user="somebody else", notes="stays")
    assert tables_with(CANARY) == {"SupportSession", "Interaction", "Summary", "SummaryRevision"}

    report = erase(subject=subject_of(cast), actor=cast.alice, at=at)

    assert report == ErasureReport(sessions=1, left=0)
    assert tables_with(CANARY) == set()
    assert matching(SupportSession.objects.all(), CANARY).count() == 0
    rich.refresh_from_db()
    other.refresh_from_db()
    assert (rich.status, rich.supporter, rich.device.name, rich.log_deleted_at) == ("ENDED", cast.bob, "ACC-14", at)
    assert (other.remote_user, other.notes) == ("somebody else", "stays")


def test_erase_keeps_the_proof_of_consent(cast, rich, at):
    erase(subject=subject_of(cast), actor=cast.alice, at=at)

    assert [entry.statement for entry in ConsentEntry.objects.filter(session=rich)] == ["Agreed by phone."]


def test_erase_leaves_the_other_companys_namesake_alone(cast, rich, at):
    foreign = add_rich_session(cast.contoso, cast.charlie, 1)

    erase(subject=subject_of(cast), actor=cast.alice, at=at)

    foreign.refresh_from_db()
    assert (foreign.remote_user, foreign.interactions.count(), foreign.summary.state) == (CANARY, 2, "READY")
    assert matching(SupportSession.objects.all(), CANARY).get() == foreign


def test_erase_a_device_empties_its_sessions_and_takes_its_name(cast, at):
    add_rich_session(cast.northwind, cast.bob, 1, name="someone")
    add_session(cast.northwind, cast.bob, 2, device_name="ACC-14")
    device = Device.objects.get(company=cast.northwind)
    Device.objects.filter(pk=device.pk).update(name=CANARY, customer=CANARY, operating_system="Windows 11")
    SupportSession.objects.update(search_text=CANARY)

    report = erase(subject=subject_of(cast, "device", CANARY), actor=cast.alice, at=at)

    device.refresh_from_db()
    assert (report.sessions, report.left) == (1, 0)
    assert (device.name, device.customer, device.operating_system) == (f"Erased device {device.pk}", "", "")
    assert (tables_with(CANARY), tables_with("someone")) == (set(), set())


def test_erase_a_device_throws_the_lists_away_that_may_name_it(cast, at):
    Device.objects.create(company=cast.northwind, name=CANARY)
    said = f"name,customer\n{CANARY},Kim\n".encode()
    for company, actor in ((cast.northwind, cast.alice), (cast.contoso, cast.charlie)):
        check_list(company=company, file_name=f"{CANARY}.csv", content=said, actor=actor, at=at)

    erase(subject=subject_of(cast, "device", CANARY), actor=cast.alice, at=at)

    assert [each.company for each in DeviceImport.objects.all()] == [cast.contoso]


def test_erase_in_parts_goes_on_where_it_was(cast, at):
    for number in (1, 2, 3):
        add_rich_session(cast.northwind, cast.bob, number)
    heard = []

    reports = [
        erase(subject=subject_of(cast, "device", "ACC-14"), actor=None, at=at, at_most=2, progress=heard.append)
        for _ in range(2)
    ]

    assert [(report.sessions, report.left) for report in reports] == [(2, 1), (1, 0)]
    assert (tables_with(CANARY), heard) == (set(), [1, 1, 1])


def test_erase_is_audited_by_a_reference_and_not_by_the_name(cast, rich, at):
    subject = subject_of(cast)

    erase(subject=subject, actor=cast.alice, at=at)

    entry = AuditEntry.objects.get(action="data_subject.erased")
    expected = {"kind": "remote-user", "reference": subject.reference, "sessions": 1, "left": 0}
    assert (entry.actor, entry.details) == (cast.alice, expected)
    assert CANARY not in str(list(AuditEntry.objects.values()))


def test_erase_needs_the_permission(cast, rich, at):
    for actor in (cast.bob, cast.mona, cast.charlie):
        with pytest.raises(PermissionMissing):
            erase(subject=subject_of(cast), actor=actor, at=at)

    assert rich.interactions.count() == 2


@pytest.mark.parametrize("on_company", [True, False])
def test_erase_under_legal_hold_is_refused(cast, rich, at, on_company):
    add_rich_session(cast.northwind, cast.bob, 2)
    held = None if on_company else rich
    holds.place(company=cast.northwind, session=held, reason="Case", actor=cast.alice, at=at)

    for subject in (subject_of(cast), member_of(cast, cast.bob)):
        with pytest.raises(UnderLegalHold):
            erase(subject=subject, actor=cast.alice, at=at)

    assert tables_with(CANARY) == {"SupportSession", "Interaction", "Summary", "SummaryRevision"}
    assert User.objects.filter(name="Bob").count() == 1


def test_erase_that_meets_a_hold_on_the_way_tells_what_went(cast, at):
    first, second = (add_rich_session(cast.northwind, cast.bob, number) for number in (1, 2))

    def place(_):
        holds.place(company=cast.northwind, session=second, reason="Case", actor=cast.alice, at=at)

    with pytest.raises(UnderLegalHold):
        erase(subject=subject_of(cast), actor=cast.alice, at=at, progress=place)

    assert (first.interactions.count(), second.interactions.count()) == (0, 2)
    details = AuditEntry.objects.get(action="data_subject.erased").details
    assert (details["sessions"], details["left"]) == (1, 1)


@pytest.mark.parametrize("fields", [{"status": "OPEN", "ended_at": None}, {"status": "IMPORTING"}])
def test_erase_waits_for_a_session_that_is_still_written(cast, rich, at, fields):
    add_session(cast.northwind, cast.bob, 2, remote_user=CANARY, **fields)

    with pytest.raises(UnableToErase, match="S-2"):
        erase(subject=subject_of(cast), actor=cast.alice, at=at)

    assert rich.interactions.count() == 2


def test_erase_skips_a_session_that_is_gone(cast, rich, at):
    erasure._empty_session(session_id=4711, at=at)

    assert rich.interactions.count() == 2


def test_erase_a_member_makes_them_unknown_and_keeps_the_companys_records(cast, rich, at):
    User.objects.filter(pk=cast.bob.pk).update(name=CANARY, email=f"{CANARY}@northwind.example")
    SupportSession.objects.filter(pk=rich.pk).update(remote_user="x")
    IdempotencyKey.objects.create(company=cast.northwind, user=cast.bob, key="k", fingerprint="f", created_at=at)

    report = erase(subject=member_of(cast, cast.bob), actor=cast.alice, at=at)

    assert report == ErasureReport(account_stays=False)
    assert "User" not in tables_with(CANARY)
    rich.refresh_from_db()
    assert (str(rich.supporter), rich.interactions.count()) == (f"Former member {cast.bob.pk}", 2)
    assert IdempotencyKey.objects.count() == 0
    entry = AuditEntry.objects.get(action="data_subject.erased")
    assert entry.details == {
        "kind": "member",
        "reference": member_of(cast, User.objects.get(pk=cast.bob.pk)).reference,
        "account": "erased",
    }


def addresses():
    return sorted(SummaryMail.objects.values_list("company__slug", "address"))


def mailed_to(cast, at, *own):
    """The same summary mailed to *own* of Northwind's, and a foreign one to the first of them."""
    session = summary_of(cast.northwind, cast.mona, 7).session
    for address in own:
        send_it(session, cast.mona, at, address=address)
    enter_mailbox(cast.northwind, ticket_address=own[0])
    send_it(session, cast.mona, at, **TO_THE_TICKET)
    send_it(summary_of(cast.contoso, cast.charlie, 7).session, cast.charlie, at, address=own[0])


def test_erase_a_member_forgets_what_was_mailed_to_them(cast, at):
    mailed_to(cast, at, cast.bob.email.upper(), "erika@customer.example")

    erase(subject=member_of(cast, cast.bob), actor=cast.alice, at=at)

    assert addresses() == [
        ("contoso", cast.bob.email.upper()),
        ("northwind", cast.bob.email.upper()),
        ("northwind", "erika@customer.example"),
    ]
    assert SummaryMail.objects.get(address__iexact=cast.bob.email, company=cast.northwind).ticket == "INC-1042"


def test_erase_a_remote_user_called_by_an_address_forgets_what_was_mailed_to_it(cast, at):
    mailed_to(cast, at, "erika@customer.example", "somebody@customer.example")
    add_session(cast.northwind, cast.bob, 8, remote_user="Erika@customer.example", notes="note")
    subject = subject_of(cast, key="Erika@customer.example")

    erase(subject=subject, actor=cast.alice, at=at, at_most=0)
    before = len(addresses())
    erase(subject=subject, actor=cast.alice, at=at)

    assert before == 4
    assert addresses() == [
        ("contoso", "erika@customer.example"),
        ("northwind", "erika@customer.example"),
        ("northwind", "somebody@customer.example"),
    ]


def test_erase_a_member_of_two_companies_keeps_the_account(cast, at):
    bob = member_of(cast, cast.bob)
    add_member(company=cast.contoso, email=cast.bob.email, name="Bob", role_names=["Supporter"], at=at)

    report = erase(subject=bob, actor=cast.alice, at=at)

    assert report.account_stays is True
    assert User.objects.get(pk=cast.bob.pk).name == "Bob"
    assert [each.company for each in User.objects.get(pk=cast.bob.pk).memberships.all()] == [cast.contoso]


def test_erase_oneself_is_refused(cast, at):
    with pytest.raises(UnableToErase, match="Nobody erases themselves"):
        erase(subject=member_of(cast, cast.alice), actor=cast.alice, at=at)


def test_erase_the_last_administrator_is_refused(cast, at):
    with pytest.raises(LastAdministrator):
        erase(subject=member_of(cast, cast.alice), actor=None, at=at)

    assert User.objects.get(pk=cast.alice.pk).name == "Alice"


def test_erase_who_runs_the_installation_is_refused(cast, at):
    User.objects.filter(pk=cast.bob.pk).update(is_staff=True)

    with pytest.raises(UnableToForget):
        erase(subject=member_of(cast, cast.bob), actor=cast.alice, at=at)

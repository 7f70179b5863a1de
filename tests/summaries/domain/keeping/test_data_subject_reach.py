"""The copy of a person's data opens no session, and no other company, to whoever makes it."""

import io
import json
import zipfile

import pytest

from accounts.domain.members import change_member
from accounts.domain.roles import create_role
from accounts.models import AuditEntry, Membership, SignIn, UserGroup
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing
from summaries.domain.keeping.data_subject_export import export
from summaries.domain.keeping.data_subjects import find, holdings
from tests.accounts.sign_in.conftest import join_contoso
from tests.conftest import NOW
from tests.role_limits import limited_role
from tests.summaries.domain.subject_rows import CANARY, add_rich_session

P = Permission


@pytest.mark.parametrize(
    "whole, limited",
    [
        ({P.MANAGE_COMPANY}, set()),
        ({P.MANAGE_COMPANY, P.VIEW_ALL_REPORTS}, set()),
        ({P.MANAGE_COMPANY, P.VIEW_OWN_REPORTS, P.VIEW_SUMMARIES}, set()),
        ({P.MANAGE_COMPANY}, {P.VIEW_ALL_REPORTS, P.VIEW_SUMMARIES}),
    ],
)
def test_copy_is_made_by_whoever_reads_every_session(cast, at, whole, limited):
    add_rich_session(cast.northwind, cast.alice, 1)
    bob = cast.membership(cast.bob)
    role = create_role(company=cast.northwind, name="Manager", permissions=whole, at=NOW)
    change_member(membership=bob, granted=[role], log_sessions=True, at=NOW)
    if limited:
        group = UserGroup.objects.create(company=cast.northwind, name="Own team")
        group.members.add(bob)
        limited_role(bob, "Own team", limited, [group])
    subject = find(company=cast.northwind, kind="remote-user", key=CANARY, actor=cast.bob)

    with pytest.raises(PermissionMissing, match="sessions that your roles do not reach"):
        export(subject=subject, actor=cast.bob, at=at)

    assert AuditEntry.objects.filter(action="data_subject.exported").count() == 0


def test_sign_ins_through_another_companys_provider_are_not_this_companys(cast, at):
    join_contoso(cast, cast.bob, at)
    for key, company in (("own", cast.northwind), ("password", None), ("foreign", cast.contoso)):
        facts = {"session_key": key, "company": company, "agent": key, "created_at": at, "seen_at": at}
        SignIn.objects.create(user=cast.bob, **facts)
    member = str(Membership.objects.get(user=cast.bob, company=cast.northwind).pk)
    subject = find(company=cast.northwind, kind="member", key=member, actor=cast.alice)

    data = b"".join(export(subject=subject, actor=cast.alice, at=at))

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rows = [json.loads(line) for line in archive.read("sign_ins.jsonl").decode().splitlines()]
    assert sorted(row["agent"] for row in rows) == ["own", "password"]
    assert holdings(subject=subject).sign_ins == 2

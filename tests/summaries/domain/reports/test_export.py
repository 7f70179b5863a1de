from datetime import timedelta

import pytest

from accounts.domain import disclosures
from accounts.domain.members import add_member
from accounts.domain.pseudonyms import names_for
from accounts.models import AuditEntry
from summaries.domain.reports.bulk import put_report
from summaries.domain.reports.export import export_report
from tests.summaries.report_examples import store_session, store_summary


@pytest.fixture
def revealed(cast, at):
    """Bob's session, and that Alice may see his name for a day."""
    northwind = cast.northwind
    email = "audrey@northwind.example"
    audrey = add_member(company=northwind, email=email, name="Audrey", role_names=["Auditor"], at=at).user
    session = store_session(northwind, cast.bob)
    store_summary(session)
    disclosures.switch_on(company=northwind, actor=cast.alice, at=at)
    pseudonym = names_for(company=northwind, viewer=cast.alice, at=at).pseudonyms[cast.bob.pk]
    asked = disclosures.request_name(company=northwind, pseudonym=pseudonym, actor=cast.alice, reason="Case", at=at)
    disclosures.confirm(disclosure=asked, actor=audrey, at=at)
    return session


def test_an_export_that_shows_a_revealed_name_is_told(cast, revealed, at):
    def told():
        return AuditEntry.objects.filter(action="disclosure.viewed", actor=cast.alice).count()

    before = told()
    export_report(session=revealed, actor=cast.mona, at=at)
    export_report(session=revealed, actor=cast.alice, at=at + timedelta(hours=25))
    assert told() == before

    export_report(session=revealed, actor=cast.alice, at=at)
    assert told() == before + 1


def test_a_report_of_a_job_that_shows_a_revealed_name_is_told(cast, revealed, at, tmp_path):
    put_report(session=revealed, actor=cast.mona, folder=tmp_path, job="a job", at=at)
    before = AuditEntry.objects.filter(action="disclosure.viewed", actor=cast.alice).count()

    put_report(session=revealed, actor=cast.alice, folder=tmp_path, job="a job", at=at)

    assert AuditEntry.objects.filter(action="disclosure.viewed", actor=cast.alice).count() == before + 1

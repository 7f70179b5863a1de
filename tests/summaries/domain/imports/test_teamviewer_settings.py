import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.domain.imports.teamviewer_settings import (
    PullChoice,
    UnableToSavePull,
    check_connection,
    pull_of,
    save_pull,
)
from summaries.models import TeamViewerPull

OFF = PullChoice(is_on=False, base_url="https://webapi.teamviewer.com", supporter=None)


def test_a_pull_that_is_off_needs_no_member_and_no_token(cast, at):
    pull = save_pull(company=cast.northwind, chosen=OFF, actor=cast.alice, at=at)

    assert (pull.is_on, pull.supporter, pull_of(company=cast.northwind).pk) == (False, None, pull.pk)
    assert pull_of(company=cast.contoso).pk is None


def test_saving_the_same_again_is_no_change(cast, at):
    save_pull(company=cast.northwind, chosen=OFF, actor=cast.alice, at=at)
    save_pull(company=cast.northwind, chosen=OFF, actor=cast.alice, at=at)

    assert AuditEntry.objects.filter(action="teamviewer_pull.changed").count() == 1
    assert TeamViewerPull.objects.count() == 1


def test_a_member_of_another_company_is_refused(cast, at):
    chosen = PullChoice(is_on=False, base_url=OFF.base_url, supporter=cast.charlie)

    with pytest.raises(UnableToSavePull, match="not a member of this company") as refusal:
        save_pull(company=cast.northwind, chosen=chosen, actor=cast.alice, at=at)

    assert refusal.value.field == "supporter"


@pytest.mark.parametrize("name", ["bob", "mona", "charlie"])
def test_only_who_manages_integrations_may_save_or_test(cast, at, name):
    actor = getattr(cast, name)

    with pytest.raises(PermissionMissing):
        save_pull(company=cast.northwind, chosen=OFF, actor=actor, at=at)
    with pytest.raises(PermissionMissing):
        check_connection(company=cast.northwind, chosen=OFF, actor=actor, at=at)

    assert TeamViewerPull.objects.count() == 0

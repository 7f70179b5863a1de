"""A list of devices names people's machines: it stays no longer than it is needed."""

from datetime import timedelta

import pytest

from policies.domain.device_imports import KEPT, apply_import, check_list, throw_away_old
from policies.enums import ImportState
from policies.models import DeviceImport
from summaries import tasks

LIST = b"name,group\nLaptop of Kim,Sales\n"


@pytest.fixture
def checked(cast, at):
    def _checked(user=cast.alice, company=cast.northwind):
        return check_list(company=company, file_name="kim.csv", content=LIST, actor=user, at=at).waiting

    return _checked


def test_a_list_that_is_in_keeps_no_names(cast, checked, at):
    done = apply_import(device_import=checked(), actor=cast.alice, at=at)

    assert (done.state, done.content, done.examples, done.new_groups) == (ImportState.APPLIED, b"", [], [])
    assert done.new_count == 1


def test_lists_of_a_day_ago_go_in_every_company(cast, checked, at):
    checked()
    checked(cast.charlie, cast.contoso)

    assert throw_away_old(at=at + KEPT) == 0
    assert throw_away_old(at=at + KEPT + timedelta(seconds=1)) == 2


def test_a_list_that_is_being_put_in_has_another_day(cast, checked, at):
    checked()
    DeviceImport.objects.update(state=ImportState.APPLYING)

    assert throw_away_old(at=at + 2 * KEPT, company=cast.northwind) == 0
    assert throw_away_old(at=at + 2 * KEPT + timedelta(seconds=1), company=cast.northwind) == 1


def test_the_nightly_job_throws_them_away(cast, checked, at):
    DeviceImport.objects.filter(pk=checked().pk).update(made_at=at - timedelta(days=400))

    tasks.apply_retention()

    assert DeviceImport.objects.count() == 0

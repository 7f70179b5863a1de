"""What a member who is erased searched for goes; what they shared is the company's."""

from summaries.domain.keeping.erasure import erase
from summaries.domain.reading.filters import read_filters
from summaries.domain.views.saving import begin_with, save_view
from summaries.enums import SessionList
from summaries.models import DefaultView, SavedView
from tests.summaries.domain.keeping.test_erasure import member_of


def saved(cast, at, member, name, *, is_shared=False):
    common = {"company": cast.northwind, "actor": member, "list_name": SessionList.HOME, "at": at}
    return save_view(name=name, filters=read_filters("q=a+name"), is_shared=is_shared, **common)


def test_the_views_of_a_member_who_is_erased_go_but_for_what_they_shared(cast, at):
    shared = saved(cast, at, cast.bob, "For all", is_shared=True)
    begin_with(view=shared, member=cast.bob)
    begin_with(view=shared, member=cast.mona)
    saved(cast, at, cast.bob, "Own")
    saved(cast, at, cast.mona, "Mona's own")

    erase(subject=member_of(cast, cast.bob), actor=cast.alice, at=at)

    assert sorted(SavedView.objects.values_list("name", flat=True)) == ["For all", "Mona's own"]
    assert [each.user for each in DefaultView.objects.all()] == [cast.mona]

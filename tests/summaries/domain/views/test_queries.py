import pytest
from django.http import Http404

from accounts.domain import roles
from accounts.domain.members import add_member
from accounts.permissions import Permission
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.views.queries import view_or_404, views_of
from summaries.domain.views.saving import save_view
from summaries.enums import SessionList
from summaries.models import DefaultView, SavedView


@pytest.fixture
def views(cast, at):
    def save(owner, name, **options):
        company = cast.membership(owner).company
        wish = {"list_name": SessionList.HOME, "is_shared": False, "filters": SessionFilters(), **options}
        return save_view(company=company, actor=owner, name=name, at=at, **wish)

    save(cast.alice, "Alice's own")
    save(cast.alice, "Summaries for all", is_shared=True)
    save(cast.alice, "Reports for all", is_shared=True, list_name=SessionList.REPORTS)
    save(cast.bob, "Bob's own")
    save(cast.charlie, "Of Contoso", is_shared=True)


def names(cast, viewer):
    return [each.view.name for each in views_of(company=cast.northwind, viewer=viewer)]


def test_views_are_ones_own_and_the_shared_ones(cast, views):
    assert names(cast, cast.alice) == ["Alice's own", "Reports for all", "Summaries for all"]
    assert names(cast, cast.bob) == ["Bob's own", "Reports for all", "Summaries for all"]
    assert names(cast, cast.charlie) == []


def test_views_of_summaries_are_for_those_who_read_them(cast, views, at):
    roles.create_role(company=cast.northwind, name="Clerk", permissions=[Permission.VIEW_ALL_REPORTS], at=at)
    clerk = add_member(company=cast.northwind, email="c@northwind.example", name="C", role_names=["Clerk"], at=at).user

    assert names(cast, clerk) == ["Reports for all"]


def test_a_visitor_is_offered_nothing(cast, views):
    assert (SavedView.objects.visible_to(None).count(), DefaultView.objects.visible_to(None).count()) == (0, 0)


def test_who_may_change_a_view(cast, views):
    changeable = {each.view.name: each.may_change for each in views_of(company=cast.northwind, viewer=cast.bob)}
    assert changeable == {"Bob's own": True, "Reports for all": False, "Summaries for all": False}


def test_a_default_is_seen_by_its_member_only(cast, views):
    view = SavedView.objects.get(name="Reports for all")
    DefaultView.objects.create(company=cast.northwind, user=cast.alice, list_name="REPORTS", view=view)

    assert (str(DefaultView.objects.get()), DefaultView.objects.visible_to(cast.bob).count()) == (
        f"REPORTS: {view.pk}",
        0,
    )
    assert DefaultView.objects.visible_to(cast.alice).count() == 1


def test_a_view_of_others_is_found_like_one_that_is_not_there(cast, views):
    for name in ("Alice's own", "Of Contoso"):
        with pytest.raises(Http404):
            view_or_404(company=cast.northwind, viewer=cast.bob, view_id=SavedView.objects.get(name=name).pk)
    shared = SavedView.objects.get(name="Reports for all")
    assert str(view_or_404(company=cast.northwind, viewer=cast.bob, view_id=shared.pk)) == "Reports for all"


def test_views_take_one_query_beside_the_grants(cast, views, django_assert_num_queries):
    names(cast, cast.alice)
    with django_assert_num_queries(1):
        assert len(views_of(company=cast.northwind, viewer=cast.alice)) == 3

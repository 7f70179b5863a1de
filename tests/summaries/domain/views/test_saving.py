import pytest

from accounts.models import AuditEntry
from summaries.domain.reading.filters import SessionFilters
from summaries.domain.reading.wishes import query_of
from summaries.domain.views import saving
from summaries.domain.views.queries import views_of
from summaries.domain.views.saving import NotYourView, UnableToSaveView
from summaries.enums import SessionList
from summaries.models import DefaultView, SavedView

FAILED = SessionFilters(state=("FAILED",), period="90", sort="oldest", columns="session,start", view="7")


@pytest.fixture
def save(cast, at):
    def made(owner=None, name="To check", **options):
        wish = {"list_name": SessionList.HOME, "filters": FAILED, "is_shared": False, **options}
        return saving.save_view(company=cast.northwind, actor=owner or cast.bob, name=name, at=at, **wish)

    return made


def audited():
    return list(AuditEntry.objects.filter(action__startswith="saved_view.").values_list("action", flat=True))


def test_a_view_keeps_filters_columns_and_order(save):
    view = save(name="  To\tcheck ")

    assert (view.name, view.query, view.sort, view.columns) == (
        "To check",
        "state=FAILED&period=90",
        "oldest",
        ["session", "start"],
    )
    assert query_of(view) == f"state=FAILED&period=90&sort=oldest&columns=session%2Cstart&view={view.pk}"


def test_a_view_of_everything_is_its_name_alone(save):
    view = save(filters=SessionFilters())

    assert (view.query, query_of(view)) == ("", f"view={view.pk}")


@pytest.mark.parametrize("name", ["", " \t", "x" * 61, "To check"])
def test_a_name_must_be_there_short_and_new(save, name):
    save()

    with pytest.raises(UnableToSaveView):
        save(name=name)
    assert SavedView.objects.count() == 1


def test_two_members_may_use_one_name(cast, save):
    save()
    save(owner=cast.alice)

    assert SavedView.objects.filter(name="To check").count() == 2


def test_a_member_has_fifty_views_at_most(cast, save, monkeypatch):
    monkeypatch.setattr(saving, "MAX_VIEWS", 2)
    save(name="One")
    save(name="Two")
    save(owner=cast.alice, name="Another's")

    with pytest.raises(UnableToSaveView, match="You have 2 views"):
        save(name="Three")


def test_more_filters_than_fit_are_refused(save):
    with pytest.raises(UnableToSaveView, match="too many filters"):
        save(filters=SessionFilters(device=tuple(str(number) * 190 for number in range(11, 31))))


def test_sharing_is_audited_and_private_views_are_not(cast, save, at):
    private = save()
    saving.change_view(view=private, actor=cast.bob, at=at, name="Renamed")
    saving.delete_view(view=private, actor=cast.bob, at=at)
    assert audited() == []

    shared = save(is_shared=True)
    saving.change_view(view=shared, actor=cast.bob, at=at, filters=SessionFilters())
    saving.change_view(view=shared, actor=cast.bob, at=at, is_shared=False)
    saving.change_view(view=shared, actor=cast.bob, at=at, is_shared=True)
    saving.delete_view(view=shared, actor=cast.bob, at=at)
    assert sorted(audited()) == [
        "saved_view.changed",
        "saved_view.deleted",
        "saved_view.shared",
        "saved_view.shared",
        "saved_view.withdrawn",
    ]


def test_change_keeps_what_is_not_given(cast, save, at):
    view = saving.change_view(view=save(), actor=cast.bob, at=at, name="To check")

    assert (view.name, view.query, view.is_shared) == ("To check", "state=FAILED&period=90", False)


def test_only_the_owner_and_for_a_shared_view_an_administrator_change_it(cast, save, at):
    private, shared = save(), save(name="Shared", is_shared=True)

    for view, member in ((private, cast.alice), (private, cast.mona), (shared, cast.mona), (shared, cast.charlie)):
        with pytest.raises(NotYourView):
            saving.change_view(view=view, actor=member, at=at, name="Taken over")
        with pytest.raises(NotYourView):
            saving.delete_view(view=view, actor=member, at=at)
    assert saving.change_view(view=shared, actor=cast.alice, at=at, name="Corrected").owner == cast.bob


def test_what_was_deleted_meanwhile_is_said_to_be(cast, save, at):
    view = save()
    SavedView.objects.all().delete()

    for change in (
        lambda: saving.change_view(view=view, actor=cast.bob, at=at, name="Late"),
        lambda: saving.begin_with(view=view, member=cast.bob),
    ):
        with pytest.raises(UnableToSaveView, match="deleted meanwhile"):
            change()


def test_a_list_begins_with_one_view_at_most(cast, save):
    one, two, reports = save(name="1"), save(name="2"), save(name="3", list_name=SessionList.REPORTS)
    for view in (one, two, reports):
        saving.begin_with(view=view, member=cast.bob)

    defaults = [each.view.name for each in views_of(company=cast.northwind, viewer=cast.bob) if each.is_default]
    assert defaults == ["2", "3"]
    saving.begin_plainly(company=cast.northwind, member=cast.bob, list_name=SessionList.HOME)
    assert list(DefaultView.objects.values_list("view__name", flat=True)) == ["3"]


def test_others_lists_no_longer_begin_with_a_view_that_is_private_again(cast, save, at):
    view = save(is_shared=True)
    saving.begin_with(view=view, member=cast.alice)
    saving.begin_with(view=view, member=cast.bob)

    saving.change_view(view=view, actor=cast.bob, at=at, is_shared=False)

    assert list(DefaultView.objects.values_list("user", flat=True)) == [cast.bob.pk]


def test_deleting_takes_the_view_from_the_lists_that_begin_with_it(cast, save, at):
    view = save(is_shared=True)
    saving.begin_with(view=view, member=cast.alice)

    saving.delete_view(view=view, actor=cast.alice, at=at)

    assert (SavedView.objects.count(), DefaultView.objects.count()) == (0, 0)

import pytest

from summaries.domain.correction.editing import correct
from summaries.models import Summary, SummaryRevision
from tests.summaries.domain.correction.cases import summary_of, with_problem

ADDRESS = "/sessions/S-1/revisions/"


@pytest.fixture
def summary(cast, at):
    """An engine's text and Bob's correction."""
    summary = summary_of(cast.northwind, cast.bob)
    correct(summary=summary, seen=1, content=with_problem(summary, "It was stuck."), actor=cast.bob, at=at)
    summary.refresh_from_db()
    return summary


def text(response):
    return response.content.decode()


def test_each_text_tells_who_wrote_it_and_from_what(cast, summary, signed_in):
    page = text(signed_in(cast.bob).get(ADDRESS))

    assert '<a href="?from=1&amp;to=2">Changes to revision 1</a>' in page
    assert ("The session log" in page, "<td>Bob<br>" in page) == (True, True)


def test_any_two_texts_are_compared_with_words_for_who_cannot_see(cast, summary, signed_in):
    page = text(signed_in(cast.bob).get(f"{ADDRESS}?from=1&to=2"))

    assert '<ins><span class="visually-hidden">[added: </span>It was stuck.' in page
    assert '<del><span class="visually-hidden">[removed: </span>The office printer' in page


def test_two_texts_that_say_the_same_are_told_so(cast, summary, signed_in):
    assert "The two texts say the same." in text(signed_in(cast.bob).get(f"{ADDRESS}?from=1&to=1"))


@pytest.mark.parametrize("query", ["?from=9&to=1", "?from=x", "?revision=99999999999", "?from=1"])
def test_a_text_that_does_not_exist_compares_nothing(cast, summary, signed_in, query):
    page = signed_in(cast.bob).get(ADDRESS + query)

    assert (page.status_code, "<ins>" in text(page)) == (200, False)


def test_an_earlier_text_is_restored(cast, summary, signed_in):
    client = signed_in(cast.bob)

    page = text(client.post("/sessions/S-1/restore/", {"revision": "1", "seen": "2"}, follow=True))

    assert "Revision 1 counts again, as revision 3." in page
    assert "restored by Bob" in page
    assert Summary.objects.get().current.number == 3


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"revision": "1", "seen": "1"}, "Someone else saved revision 2 while you had this text open."),
        ({"revision": "7", "seen": "2"}, "There is no such revision."),
        ({"revision": "", "seen": "2"}, "There is no such revision."),
    ],
)
def test_what_cannot_be_restored_is_told(cast, summary, signed_in, data, told):
    assert told in text(signed_in(cast.bob).post("/sessions/S-1/restore/", data, follow=True))
    assert SummaryRevision.objects.count() == 2


def test_a_newer_text_of_an_engine_is_told_of_and_taken(cast, summary, signed_in):
    first = SummaryRevision.objects.get(number=1)
    first.pk, first.number = None, 3
    first.save()
    client = signed_in(cast.bob)

    told = text(client.get("/sessions/S-1/"))
    page = text(client.post("/sessions/S-1/restore/", {"revision": "3", "seen": "2"}, follow=True))

    assert "There is a newer AI text." in told
    assert "/sessions/S-1/revisions/?from=2&amp;to=3" in told
    assert "Revision 3 counts now." in page
    assert "There is a newer AI text." not in page


def test_who_may_only_read_restores_nothing(cast, summary, signed_in, at):
    from accounts.domain.members import add_member  # of this test alone

    email = "audrey@northwind.example"
    audrey = add_member(company=cast.northwind, email=email, name="Audrey", role_names=["Auditor"], at=at).user

    page = text(signed_in(audrey).get(ADDRESS))

    assert ("Restore" in page, "Changes to revision 1" in page) == (False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(cast, summary, signed_in, django_assert_num_queries, count):
    last = SummaryRevision.objects.get(number=2)
    for number in range(3, 3 + count):
        last.pk, last.number = None, number
        last.save()
    client = signed_in(cast.bob)
    client.get(ADDRESS)

    with django_assert_num_queries(9):
        client.get(ADDRESS)

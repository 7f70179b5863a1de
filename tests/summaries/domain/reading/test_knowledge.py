from dataclasses import replace

import pytest

from accounts.domain.members import add_member
from accounts.domain.roles import create_role
from accounts.models import AuditEntry
from accounts.permissions import Permission
from summaries.content import Statement, Step
from summaries.domain.consent.withdrawal import state_withdrawal
from summaries.domain.keeping.removal import delete_summary
from summaries.domain.reading.knowledge import MAX_LINES, draft_article, export_article
from summaries.enums import Outcome
from summaries.models import SupportSession
from tests.summaries.report_examples import PRINTER, store_summary
from tests.summaries.session_rows import add_session

pytestmark = pytest.mark.django_db


def said(*texts):
    return tuple(Statement(text, (number,)) for number, text in enumerate(texts, start=1))


def add(cast, number, *, supporter=None, engine="built-in", **content):
    session = add_session(cast.northwind, supporter or cast.bob, number, hours_ago=number)
    summary = store_summary(session, replace(PRINTER, **content))
    summary.current.engine = engine
    summary.current.save()
    return session


def draft(cast, at, viewer=None, make=draft_article):
    return make(
        company=cast.northwind,
        viewer=viewer or cast.alice,
        sessions=SupportSession.objects.all(),
        title="Printer on ACC-1",
        at=at,
    )


def told(lines):
    return [
        (line.text, [(source.session.label, source.numbers) for source in line.sources], line.commands)
        for line in lines
    ]


def test_the_commonest_statements_stand_first_with_all_their_evidence(cast, at):
    add(cast, 1, problem=said("Paper jam.", "No  toner"), cause=said("Old driver."))
    add(cast, 2, problem=said("No toner.", "no toner"), cause=())
    add(
        cast, 3, problem=(*said("Smoke."), Statement("No toner", (7,), supported=False), Statement(" ", (8,))), cause=()
    )

    article = draft(cast, at)

    assert told(article.problem) == [
        ("No  toner", [("S-1", (2,)), ("S-2", (1, 2))], ()),
        ("Paper jam.", [("S-1", (1,))], ()),
        ("Smoke.", [("S-3", (1,))], ()),
    ]
    assert told(article.cause) == [("Old driver.", [("S-1", (1,))], ())]
    assert (article.title, article.made_at, article.is_ai_written) == ("Printer on ACC-1", at, True)
    assert [session.label for session in article.sessions] == ["S-1", "S-2", "S-3"]


def test_steps_are_those_of_resolved_sessions_by_frequency_then_by_place(cast, at):
    first, second, third = said("Looked at the queue.", "Restarted the spooler.", "Printed a page.")
    restart = Step(second, commands=("net stop [HOST-1]", "net start [HOST-1]"))
    add(cast, 1, steps=(Step(first), restart))
    add(cast, 2, steps=(replace(restart, commands=("net start [HOST-1]",)), Step(third)))
    add(cast, 3, steps=(Step(first), Step(first), Step(third)), outcome=Outcome.UNRESOLVED)

    article = draft(cast, at)

    assert told(article.steps) == [
        ("Restarted the spooler.", [("S-1", (2,)), ("S-2", (2,))], ("net stop [HOST-1]", "net start [HOST-1]")),
        ("Looked at the queue.", [("S-1", (1,))], ()),
        ("Printed a page.", [("S-2", (3,))], ()),
    ]
    assert article.resolved == 2


def test_without_a_resolved_session_there_are_no_steps(cast, at):
    add(cast, 1, outcome=Outcome.UNKNOWN)

    article = draft(cast, at)

    assert (article.steps, article.resolved) == ((), 0)


def test_applications_are_counted_by_session(cast, at):
    add(cast, 1, applications=("Word", "Edge"))
    add(cast, 2, applications=("Word", "Word"))

    assert draft(cast, at).applications == (("Word", 2), ("Edge", 1))


def test_sentences_of_two_languages_are_not_one(cast, at):
    add(cast, 1, problem=said("Problem"), language="en")
    add(cast, 2, problem=said("Problem"), language="de")

    assert [(line.language, len(line.sources)) for line in draft(cast, at).problem] == [("en", 1), ("de", 1)]


def test_only_so_many_lines_are_taken(cast, at):
    add(cast, 1, problem=said(*(f"Problem {number}" for number in range(9))))

    assert len(draft(cast, at).problem) == MAX_LINES


def test_texts_of_people_are_not_called_an_engines(cast, at):
    add(cast, 1, engine="", problem=(Statement("Typed by hand."),))

    article = draft(cast, at)

    assert article.is_ai_written is False
    assert told(article.problem) == [("Typed by hand.", [("S-1", ())], ())]


def test_a_withdrawn_a_held_and_a_deleted_summary_leave_no_word(cast, at):
    withdrawn, held, deleted, kept = (
        add(cast, number, problem=said(word)) for number, word in enumerate(("One", "Two", "Three", "Four"), start=1)
    )
    state_withdrawal(session=withdrawn, statement="By phone.", actor=cast.alice, at=at)
    SupportSession.objects.filter(pk=held.pk).update(verdict="NO")
    delete_summary(session=deleted, actor=cast.alice, at=at)

    article = draft(cast, at)

    assert (article.sessions, [line.text for line in article.problem]) == ((kept,), ["Four"])


def test_only_what_the_viewer_reads_is_taken_and_nothing_of_another_company(cast, at):
    add(cast, 1, problem=said("Bob's."))
    add(cast, 2, problem=said("Mona's."), supporter=cast.mona)
    store_summary(add_session(cast.contoso, cast.charlie, 3), replace(PRINTER, problem=said("Foreign.")))

    def problems(viewer):
        article = draft(cast, at, viewer)
        return article and [line.text for line in article.problem]

    assert problems(cast.alice) == ["Bob's.", "Mona's."]
    assert problems(cast.bob) == ["Bob's."]
    assert problems(cast.charlie) is None


def test_looking_and_exporting_are_audited_without_a_word(cast, at):
    add(cast, 1)

    draft(cast, at)
    draft(cast, at, make=export_article)
    draft(cast, at, viewer=cast.charlie, make=export_article)

    entries = AuditEntry.objects.filter(action__startswith="knowledge_article").order_by("pk")
    assert list(entries.values_list("company", "actor", "action", "details")) == [
        (cast.northwind.pk, cast.alice.pk, f"knowledge_article.{what}", {"sessions": ["S-1"]})
        for what in ("viewed", "exported")
    ]


def test_an_export_holds_only_sessions_that_the_role_exports(cast, at):
    add(cast, 1, supporter=cast.mona, problem=said("Mona's."))
    reads = [Permission.VIEW_SUMMARIES, Permission.VIEW_ALL_REPORTS]
    create_role(company=cast.northwind, name="Reader", permissions=reads, at=at)
    reader = add_member(
        company=cast.northwind, email="rita@northwind.example", name="Rita", role_names=["Reader"], at=at
    ).user

    assert draft(cast, at, viewer=reader).sessions != ()
    assert draft(cast, at, viewer=reader, make=export_article) is None

"""What is shown of questions, to whom, and what is suggested."""

import pytest
from django.http import Http404

from accounts.models import Role
from accounts.permissions import Permission
from summaries.domain.copilot.reading import (
    PAGE_QUESTIONS,
    Suggestion,
    page_of,
    question_of,
    questions_of,
    suggestions_for,
    with_sentences,
)
from summaries.enums import QuestionTopic
from summaries.models import CopilotQuestion, Interaction, SupportSession
from tests.summaries.domain.copilot.conftest import answered, put, record
from tests.summaries.session_rows import add_session


def ask_rows(session, member, *texts, at):
    return CopilotQuestion.objects.bulk_create(
        CopilotQuestion(
            company=session.company,
            session=session,
            member=member,
            text=text,
            state="ANSWERED",
            requested_engine="BUILT_IN",
            known_interactions=5,
            asked_at=at,
            statements=[{"text": "df -h", "evidence": [2]}],
        )
        for text in texts
    )


def test_shared_among_those_who_may_ask_about_the_session(cast, talk, foreign_talk, at):
    ask_rows(talk, cast.bob, "mine", at=at)
    ask_rows(foreign_talk, cast.charlie, "FOREIGN", at=at)
    ask_rows(add_session(cast.northwind, cast.mona, 8), cast.mona, "of another session", at=at)
    Role.objects.get(company=cast.northwind, name="Support manager").group.groupobjectpermission_set.filter(
        permission__codename=Permission.ASK_COPILOT
    ).delete()

    seen = {
        name: [each.text for each in CopilotQuestion.objects.visible_to(getattr(cast, name)).order_by("pk")]
        for name in ("alice", "bob", "mona", "charlie")
    }

    assert seen == {"alice": ["mine", "of another session"], "bob": ["mine"], "mona": [], "charlie": ["FOREIGN"]}
    assert [each.text for each in questions_of(session=talk, viewer=cast.bob)] == ["mine"]
    assert not questions_of(session=talk, viewer=cast.charlie).exists()


def test_question_of_another_session_or_company_is_not_found(cast, talk, foreign_talk, at):
    (foreign,) = ask_rows(foreign_talk, cast.charlie, "FOREIGN", at=at)
    (own,) = ask_rows(talk, cast.bob, "mine", at=at)

    assert question_of(session=talk, viewer=cast.bob, public_id=own.public_id) == own
    with pytest.raises(Http404):
        question_of(session=talk, viewer=cast.bob, public_id=foreign.public_id)


@pytest.mark.parametrize("many", [1, 3])
def test_page_reads_questions_and_what_they_cite_in_two_queries(cast, talk, at, django_assert_num_queries, many):
    ask_rows(talk, cast.bob, *map(str, range(many)), at=at)
    questions_of(session=talk, viewer=cast.bob).exists()

    with django_assert_num_queries(2):
        asked, older = page_of(session=talk, viewer=cast.bob)
        members = [str(each.question.member) for each in asked]

    assert (members, older) == (["Bob"] * many, 0)
    assert [(each.mark, each.is_quoted, each.is_unanswered) for each in asked] == [("ANSWERED-1", True, False)] * many
    assert [each.sentences[0].said.text for each in asked] == ["df -h"] * many
    assert asked[0].sentences[0].is_terminal


def test_pages_go_back_to_the_first_question(cast, talk, at):
    ask_rows(talk, cast.bob, *map(str, range(PAGE_QUESTIONS + 2)), at=at)

    newest, before = page_of(session=talk, viewer=cast.bob)
    oldest, none = page_of(session=talk, viewer=cast.bob, before=before)

    assert [each.question.text for each in newest] == [str(number) for number in range(2, PAGE_QUESTIONS + 2)]
    assert ([each.question.text for each in oldest], none) == (["0", "1"], 0)


def test_interaction_that_is_gone_leaves_the_sentence(cast, talk, at):
    (question,) = ask_rows(talk, cast.bob, "mine", at=at)
    Interaction.objects.filter(session=talk).delete()

    (asked,) = with_sentences(session=talk, questions=[question])

    assert (asked.sentences[0].said, asked.sentences[0].is_terminal) == (None, False)


def test_nothing_answered_is_told_so(cast, talk, at, clock):
    asked = answered(put(talk, cast.bob, "printer?", at=at), clock)

    (shown,) = with_sentences(session=talk, questions=[asked])

    assert (shown.is_unanswered, shown.mark) == (True, "ANSWERED-0")


@pytest.mark.parametrize(
    ("rows", "topics"),
    [
        ([], []),
        ([("CHAT", "REMOTE_USER", "Hi")], [QuestionTopic.SAID, QuestionTopic.ENDING]),
        (
            [("COMMAND", "SUPPORTER", "ls"), ("OUTPUT", "SYSTEM", "a")],
            [QuestionTopic.COMMANDS, QuestionTopic.ERRORS, QuestionTopic.ENDING],
        ),
        ([("FILE_TRANSFER", "SUPPORTER", "a.zip")], [QuestionTopic.FILES, QuestionTopic.ENDING]),
    ],
)
def test_suggestions_follow_from_what_was_recorded(cast, at, django_assert_num_queries, rows, topics):
    session = record(add_session(cast.northwind, cast.bob, 8), rows)

    with django_assert_num_queries(1):
        found = suggestions_for(session=session)

    assert [each.topic for each in found] == topics


def test_suggestions_name_applications_save_those_of_a_terminal_and_no_end_while_it_runs(cast, talk):
    Interaction.objects.filter(session=talk, kind="COMMAND").update(application="df")
    Interaction.objects.filter(session=talk, number=1).update(application="Outlook")
    Interaction.objects.filter(session=talk, number=5).update(application="Teams", kind="CLICK")
    SupportSession.objects.filter(pk=talk.pk).update(status="OPEN", ended_at=None)
    talk.refresh_from_db()

    assert suggestions_for(session=talk) == [
        Suggestion("What did the remote user say?", "SAID"),
        Suggestion("Which commands were run?", "COMMANDS"),
        Suggestion("Which errors were shown?", "ERRORS"),
        Suggestion("What was done in Outlook?"),
        Suggestion("What was done in Teams?"),
    ]

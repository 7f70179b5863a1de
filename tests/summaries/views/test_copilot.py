"""The Copilot tab: asking, watching the answer grow, stopping; every state has its words."""

import pytest

from accounts.models import Company, Role
from accounts.permissions import Permission
from summaries.domain.copilot.claims import take
from summaries.models import CopilotQuestion, Interaction
from tests.messages_server import copilot_answer, statement, streamed
from tests.summaries.domain.copilot.conftest import answered, foreign_talk, model, put, switch_off, talk
from tests.summaries.domain.copilot.test_reading import ask_rows
from tests.summaries.domain.generation.test_requests import use_up_credits

__all__ = ["foreign_talk", "model", "talk"]
TAB = "/sessions/S-7/ask/"


def text(response):
    return " ".join(response.content.decode().split())


def question_address(question):
    return f"{TAB}{question.public_id}/"


def test_first_use_says_what_happens_what_it_costs_and_suggests(cast, talk, signed_in):
    shown = text(signed_in(cast.bob).get(TAB))

    assert "It writes nothing itself, and nothing leaves this server." in shown
    assert "The first question uses the session's credit" in shown
    assert '<button class="button" name="suggested" value="Which commands were run?">' in shown
    assert f'<a href="{TAB}" aria-current="page">Copilot</a>' in shown
    assert "data-hx-get" not in shown


def test_question_is_answered_and_shown_with_links_to_the_timeline(cast, talk, signed_in):
    browser = signed_in(cast.bob)

    asked = browser.post(TAB, {"question": "Was the disk full?"})

    question = CopilotQuestion.objects.get()
    assert (asked.status_code, asked.url) == (302, f"{TAB}#q-{question.public_id}")
    shown = text(browser.get(TAB))
    assert '<h3 dir="auto">Was the disk full?</h3>' in shown
    assert 'The disk is full, mail me at <span class="masked" title="Masked before storage">[EMAIL-1]</span>' in shown
    assert 'href="/sessions/S-7/timeline/#i1" aria-label="Evidence: interaction 1"' in shown
    assert "Found passages, by the built-in engine" in shown
    assert "11 more questions are covered by the session's credit." in shown


def test_suggested_question_is_sent_with_its_topic(cast, talk, signed_in):
    signed_in(cast.bob).post(TAB, {"suggested": "Which commands were run?", "topic": "COMMANDS"})

    question = CopilotQuestion.objects.get()
    assert (question.text, question.topic) == ("Which commands were run?", "COMMANDS")
    assert [each["text"] for each in question.statements] == ["df -h", "rm old.log"]


def test_what_is_not_there_is_told_so(cast, talk, signed_in):
    browser = signed_in(cast.bob)

    browser.post(TAB, {"question": "Which printer?", "engine": "BUILT_IN"})

    assert "Not in this session.</strong> No passage holds the words of the question." in text(browser.get(TAB))


def test_session_text_and_question_are_shown_and_not_obeyed(cast, talk, signed_in):
    hostile = '<img src=x onerror=alert(1)>\u202e"'
    Interaction.objects.filter(session=talk, number=2).update(text=hostile)
    browser = signed_in(cast.bob)

    browser.post(TAB, {"question": f"onerror {hostile}"})

    shown = text(browser.get(TAB))
    assert "<img src=x" not in shown
    assert (shown.count("U+202E"), "\u202e" in shown) == (2, False)


def test_answer_of_a_model_is_labelled_so_with_what_was_left_out(cast, talk, signed_in, at, clock, model):
    model.answers(streamed(copilot_answer(statement("The disk was full.", 1), statement("It rained.", 99))))
    answered(put(talk, cast.bob, at=at), clock)
    CopilotQuestion.objects.update(left_out=3)

    shown = text(signed_in(cast.bob).get(TAB))

    assert "AI-generated · <bdi>loopback-model-1</bdi>" in shown
    assert "1 sentence was left out, because the session log does not show it." in shown
    assert "The session was too long for the engine: 3 interactions were not looked at." in shown
    assert "the masked log go to the company's engine." in shown


def test_growing_answer_is_asked_for_until_it_is_over(cast, talk, signed_in, at, clock, model):
    question = put(talk, cast.bob, at=at)
    browser = signed_in(cast.bob)
    poll = {"headers": {"HX-Request": "true"}}
    assert "Waiting for a worker." in text(browser.get(TAB))

    assert browser.get(f"{question_address(question)}?seen=ASKED-0", **poll).status_code == 204
    take(question_id=question.pk, at=at)
    fragment = text(browser.get(f"{question_address(question)}?seen=ASKED-0", **poll))
    assert "The session log is being read." in fragment
    assert f'data-hx-get="{question_address(question)}?seen=ANSWERING-0" data-hx-trigger="every 1s"' in fragment
    CopilotQuestion.objects.update(statements=[{"text": "The disk was full.", "evidence": [1]}])
    fragment = text(browser.get(f"{question_address(question)}?seen=ANSWERING-0", **poll))
    assert "The disk was full." in fragment
    assert "More is being written." in fragment
    CopilotQuestion.objects.update(state="ANSWERED", engine="CLAUDE")
    assert "data-hx-get" not in text(browser.get(f"{question_address(question)}?seen=ANSWERING-1", **poll))


def test_fragment_without_script_is_the_page(cast, talk, signed_in, at):
    question = put(talk, cast.bob, at=at)

    answer = signed_in(cast.bob).get(question_address(question))

    assert (answer.status_code, answer.url) == (302, f"{TAB}#q-{question.public_id}")


def test_stop_keeps_what_had_come_and_says_so(cast, talk, signed_in, at, model):
    question = put(talk, cast.bob, at=at)
    take(question_id=question.pk, at=at)
    CopilotQuestion.objects.update(statements=[{"text": "The disk was full.", "evidence": [1]}])
    browser = signed_in(cast.bob)

    shown = text(browser.post(f"{question_address(question)}stop/", follow=True))

    assert "The disk was full." in shown
    assert "Stopped.</strong> This is what had come until then." in shown
    assert "The answer was finished already." in text(browser.post(f"{question_address(question)}stop/", follow=True))


def test_stopped_before_anything_came_says_so(cast, talk, signed_in, at, model):
    question = put(talk, cast.bob, at=at)

    shown = text(signed_in(cast.bob).post(f"{question_address(question)}stop/", follow=True))

    assert "Nothing had come until then." in shown


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "FAILED", "failure": "It broke."}, "No answer.</strong> It broke. It cost nothing."),
        (
            {"state": "ANSWERED", "failure": "It was busy.", "engine": "BUILT_IN"},
            "It was busy. The built-in engine looked for passages instead, which cost nothing.",
        ),
        (
            {"state": "ANSWERED", "engine": "CLAUDE", "left_out": 2},
            "Not in this session.</strong> At least not in the part that was looked at.",
        ),
        ({"state": "ANSWERED", "engine": "CLAUDE"}, "Not in this session.</strong> The session log does not tell."),
    ],
)
def test_each_ending_has_its_words(cast, talk, signed_in, at, fields, sentence):
    put(talk, cast.bob, at=at)
    CopilotQuestion.objects.update(**fields)

    assert sentence in text(signed_in(cast.bob).get(TAB))


def test_why_there_is_no_answer_is_told_in_the_readers_language(cast, talk, signed_in, at):
    put(talk, cast.bob, at=at)
    CopilotQuestion.objects.update(state="FAILED", failure="The engine did not answer in time.")

    shown = text(signed_in(cast.bob).get(TAB, headers={"Accept-Language": "de"}))

    assert "The engine did not answer in time." not in shown
    assert "Keine Antwort.</strong> Die" in shown


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Write a question first."), ("x" * 1001, "The question is too long: up to 1000 characters.")],
)
def test_refused_question_stays_in_its_field(cast, talk, signed_in, typed, sentence):
    answer = signed_in(cast.bob).post(TAB, {"question": typed})

    assert answer.status_code == 409
    assert f'<p class="error" id="question-error" role="alert">{sentence}</p>' in text(answer)
    assert f'aria-invalid="true">{typed}</textarea>' in text(answer)


def test_second_question_at_once_waits_for_the_first(cast, talk, signed_in, at):
    put(talk, cast.bob, at=at)

    assert "Your last question is still being answered." in text(signed_in(cast.bob).post(TAB, {"question": "Why?"}))


def test_no_credit_is_told_and_nothing_is_lost(cast, talk, signed_in, at):
    use_up_credits(cast.northwind, at)

    shown = text(signed_in(cast.bob).post(TAB, {"question": "Was the disk full?"}))

    assert "All AI credits are used, and this question needs one. Ask whoever manages credits to order more." in shown
    assert ">Was the disk full?</textarea>" in shown


def test_thirteenth_question_is_announced(cast, talk, signed_in, at):
    ask_rows(talk, cast.bob, *"abcdefghijkl", at=at)
    CopilotQuestion.objects.update(is_charged=True)

    assert "Twelve questions were asked: the next one takes another credit." in text(signed_in(cast.bob).get(TAB))


def test_too_many_questions_in_a_minute_are_refused(cast, talk, signed_in, settings):
    settings.COPILOT_QUESTIONS_A_MINUTE = 1
    browser = signed_in(cast.bob)
    browser.post(TAB, {"question": "disk"})

    answer = browser.post(TAB, {"question": "And now?"})

    assert answer.status_code == 429
    assert "That was many questions in a minute. Wait a moment." in text(answer)
    assert CopilotQuestion.objects.count() == 1


def test_session_that_is_not_asked_about_says_why_and_has_no_form(cast, talk, signed_in):
    switch_off(cast.northwind)

    shown = text(signed_in(cast.bob).get(TAB))

    assert "AI features are switched off. An administrator can activate them in AI settings." in shown
    assert "<textarea" not in shown


def test_role_without_the_permission_has_no_tab(cast, talk, signed_in):
    role = Role.objects.get(company=cast.northwind, name="Supporter")
    role.group.groupobjectpermission_set.filter(permission__codename=Permission.ASK_COPILOT).delete()
    browser = signed_in(cast.bob)

    assert browser.get(TAB).status_code == 403
    assert TAB not in text(browser.get("/sessions/S-7/timeline/"))


@pytest.mark.parametrize("path", ["", "stop/"])
def test_another_companys_question_is_not_found(cast, talk, foreign_talk, signed_in, at, path):
    (foreign,) = ask_rows(foreign_talk, cast.charlie, "FOREIGN", at=at)
    browser = signed_in(cast.bob)
    send = browser.post if path else browser.get

    assert send(f"{question_address(foreign)}{path}").status_code == 404
    assert "FOREIGN" not in text(browser.get(TAB))


def test_names_are_pseudonyms_in_works_council_mode(cast, talk, signed_in, at):
    ask_rows(talk, cast.mona, "Who asked?", at=at)
    Company.objects.filter(pk=cast.northwind.pk).update(works_council_mode=True)

    shown = text(signed_in(cast.bob).get(TAB))

    assert "Who asked?" in shown
    assert "Mona" not in shown


def test_earlier_questions_are_a_page_of_their_own(cast, talk, signed_in, at):
    ask_rows(talk, cast.bob, *(f"question {number}" for number in range(31)), at=at)
    browser = signed_in(cast.bob)

    newest = text(browser.get(TAB))

    assert "question 0<" not in newest
    before = newest.split("?before=")[1].split('"')[0]
    assert "question 0<" in text(browser.get(f"{TAB}?before={before}"))


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_fixed_number_of_queries(cast, talk, signed_in, at, django_assert_num_queries, count):
    ask_rows(talk, cast.bob, *map(str, range(count)), at=at)
    browser = signed_in(cast.bob)
    browser.get(TAB)

    with django_assert_num_queries(13):
        browser.get(TAB)


def test_further_credit_of_a_session_stands_in_the_ledger(cast, talk, signed_in, at, clock):
    ask_rows(talk, cast.bob, *"abcdefghijkl", at=at)
    CopilotQuestion.objects.update(is_charged=True)
    answered(put(talk, cast.bob, "disk", at=at), clock)

    shown = signed_in(cast.alice).get("/credits/ledger/")

    assert shown.status_code == 200
    assert "S-7" in text(shown)

import re

import pytest

from summaries.content import content_from_json
from summaries.models import Summary, SummaryRevision
from tests.summaries.domain.correction.cases import content_of, summary_of
from tests.summaries.report_examples import PRINTER
from tests.summaries.session_rows import add_session

EDIT = "/sessions/S-1/edit/"


@pytest.fixture
def summary(cast):
    return summary_of(cast.northwind, cast.bob)


@pytest.fixture
def browser(cast, summary, signed_in):
    return signed_in(cast.bob)


def text(response):
    return response.content.decode()


def fields(page):
    """What a browser sends of the form as it stands: names and values in the order of the page."""
    form = page.split("<template>")
    sent = {}
    for part in (form[0], *(each.split("</template>", 1)[1] for each in form[1:])):
        for match in re.finditer(
            r'<input(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")[^>]*>|<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>',
            part,
        ):
            tag, name = match[0], match[1] or match[3]
            if ('type="radio"' in tag or 'type="checkbox"' in tag) and "checked" not in tag:
                continue
            sent.setdefault(name, []).append((match[2] or match[4] or "").replace("&#x27;", "'"))
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def opened(browser):
    return fields(text(browser.get(EDIT)))


def texts(section):
    return [each.text for each in getattr(content_of(Summary.objects.get()), section)]


def test_the_form_shows_each_statement_with_its_evidence(browser):
    page = text(browser.get(EDIT))
    sent = fields(page)

    assert sent["title"] == [PRINTER.title]
    assert sent["problem.0.text"] == [PRINTER.problem[0].text]
    assert (sent["steps.1.evidence"], sent["steps.1.time"], sent["steps.1.application"]) == (
        ["3 4"],
        ["5:00"],
        ["Terminal"],
    )
    assert sent["steps.1.commands"] == ["net stop spooler\nnet start spooler"]
    assert (sent["outcome"], sent["issue_types"], sent["seen"]) == (["RESOLVED"], ["Printer"], ["1"])
    assert 'href="/sessions/S-1/timeline/#i3" target="_blank" rel="noopener"' in page


def test_what_is_left_alone_stays_as_it_was(browser):
    answer = browser.post(EDIT, opened(browser))

    assert answer.status_code == 422
    assert "Nothing was changed." in text(answer)
    assert SummaryRevision.objects.count() == 1


def test_a_correction_is_saved_and_told(browser, cast):
    sent = opened(browser) | {
        "problem.0.text": ["It was offline."],
        "cause.5.text": ["The update."],
        "outcome": ["UNKNOWN"],
    }

    answer = browser.post(EDIT, sent, follow=True)

    assert answer.redirect_chain == [("/sessions/S-1/", 302)]
    assert "Your correction was saved as revision 2." in text(answer)
    assert "(changed by a person)" in text(answer)
    assert "(added by a person)" in text(answer)
    content = content_of(Summary.objects.get())
    assert (texts("problem"), texts("cause"), content.outcome) == (["It was offline."], ["The update."], "UNKNOWN")
    assert content.steps == PRINTER.steps


@pytest.mark.parametrize(
    ("wish", "section", "expected"),
    [
        ("up.steps.1", "steps", [1, 0, 2]),
        ("down.steps.0", "steps", [1, 0, 2]),
        ("up.steps.0", "steps", [0, 1, 2]),
        ("down.steps.2", "steps", [0, 1, 2]),
        ("remove.steps.1", "steps", [0, 2]),
        ("remove.steps.9", "steps", [0, 1, 2]),
        ("remove.problem.0", "problem", []),
    ],
)
def test_rows_are_moved_and_removed_without_a_script(browser, wish, section, expected):
    before = opened(browser)
    names = [before[f"{section}.{place}.text"] for place in expected]

    answer = browser.post(EDIT, before | {"do": [wish]})
    after = fields(text(answer))

    assert answer.status_code == 200
    assert [after[name] for name in after if re.fullmatch(rf"{section}\.\d+\.text", name)] == names
    assert SummaryRevision.objects.count() == 1


def test_a_row_is_added_without_a_script(browser):
    answer = browser.post(EDIT, opened(browser) | {"do": ["add.cause"], "title": ["Half typed"]})

    page = text(answer)
    assert (fields(page)["cause.0.text"], fields(page)["title"]) == ([""], ["Half typed"])
    assert re.search(r'id="cause\.0\.text"[^>]*autofocus', page)


def test_an_empty_list_gets_the_focus_on_its_button(browser):
    page = text(browser.post(EDIT, opened(browser) | {"do": ["remove.problem.0"]}))

    assert re.search(r'value="add\.problem"[^>]*autofocus', page)


def test_rows_are_saved_in_the_order_of_the_page(browser):
    sent = opened(browser)
    moved = {name: sent.pop(name) for name in list(sent) if name.startswith("steps.0.")}

    browser.post(EDIT, sent | moved)

    assert [step.action.text for step in content_of(Summary.objects.get()).steps] == [
        PRINTER.steps[place].action.text for place in (1, 2, 0)
    ]


def test_a_step_is_changed_with_time_application_and_commands(browser):
    changed = {"steps.2.time": ["1:02:03"], "steps.2.application": ["Word"], "steps.2.commands": ["a\r\n\r\nb"]}

    browser.post(EDIT, opened(browser) | changed)

    step = content_of(Summary.objects.get()).steps[2]
    assert (step.offset_ms, step.application, step.commands) == (3_723_000, "Word", ("a", "b"))
    assert step.action == PRINTER.steps[2].action


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"title": [""]}, "Give the summary a title."),
        ({"steps.0.time": ["noon"]}, "Write the time from the start of the session, for example 12:30 or 1:02:30."),
        ({"steps.0.commands": ["c" * 501]}, "Write at most 500 characters."),
        ({"steps.0.application": ["a" * 121]}, "Write at most 120 characters."),
        ({"problem.0.text": ["x" * 1001]}, "Write at most 1,000 characters."),
        ({"problem.0.evidence": ["4711"]}, "Its evidence names an interaction that this session does not hold."),
        ({"issue_types": ["Somebody else's"]}, "Not in your company"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_typed_is_lost(browser, changed, error):
    answer = browser.post(EDIT, opened(browser) | {"open_points.7.text": ["Kept words."]} | changed)

    assert answer.status_code == 422
    assert error in text(answer)
    assert "Kept words." in text(answer)
    assert SummaryRevision.objects.count() == 1


def test_whoever_comes_second_sees_both_and_saves_anew(browser, cast, signed_in):
    first, second = opened(browser), opened(browser)
    browser.post(EDIT, first | {"problem.0.text": ["Bob's words."]})
    mona = signed_in(cast.mona)

    refused = mona.post(EDIT, second | {"problem.0.text": ["Mona's words."]})
    page = text(refused)

    assert refused.status_code == 409
    assert "Someone else saved revision 2 while you had this text open." in page
    assert "What saving would change in revision 2" in page
    assert (fields(page)["seen"], fields(page)["problem.0.text"]) == (["2"], ["Mona's words."])

    assert mona.post(EDIT, fields(page)).status_code == 302
    assert texts("problem") == ["Mona's words."]
    assert SummaryRevision.objects.count() == 3


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "0"])
def test_a_forged_revision_is_a_conflict(browser, seen):
    assert browser.post(EDIT, opened(browser) | {"seen": [seen], "title": ["Other"]}).status_code == 409


def test_a_forged_claim_of_evidence_is_a_persons_word(browser):
    browser.post(EDIT, opened(browser) | {"problem.0.text": ["Forged."], "problem.0.by_person": [""]})

    (problem,) = content_of(Summary.objects.get()).problem
    assert (problem.by_person, problem.supported) == (True, False)


def test_a_form_of_a_thousand_rows_is_cut(browser):
    flood = {f"cause.{place}.text": [f"Row {place}"] for place in range(600)}

    answer = browser.post(EDIT, opened(browser) | flood)

    assert answer.status_code == 422
    assert "At most 30 entries fit here." in text(answer)


def test_a_session_without_a_text_leads_back(cast, signed_in):
    add_session(cast.northwind, cast.bob, 2)

    assert signed_in(cast.bob).get("/sessions/S-2/edit/").headers["Location"] == "/sessions/S-2/"


def test_a_text_that_was_withdrawn_meanwhile_leads_back(browser, summary):
    sent = opened(browser) | {"title": ["Other"]}
    type(summary.session).objects.update(verdict="NO")

    assert browser.post(EDIT, sent).headers["Location"] == "/sessions/S-1/"
    assert SummaryRevision.objects.count() == 1


def test_hostile_text_is_shown_and_not_obeyed(browser):
    answer = browser.post(EDIT, opened(browser) | {"cause.0.text": ["<script>alert(1)</script>"], "title": ['"><b>']})

    page = text(browser.get(answer.headers["Location"]))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert ("<script>alert(1)" in page, '"><b>' in page) == (False, False)
    stored = SummaryRevision.objects.get(number=2)
    assert content_from_json(stored.content).title == '"><b>'

from summaries.enums import Outcome
from tests.summaries.hand_made import actions, summarised, texts


def test_the_first_complaint_is_the_problem():
    content = summarised(
        ("CHAT", "Hello, who is there please?", "REMOTE_USER"),
        ("CHAT", "Good morning, what can I do for you?"),
        ("CHAT", "Outlook can't sign in since this morning", "REMOTE_USER"),
        ("CHAT", "Please restart Outlook and sign in again"),
    )
    assert texts(content.problem) == ["The remote user reported: “Outlook can't sign in since this morning”."]
    assert texts(content.outcome_statements) == ["The supporter answered: “Please restart Outlook and sign in again”."]
    assert content.outcome == Outcome.UNKNOWN
    assert content.title == "Outlook can't sign in since this morning"


def test_without_a_complaint_the_users_first_words_are_the_problem():
    content = summarised(("CHAT", "thanks", "REMOTE_USER"), ("CHAT", "I want a second monitor here", "REMOTE_USER"))
    assert texts(content.problem) == ["The remote user reported: “I want a second monitor here”."]


def test_a_conversation_without_roles_tells_who_answered():
    content = summarised(
        ("CHAT", "my wifi is not working in here", "UNKNOWN", "", "ann"),
        ("CHAT", "please try to restart the router first", "UNKNOWN", "", "ben"),
        ("CHAT", "let me try that and then I will tell you", "UNKNOWN", "", "ann"),
    )
    assert texts(content.problem) == ["Reported in the conversation: “my wifi is not working in here”."]
    assert actions(content) == ["Said in the conversation: “please try to restart the router first”."]


def test_a_conversation_of_greetings_has_no_problem():
    content = summarised(("CHAT", "hello", "UNKNOWN"), ("CHAT", "please try to restart the router", "UNKNOWN"))
    assert content.problem == ()
    assert content.missing_data[0] == "The record does not say what the problem was."


def test_long_conversations_are_told_in_samples():
    rows = [("CHAT", "My printer is broken", "REMOTE_USER")]
    rows += [("CHAT", f"Please check the cable of tray {number}") for number in range(30)]
    content = summarised(*rows)
    told = actions(content)
    assert len(told) == 8
    # The last of them is the answer and stands in the outcome.
    assert (told[0][-8:], told[-1][-8:]) == ("tray 0”.", "ray 28”.")
    assert texts(content.outcome_statements) == ["The supporter answered: “Please check the cable of tray 29”."]


def test_greetings_handles_and_signatures_are_not_quoted():
    content = summarised(
        ("CHAT", "@helpdesk Hi there, my tablet won't charge any more at all https://example.com/x", "REMOTE_USER"),
        ("CHAT", "Hello Tom! Please use the grey charger from the drawer. ^Ann"),
        ("CHAT", "@tom Thanks, bye"),
    )
    assert texts(content.problem) == ["The remote user reported: “my tablet won't charge any more at all”."]
    assert texts(content.outcome_statements) == [
        "The supporter answered: “Please use the grey charger from the drawer.”"
    ]


def test_an_answer_given_before_the_problem_is_none():
    content = summarised(
        ("CHAT", "Good morning and welcome to the support of the north"),
        ("CHAT", "My printer does not print any labels today", "REMOTE_USER"),
    )
    assert content.outcome_statements == ()


def test_without_a_supporter_there_is_no_answer():
    content = summarised(("CHAT", "My printer does not print any labels today", "REMOTE_USER"))
    assert content.outcome_statements == ()


def test_what_worked_before_confirms_nothing():
    content = summarised(
        ("CHAT", "I can't buy a ticket on your site", "REMOTE_USER"),
        ("CHAT", "Please try it in another browser for now"),
        ("CHAT", "It worked perfectly before and now it is a mess", "REMOTE_USER"),
    )
    assert content.outcome == Outcome.UNKNOWN


def test_a_typed_comment_is_a_note():
    content = summarised(
        ("COMMAND", "# users can't print"),
        ("COMMAND", "lpstat -p"),
        ("OUTPUT", "printer labels disabled"),
        ("COMMAND", "# told them to call the vendor tomorrow"),
    )
    assert texts(content.problem)[0] == "The supporter noted: “users can't print”."
    assert actions(content)[-1] == "Noted: “told them to call the vendor tomorrow”."
    assert texts(content.open_points) == ["The supporter noted: “told them to call the vendor tomorrow”."]


def test_the_last_note_of_an_unresolved_session_is_open():
    content = summarised(
        ("COMMAND", "pg_isready"), ("OUTPUT", "no response"), ("COMMAND", "# the data folder lies on another server")
    )
    assert texts(content.open_points) == ["The supporter noted: “the data folder lies on another server”."]


def test_a_comment_amid_the_work_is_not_the_problem():
    content = summarised(("COMMAND", "ls"), ("COMMAND", "# now the second folder of the two"))
    assert content.problem == ()


def test_what_is_still_to_come_is_open():
    content = summarised(
        ("CHAT", "My mailbox is full again", "REMOTE_USER"), ("CHAT", "I will call you back tomorrow about it")
    )
    assert texts(content.open_points) == ["Still to come, as was said: “I will call you back tomorrow about it”."]


def test_typed_text_without_commands_is_told_as_typed():
    content = summarised(("INPUT", "ipconfig /all"), ("INPUT", " "), ("OUTPUT", "Windows IP configuration"))
    assert actions(content) == ["Typed: “ipconfig /all”."]


def test_work_in_windows_is_told_by_application():
    content = summarised(
        ("APP_FOCUS", "", "", "Outlook", "Inbox"),
        ("APP_FOCUS", "", "", "Outlook", "Account settings"),
        ("APP_FOCUS", "", "", "Excel", "Excel"),
        ("CLICK", "Save", "", "Word", "Letter"),
        ("FILE_TRANSFER", "report.pdf", "", "Files"),
        ("CLICK", "", "", "", ""),
        ("CLICK", "Close"),
    )
    assert actions(content) == [
        "Worked in Outlook (“Inbox”, “Account settings”).",
        "Worked in Excel.",
        "Clicked “Save” in Word.",
        "Transferred a file: “report.pdf”.",
        "Clicked “Close”.",
    ]
    assert [step.application for step in content.steps] == ["Outlook", "Excel", "Word", "", ""]


def test_markers_and_notes_are_told():
    content = summarised(("COMMAND", "ls"), ("MARKER", "The backup starts here"), ("NOTE", " "))
    assert actions(content)[-1] == "Noted: “The backup starts here”."

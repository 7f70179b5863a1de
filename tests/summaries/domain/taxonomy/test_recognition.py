import pytest

from summaries.domain.taxonomy.defaults import APPLICATIONS, ISSUE_TYPES
from summaries.domain.taxonomy.recognition import (
    MAX_LABELS,
    MAX_WORDS,
    Recognised,
    clear_issue_types,
    mentioned,
    recognise_applications,
    recognise_issue_types,
    with_guess,
)
from summaries.engines.base import TaxonomyLabel
from tests.summaries.hand_made import session


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The printer does not print, the print queue is full", "Printer"),
        ("La impresora no imprime nada", "Printer"),
        ("Der DRUCKER druckt nicht", "Printer"),
        ("my vpn tunnel drops", "VPN"),
        ("He olvidado mi contrasena", "Sign-in"),
        ("Die Anmeldung geht nicht", "Sign-in"),
        ("festplatte voll", "Disk space"),
        ("the certificate has expired", "Certificate"),
    ],
)
def test_recognise_issue_types_in_three_languages(text, label):
    found = recognise_issue_types(interactions=session(("CHAT", text)), labels=ISSUE_TYPES)
    assert found[0] == label


def test_recognise_issue_types_needs_more_than_a_stray_word():
    interactions = session(("OUTPUT", "printer"), ("COMMAND", "ls"), ("OUTPUT", "backups of sprinters"))
    assert recognise_issue_types(interactions=interactions, labels=ISSUE_TYPES) == ()


def test_recognise_issue_types_weighs_the_problem_more():
    interactions = session(("CHAT", "vpn is down"), *[("CHAT", "the monitor hangs here")] * 2)
    plain = recognise_issue_types(interactions=interactions, labels=ISSUE_TYPES)
    weighted = recognise_issue_types(interactions=interactions, labels=ISSUE_TYPES, extra={1: 5.0})
    assert (plain[0], weighted[0]) == ("Hardware", "VPN")


def test_recognise_issue_types_is_bounded():
    text = "printer vpn login mail network install update certificate backup"
    assert len(recognise_issue_types(interactions=session(("CHAT", text)), labels=ISSUE_TYPES)) == MAX_LABELS


def test_recognise_applications_by_binary_window_and_capital():
    interactions = session(
        ("COMMAND", "sudo lpadmin -p labels"),
        ("APP_FOCUS", "", "", "OUTLOOK.EXE", "Inbox"),
        ("CHAT", "I wrote it in Word, in a word or two, at the edge"),
        ("CONNECT", "Firefox"),
    )
    found = recognise_applications(interactions=interactions, labels=APPLICATIONS)
    assert found == ("Outlook", "Word", "CUPS")


def test_recognise_repeats_add_up_to_a_limit():
    labels = [TaxonomyLabel("A", ("alpha",)), TaxonomyLabel("B", ("beta",))]
    interactions = session(*[("OUTPUT", "alpha")] * 500, ("CHAT", "beta"))
    assert recognise_applications(interactions=interactions, labels=labels) == ("B",)


def test_recognise_takes_no_placeholder_for_a_word():
    interactions = session(("CHAT", "[EMAIL-1] has [PASSWORD-2]"), ("CHAT", "[EMAIL-1]"))
    assert recognise_issue_types(interactions=interactions, labels=ISSUE_TYPES) == ()


def test_recognise_without_labels_finds_nothing():
    assert recognise_issue_types(interactions=session(("CHAT", "printer")), labels=[]) == ()


def test_mentioned_is_content_with_one_word():
    labels = [TaxonomyLabel("nginx"), TaxonomyLabel("Word"), TaxonomyLabel(" ", ("",))]
    interactions = session(("OUTPUT", "nginx"), ("OUTPUT", "word"))
    assert mentioned(interactions=interactions, labels=labels) == {"nginx"}


def test_mentioned_stops_when_all_are_found():
    labels = [TaxonomyLabel("nginx")]
    assert mentioned(interactions=session(("OUTPUT", "nginx"), ("OUTPUT", "x")), labels=labels) == {"nginx"}


def test_clear_issue_types_name_the_keywords_that_were_found():
    interactions = session(("CHAT", "toner is low"), ("CHAT", "the toner of the printer"))
    (found,) = clear_issue_types(interactions=interactions, labels=ISSUE_TYPES)
    assert (found.name, found.words) == ("Printer", ("toner", "printer"))


def test_a_guess_comes_first_and_keeps_the_keywords():
    found = [Recognised("VPN", 9.0, ("vpn",)), Recognised("Printer", 4.0, ("toner", "printer"))]
    guessed = Recognised("Printer", 0.9, ("printer", "blank"))
    assert with_guess(guessed=guessed, found=found) == (
        Recognised("Printer", 0.9, ("printer", "blank", "toner")),
        found[0],
    )


def test_without_a_guess_the_keywords_decide():
    found = [Recognised(str(number), 5.0) for number in range(5)]
    assert with_guess(guessed=None, found=found) == tuple(found[:MAX_LABELS])


def test_a_guess_without_keywords_stands_alone_and_names_some_words():
    words = tuple("abcdefgh")
    (only,) = with_guess(guessed=Recognised("VPN", 0.9, words), found=[])
    assert only.words == words[:MAX_WORDS]


def test_keywords_are_named_as_the_taxonomy_writes_them():
    labels = [TaxonomyLabel("Disk space", ("df -h",))]
    (found,) = clear_issue_types(interactions=session(("CHAT", "I ran DF -h and it is full")), labels=labels)
    assert found.words == ("df -h",)

from summaries.content import ApplicationFact, CommandFact
from summaries.domain.evidence.facts import MAX_FILES, extract_facts, files_of
from tests.summaries.hand_made import session


def test_extract_facts_counts_commands_and_kinds():
    interactions = session(
        ("COMMAND", "cat <<E > a.txt\n> hi\n> E"), ("EXIT", "0"), ("COMMAND", "boom"), ("OUTPUT", "error: x")
    )
    facts = extract_facts(interactions=interactions, people=["Bob", "", "Bob"], duration_ms=90_000)
    assert facts.commands == (
        CommandFact(1, 5000, "cat <<E > a.txt\nhi\nE", False),
        CommandFact(3, 15000, "boom", True),
    )
    assert facts.interactions_by_kind == {"COMMAND": 2, "EXIT": 1, "OUTPUT": 1}
    assert (facts.duration_ms, facts.people, facts.files) == (90_000, ("Bob",), ("a.txt",))


def test_extract_facts_shares_the_time_between_applications():
    interactions = session(
        ("CHAT", "hello"),
        ("APP_FOCUS", "", "", "Outlook"),
        ("CLICK", "Send", "", "Outlook"),
        ("APP_FOCUS", "", "", "Excel"),
    )
    facts = extract_facts(interactions=interactions, duration_ms=30_000)
    assert facts.applications == (ApplicationFact("Outlook", 10_000, 0.5), ApplicationFact("Excel", 10_000, 0.5))


def test_extract_facts_of_a_focus_without_time():
    facts = extract_facts(interactions=session(("APP_FOCUS", "", "", "Word")), duration_ms=0)
    assert facts.applications == (ApplicationFact("Word", 0, 0.0),)


def test_extract_facts_of_an_empty_session():
    facts = extract_facts(interactions=[], duration_ms=0)
    assert (facts.duration_ms, facts.commands, facts.applications) == (0, (), ())


def test_files_of_takes_paths_and_transfers_but_no_addresses():
    interactions = session(
        ("COMMAND", "vim /etc/hosts notes.md"),
        ("COMMAND", "curl http://a.example/x"),
        ("COMMAND", "echo see readme.md"),
        ("FILE_TRANSFER", "C:\\report.pdf\n12 KB"),
        ("OUTPUT", "/not/typed.txt"),
    )
    assert files_of(interactions) == ("/etc/hosts", "notes.md", "C:\\report.pdf")


def test_files_of_is_bounded():
    interactions = session(*[("COMMAND", f"rm f{number}.txt") for number in range(MAX_FILES + 20)])
    assert len(files_of(interactions)) == MAX_FILES

import pytest

from summaries.domain.evidence.claims import claims_in, claims_success, copied_words, denies_something, without_claims


@pytest.mark.parametrize(
    "sentence",
    [
        "The printer was fixed.",
        "No doubt it is solved.",
        "It was not only looked at, it was repaired and works now.",
        "No network at first, then resolved.",
        "All tests passed.",
        "Das Problem wurde behoben.",
        "El problema fue resuelto.",
        "Le problème est résolu.",
        "Il problema è stato risolto.",
        "O problema foi resolvido.",
        "Het probleem is opgelost.",
        "Problem został rozwiązany.",
        "Problém byl vyřešen.",
        "Sorun çözüldü.",
        "問題は解決しました。",
        "问题已解决。",
        "문제가 해결되었습니다.",
        "تم حل المشكلة.",
    ],
)
def test_claims_success_knows_the_words_of_every_language(sentence):
    assert claims_success(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The printer is not fixed.",
        "It is not shown whether it was solved.",
        "A fixed IP address was missing.",
        "The user wrote “all fixed”.",
        "Fixed? Not at all.",
        "Nicht behoben.",
        "L'enregistrement ne montre pas si le problème a été résolu.",
        "Záznam neukazuje, že tím je problém vyřešen.",
        "解決したかどうかは分かりません。",
        "尚未解决。",
        "لم يتم حل المشكلة.",
        "The printer was looked at.",
    ],
)
def test_claims_success_leaves_negations_questions_and_quotations(sentence):
    assert not claims_success(sentence)


def test_claims_in_reads_quotations_too():
    assert claims_in("The user wrote “all fixed”.")


def test_without_claims_leaves_the_rest():
    assert (without_claims("Printer problem resolved"), without_claims("Resolved")) == ("Printer problem", "")


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("See https://evil.example/a?b=c.", ["https://evil.example/a?b=c"]),
        ("看 http://10.0.0.1/（第一）。", ["http://10.0.0.1/"]),
        ("Open //evil.example, now", ["//evil.example"]),
        ("javascript:alert(1) was run", ["javascript:alert(1"]),
        ("Write to max@evil.example.", ["max@evil.example"]),
        ("Went to evil.com/x and www.evil.test!", ["evil.com/x", "www.evil.test"]),
        ("<img src=x> and &lt; and ![a](b)", ["<img src=x>", "![a](b)", "&lt;"]),
        ("The key was [PASSWORD-7].", ["[PASSWORD-7]"]),
        ("Nothing of that kind: a, b.", []),
    ],
)
def test_copied_words_finds_what_nobody_words_anew(sentence, words):
    assert sorted(copied_words(sentence)) == sorted(words)


def test_denies_something_tells_what_is_missing_from_what_is_told():
    assert denies_something("The output was not recorded.")
    assert not denies_something("Buy the other product.")
    assert not denies_something("He wrote “no”.")

import re

import pytest

from summaries.domain.taxonomy import labelled_texts
from summaries.domain.taxonomy.labelled_texts import UnableToReadTexts, read_labelled_texts


@pytest.fixture
def csv_file(tmp_path):
    def write(content):
        path = tmp_path / "tickets.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    "content",
    [
        "text,label\nno toner,Printer\n",
        "\ufeffText;Label\r\nno toner;Printer\r\n",
        "id\tTopic_group\tDocument\n1\tPrinter\tno toner\n",
        'Category|Body\nPrinter|"no toner"\n',
        "text,label\n\nno toner,  Printer \n",
    ],
)
def test_columns_and_delimiter_are_found(csv_file, content):
    labelled = read_labelled_texts(path=csv_file(content))
    assert (labelled.texts, labelled.labels, labelled.found, labelled.skipped) == (("no toner",), ("Printer",), 1, 0)


def test_columns_can_be_named(csv_file):
    path = csv_file("text,label,Question,Group\na,b,no toner,Printer\n")
    labelled = read_labelled_texts(path=path, text_column="question", label_column="Group")
    assert (labelled.texts, labelled.labels) == (("no toner",), ("Printer",))


def test_rows_without_text_or_label_are_counted(csv_file):
    labelled = read_labelled_texts(path=csv_file("text,label\nno toner,Printer\nonly text\n ,Printer\nx,\n"))
    assert (labelled.found, labelled.skipped) == (1, 3)


def test_personal_data_is_masked_before_it_is_learnt(csv_file):
    labelled = read_labelled_texts(path=csv_file("text,label\nwrite to tom@example.com please,E-mail\n"))
    assert labelled.texts == ("write to [EMAIL-1] please",)


def test_a_large_file_is_drawn_from_evenly_and_always_the_same(csv_file, monkeypatch):
    monkeypatch.setattr(labelled_texts, "MAX_TEXTS", 50)
    path = csv_file("text,label\n" + "".join(f"text {number},a\n" for number in range(1000)))
    labelled = read_labelled_texts(path=path)
    numbers = [int(text.split()[1]) for text in labelled.texts]
    assert (len(numbers), labelled.found) == (50, 1000)
    assert sum(number >= 500 for number in numbers) > 10
    assert read_labelled_texts(path=path) == labelled


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("one,two\na,b\n", "No column holds the text. Name it with --text; the columns are: one, two."),
        ("text,two\na,b\n", "No column holds the label. Name it with --label; the columns are: text, two."),
        ("", "No column holds the text. Name it with --text; the columns are: none."),
        ("text,label\n", "tickets.csv has no row with a text and a label."),
        (b"text,label\n\xff,a\n", "tickets.csv is not UTF-8 text (byte 11). Save it as UTF-8."),
        ("text,label\n" + "x" * 131_073 + ",a\n", "tickets.csv is not a CSV file: field larger"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(csv_file, content, sentence):
    with pytest.raises(UnableToReadTexts, match=re.escape(sentence)):
        read_labelled_texts(path=csv_file(content))


def test_one_column_cannot_be_both(csv_file):
    with pytest.raises(UnableToReadTexts, match="Text and label are the same column"):
        read_labelled_texts(path=csv_file("text,label\na,b\n"), label_column="text")


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(UnableToReadTexts, match="can't be opened: No such file or directory"):
        read_labelled_texts(path=tmp_path / "none.csv")

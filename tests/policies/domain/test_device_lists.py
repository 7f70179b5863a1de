import csv
import io

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from policies.domain import device_lists
from policies.domain.device_lists import (
    COLUMNS,
    DeviceRow,
    RowProblem,
    UnableToReadList,
    read_list,
    read_values,
    template_lines,
    write_list,
)
from policies.enums import AccessControl
from policies.models import Device, DeviceGroup, Policy

HEADER = "name,customer,managed"


def read(text, encoding="utf-8"):
    return list(read_list(content=text.encode(encoding)))


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_columns_stand_in_any_order_with_any_usual_delimiter(sign, encoding):
    text = (
        sign.join(["Managed", "Access control", "name"]) + "\r\n" + sign.join(["yes", "denied", "Kassä"]) + "\r\n\r\n"
    )

    assert read(text, encoding) == [
        DeviceRow(2, {"managed": True, "access_control": "DENIED", "name": "Kassä"}),
    ]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "The column “name” is missing"),
        ("customer,managed", "The column “name” is missing"),
        ("name,colour,<b>", "Unknown columns: “colour”, “<b>”"),
        ("name,customer,name", "Columns that stand twice: name"),
    ],
)
def test_wrong_columns_are_named(header, said):
    with pytest.raises(UnableToReadList, match=said):
        read(f"{header}\nACC-1,x,y\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ACC-1,Acme", "holds 2 cells; the header names 3"),
        (",Acme,yes", "The name is missing"),
        ("ACC-1,Acme,perhaps", "“managed” says “perhaps”. Write yes or no"),
        ("x" * 121 + ",Acme,yes", "“name” is longer than 120"),
        ('ACC-1,"two\nlines",yes', "“customer” holds a line break"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_rest_is_read(line, said):
    bad, good = read(f"{HEADER}\n{line}\nACC-2,Acme,no\n")

    assert isinstance(bad, RowProblem)
    assert said in bad.sentence
    assert good.values == {"name": "ACC-2", "customer": "Acme", "managed": False}


@pytest.mark.parametrize(
    ("said", "stored"),
    [("", "AFTER_CONFIRMATION"), ("allowed", "ALLOWED"), ("After confirmation", "AFTER_CONFIRMATION")],
)
def test_access_control_is_read_by_word_or_label(said, stored):
    assert read_values(line=2, given={"name": "A", "access_control": said}).values["access_control"] == stored


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_access_control_is_read_in_the_words_of_every_language_whoever_reads_it(language):
    with translation.override(language):
        labels = {value: str(value.label) for value in AccessControl}

    for reader in ("en", "de"):
        with translation.override(reader):
            said = [read_values(line=2, given={"name": "A", "access_control": label}) for label in labels.values()]
        assert [row.values["access_control"] for row in said] == list(labels)


def test_a_list_is_written_with_codes_in_every_language(cast):
    Device.objects.create(company=cast.northwind, name="ACC-1", is_managed=True, access_control="DENIED")

    with translation.override("de"):
        written = "".join(write_list(Device.objects.select_related("group", "policy")))

    assert written.splitlines()[1] == "ACC-1,,,,yes,DENIED,"


def test_unknown_access_control_names_the_known():
    problem = read_values(line=2, given={"name": "A", "access_control": "maybe"})

    assert problem.sentence == "“access_control” says “maybe”. Write one of: ALLOWED, AFTER_CONFIRMATION, DENIED."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name\nACC-1\nB\xfcro", "Line 3 is not UTF-8"),
        ("name\nACC-1".encode("utf-16"), "not plain text"),
        (b"name\nACC\x00-1", "line 2"),
        (b'name\n"ACC-1', "Line 2 can't be read"),
        (b"name\n" + b"x" * 200_000, "can't be read"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_line(content, said):
    with pytest.raises(UnableToReadList, match=said):
        list(read_list(content=content))


def test_limits(monkeypatch):
    monkeypatch.setattr(device_lists, "MAX_ROWS", 2)
    assert len(read("name\nA\nB\n")) == 2
    with pytest.raises(UnableToReadList, match="more than 2 devices"):
        read("name\nA\nB\nC\n")
    with pytest.raises(UnableToReadList, match="more than 10 MB"):
        list(read_list(content=b"x" * 10_000_001))


def test_the_template_is_a_list():
    assert [row.name for row in read("".join(template_lines()))] == ["ACC-14", "KIOSK-02"]


def test_formulas_are_text_and_leave_defused():
    (row,) = read("name,customer\n=2+5,@SUM(A1)\n")
    device = Device(name=row.name, customer=row.values["customer"])

    _, line = write_list([device])

    assert line.split(",")[:3] == ["'=2+5", "", "'@SUM(A1)"]


text = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20).map(str.strip)


@given(name=text.filter(bool), customer=text, group=text, policy=text, managed=st.booleans())
def test_what_is_written_is_read_back(name, customer, group, policy, managed):
    device = Device(
        name=name,
        customer=customer,
        is_managed=managed,
        group=DeviceGroup(name=group) if group else None,
        policy=Policy(name=policy) if policy else None,
    )

    (row,) = read("".join(write_list([device])))

    assert row == DeviceRow(
        2,
        {
            "name": name,
            "operating_system": "",
            "customer": customer,
            "group": group,
            "managed": managed,
            "access_control": "AFTER_CONFIRMATION",
            "policy": policy,
        },
    )


@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_read_or_refused(content):
    try:
        rows = list(read_list(content=b"name,customer\n" + content))
    except UnableToReadList:
        return
    assert all(isinstance(row, DeviceRow | RowProblem) for row in rows)


def test_no_cell_of_a_written_list_begins_like_a_formula():
    devices = [Device(name=f"{sign}1", customer=f"'{sign}1") for sign in "=+-@"]

    cells = [cell for line in write_list(devices) for cell in next(csv.reader(io.StringIO(line)))]

    assert [cell for cell in cells if cell[:1] in set("=+-@")] == []
    assert cells[: len(COLUMNS)] == list(COLUMNS)

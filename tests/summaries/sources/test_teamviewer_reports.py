import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from summaries.enums import Direction, QualityFlag
from summaries.sources.base import UnableToRead
from tests.summaries.session_files import connection, pages, problems, read_sessions

REPORT, CSV, INCOMING, OUTGOING = "TEAMVIEWER_REPORT", "TEAMVIEWER_CSV", "TEAMVIEWER_INCOMING", "TEAMVIEWER_OUTGOING"


def test_a_page_of_the_web_api_is_read_with_every_field():
    (session,), notes = read_sessions(pages(connection(7)), code=REPORT)

    assert session.external_id == "4f1c8e0a-0000-4000-8000-000000000007"
    assert (session.started_at, session.ended_at) == (
        datetime(2026, 11, 19, 8, 7, tzinfo=UTC),
        datetime(2026, 11, 19, 9, 7, 30, tzinfo=UTC),
    )
    assert (session.supporters, session.device_name, session.ticket) == (("Bob",), "DESK-7", "s12-345-7")
    assert (session.fee, session.currency, session.billing_state) == (Decimal("12.5"), "EUR", "Bill")
    assert (session.notes, session.interactions, notes.bad_record_count) == ("Printer driver replaced.", (), 0)


@pytest.mark.parametrize(
    "data",
    [
        pages(connection(1), connection(2), offset="x") + pages(connection(3)),
        pages(connection(1), connection(2), offset="x") + b"\n" + pages(connection(3)) + b"\n",
        b"[" + pages(connection(1), connection(2), offset="x") + b"," + pages(connection(3)) + b"]",
        b"\xef\xbb\xbf" + json.dumps(json.loads(pages(connection(1), connection(2), connection(3))), indent=2).encode(),
    ],
)
def test_pages_one_after_another_are_one_report(data):
    sessions, notes = read_sessions(data, code=REPORT)

    assert [session.external_id[-1] for session in sessions] == ["1", "2", "3"]
    assert problems(notes) == []


def test_everything_but_id_and_start_may_be_missing():
    bare = {"id": "A", "start_date": "2026-11-19T08:00:00Z"}

    (session,), _ = read_sessions(pages(bare), code=REPORT)

    assert (session.external_id, session.ended_at, session.supporters) == ("a", None, ())
    assert (session.device_name, session.fee, session.notes, session.ticket) == ("", None, "", "")


def test_a_report_of_nothing_is_a_report():
    assert read_sessions(b'{"records": []}', code=REPORT)[0] == []


def test_a_device_without_a_name_goes_by_its_id_and_a_comment_joins_the_notes():
    record = connection(1, devicename=None, comment="Call back on Monday.")

    (session,), _ = read_sessions(pages(record), code=REPORT)

    assert (session.device_name, session.notes) == ("d202", "Printer driver replaced.\nCall back on Monday.")


def test_records_that_are_none_are_counted_with_their_place():
    data = json.dumps(
        {
            "records": [
                connection(1, id=None),
                connection(2, end_date="later"),
                "no record",
                connection(4, start_date=True, notes=["a", "list"]),
                connection(5),
            ]
        }
    ).encode()

    sessions, notes = read_sessions(data, code=REPORT)

    assert len(sessions) == 1
    assert problems(notes) == [
        "item 1: the record has no id",
        "item 2: the end of the session is no time that can be read",
        "item 3: the record is no JSON object",
        "item 4: the start of the session is no time that can be read",
    ]


def test_a_report_cut_at_any_byte_gives_what_is_whole_or_says_so():
    data = pages(connection(1), connection(2))
    for length in range(60, len(data)):
        try:
            sessions, notes = read_sessions(data[:length], code=REPORT)
        except (UnableToRead, AssertionError) as error:
            assert "format" in str(error) or "breaks off" in str(error) or length < 400
            continue
        assert len(sessions) <= 2
        assert QualityFlag.TRUNCATED in notes.quality or len(sessions) == 2


CSV_ROWS = (
    "id;userid;username;deviceid;devicename;support_session_type;start_date;end_date;session_code;fee;currency;billing_state;notes\n"
    'G-1;u1;Bob;d1;DESK-7;1;2026-11-19T08:00:00Z;2026-11-19T08:30:00Z;s1;"12,50";EUR;Bill;"Two\nlines; one note"\n'
    "G-2;u1;Bob;d1;Büro;1;2026-11-19 09:00:00;;s2;;;;\n"
    "G-3;u1;Bob;d1;DESK-7;1;never;;;;;;\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_report_as_csv_in_any_encoding(encoding):
    sessions, notes = read_sessions(CSV_ROWS.encode(encoding), "report.csv", CSV)

    assert [(session.external_id, session.device_name) for session in sessions] == [("g-1", "DESK-7"), ("g-2", "Büro")]
    assert (sessions[0].notes, sessions[0].fee) == ("Two\nlines; one note", Decimal("12.50"))
    assert sessions[1].ended_at is None
    assert problems(notes) == ["line 5: the start of the session is no time that can be read"]


def test_the_csv_of_powershell_has_a_preface_and_names_in_one_word():
    data = (
        b"#TYPE System.Management.Automation.PSCustomObject\r\n"
        b'"Id","UserId","UserName","DeviceId","DeviceName","SupportSessionType","StartDate","EndDate"\r\n'
        b'"G-1","u1","Bob","d1","DESK-7","1","11/19/2026 8:00:00 PM","11/19/2026 8:30:00 PM"\r\n'
        b'"G-2","u1","Bob","d1","DESK-7","1","19.11.2026 08:00:00","19.11.2026 08:30:00"\r\n'
        b'"G-3","u1","Bob","d1","DESK-7","1","3/4/2026 08:00:00","3/4/2026 08:30:00"\r\n'
    )

    sessions, notes = read_sessions(data, code=CSV)

    assert [session.started_at.hour for session in sessions] == [20, 8]
    assert problems(notes) == ["line 5: the start of the session is no time that can be read"]


def test_a_quotation_mark_that_is_never_closed_ends_no_report():
    lost = "x" * 140_000
    data = CSV_ROWS + f'G-4;u1;"{lost}\n' + "G-5;u1;Bob;d1;DESK-7;1;2026-11-19T08:00:00Z;;;;;;\n"

    sessions, notes = read_sessions(data.encode(), code=CSV)

    assert [session.external_id for session in sessions] == ["g-1", "g-2", "g-5"]
    assert problems(notes)[1] == "line 6: the row can't be read: a quotation mark may be missing"


def test_a_row_with_more_cells_than_headers_is_counted():
    data = "id,userid,deviceid,start_date\nA,u,d,2026-11-19T08:00:00Z,more\nB,u,d,2026-11-19T08:00:00Z,\n"

    sessions, notes = read_sessions(data.encode(), code=CSV)

    assert [session.external_id for session in sessions] == ["b"]
    assert problems(notes) == ["line 2: the row has 5 cells under 4 headers"]


def incoming(*rows: str, end: str = "\t") -> bytes:
    return ("\n" + "\n".join(row.replace("|", "\t") + end for row in rows)).encode()


def test_the_list_of_incoming_connections_is_read_as_utc():
    data = incoming(
        "123456789|HELPDESK-1|19-11-2026 08:00:00|19-11-2026 08:20:00|rosa|RemoteControl|{AB-1}",
        "987654321|Bob|18-11-2026 23:50:00|19-11-2026 00:10:00|<unknown>|VPN|",
    )

    first, second = read_sessions(data, "Connections_incoming.txt", INCOMING)[0]

    assert (first.external_id, first.supporters, first.remote_user) == ("ab-1", ("HELPDESK-1",), "rosa")
    assert (first.started_at, first.ended_at) == (
        datetime(2026, 11, 19, 8, tzinfo=UTC),
        datetime(2026, 11, 19, 8, 20, tzinfo=UTC),
    )
    assert first.direction == Direction.INCOMING
    assert (second.external_id, second.remote_user) == ("987654321 2026-11-18T23:50:00+00:00", "")
    assert (second.started_at.day, second.ended_at.day) == (18, 19)


def test_rows_of_one_partner_that_overlap_or_follow_soon_are_one_visit():
    """Rows are written at the end of a session: the file transfer inside the remote control comes first."""
    transfer = "1|Bob|19-11-2026 08:05:00|19-11-2026 08:06:00|<unknown>|Filetransfer|"
    control = "1|Bob|19-11-2026 08:00:00|19-11-2026 08:20:00|rosa|RemoteControl|{C}"
    soon = "1|Bob|19-11-2026 08:21:30|19-11-2026 08:30:00|rosa|RemoteControl|{D}"
    other = "2|Ann|19-11-2026 08:10:00|19-11-2026 08:15:00|rosa|RemoteControl|{E}"
    later = "1|Bob|19-11-2026 09:00:00|19-11-2026 09:30:00|rosa|RemoteControl|{F}"

    sessions, notes = read_sessions(incoming(transfer, control, other, soon, later), code=INCOMING)

    visit = sessions[1]
    assert [session.external_id for session in sessions] == ["e", "1 2026-11-19T08:05:00+00:00", "f"]
    assert (visit.started_at.minute, visit.ended_at.minute, visit.remote_user) == (0, 30, "rosa")
    assert problems(notes) == []
    # A shorter file names the same visit the same.
    assert [each.external_id for each in read_sessions(incoming(transfer), code=INCOMING)[0]] == [visit.external_id]


def test_visits_of_earlier_days_are_handed_on_while_the_list_is_read():
    first = "1|Bob|01-11-2026 08:00:00|01-11-2026 08:20:00|rosa|RemoteControl|{A}"
    second = "1|Bob|19-11-2026 08:00:00|19-11-2026 08:20:00|rosa|RemoteControl|{B}"

    assert [each.external_id for each in read_sessions(incoming(first, second), code=INCOMING)[0]] == ["a", "b"]


@pytest.mark.parametrize("data", [incoming("1|Bob|19-11-2026 08:00:00|19-11-2026 08:20:00|rosa|RemoteControl|{A}")])
@pytest.mark.parametrize("change", [b"\r\n", b"\n"])
def test_line_ends_and_the_missing_last_one(data, change):
    assert len(read_sessions(data.replace(b"\n", change), code=INCOMING)[0]) == 1


def test_lines_that_are_no_rows_are_counted():
    data = incoming(
        "1|Bob|19-11-2026 08:00:00|19-11-2026 08:20:00|rosa|RemoteControl|{A}",
        "half a ro",
        "1|Bob|39-11-2026 08:00:00|19-11-2026 08:20:00|rosa|RemoteControl|{A}",
        "1|Bob|19-11-2026 08:00:00|19-11-2026 07:20:00|rosa|RemoteControl|{A}",
    )

    assert problems(read_sessions(data, code=INCOMING)[1]) == [
        "line 3: the line is no row of the list",
        "line 4: the line is no row of the list",
        "line 5: the session ends before it begins",
    ]


def test_the_supporters_own_list_has_columns_of_a_fixed_width():
    cells = ("123456789", "19-11-2026 08:00:00", "19-11-2026 08:20:00", "bob smith", "RemoteControl", "{AB-1}")
    data = "".join(f"{cell:<32}" for cell in cells).encode() + b"\r\n"

    (session,), notes = read_sessions(data, "Connections.txt", OUTGOING)

    assert (session.external_id, session.device_name, session.supporters) == ("ab-1", "123456789", ())
    assert (session.direction, problems(notes)) == (Direction.OUTGOING, [])

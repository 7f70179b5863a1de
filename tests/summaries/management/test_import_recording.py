import pytest
from django.core.management import CommandError, call_command

from summaries.models import ConsentEntry, SupportSession
from tests.summaries.conftest import FIXED, cast_bytes


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "session.cast"
    path.write_bytes(FIXED)
    return path


def run(*files, supporter="bob@northwind.example", company="northwind", consent="Agreed by phone."):
    call_command("import_recording", *files, company=company, supporter=supporter, consent=consent)


def test_import_recording_names_the_session_and_why_it_was_captured(cast, recording, capsys):
    run(recording)

    out = capsys.readouterr().out
    assert out.startswith("session.cast: S-1, ")
    assert out.strip().endswith("Outgoing, with consent")
    assert ConsentEntry.objects.get().statement == "Agreed by phone."


def test_import_recording_twice_says_that_it_is_there(cast, recording, capsys):
    run(recording)
    run(recording)

    assert "is already there as S-1; nothing was changed" in capsys.readouterr().out
    assert SupportSession.objects.count() == 1


def test_import_recording_counts_bad_records_with_the_first_place(cast, tmp_path, capsys):
    path = tmp_path / "bad.cast"
    path.write_bytes(cast_bytes(("id", "uid=0")) + b'["x", "o", 3]\n')

    run(path)

    lines = cast_bytes(("id", "uid=0")).count(b"\n") + 1
    assert f"1 records could not be read, the first at line {lines}:" in capsys.readouterr().out


def test_import_recording_takes_the_good_and_names_the_refused(cast, recording, tmp_path, capsys):
    broken = tmp_path / "broken.bin"
    broken.write_bytes(b"\x7fELF" + bytes(100))

    with pytest.raises(CommandError, match="1 of the recordings could not be imported"):
        run(broken, recording)

    assert "broken.bin: The format of this file is not known" in capsys.readouterr().err
    assert SupportSession.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"company": "nobody"}, "There is no company"),
        ({"supporter": "charlie@contoso.example"}, "not an active member of Northwind"),
        ({"supporter": "nobody@northwind.example"}, "not an active member of Northwind"),
    ],
)
def test_import_recording_for_a_wrong_company_or_supporter_is_refused(cast, recording, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(recording, **arguments)


def test_import_recording_without_consent_says_what_to_state(cast, recording, capsys):
    with pytest.raises(CommandError):
        run(recording, consent=" ")

    assert "A statement of consent is missing" in capsys.readouterr().err


def test_import_recording_of_a_missing_file_says_so(cast, tmp_path):
    with pytest.raises(CommandError, match="No such file or directory"):
        run(tmp_path / "missing.cast")


def test_watch_folder_once_takes_what_lies_there(cast, recording, capsys):
    call_command(
        "watch_folder",
        recording.parent,
        company="northwind",
        supporter="bob@northwind.example",
        consent="Agreed.",
        once=True,
        seconds=0.01,
    )

    assert capsys.readouterr().out == "session.cast: imported, S-1\n"
    assert SupportSession.objects.count() == 1


def test_watch_folder_of_a_missing_folder_says_what_to_do(cast, tmp_path):
    with pytest.raises(CommandError, match="is not a folder. Make it first."):
        call_command(
            "watch_folder", tmp_path / "none", company="northwind", supporter="bob@northwind.example", consent="x"
        )

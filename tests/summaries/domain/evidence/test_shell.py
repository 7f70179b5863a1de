import pytest

from summaries.domain.evidence.shell import MAX_CALLS, Call, comment_of, read_calls


@pytest.mark.parametrize(
    ("line", "calls"),
    [
        ("sudo -u root systemctl restart nginx", [Call("systemctl", ("restart", "nginx"))]),
        ("FOO=1 timeout 5 /opt/run.sh | tee log.txt", [Call("run.sh"), Call("tee", ("log.txt",))]),
        ("echo 'a b' > /tmp/x 2>&1 && ls", [Call("echo", ("a b",), "/tmp/x"), Call("ls")]),
        ("grep x y 2>/dev/null", [Call("grep", ("x", "y"))]),
        ("cat <<'EOF' > f.py\nimport os; os.x\nEOF", [Call("cat", (), "f.py")]),
        ("mini -t 'I can'\"'\"'t\n> find' -y", [Call("mini", ("-t", "I can't\nfind", "-y"))]),
        ("echo 'unclosed", [Call("echo", ("'unclosed",))]),
        (r"type C:\Temp\x.txt a\ b", [Call("type", (r"C:\Temp\x.txt", "a b"))]),
        ("ls # the folder; rm x\npwd", [Call("ls"), Call("pwd")]),
        ("ls # at the end", [Call("ls")]),
        ("(while true; do nc -l 9; done) &", [Call("true"), Call("nc", ("-l", "9"))]),
        ("sudo", []),
        ("sudo -u", []),
        ("rmdir.exe x", [Call("rmdir", ("x",))]),
        ("# note", []),
        ("", []),
    ],
)
def test_read_calls_finds_programs_and_words(line, calls):
    assert list(read_calls(line)) == calls


def test_read_calls_is_bounded():
    assert len(read_calls("ls;" * 50)) == MAX_CALLS


def test_call_tells_plain_words_and_options():
    call = Call("curl", ("-s", "http://a", "-I"))
    assert (call.plain, call.has("-I"), call.has("-X")) == (("http://a",), True, False)


@pytest.mark.parametrize(
    ("line", "note"),
    [("# user can't print", "user can't print"), ("#!/bin/sh", ""), ("# a\nls", ""), ("ls # a", "")],
)
def test_comment_of_takes_lines_that_are_only_a_comment(line, note):
    assert comment_of(line) == note

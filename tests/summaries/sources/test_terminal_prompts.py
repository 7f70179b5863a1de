import pytest

from summaries.sources.terminal_prompts import (
    asks_for_secret,
    looks_like_prompt,
    nested_program,
    program_of,
    secondary_prompt,
    split_prompt,
    user_and_host,
)


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("ls -l", "ls"),
        ("/usr/bin/systemctl status x", "systemctl"),
        ("sudo -u root systemctl restart cups", "systemctl"),
        ("sudo --user=root apt install x", "apt"),
        ("LANG=C PATH=/x:$PATH make all", "make"),
        ("env A=1 B='2 3' python3 x.py", "python3"),
        ("timeout 10 curl http://localhost", "curl"),
        ("time nohup nice -n 5 ./run.sh", "run.sh"),
        ("(cd /srv; make)", "cd"),
        ("# only a comment", ""),
        ("'my program' x", "my program"),
        ("cat<<EOF", "cat<<EOF"),
        ("sudo", "sudo"),
        ("sudo -i", "sudo"),
        ("A=1", ""),
        ("", ""),
    ],
)
def test_program_of_names_what_is_called_first(command, program):
    assert program_of(command) == program


@pytest.mark.parametrize("line", ["ada@web1:~$ ", "[root@db2 ~]# ", "bash-5.2# ", "sh-5.1$ ", "(venv) ada@web1:/srv$ ",
                                  "MariaDB [shop]> ", "In [12]: ", "(gdb) ", "C:\\Users\\ada>"])  # fmt: skip
def test_looks_like_prompt_knows_prompts_beyond_doubt(line):
    assert looks_like_prompt(line, is_quiet=False)


@pytest.mark.parametrize("line", ["$ ", "# ", "web1% ", "➜ ", "~/src ❯ "])
def test_looks_like_prompt_believes_the_others_only_when_the_terminal_waits(line):
    assert (looks_like_prompt(line, is_quiet=False), looks_like_prompt(line, is_quiet=True)) == (False, True)


@pytest.mark.parametrize("line", ["Downloading 50% ", "Continue? ", "Password: ", "a > b", "$", ""])
def test_looks_like_prompt_leaves_other_lines_alone(line):
    assert not looks_like_prompt(line, is_quiet=True)


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("> EOF", "> "),
        (">", ">"),
        ("... x", "... "),
        ("    -> from t", "    -> "),
        ("for heredoc> a", "for heredoc> "),
        ("dquote>", "dquote>"),
        (">>> x", None),
        ("done", None),
    ],
)
def test_secondary_prompt_knows_the_prompts_of_continued_commands(line, prompt):
    assert secondary_prompt(line) == prompt


@pytest.mark.parametrize(
    ("line", "known", "expected"),
    [
        ("web1 -> ls", ["web1 -> "], ("web1 -> ", "ls")),
        ("ada@web1:~$ ls > a", [], ("ada@web1:~$ ", "ls > a")),
        ("~/src ❯ ls", [], ("~/src ❯ ", "ls")),
        ("ls", [], ("", "ls")),
    ],
)
def test_split_prompt_finds_where_the_command_begins(line, known, expected):
    assert split_prompt(line, known) == expected


@pytest.mark.parametrize(
    ("prompt", "program"),
    [(">>> ", "python"), ("mysql> ", "mysql"), ("shop=> ", "psql"), ("ada@web1:~$ ", ""), ("sftp> ", "sftp")],
)
def test_nested_program_names_the_owner_of_a_prompt(prompt, program):
    assert nested_program(prompt) == program


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@web1: ~", ("ada", "web1")),
        ("[root@db-2.example.org ~]# ", ("root", "db-2.example.org")),
        ("~/src", None),
        ("a@", None),
    ],
)
def test_user_and_host_reads_titles_and_prompts(text, expected):
    assert user_and_host(text) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[sudo] password for ada: ", True),
        ("Enter passphrase for key '/home/ada/.ssh/id': ", True),
        ("Enter PIN: ", True),
        ("Name: ", False),
        ("Spinning: ", False),
    ],
)
def test_asks_for_secret_knows_prompts_for_passwords(line, expected):
    assert asks_for_secret(line) == expected

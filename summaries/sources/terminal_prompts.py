"""What a prompt looks like, whose it is, and which program a command line calls."""

import re

#: Prompts that are told from other text by their looks alone: user@host, a shell's own name, known programs.
_STRICT = re.compile(
    r"(?:\([^()\s]{1,60}\) )?(?:"
    r"\[?[\w.+-]{1,64}@[\w.-]{1,64}(?:[ :][^\n]{0,200}?)?\]? ?[$#%>❯]"
    r"|(?:ba|da|z|k)?sh-\d[\w.]*[$#%]"
    r"|(?:>>>|sqlite>|mysql>|MariaDB \[[^\]]{0,64}\]>|ftp>|sftp>|lftp [^\n>]{0,64}>|\(gdb\)|\(Pdb\)|In \[\d+\]:)"
    r"|[\w.-]{1,64}=[#>]"
    r"|PS [A-Z]:\\[^\n>]{0,200}>|[A-Z]:\\[^\n>]{0,200}>"
    r") ?"
)
#: Any text that could be a prompt; believed only when the terminal then waits.
_LIBERAL = re.compile(r"[^\n]{0,200}?[$#%>❯»➜λ✗] ")
#: What a progress bar ends with, unlike the host "web1%".
_PERCENT = re.compile(r"(?:^|[\s\[(:.,|])\d{1,3}% $")
_SECONDARY = re.compile(
    r"(?:(?:(?:heredoc|quote|dquote|bquote|cmdsubst|cmdand|cmdor|pipe|for|while|until|if|then|else|elif|case|select"
    r"|function|braceparam|array|subsh|cursh|math|always|repeat)(?: |(?=>)))*>|\.\.\.:?| {0,10}(?:->|'>|\">|`>))(?: |$)"
)
_USER_AT_HOST = re.compile(r"(?<![\w@.+-])([A-Za-z_][\w.+-]{0,63})@([A-Za-z0-9][\w.-]{0,63})")
_PASSWORD = re.compile(
    r"(?:passwor[dt]|passwd|passphrase|passcode|\bpin\b|kennwort|mot de passe|contraseña|verification code|otp)"
    r"[^\n]{0,80}$",
    re.IGNORECASE,
)
_NESTED = (
    (">>>", "python"),
    ("In [", "ipython"),
    ("sqlite>", "sqlite3"),
    ("mysql>", "mysql"),
    ("MariaDB", "mariadb"),
    ("sftp>", "sftp"),
    ("ftp>", "ftp"),
    ("lftp ", "lftp"),
    ("(gdb)", "gdb"),
    ("(Pdb)", "pdb"),
)
_PSQL = re.compile(r"[\w.-]{1,64}=[#>] ?")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_WORD = re.compile(r"(?:[^\s'\"\\;|&]|\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\")+", re.DOTALL)
#: Commands that only run another one, and which of their options take a value.
_WRAPPERS = {
    "sudo": "ugpCrtTDhR", "doas": "uC", "env": "uCS", "nohup": "", "time": "fo", "nice": "n", "ionice": "cn",
    "exec": "a", "command": "", "builtin": "", "stdbuf": "ioe", "timeout": "sk", "xargs": "InPLds", "watch": "n",
}  # fmt: skip


def looks_like_prompt(line: str, *, is_quiet: bool) -> bool:
    """Say whether *line*, up to the cursor, is a whole prompt. *is_quiet*: the terminal then waited."""
    if _STRICT.fullmatch(line):
        return True
    return is_quiet and _LIBERAL.fullmatch(line) is not None and _PERCENT.search(line) is None


def ends_like_prompt(line: str) -> bool:
    return line.rstrip()[-1:] in tuple("$#%>❯»➜λ✗:") if line.strip() else False


def strict_prompt(line: str) -> str:
    """Return the prompt at the beginning of *line* when its looks alone tell; else an empty text."""
    match = _STRICT.match(line)
    return match.group() if match else ""


def secondary_prompt(line: str) -> str | None:
    """Return the prompt of a continued command ("> ") at the beginning of *line*, or None."""
    match = _SECONDARY.match(line)
    return match.group() if match else None


def split_prompt(line: str, known: list[str]) -> tuple[str, str]:
    """Split a rendered command line into prompt and command, newest *known* prompt first."""
    for prompt in known:
        if line.startswith(prompt):
            return prompt, line[len(prompt) :]
    prompt = strict_prompt(line)
    if not prompt:
        match = _LIBERAL.match(line)
        prompt = match.group() if match else ""
    return prompt, line[len(prompt) :]


def asks_for_secret(line: str) -> bool:
    return _PASSWORD.search(line[-200:]) is not None


def user_and_host(text: str) -> tuple[str, str] | None:
    """Return user and host of a prompt or a window title such as "ada@web1: ~"."""
    match = _USER_AT_HOST.search(text[:300])
    return (match.group(1), match.group(2)) if match else None


def nested_program(prompt: str) -> str:
    """Return the program whose own prompt this is, such as "mysql"; empty for a shell."""
    for beginning, program in _NESTED:
        if prompt.startswith(beginning):
            return program
    return "psql" if _PSQL.fullmatch(prompt) else ""


def program_of(command: str) -> str:
    """Return the program that a shell command calls first: "systemctl" for "sudo -u root systemctl status x"."""
    words = [match.group() for match in _WORD.finditer(command[:2000].lstrip("({! \t"))][:40]
    valued = ""
    skip = False
    wrapper = ""
    for word in words:
        if skip:
            skip = False
        elif word.startswith("#"):
            return ""
        elif word.startswith("-") and wrapper:
            skip = len(word) == 2 and word[1] in valued  # noqa: PLR2004 - an option of one letter
        elif _ASSIGNMENT.match(word) or (wrapper == "timeout" and word[0].isdigit()):
            continue
        else:
            name = word.strip("'\"").rsplit("/", 1)[-1].replace("\\", "")
            if name not in _WRAPPERS:
                return name[:100]
            wrapper, valued = name, _WRAPPERS[name]
    return wrapper

"""What a command does, as a table: looking, changing, checking or just running, and on which object.

An action's *key* is the name of its sentence in the engines' phrase tables, and of its test in `proof`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from summaries.domain.evidence.shell import Call, read_calls
from summaries.domain.reading.action_tables import PROGRAMS, SUBCOMMANDS


class ActionKind(Enum):
    NOISE = 0
    LOOK = 1
    RUN = 2
    CHECK = 3
    CHANGE = 4


@dataclass(frozen=True, slots=True)
class Action:
    kind: ActionKind
    key: str
    obj: str = ""
    program: str = ""


_PROGRAM = re.compile(r"[\w.+@~%-]{1,80}|\[|\.")
_ASKING_VERSION = frozenset({"-v", "-V", "--version", "version", "--help"})
_EDITING_SHELLS = frozenset({"echo", "printf", "cat", "tee"})
_INTERPRETERS = frozenset({"bash", "sh", "zsh", "dash", "python", "python3", "perl", "ruby", "node", "php", "pwsh"})
_SERVICE_VERBS = {
    "restart": "restarted_service",
    "try-restart": "restarted_service",
    "start": "started_service",
    "stop": "stopped_service",
    "reload": "reloaded_service",
    "enable": "enabled_service",
    "disable": "disabled_service",
    "mask": "disabled_service",
    "unmask": "enabled_service",
}


@lru_cache(maxsize=8192)
def action_of(command: str) -> Action:
    """The one action that says most about a command line: a change before a check before a look."""
    actions = [_action_of_call(call) for call in read_calls(command)]
    return max(reversed(actions), key=lambda action: action.kind.value, default=Action(ActionKind.NOISE, "nothing"))


def _action_of_call(call: Call) -> Action:
    if not _PROGRAM.fullmatch(call.program):
        return Action(ActionKind.NOISE, "nothing")
    if call.words and _ASKING_VERSION.issuperset(call.words):
        return Action(ActionKind.LOOK, "packages", "", call.program)
    special = _SPECIAL.get(call.program) or _SPECIAL.get(call.program.lower())
    action = special(call) if special else None
    if action is None and call.writes_to and not call.writes_to.startswith("/dev/"):
        action = Action(ActionKind.CHANGE, "wrote_file", call.writes_to)
    action = action or _by_subcommand(call) or _by_program(call) or _ran(call)
    return Action(action.kind, action.key, action.obj, call.program)


def _by_subcommand(call: Call) -> Action | None:
    table = SUBCOMMANDS.get(call.program.lower())
    if not table:
        return None
    for position, word in enumerate(call.words):
        if word in table:
            kind, key = table[word]
            obj = next((rest for rest in call.words[position + 1 :] if not rest.startswith("-")), "")
            return Action(ActionKind[kind], key, obj)
    return None


def _by_program(call: Call) -> Action | None:
    row = PROGRAMS.get(call.program) or PROGRAMS.get(call.program.lower())
    if not row:
        return None
    kind, key, position = row
    plain = call.plain
    obj = plain[position] if position is not None and -len(plain) <= position < len(plain) else ""
    return Action(ActionKind[kind], key, obj)


def _ran(call: Call) -> Action:
    if call.program in _INTERPRETERS and call.plain and not call.has("-c", "-m", "-e"):
        return Action(ActionKind.RUN, "ran_script", call.plain[0])
    if call.program.endswith((".sh", ".py", ".ps1", ".bat", ".cmd", ".pl", ".rb")):
        return Action(ActionKind.RUN, "ran_script", call.program)
    return Action(ActionKind.RUN, "ran_program", call.program)


def _systemctl(call: Call) -> Action | None:
    plain = call.plain
    verb, unit = (plain[0] if plain else ""), (plain[1].removesuffix(".service") if len(plain) > 1 else "")
    if verb in ("status", "is-active", "is-failed", "show"):
        return Action(ActionKind.CHECK, "checked_service", unit)
    if verb == "daemon-reload":
        return Action(ActionKind.CHANGE, "reloaded_units")
    if verb in _SERVICE_VERBS:
        return Action(ActionKind.CHANGE, _SERVICE_VERBS[verb], unit)
    return Action(ActionKind.LOOK, "services")


def _service(call: Call) -> Action | None:
    unit, verb = (*call.plain, "", "")[:2]
    if verb in _SERVICE_VERBS:
        return Action(ActionKind.CHANGE, _SERVICE_VERBS[verb], unit)
    return Action(ActionKind.CHECK, "checked_service", unit) if verb == "status" else None


def _net(call: Call) -> Action | None:
    verb, unit = (*call.plain, "", "")[:2]
    return Action(ActionKind.CHANGE, _SERVICE_VERBS[verb], unit) if verb in ("start", "stop") else None


def _sc(call: Call) -> Action | None:
    verb, unit = (*call.plain, "", "")[:2]
    if verb in ("start", "stop"):
        return Action(ActionKind.CHANGE, _SERVICE_VERBS[verb], unit)
    return Action(ActionKind.CHECK, "checked_service", unit) if verb == "query" else None


def _config_test(*options: str) -> Callable[[Call], Action | None]:
    def test(call: Call) -> Action | None:
        return Action(ActionKind.CHECK, "checked_config", call.program) if call.has(*options) else None

    return test


def _curl(call: Call) -> Action | None:
    address = next((word for word in call.plain if "://" in word or "." in word or "localhost" in word), "")
    if call.has("-o", "-O", "-LO", "--output", "--remote-name") and "/dev/null" not in call.words:
        return Action(ActionKind.CHANGE, "downloaded", address)
    if call.has("-X", "-d", "--data", "--request", "-T", "-F"):
        return Action(ActionKind.RUN, "called_address", address)
    return Action(ActionKind.CHECK, "checked_web", address)


def _openssl(call: Call) -> Action | None:
    verb = call.words[0] if call.words else ""
    if verb in ("s_client", "verify") or (verb == "x509" and call.has("-enddate", "-checkend", "-dates", "-text")):
        obj = next((word for word in reversed(call.plain[1:]) if "." in word), "")
        return Action(ActionKind.CHECK, "checked_certificate", obj)
    if verb in ("req", "x509"):
        return Action(ActionKind.CHANGE, "created_certificate", _after(call, "-out"))
    return Action(ActionKind.CHANGE, "created_key", _after(call, "-out")) if verb.startswith("gen") else None


def _after(call: Call, option: str) -> str:
    position = call.words.index(option) + 1 if option in call.words else len(call.words)
    return call.words[position] if position < len(call.words) else ""


def _python(call: Call) -> Action | None:
    module = _after(call, "-m")
    if module in ("pytest", "unittest"):
        return Action(ActionKind.CHECK, "ran_tests")
    if module in ("pip", "ensurepip", "venv"):
        return _by_subcommand(Call("pip", call.words)) or Action(ActionKind.CHANGE, "installed")
    return None


def _sed(call: Call) -> Action | None:
    in_place = any(word == "--in-place" or (word.startswith("-") and "i" in word[:4]) for word in call.words)
    obj = call.plain[-1] if call.plain else ""
    return Action(ActionKind.CHANGE, "edited", obj) if in_place else Action(ActionKind.LOOK, "files")


def _shell_text(call: Call) -> Action | None:
    """`echo x > file` writes a file; `echo x` shows nothing but itself."""
    target = call.writes_to or (call.plain[0] if call.program == "tee" and call.plain else "")
    if target and not target.startswith("/dev/"):
        return Action(ActionKind.CHANGE, "wrote_file", target)
    return Action(ActionKind.LOOK if call.program == "cat" and call.plain else ActionKind.NOISE, "files")


def _journalctl(call: Call) -> Action | None:
    if any(word.startswith("--vacuum") or word == "--rotate" for word in call.words):
        return Action(ActionKind.CHANGE, "cleaned_logs", "")
    return Action(ActionKind.LOOK, "logs")


def _reading(call: Call) -> Action | None:
    return Action(ActionKind.LOOK, "logs") if any("log" in word for word in call.plain) else None


def _nc(call: Call) -> Action | None:
    listens = any(word.startswith("-") and "l" in word for word in call.words)
    return Action(ActionKind.RUN, "ran_program", "nc") if listens else None


def _doveadm(call: Call) -> Action | None:
    if call.plain[:1] == ("auth",):
        return Action(ActionKind.CHECK, "checked_sign_in", call.plain[-1])
    return Action(ActionKind.CHANGE, "reloaded_service", "Dovecot") if call.plain[:1] == ("reload",) else None


def _passwd(call: Call) -> Action | None:
    if call.has("-S", "--status"):
        return Action(ActionKind.LOOK, "accounts")
    account = call.plain[-1] if call.plain else ""
    return Action(ActionKind.CHANGE, "unlocked_account", account) if call.has("-u", "--unlock") else None


def _runuser(call: Call) -> Action | None:
    """`runuser -u somebody -- command` and `su -c command` are what the other user runs."""
    inner = call.words[call.words.index("--") + 1 :] if "--" in call.words else ()
    return action_of(" ".join(inner)) if inner else None


def _mount(call: Call) -> Action | None:
    return Action(ActionKind.CHANGE, "mounted", call.plain[-1]) if call.plain else Action(ActionKind.LOOK, "disk")


def _shell(call: Call) -> Action | None:
    """`bash -lc '…'` is what stands in the quotes."""
    inner = next((word for word in call.words if " " in word), "")
    return action_of(inner) if inner and call.words[0].startswith("-") and "c" in call.words[0] else None


_SPECIAL: dict[str, Callable[[Call], Action | None]] = {
    "systemctl": _systemctl,
    "service": _service,
    "rc-service": _service,
    "net": _net,
    "sc": _sc,
    "nginx": _config_test("-t", "-T"),
    "apachectl": _config_test("configtest", "-t"),
    "apache2ctl": _config_test("configtest", "-t"),
    "httpd": _config_test("-t"),
    "sshd": _config_test("-t"),
    "named-checkconf": lambda call: Action(ActionKind.CHECK, "checked_config", call.program),
    "visudo": _config_test("-c"),
    "haproxy": _config_test("-c"),
    "curl": _curl,
    "wget": lambda call: None if not call.has("--spider") else Action(ActionKind.CHECK, "checked_web", call.plain[-1]),
    "openssl": _openssl,
    "python": _python,
    "python3": _python,
    "sed": _sed,
    **dict.fromkeys(_EDITING_SHELLS, _shell_text),
    **dict.fromkeys(("tail", "less", "grep", "head", "more", "zgrep"), _reading),
    **dict.fromkeys(("bash", "sh", "zsh"), _shell),
    "journalctl": _journalctl,
    "mount": _mount,
    "nc": _nc,
    "ncat": _nc,
    "doveadm": _doveadm,
    "runuser": _runuser,
    "passwd": _passwd,
}

# ruff: noqa: E501 - a table of patterns reads best one to a line
"""Patterns for passwords and tokens that a word or a command gives away ("password: …", `sshpass -p …`)."""

import re

from summaries.redaction.detectors import LONGEST_JUDGED, Anchored
from summaries.redaction.words import is_no_secret, looks_secret

_I = re.IGNORECASE
#: What may stand inside of a value without quotes.
_INSIDE = r"(?:[^\s\"'`\x00,;&<\\]|[\"'`,;&](?![\s\x00,;:)}\]>/\\|&\"'`]|\Z|[A-Za-z_. ]{0,40}=)|<(?!/)|\\(?![\"n]))"
#: A value in quotes, or up to the next space; a sign that only separates ends it.
VALUE = (
    r"(?:\\{1,3}\"([^\"\\\n\x00]++)|\"((?:[^\"\\\n\x00]|\\.)++)\"|'([^'\n\x00]++)'|[\"'`]?"
    rf"([^\s\"'`\x00,;&<>)\]}}]{_INSIDE}{{0,{LONGEST_JUDGED}}}+))"
)
REST = re.compile(rf"{_INSIDE}*+")
#: A value on a command line: quoted, or one word.
WORD = r"(?:\"([^\"\n\x00]++)\"|'([^'\n\x00]++)'|([^\s\"'`\x00|;&<>]++))"

_WORDS = (
    r"pass(?:word|wort|wd|phrase|code|e)?s?|pwd|kennwort|contrase(?:ñ|n)a|clave|mdp|senha|wachtwoord|heslo|hasło|lösenord|"
    r"пароль|şifre|jelszó|salasana"
)
_KEY_WORDS = (
    r"(?:api|access|account|auth|private|secret|signing|encryption|master|license|storage)[_\- ]?key|token|secret|credentials?|"
    r"(?:j|php|asp\.net_)?sess(?:ion)?_?id|sig"
)
_FOR = r"(?:[ \t]{1,8}+(?:for|of|to|für|vom|von|del?|de la|du|pour|zum|do|da)(?:[ \t]{1,8}+[\w.'@-]{1,30}+){1,4}?)?"
_SEPARATOR = (
    r"(?:(?P<sign>\\{0,3}[\"'\]]{0,2}[ \t]{0,8}+(?:=>|:=|={1,2}|:|->|>(?=[^<>\s]{4,256}</))[ \t]{0,8}+)"
    r"|(?P<verb>[ \t]{1,8}+(?:is|ist|es|est|é|lautet|was|war|jest)(?:[ \t]+(?:now|jetzt|ahora))?[ \t]{0,3}:?[ \t]{1,8}+)"
    r"|(?P<gap>[ \t]{1,8}+))"
)
_NAME_OF_SOMETHING_ELSE = re.compile(
    r"(?:file|path|dir|policy|policies|length|len|min|max|count|type|auth|expir|age\b|prompt|requi|reset|manager|store|name|"
    r"field|hint|regex|url|uri|check|valid|complex|history|change|less|limit|ttl|usage|ize)",
    _I,
)
_BASE = re.compile(rf"({_WORDS}|{_KEY_WORDS})(.*)", _I)
_WEAK_NAMES = frozenset({"pass", "pwd", "clave", "mdp", "sig", "passe", "passcode"})


def _name_fits(match: "re.Match[str]") -> bool:
    """Not "passing", "tokenize" or "password_file"."""
    base = _BASE.match(match["name"])
    if not base or _NAME_OF_SOMETHING_ELSE.search(base[2]):
        return False
    rest = base[2]
    return not rest or not rest[0].isalpha() or (rest[0].isupper() and not base[1].isupper())


def _word_before(match: "re.Match[str]") -> str:
    """What stands directly before the name: "--db-" of --db-password, "/" of /etc/passwd."""
    before = match.string[max(match.start() - 40, 0) : match.start()]
    return before[len(before.rstrip("-_./\\$" + _ALPHANUMERIC)) :]


_ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def _is_password(match: "re.Match[str]") -> bool:
    value, before = match[match.lastindex or 0], _word_before(match)
    if is_no_secret(value) or not _name_fits(match) or before.startswith("$") or _is_message(match, value):
        return False
    name = match["name"].lower()
    if match["sign"]:
        return _is_assigned(name, value, before, match["sign"])
    if match["gap"]:
        return _is_argument(name, value, before)
    rest = match.string[match.end() : match.end() + 3].lstrip(".,!? ")
    return looks_secret(value) or (name not in _WEAK_NAMES and (not rest or rest.startswith("\n")))


def _is_message(match: "re.Match[str]", value: str) -> bool:
    """ "passwd: password updated successfully"."""
    after = match.string[match.end() : match.end() + 2]
    return value.lower() in {"password", "passwd"} and after[:1] == " " and after[1:].isalpha()


def _is_assigned(name: str, value: str, before: str, sign: str) -> bool:
    if before.startswith("-") and value.startswith(("env:", "file:", "pass:", "fd:")):
        return False  # openssl's own forms, see COMMAND_LINES
    if ("/" in before and name == "passwd") or (name.endswith("pwd") and value[0] in "/~"):
        return False
    return name not in _WEAK_NAMES or before[-1:] in {"_", "-", "/"} or "=" in sign or _is_odd_word(value)


def _is_argument(name: str, value: str, before: str) -> bool:
    if before.startswith("-") or (before == "/" and name != "passwd"):
        return not value.startswith("-") and not name.startswith(("passin", "passout"))
    return name not in {"passwd", "pwd", "pass"} and looks_secret(value) and not _is_identifier(value)


def _is_identifier(value: str) -> bool:
    return value.replace("_", "a").replace("-", "a").isalpha()


def _is_odd_word(value: str) -> bool:
    return looks_secret(value) and "_" not in value


_SHORTEST_EXPORTED = 4
_LENGTH_OF_KEYS = 20
#: Of a key that "/" parts.
_LENGTH_OF_PARTS = 16


def _is_token(match: "re.Match[str]") -> bool:
    value, before = match[match.lastindex or 0], _word_before(match)
    if (
        is_no_secret(value)
        or not _name_fits(match)
        or before.startswith("$")
        or (match["verb"] and not looks_secret(value))
    ):
        return False
    if match["gap"] and not before.startswith("--"):
        return len(value) >= _LENGTH_OF_KEYS and _is_random_value(value)  # `aws configure set` and the like
    if match["name"].isupper() and "=" in (match["sign"] or ""):
        return len(value) >= _SHORTEST_EXPORTED and not _is_path(value)
    has_both = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    if len(value) < 8 or not has_both or _is_path(value) or ".." in value:  # noqa: PLR2004
        return False
    return looks_secret(value.lstrip("/~") + "0")


def _is_path(value: str) -> bool:
    """Begins like a path, and no part of it is as mixed as a key in base 64, which may begin with "/" as well."""
    return value[0] in "/~" and not any(
        len(part) >= _LENGTH_OF_PARTS and _is_random_value(part) for part in value.split("/")
    )


def _is_random(match: "re.Match[str]") -> bool:
    """A long value with capitals, small letters and digits: no hash, no UUID, no path."""
    return _is_random_value(match[1])


def _is_random_value(value: str) -> bool:
    kinds = (str.isupper, str.islower, str.isdigit)
    return all(any(map(kind, value)) for kind in kinds) and value.count("/") < 3 and len(set(value)) >= 14  # noqa: PLR2004


def _after_curl(match: "re.Match[str]") -> bool:
    return not (match["name"].isdigit() and match[match.lastindex or 0].isdigit())


def _command(anchors: tuple[str, ...], pattern: str, rule: str = "PASSWORD", flags: int = 0) -> Anchored:
    return Anchored(rule, anchors, re.compile(pattern, flags), over_line=True)


NAMED_PASSWORDS = Anchored(
    "PASSWORD",
    ("pass", "pwd", "kennwort", "contrase", "clave", "mdp", "senha", "wachtwoord", "heslo", "hasło", "lösenord", "пароль", "şifre",
     "jelszó", "salasana"),
    re.compile(rf"(?P<name>(?:{_WORDS})[\w-]{{0,30}}+){_FOR}{_SEPARATOR}{VALUE}", _I), _is_password, rest=REST,
)  # fmt: skip
CJK_PASSWORDS = Anchored(
    "PASSWORD",
    ("密码", "密碼", "パスワード"),
    re.compile(r"(?:密码|密碼|パスワード)[ \t]{0,4}(?::|=|是|は|为)[ \t]{0,4}" + VALUE),
    rest=REST,
)
PASSPHRASES = Anchored(
    "PASSWORD",
    ("passphrase",),
    re.compile(
        r"passphrase(?: is)?(?:[ \t]{0,8}[:=][ \t]{0,8}|[ \t]{1,8})([a-z]{3,12}(?:[ -][a-z]{3,12}){3,9})(?=\s|\Z)", _I
    ),
)
NAMED_TOKENS = Anchored(
    "TOKEN",
    ("api_key", "api-key", "apikey", "api key", "access_key", "access-key", "accesskey", "account_key", "accountkey", "auth_key",
     "auth-key", "authkey", "private_key", "privatekey", "secret_key", "signing_key", "signing-key", "encryption_key", "master_key",
     "license_key", "license key", "storage_key", "token", "secret", "credential", "sessionid", "session_id", "sessid", "sig="),
    re.compile(rf"(?P<name>(?:{_KEY_WORDS}|sessid)[\w-]{{0,30}}+){_FOR}{_SEPARATOR}{VALUE}", _I), _is_token, rest=REST,
)  # fmt: skip
RANDOM_KEYS = Anchored(
    "TOKEN",
    ("key",),
    re.compile(r"key[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?([A-Za-z0-9+/_\-.]{24,}+=*+)", _I),
    _is_random,
)
#: "What is the password?" and on the next line a word that can be nothing else.
NEXT_LINES = Anchored(
    "PASSWORD",
    ("pass", "kennwort", "contrase", "пароль"),
    re.compile(
        rf"(?:{_WORDS})[^\n\x00:?=]{{0,40}}[:?=][ \t]{{0,4}}\n[ \t]{{0,8}}([^\s\x00]{{6,64}})(?=[ \t]*(?:\n|\Z))",
        _I,
    ),
    lambda match: _is_odd_word(match[1]) and not set(match[1]) & set("()[]{}<>/\\:|"),
)

COMMAND_LINES = (
    _command(("mysql", "mariadb"), rf"(?<=[ \t])-p{WORD}"),
    _command(("sshpass",), rf"(?<=[ \t])-p[ \t]*{WORD}"),
    _command(("curl", "wget"), r"(?<=[ \t])(?:-u|--user|--proxy-user|-U)[ \t=]*[\"']?(?P<name>[^\s:\"'\x00]{1,64}):([^\s\"'\x00]++)"),
    _command(("smbclient", "rpcclient", "mount.cifs"), r"(?<=[ \t])-U[ \t]*[\"']?[\w\\.@-]{1,64}%([^\s\"'\x00]++)"),
    _command(("docker login", "podman login", "helm registry login", "az login", "psexec", "unzip ", "zip "), rf"(?<=[ \t])-[pP][ \t]+{WORD}"),
    _command(("ldapsearch", "ldapadd", "ldapmodify"), rf"(?<=[ \t])-w[ \t]*{WORD}"),
    _command(("redis-cli",), rf"(?<=[ \t])-a[ \t]*{WORD}"),
    _command(("ipmitool",), rf"(?<=[ \t])-P[ \t]*{WORD}"),
    _command(("xfreerdp", "cmdkey", "runas", "mstsc"), rf"(?<=[ \t])/p(?:ass)?:{WORD}"),
    _command(("7z ", "7za ", "rar "), r"(?<=[ \t])-h?p(?=[^\s-])([^\s\x00]++)"),
    _command(("net user ", "net1 user "), rf"user[ \t]+(?:\"[^\"\n]{{1,64}}\"|[^\s/\"\x00]++)[ \t]+(?![/*]){WORD}", flags=_I),
    _command(("net use ",), rf"net use[ \t][^\n\x00]{{0,200}}?\\\\[^\s\x00]++[ \t]+(?![/*]){WORD}", flags=_I),
    _command(("htpasswd",), rf"[ \t]-[a-zA-Z]{{0,8}}b[a-zA-Z]{{0,8}}(?:[ \t]{{1,8}}-[a-zA-Z]{{1,8}}){{0,6}}+[ \t]+(?!-)[^\s\x00]++[ \t]+[^\s\x00]++[ \t]+{WORD}"),
    _command(("openssl", "gpg", "keytool"), rf"-(?:pass(?:in|out)?|storepass|keypass|srcstorepass|deststorepass)[ \t=]+(?:pass:)?+(?!env:|file:|stdin|fd:){WORD}"),
    _command(("openssl enc",), rf"(?<=[ \t])-k[ \t]+{WORD}"),
    _command(("wpa_passphrase",), rf"wpa_passphrase[ \t]+(?:\"[^\"\n]{{1,64}}\"|[^\s\"\x00]++)[ \t]+{WORD}"),
    _command(("convertto-securestring",), rf"convertto-securestring[ \t]+(?:-string[ \t]+)?(?!-){WORD}", flags=_I),
    _command(("identified by",), r"identified by[ \t]+(?:password[ \t]+)?['\"]([^'\"\n\x00]++)", flags=_I),
    _command(("echo", "printf"), r"(?:echo|printf)[ \t]+(?:-[ne]+[ \t]+)*[\"']?(?:[\w.-]{1,32}:(?=[^\n]{1,200}chpasswd))?([^\s\"'|\x00][^\"'|\n\x00]{0,200}?)(?:\\n)?[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+(?:-[A-RT-Za-z]+[ \t]+)*-[a-z]*S\b|(?:sudo[ \t]+)?(?:chpasswd|passwd[ \t]+--stdin|smbpasswd|docker login|podman login|gpg|cryptsetup))"),
    _command(("sudo", "chpasswd", "--password-stdin", "smbpasswd"), r"(?:sudo[ \t][^\n\x00]{0,80}-S|chpasswd|--password-stdin|smbpasswd)[^\n\x00]{0,80}<<<[ \t]*[\"']?(?:[\w.-]{1,32}:)?([^\s\"'\x00]++)"),
)  # fmt: skip

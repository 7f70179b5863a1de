"""Decides which typed lines are passwords where no screen can be read: by what was typed before them, and by looks.

It errs on the safe side. A line that is hidden without need costs a word; one that is shown costs a password.
"""

import re
from difflib import SequenceMatcher
from itertools import pairwise

from summaries.sources.terminal_prompts import program_of

#: How many more lines may answer a prompt that was answered wrongly.
_TRIES = 3
#: Programs that ask three times: the old password, the new one, the new one again.
_ASK_THRICE_WORDS = (
    "passwd chpasswd smbpasswd kpasswd ldappasswd ssh-keygen mysql_secure_installation adduser htpasswd htdigest "
    "mkpasswd keytool gpg gpg2 openssl cryptsetup enable"
)
_ASK_THRICE = frozenset(_ASK_THRICE_WORDS.split())
#: Programs that ask first of all, and those that may ask.
_ASK_WORDS = "sudo su doas ssh sftp scp ssh-copy-id ssh-add kinit pkexec runas mysqladmin telnet ftp"
_ASK = frozenset(_ASK_WORDS.split())
_MAY_ASK_WORDS = (
    "rsync mysqldump mysql mariadb psql pg_dump createuser redis-cli mongo mongosh sqlplus vault pass ansible-vault "
    "ansible-playbook ldapsearch ldapadd ldapmodify smbclient mount.cifs mount curl wget lftp docker podman git "
    "cifscreds useradd net rdesktop xfreerdp svn az gcloud aws npm twine mutt mosh systemctl read"
)
_MAY_ASK = frozenset(_MAY_ASK_WORDS.split())
_PASSWORD_OPTION = re.compile(r"\s(?:-p|-W|--password|--ask-pass\w*|-[kK]|--ask-become-pass)(?:\s|$)")
#: What is certainly a command although a password is awaited: no passphrase begins like that.
_UNMISTAKABLE_WORDS = (
    "sudo su ssh scp sftp passwd mysql mysqldump psql systemctl journalctl kinit ls ll cd pwd df ps rm cp mv mkdir "
    "grep vim nano chmod chown apt apt-get yum dnf docker ipconfig ifconfig netstat tasklist regedit cmd powershell "
    "pwsh whoami uname exit yes no y n"
)
_UNMISTAKABLE = frozenset(_UNMISTAKABLE_WORDS.split())
_ASKING = re.compile(
    r"-AsSecureString|Get-Credential|ConvertTo-SecureString|PSCredential|Enter-PSSession|getpass|passw|passphrase"
    r"|credential|secret|\blog ?in\b|\bsign ?in\b|identified by|enable secret|\bread\b.*\s-\w*s",
    re.IGNORECASE,
)
#: First words of lines that are commands or plain answers beyond doubt.
_HARMLESS_WORDS = (
    "ls ll cd pwd cat less more tail head top htop ps df du free id whoami who w exit logout quit clear date uptime "
    "hostname history vi vim nano emacs man grep find cp mv rm mkdir touch echo ping dir cls ipconfig ifconfig ip "
    "route netstat ss tasklist services regedit cmd powershell pwsh notepad explorer mstsc control taskmgr msconfig "
    "eventvwr y n yes no ok q help fg bg jobs env set export alias type make reboot shutdown poweroff sync mount "
    "lsblk dmesg bash sh zsh python python3 node"
)
_HARMLESS = frozenset(_HARMLESS_WORDS.split())
_LOCATION = re.compile(
    r"[a-z][a-z0-9+.-]{1,12}://\S+|www\.\S+|(?:~|\.{1,2})?/[\w./~-]*|[A-Za-z]:\\[\w.\\-]*|\\\\[\w.\\$-]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:\d{1,3}\.){3}\d{1,3}(?:[:/]\d{1,5})?|[a-z][\w-]*(?:\.[a-z][\w-]*)+|-{1,2}[a-z][\w-]*"
)
_KEY_NAME = re.compile(r"<[A-Z][\w+ ]*>")
_RECALLED = re.compile(r"<(?:Up|Down|Page Up|Page Down|Ctrl\+[prR]|Tab)>")
_PASTED = re.compile(r"<(?:Ctrl\+[vV]|Shift\+Insert|Super\+[vV])>")
_MIN_PASSWORD = 4
#: How much of a password is compared with the next try, and from what likeness on that is one.
_MAX_KEPT = 200
_ALIKE = 0.6


class UnseenPrompts:
    """Follows the typed lines of one recording. *line* is as typed, with keys by name, such as "<Tab>"."""

    def __init__(self) -> None:
        self._certain = 0
        self._possible = 2  # a recording may begin at a sign-in
        self._last_secret = ""

    def expect(self) -> None:
        """A sign-in screen came up: what is typed next is a password whatever it looks like."""
        self._certain, self._possible = 1, _TRIES

    def is_secret(self, line: str) -> bool:
        """Say whether *line*, as typed up to now, is or holds a password."""
        text = _without_keys(line)
        if not text:
            return False
        if self._certain:
            return _first_word(text) not in _UNMISTAKABLE
        if self._possible and (_is_one_word(text) or self._is_like_last(text)):
            return True
        return fills_in_form(line) or looks_like_password(text)

    def entered(self, line: str) -> None:
        """Take a line that Enter ended, and learn what it asks for."""
        text = _without_keys(line)
        if self.is_secret(line):
            self._last_secret = text[:_MAX_KEPT]
            self._certain = max(0, self._certain - 1)
            # More tries may follow, or the same again.
            self._possible -= bool(self._possible and not self._certain)
            return
        if self._certain and _PASTED.search(line):
            self._certain -= 1
            return
        times = _times_asked(text)
        if times or _RECALLED.search(line):
            self._certain, self._possible = max(self._certain, times), _TRIES
        elif text and (not self._certain or any(map(str.isspace, text))):
            # A whole command: nothing was asked for. "yes" to an unknown host comes before the password.
            self._certain, self._possible = 0, int(_may_ask(text))

    def left(self, line: str) -> None:
        """Take a line that a click ended: after a name in a form, a password may follow."""
        text = _without_keys(line)
        if self.is_secret(line):
            self._last_secret = text[:_MAX_KEPT]
            self._certain = max(0, self._certain - 1)
        if text and not any(map(str.isspace, text)):
            self._possible = max(self._possible, 1)

    def _is_like_last(self, text: str) -> bool:
        matcher = SequenceMatcher(None, self._last_secret, text[:_MAX_KEPT], autojunk=False)
        return matcher.quick_ratio() > _ALIKE and matcher.ratio() > _ALIKE


def _times_asked(text: str) -> int:
    """Say how many passwords the command asks for, in all certainty."""
    times = 0
    for part in re.split(r"[;|&]+", text[:2000]):
        names = {_first_word(part), program_of(part)}
        asks = _ASK & names or _ASKING.search(part) or (_MAY_ASK & names and _PASSWORD_OPTION.search(part))
        times = max(times, 3 if _ASK_THRICE & names else int(bool(asks)))
    return times


def _may_ask(text: str) -> bool:
    parts = re.split(r"[;|&]+", text[:2000])
    return any(_MAY_ASK & {_first_word(part), program_of(part)} for part in parts)


def _without_keys(line: str) -> str:
    return _KEY_NAME.sub("", line).strip()


def looks_like_password(text: str) -> bool:
    """Say whether one word could be a password: no plain word, path, address or file."""
    if not _is_one_word(text) or len(text) < _MIN_PASSWORD + 2 or _LOCATION.fullmatch(text):
        return False
    kinds = (str.islower, str.isupper, str.isdecimal, lambda character: not character.isalnum())
    found = sum(any(kind(character) for character in text) for kind in kinds)
    has_digit = any(character.isdecimal() for character in text)
    return found >= 3 or (found == 2 and has_digit and not text[0].isdecimal())  # noqa: PLR2004 - of four kinds


def _is_one_word(text: str) -> bool:
    return bool(text) and not any(map(str.isspace, text)) and not _is_harmless(text)


def _is_harmless(text: str) -> bool:
    return _first_word(text) in _HARMLESS


def _first_word(text: str) -> str:
    return text.split(maxsplit=1)[0].casefold() if text.strip() else ""


def fills_in_form(line: str) -> bool:
    """A name, Tab, one more word: the way a person signs in to most programs."""
    fields = [_without_keys(field) for field in line.split("<Tab>")]
    pairs = pairwise(fields)
    return any(
        name and _is_one_word(name) and len(answer) >= _MIN_PASSWORD and _is_one_word(answer) for name, answer in pairs
    )

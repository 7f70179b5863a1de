"""Which values after "password:" or "token=" are no secret, and which words are too common to be masked everywhere."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that follow "password:" or "password is" in sentences, messages and settings.
NO_VALUES = _words(
    """
    a abgelaufen access again age all already also an and any are as ask at attempt auth authentication
    available be because been being blank blocked but by can case change changed changes check class complexity
    confirm contains correct could default denied did different disabled do does doesn done empty enabled enter
    entered error esta está et expired expires expiry failed failure false falsch field file first fixed for
    forgotten from geändert good ha hash has have he here hidden how i if ignored important in incorrect
    incorrecta incorrecte input int invalid is it its key last length less line locked long lost match matches
    may missing mismatch must my n name needed never new nein nicht nil no non none not now null object ok okay
    old on one only optional or our out per please prompt protected raw received read redacted required reset right safe
    same saved secure see sent set she should shown simple so something sorry stored str string strong system
    temporary text that tell the their then there these they this to today token too true try type und undefined
    unchanged unknown unless update updated use used user using valid value vergessen void wait was weak were
    what when where which who will with without works wrong x y yes yesterday you your
    """
)

#: Passwords that are also everyday words of a terminal: masked where they stand as a password, not elsewhere.
COMMON_WORDS = NO_VALUES | _words(
    """
    admin administrator apache archive backup branch cancel changeme clear close commit config connect container
    continue cookie copy database debian debug delete deploy desktop device directory docker domain download
    echo editor email enable example exit export fedora filter firewall folder format function github gitlab
    google grep group guest hello help history home host import inactive index info install internet invoice
    kernel keyboard laptop launch letmein library linux list local localhost login logout mail manager master
    memory message microsoft module mount mouse mysql network nginx nobody number office online open oracle
    output outlook package passwd password path ping port postgres postgresql print printer private process
    profile program project public python query quit reboot receive redis reload remote remove replace report
    request restart restore return root router running samba save screen script search secret select server
    service session settings share shell shutdown sleep software source start started status stop stopped sudo
    support systemctl table target teams terminal test tester testing tomcat ubuntu uninstall upgrade upload
    username version vmware warning website welcome window windows winget wireless write yum
    """
)

_REFERENCE = re.compile(
    r"\$(?:\{|\(|[A-Z_][A-Z0-9_]*$|[a-z_]+$|env:)"  # shell and PowerShell variables
    r"|%[A-Za-z_]*%?$|%\(|\{\{|\{[a-z_.]*\}?|<[\w -]*>?$|#\{"
    r"|[A-Za-z_][\w.]*\("  # a call
    r"|(?:self|this|os|config|settings|args|request|env|process|cls|ctx|options|params|form|data)[.\[]"
    r"|[•*\u25cf.x_\-#?]+$"  # the dots and stars of a form
    r"|(?:md5|sha\d+|bcrypt|scrypt|argon2\w*|utf-?8|base64|plain|ldap|pam|scram-\S+)$",
    re.IGNORECASE,
)
_VERSION_OR_PATH = re.compile(
    r"v?\d+(?:\.\d+)+\S*$|(?:~|\.{1,2})?/|[A-Za-z]:\\|https?:|\d{4}-\d\d-\d\d|[\w-]+\.\w{2,4}$|\S+@\S+\."
)


def is_no_secret(value: str) -> bool:
    """True for a word of a sentence, a variable, a call, a row of stars."""
    return value.lower().strip(".,;:!?'\"()[]{}") in NO_VALUES or bool(_REFERENCE.match(value))


def looks_secret(value: str) -> bool:
    """True for a word that nobody would write in a sentence: letters with digits, signs inside, odd capitals."""
    if len(value) < 6 or is_no_secret(value) or _VERSION_OR_PATH.match(value):  # noqa: PLR2004 - the shortest password we believe
        return False
    has_letter = any(map(str.isalpha, value))
    has_digit = any(map(str.isdigit, value))
    has_sign = any(sign in value[:-1] for sign in "!@#$%^&*+~=?") or (value.endswith("!") and has_digit)
    has_odd_capitals = not (value[1:].islower() or value.isupper() or value.islower()) and value.isalpha()
    return has_letter and (has_digit or has_sign or has_odd_capitals)


def is_learnable(value: str, *, shortest: int) -> bool:
    """True when a password may be masked wherever else it stands."""
    return len(value) >= shortest and value.lower() not in COMMON_WORDS and not set(value) <= set("*.•-_ ")

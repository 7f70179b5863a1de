"""The words and phrases by which lines of output and sentences of people are judged. English, Spanish, German."""

import re


def any_of(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


ERROR_LINE = any_of(
    r"command not found",
    r"not recognized as ",
    r"no such file or directory",
    r"permission denied",
    r"access (is )?denied",
    r"^(error|fatal|e|err|fehler|critical|panic|erreur)\s*[:!]",
    r"\berror:\s",
    r"\[emerg\]|\[error\]|\[alert\]",
    r"\bfailed (to|with|because)\b",
    r"^failed\b",
    r"\bfailed!?$",
    r"\bjob for \S+ failed",
    r"\bcould not\b",
    r"\bcannot\b",
    r"\bcan't (open|connect|find|resolve|load)\b",
    r"\bunable to ",
    r"^traceback \(",
    r"^[\w.]*(error|exception):\s",
    r"connection (refused|timed out|reset)",
    r"no space left on device",
    r"unknown host",
    r"name or service not known",
    r"temporary failure",
    r"authentication fail",
    r"login failed",
    r"has expired",
    r"\bnot permitted",
    r"unit \S+ (could )?not (be )?found",
    r"segmentation fault",
    r"out of memory",
    r"^conflict\b",
    r"exit code [1-9]",
    r"no se (pudo|puede|encontr)",
    r"permiso denegado",
    r"orden no encontrada",
    r"no existe el ",
    r"keine berechtigung",
    r"nicht gefunden",
    r"fehlgeschlagen",
    r"datei oder verzeichnis nicht",
)
HARMLESS_LINE = any_of(
    r"\b(0|no|without) (errors?|failures?)\b", r"^warning\b", r"--ignore", r"error_log", r"errors?\.log"
)

#: {key of a check: (words of a line that pass it, words of a line that fail it)}
CHECKS: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "checked_service": (
        any_of(r"^\W*active: active", r"^active$", r"^state\s*: 4\s+running", r"^running\b", r"is running\b"),
        any_of(
            r"^\W*active: (failed|inactive|activating)",
            r"^(inactive|failed)$",
            r": 1\s+stopped",
            r"^stopped\b",
            r"is not running",
        ),
    ),
    "checked_config": (
        any_of(r"syntax is ok", r"test is successful", r"^syntax ok", r"configuration file is valid"),
        any_of(
            r"\[emerg\]",
            r"\[alert\]",
            r"test failed",
            r"syntax error",
            r"\berror\b",
            r"\binvalid\b",
            r"unsupported",
            r"\bline \d+: ",
        ),
    ),
    "checked_printers": (
        any_of(r"\bis idle\b", r"^no entries", r"is ready"),
        any_of(r"\bdisabled\b", r"not accepting", r"stopped", r"paused", r"offline", r"unable to"),
    ),
    "checked_reach": (
        any_of(
            r"(?<![\d.])0(\.0)?% (packet )?loss",
            r"\(0% loss\)",
            r"\(0 ?% verlust",
            r"tcptestsucceeded\s*:\s*true",
            r"succeeded!",
            r"^connected to",
        ),
        any_of(
            r"\b100(\.0)?% ",
            r"unreachable",
            r"unknown host",
            r"not known",
            r"timed out",
            r"refused",
            r"tcptestsucceeded\s*:\s*false",
            r"temporary failure",
        ),
    ),
    "checked_web": (
        any_of(r"^<?\s*http/[\d.]+ [23]\d\d\b", r"^[23]\d\d$"),
        any_of(r"^<?\s*http/[\d.]+ [45]\d\d\b", r"^curl: \(", r"^[45]\d\d$", r"^000$"),
    ),
    "checked_certificate": (
        any_of(r"verify return code: 0", r"^\S+: ok$", r"will not expire", r"verify(ing)? ok"),
        any_of(
            r"has expired",
            r"will expire",
            r"verify return code: [1-9]",
            r"verify error",
            r"self.signed certificate",
            r"unable to",
        ),
    ),
    "checked_packages": (any_of(r"^no problems"), any_of(r"following packages", r"\berror\b", r"half.installed")),
    "checked_files": (any_of(r": ok$", r"identical"), any_of(r"differ\b", r": failed", r"no such file", r"\beof on\b")),
    "checked_database": (
        any_of(r"is alive", r"accepting connections"),
        any_of(r"no response", r"rejecting", r"failed", r"can't connect", r"refused"),
    ),
    "checked_sign_in": (
        any_of(r"auth succeeded", r"login ok", r"authentication successful"),
        any_of(r"auth failed", r"^error:", r"login failed", r"authentication fail"),
    ),
    "checked_name": (
        any_of(r"status: noerror", r"has address"),
        any_of(r"nxdomain", r"servfail", r"can't find", r"not found", r"timed out"),
    ),
    "ran_tests": (
        any_of(r"\b[1-9]\d* (passed|passing)\b", r"^ok$", r"^ok\s", r"tests? passed", r"test result: ok"),
        any_of(
            r"\b[1-9]\d* (failed|failing|errors?)\b",
            r"^failed\b",
            r"^fail\b",
            r"test result: failed",
            r"build failure",
            r"no tests ran",
            r"^e\s+\w+error",
        ),
    ),
}

#: Negation, condition, question or wish: no confirmation.
NEGATED = any_of(
    r"n['’]?t\b",
    r"\b(not|no|never|still|if|when|once|should|hope|would|will|until|unless)\b",
    # What worked once tells nothing of now.
    r"\b(before|used to|yesterday|last (week|month|night)|antes|ayer|vorher|gestern|fr[uü]her)\b",
    # Half a success is none.
    r"\b(but|although|only|know how|down again|for a (little|bit|while|few)|aber|obwohl|pero|aunque)\b",
    r"\b(nicht|nie|wenn|sobald|ob|sollte|bis)\b|\bkein",
    r"\b(si|cuando|sigue|hasta|deber[ií]a|a[uú]n)\b|\btodav",
    r"\?",
)
#: A sentence without any of these pieces is neither; looked for first, because most sentences are neither.
TELLING_PIECES = (
    *(
        "work",
        "print",
        "run",
        "fixed",
        "solved",
        "gone",
        "did it",
        "did the",
        "helped",
        "back",
        " now",
        "again",
        "same ",
    ),
    *("still", "n't", "n’t", "funciona", " ya", "ya ", "solucionado", "resuelto", "arreglado", "sigue", "tampoco"),
    *("geht", "funktioniert", "läuft", "lauft", "klappt", "druckt", "gelöst", "gelost", "behoben", "weg", "immer noch"),
)
CONFIRMED = any_of(
    r"\b(works?|working|prints|printing|runs|running) (now|again|fine|great|perfectly|like a charm)\b",
    r"\b(that|this|it) (did it|did the trick|fixed it|worked|solved it|works|helped)\b",
    r"\b(problem|issue)('s| is| has been)? (solved|fixed|gone|resolved)\b",
    r"\b(it|that|everything)('s| is| has been) (all )?(solved|fixed|gone|resolved|back( up)?)\b",
    r"\ball (good|set) now\b",
    r"\bi can (\w+ ){1,3}(now|again)\b",
    r"\bnow i can\b",
    r"\bya (funciona|puedo|va|est[aá])\b",
    r"\bfunciona (bien|perfecto|perfectamente|de nuevo|otra vez|ahora|ya)\b",
    r"\b(solucionado|resuelto|arreglado)\b",
    r"\b(funktioniert|geht|l[aä]uft|klappt|druckt) (jetzt|wieder|nun|alles|super)\b",
    r"\b(gel[oö]st|behoben)\b",
    r"\bproblem (ist )?weg\b",
    r"\bjetzt (geht|funktioniert|l[aä]uft|klappt)\b",
)
DENIED = any_of(
    r"\bstill (not|no|doesn|don|can|isn|won|get|the same|fail|broken|stuck|nothing)",
    r"\b(doesn|don|isn|didn|won)['’]?t (work|help|print|open|connect|load|start)",
    r"\bnot (working|fixed|solved|resolved)\b|\b(is|was|still|remains?|it['’]s) un(re)?solv\w+",
    r"\bsame (error|problem|issue)\b",
    r"\bno funciona\b",
    r"\bsigue (sin|igual|fallando)",
    r"\btampoco\b",
    r"\b(geht|funktioniert|klappt|l[aä]uft|druckt) "
    r"(immer noch |leider |noch |auch |doch |jetzt |wieder |schon )*nicht\b",
    r"\bimmer noch (nicht|kein|der)",
)
#: Words of somebody who tells a problem.
COMPLAINT = any_of(
    r"\b(ca|could|does|do|did|is|are|has|have|was|wo)n['’]?t\b",
    r"\bcannot\b|\bunable\b|\bnot (work|able|load|show|receiv|print)",
    r"\b(error|problem|issue|trouble|broken|fail(s|ed|ing|ure)?)\b",
    r"\b(crash\w*|stuck|wrong|lost|missing|expired|slow|frozen|freez\w*)\b",
    r"\b(stopped|refus\w+|denied|locked|blocked|keeps|disappear\w*|won['’]t|help with|need help|how (do|can) i)\b",
    r"\bno (puedo|funciona|me deja|aparece|arranca|imprime|se)\b",
    r"\b(fallo|falla|averiad\w+|lent[oa]|caducad\w+|bloquead\w+|ayuda)\b",
    r"\b(fehler\w*|kaputt|langsam|abgelaufen|gesperrt|abgest[uü]rzt|h[aä]ngt)\b",
    r"\b(st[oö]rung|hilfe)\b|\b(geht|kann|funktioniert) .*\b(nicht|kein\w*)\b",
    r"\b(drops?|disconnects?|los(es|ing)|havent|cant|wont|dont|doesnt)\b",
    r"\bproblema?\b|\bno (puede|pueden|hay|llega|llegan)\b",
    r"\b(nobody|nothing|unavailable|again and again|complain\w*|niemand|nichts)\b",
)
#: Words of a supporter who proposes or does something.
ADVICE = any_of(
    r"\b(please|try|click|open|check|restart\w*|reboot|install|update|reset)\b",
    r"\b(go to|press|select|enter|run|send|let me|i(['’]ll| will| have|['’]ve))\b",
    r"\b(you (can|could|should|need)|make sure|turn (it )?(off|on)|unplug|sign (in|out)|log (in|out|off))\b",
    r"\b(por favor|pruebe|intente|reinici\w+|abra|haga clic|compruebe|vaya a|voy a|he )\b",
    r"\b(bitte|versuchen|starten|neu starten|[oö]ffnen|klicken)\b",
    r"\b(pr[uü]fen|gehen sie|ich (habe|werde|setze|starte|pr[uü]fe))\b",
)
#: Words of something that is left to do.
LEFT_OPEN = any_of(
    r"\b(tomorrow|next week|later|follow up|call (you )?back)\b",
    r"\b(get back to you|ticket (number|is)|escalat\w+|on monday|will order)\b",
    r"\b(still (need|have) to|remains to|to do:|todo:|pending)\b",
    r"\b(ma[nñ]ana|la pr[oó]xima semana|m[aá]s tarde|le llamo|pendiente|queda por)\b",
    r"\b(morgen|n[aä]chste woche|sp[aä]ter|melde mich|rufe .*zur[uü]ck|noch offen|steht noch aus)\b",
)
#: Words of an error that say why, rather than only that something failed.
CAUSE = any_of(
    r"unknown|unexpected|unrecognized|syntax|invalid|malformed|missing|mismatch|duplicate",
    r"no space left|\b(9[5-9]|100)%|expired|in use|denied|locked|disabled|not exist|no such|refused|not found",
    r"out of memory|too many|not permitted|conflict|incompatible|unsupported|no module named",
)

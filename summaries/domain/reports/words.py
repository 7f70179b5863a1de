"""The words of a service report, in the languages that it is labelled in. Other languages get English labels."""

from summaries.enums import Outcome, SummaryState

LANGUAGES = ("en", "es", "de")

#: {name: {language: words}}. `{}` places are filled by domain.reports.
WORDS: dict[str, tuple[str, str, str]] = {
    "report": ("Service report", "Informe de servicio", "Servicebericht"),
    "ticket": ("Ticket", "Incidencia", "Ticket"),
    "remote_support": ("Remote support", "Asistencia remota", "Fernwartung"),
    "of_device": ("Remote support of {}", "Asistencia remota de {}", "Fernwartung von {}"),
    "OUTGOING": ("outgoing connection", "conexión saliente", "ausgehende Verbindung"),
    "INCOMING": ("incoming connection", "conexión entrante", "eingehende Verbindung"),
    "BOTH": (
        "outgoing and incoming connection",
        "conexión saliente y entrante",
        "ausgehende und eingehende Verbindung",
    ),
    "customer": ("Customer", "Cliente", "Kunde"),
    "remote_user": ("Remote user", "Usuario remoto", "Benutzer am Gerät"),
    "device": ("Device", "Equipo", "Gerät"),
    "supporter": ("Supporter", "Técnico", "Techniker"),
    "start": ("Start", "Inicio", "Beginn"),
    "end": ("End", "Fin", "Ende"),
    "running": ("still running", "en curso", "läuft noch"),
    "billable": ("Duration, billable", "Duración, facturable", "Dauer, abrechenbar"),
    "billable_value": ("{0}, {1} ({2}-min steps)", "{0}, {1} (tramos de {2} min)", "{0}, {1} ({2}-Min.-Schritte)"),
    "fee": ("Fee", "Importe", "Betrag"),
    "problem": ("Problem", "Problema", "Problem"),
    "cause": ("Cause", "Causa", "Ursache"),
    "work_done": ("Work done", "Trabajo realizado", "Durchgeführte Arbeiten"),
    "outcome": ("Outcome", "Resultado", "Ergebnis"),
    "open_points": ("Open points", "Puntos pendientes", "Offene Punkte"),
    "missing_data": ("Not in the record", "No consta en el registro", "Nicht in der Aufzeichnung"),
    "applications": ("Applications", "Aplicaciones", "Anwendungen"),
    "notes": ("Notes", "Notas", "Notizen"),
    "no_summary": ("No summary", "Sin resumen", "Keine Zusammenfassung"),
    "not_supported": (
        "not supported by the record",
        "sin respaldo en el registro",
        "nicht durch die Aufzeichnung belegt",
    ),
    "more": (
        "{} more in the portal.",
        "{} más en el portal.",
        "{} weitere im Portal.",
    ),
    "supporter_signature": ("Supporter, date", "Técnico, fecha", "Techniker, Datum"),
    "customer_signature": ("Customer, date", "Cliente, fecha", "Kunde, Datum"),
    "page": ("Page", "Página", "Seite"),
    "of": ("of", "de", "von"),
    "written": ("Written by AI ({0}, {1})", "Redactado por IA ({0}, {1})", "Von KI geschrieben ({0}, {1})"),
    "edited": (
        "Written by AI, edited by {0} ({1})",
        "Redactado por IA, corregido por {0} ({1})",
        "Von KI geschrieben, bearbeitet von {0} ({1})",
    ),
    "BUILT_IN": ("built-in engine", "motor integrado", "eingebaute Engine"),
    "AI_GENERATED": ("not yet reviewed by a person", "aún sin revisar por una persona", "noch von niemandem geprüft"),
    "REVIEWED": ("reviewed by {0} on {1}", "revisado por {0} el {1}", "geprüft von {0} am {1}"),
    "APPROVED": ("approved by {0} on {1}", "aprobado por {0} el {1}", "freigegeben von {0} am {1}"),
    "masked": (
        "Passwords and personal data were masked before storage: {}.",
        "Las contraseñas y los datos personales se ocultaron antes de guardarse: {}.",
        "Passwörter und persönliche Daten wurden vor dem Speichern unkenntlich gemacht: {}.",
    ),
    "nothing_masked": (
        "No passwords or personal data were found to mask.",
        "No se encontraron contraseñas ni datos personales que ocultar.",
        "Es wurden keine Passwörter oder persönlichen Daten gefunden.",
    ),
    Outcome.RESOLVED: ("Resolved", "Resuelto", "Gelöst"),
    Outcome.PARTLY_RESOLVED: ("Partly resolved", "Resuelto en parte", "Teilweise gelöst"),
    Outcome.UNRESOLVED: ("Unresolved", "Sin resolver", "Nicht gelöst"),
    Outcome.UNKNOWN: ("Unknown", "Desconocido", "Unbekannt"),
    SummaryState.WAITING_FOR_CREDITS: (
        "it waits for credits",
        "está a la espera de créditos",
        "sie wartet auf Guthaben",
    ),
    SummaryState.QUEUED: ("it is queued", "está en cola", "sie ist eingereiht"),
    SummaryState.RUNNING: ("it is being written", "se está redactando", "sie wird gerade geschrieben"),
    SummaryState.FAILED: ("it could not be written", "no se pudo redactar", "sie konnte nicht geschrieben werden"),
    "NOT_REQUESTED": ("none was asked for", "no se ha solicitado", "es wurde keine angefordert"),
    "STILL_RUNNING": ("the session is still running", "la sesión sigue en curso", "die Sitzung läuft noch"),
    "AI_OFF": ("AI features are off", "las funciones de IA están desactivadas", "KI-Funktionen sind ausgeschaltet"),
    "EXCLUDED_BY_CONDITION": (
        "excluded by a condition of the company",
        "excluida por una condición de la empresa",
        "durch eine Bedingung der Firma ausgeschlossen",
    ),
    "OUTGOING_OFF": (
        "summaries for outgoing connections are off",
        "los resúmenes de conexiones salientes están desactivados",
        "Zusammenfassungen ausgehender Verbindungen sind ausgeschaltet",
    ),
    "INCOMING_NOT_COVERED": (
        "incoming, not covered by a policy",
        "conexión entrante sin directiva",
        "eingehend, von keiner Richtlinie erfasst",
    ),
    "SUPPORTER_NOT_LOGGED": (
        "the supporter's sessions are not logged",
        "las sesiones del técnico no se registran",
        "die Sitzungen des Technikers werden nicht protokolliert",
    ),
    "ACCESS_DENIED": (
        "denied by the device's access control",
        "denegado por el control de acceso del equipo",
        "durch die Zugriffskontrolle des Geräts abgelehnt",
    ),
    "CONSENT_REFUSED": ("consent was refused", "se denegó el consentimiento", "die Einwilligung wurde abgelehnt"),
    "CONSENT_TIMEOUT": (
        "no answer to the consent request",
        "sin respuesta a la solicitud de consentimiento",
        "keine Antwort auf die Frage nach der Einwilligung",
    ),
    "CONSENT_WITHDRAWN": (
        "consent was withdrawn",
        "se retiró el consentimiento",
        "die Einwilligung wurde zurückgezogen",
    ),
    "NOTHING_RECORDED": (
        "no log of this connection was recorded",
        "no se grabó ningún registro de esta conexión",
        "zu dieser Verbindung wurde kein Protokoll aufgezeichnet",
    ),
    "WAITING_FOR_CONSENT": (
        "waiting for consent",
        "a la espera del consentimiento",
        "die Einwilligung steht noch aus",
    ),
}

#: {rule code: (one, many) in each language}
MASKED: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "PASSWORD": (("password", "passwords"), ("contraseña", "contraseñas"), ("Passwort", "Passwörter")),
    "PRIVATE_KEY": (
        ("private key", "private keys"),
        ("clave privada", "claves privadas"),
        ("privater Schlüssel", "private Schlüssel"),
    ),
    "TOKEN": (
        ("access token", "access tokens"),
        ("token de acceso", "tokens de acceso"),
        ("Zugangstoken", "Zugangstoken"),
    ),
    "URL_CREDENTIALS": (
        ("sign-in in a web address", "sign-ins in web addresses"),
        ("credencial en una dirección web", "credenciales en direcciones web"),
        ("Anmeldung in einer Webadresse", "Anmeldungen in Webadressen"),
    ),
    "CARD": (
        ("card number", "card numbers"),
        ("número de tarjeta", "números de tarjeta"),
        ("Kartennummer", "Kartennummern"),
    ),
    "IBAN": (
        ("bank account number", "bank account numbers"),
        ("número de cuenta", "números de cuenta"),
        ("Kontonummer", "Kontonummern"),
    ),
    "EMAIL": (
        ("e-mail address", "e-mail addresses"),
        ("dirección de correo", "direcciones de correo"),
        ("E-Mail-Adresse", "E-Mail-Adressen"),
    ),
    "PHONE": (
        ("phone number", "phone numbers"),
        ("número de teléfono", "números de teléfono"),
        ("Telefonnummer", "Telefonnummern"),
    ),
    "IP_ADDRESS": (("IP address", "IP addresses"), ("dirección IP", "direcciones IP"), ("IP-Adresse", "IP-Adressen")),
    "OTHER": (("other value", "other values"), ("otro dato", "otros datos"), ("anderer Wert", "andere Werte")),
}

#: Day with the month's name short and long, and the clock, as django.utils.dateformat writes them.
DATE_FORMATS: tuple[tuple[str, str], ...] = (
    ("j M Y", "j F Y"),
    ("j b Y", r"j \d\e F \d\e Y"),
    ("d.m.Y", "j. F Y"),
)


def index_of(language: str) -> int:
    """Which of LANGUAGES labels a report whose text is in *language*."""
    return LANGUAGES.index(language) if language in LANGUAGES else 0

"""Rows of the permission matrix for consent: the remote user's pages are for everyone who holds a link."""

from tests.permission_world import Row, World


def _ask(world: World) -> list[object]:
    return [world.session.number]


#                                  Adm Man Sup Aud Int vis oth
CONSENT_ROWS = {
    "summaries:consent_ask": [Row("404 404 404 404 404 404 404", lambda world: ["forged.link"])],
    "summaries:consent_withdraw": [Row("404 404 404 404 404 404 404", lambda world: ["forged.link"])],
    "summaries:consents": [Row("200 200 200 200 200 302 200")],
    "summaries:consents_csv": [Row("200 200 200 200 200 302 200")],
    "summaries:session_consent_state": [
        Row("200 200 404 200 200 302 404", _ask),
        Row("200 200 200 200 200 302 404", lambda world: [world.own_session.number]),
    ],
    # The world's sessions have ended: who may ask is told so, and sent back.
    "summaries:session_consent_ask": [
        Row("302 302 404 403 302 302 404", _ask, "POST"),
        Row("302 302 302 403 302 302 404", lambda world: [world.own_session.number], "POST"),
        Row("405 405 405 405 405 302 405", _ask),
    ],
    "summaries:session_consent_withdrawal": [
        Row("302 302 403 403 302 302 404", _ask, "POST", {"statement": "By mail."}),
        Row("302 302 403 403 302 302 404", lambda world: [world.own_session.number], "POST", {"statement": "By mail."}),
    ],
    "api:session-consent-requests": [
        Row("409 409 404 403 409 401 404", lambda world: [world.session.public_id], "POST"),
        Row("409 409 409 403 409 401 404", lambda world: [world.own_session.public_id], "POST"),
    ],
    "api:session-consent": [
        Row("400 400 404 403 400 401 404", lambda world: [world.session.public_id], "POST"),
        Row("200 200 404 200 200 401 404", lambda world: [world.session.public_id]),
        Row("200 200 200 200 200 401 404", lambda world: [world.own_session.public_id]),
    ],
}

"""The built-in engine on the recordings of real tools that the demo shows, along the real path."""

from pathlib import Path

import pytest

from accounts.enums import SummaryLanguage
from summaries.domain.evaluation.material import KnownSession
from summaries.domain.evaluation.sessions import read_recording
from summaries.domain.evidence.checks import check_evidence
from summaries.engines.builtin import BuiltInEngine
from tests.summaries.hand_made import request_of

RECORDINGS = Path(__file__).parents[3] / "recordings"
OUTCOMES = {
    "connected-and-left": ("UNKNOWN", ()),
    "database-still-down": ("UNRESOLVED", ("Database",)),
    "disk-full-cleared": ("RESOLVED", ("Disk space",)),
    "mail-sign-in-refused": ("RESOLVED", ("Sign-in", "E-mail")),
    "permisos-carpeta-compartida": ("RESOLVED", ("Files and data", "Permissions")),
    "printer-queue-stuck": ("RESOLVED", ("Printer",)),
    "scheduled-export-missing": ("RESOLVED", ()),
    "vpn-certificate-expired": ("RESOLVED", ("Certificate", "VPN", "Network")),
    "web-server-bad-line": ("RESOLVED", ("Web server",)),
}


@pytest.mark.parametrize("name", OUTCOMES)
@pytest.mark.parametrize("language", SummaryLanguage.values)
def test_every_sentence_about_a_recording_has_evidence(name, language):
    interactions, _ = read_recording(session=KnownSession(name, RECORDINGS / f"{name}.cast"))
    draft = BuiltInEngine().summarise(request_of(interactions, language=language))
    checked = check_evidence(content=draft.content, interactions=interactions)
    assert checked.dropped == 0
    assert (checked.content.outcome.value, checked.content.issue_types) == OUTCOMES[name]

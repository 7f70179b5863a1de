import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import Company, Membership
from credits.domain.verification import discrepancies
from credits.models import Order
from summaries.domain.demo import sessions as demo
from summaries.models import Interaction, Summary, SummaryRevision, SupportSession

#: What was typed into the recordings at a hidden prompt or as part of a command.
TYPED_SECRETS = ("Winter-is-over-7", "Kestrel-4417", "Tram-Window-58", "Quiet-Meadow-63")


def run_demo() -> str:
    out = StringIO()
    call_command("demo", no_serve=True, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_demo_imports_every_recording_summarises_it_and_changes_nothing_the_second_time():
    recordings = demo.recordings(folder=settings.DEMO_RECORDINGS)

    first = run_demo()

    assert f"{len(recordings)} recordings imported, 0 were there already." in first
    assert Summary.objects.filter(state="READY").count() == SupportSession.objects.filter(verdict="YES").count()
    shown = SupportSession.objects.filter(source_format="").order_by("number").values_list("device__name", "reason")
    assert list(shown) == [
        ("KIOSK-01", "INCOMING_POLICY"),
        ("ACC-14", "INCOMING_NOT_COVERED"),
        ("NOTARY-03", "ACCESS_DENIED"),
        ("LAB-07", "EXCLUDED_BY_CONDITION"),
        ("ACC-14", "CONSENT_REFUSED"),
        ("RCP-07", "OUTGOING_CONSENTED"),
    ]
    assert SupportSession.objects.count() == len(recordings) + len(shown)
    roles = Membership.objects.values_list("company__slug", "roles__name").distinct().count()
    assert (Company.objects.count(), roles) == (2, 10)
    orders = Order.objects.order_by("pk").values_list("company__slug", "state")
    assert list(orders) == [("northwind", "CONFIRMED"), ("northwind", "ORDERED")]
    assert list(discrepancies()) == []

    texts = "\n".join(Interaction.objects.values_list("text", flat=True))
    stored = texts + json.dumps(list(SummaryRevision.objects.values_list("content", "facts")))
    assert [secret for secret in TYPED_SECRETS if secret in stored] == []
    assert SupportSession.objects.filter(redaction_counts__PASSWORD__gte=1).count() == 4

    assert f"0 recordings imported, {len(recordings)} were there already." in run_demo()
    assert Summary.objects.count() == len(recordings) + 2


@pytest.mark.django_db
@override_settings(DEMO_RECORDINGS=settings.BASE_DIR / "nowhere")
def test_demo_without_its_recordings_says_where_it_runs():
    with pytest.raises(CommandError, match="Run it from a checkout"):
        run_demo()

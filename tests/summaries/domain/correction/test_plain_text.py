import pytest

from accounts.models import AuditEntry
from accounts.tenancy import PermissionMissing
from summaries.content import Statement, Step, SummaryContent
from summaries.domain.correction.current import NoText
from summaries.domain.correction.plain_text import copy_text, plain_text
from summaries.domain.reading.release import NotReleased
from summaries.enums import Outcome, ReviewState
from summaries.models import SupportSession
from tests.summaries.domain.correction.cases import summary_of
from tests.summaries.session_rows import add_session

TEXT = """Printer offline after driver update
S-1 · AI-generated

Problem
The office printer showed as offline since the driver update on Friday.

Steps
1. Looked at the print queue: six jobs with status Error. [Settings]
2. Restarted the print spooler. [Terminal] `net stop spooler` `net start spooler`
3. Printed a test page.

Outcome
Resolved.
The test page came out; the user confirmed it in the chat.

Open points
Four other devices have the same driver version.
"""


@pytest.fixture
def session(cast):
    return summary_of(cast.northwind, cast.bob).session


def test_the_text_is_told_in_paragraphs_and_the_copy_in_the_audit_log(cast, session, at):
    assert copy_text(session=session, actor=cast.bob, at=at, address="192.0.2.7") == TEXT

    entry = AuditEntry.objects.get(action="summary.copied")
    assert (entry.actor, entry.address, entry.details) == (cast.bob, "192.0.2.7", {})


def test_what_is_not_sure_is_said_and_what_cannot_be_seen_is_written_out():
    content = SummaryContent(
        title="A\u202eB",
        cause=(Statement("Perhaps.", supported=False),),
        steps=(Step(Statement("Said.", supported=False, by_person=True)),),
        outcome=Outcome.UNKNOWN,
        missing_data=("No keys were recorded.",),
    )

    assert plain_text(content, label="S-7", review=ReviewState.APPROVED) == (
        "A‹U+202E›B\nS-7 · AI-generated · Approved\n\nCause\nPerhaps. (not supported)\n\nSteps\n1. Said.\n\n"
        "Missing data\nNo keys were recorded.\n"
    )


def test_nothing_is_copied_before_it_may_leave(cast, session, at):
    cast.northwind.ai_settings.approval_required = True
    cast.northwind.ai_settings.save()

    with pytest.raises(NotReleased):
        copy_text(session=session, actor=cast.bob, at=at)
    assert AuditEntry.objects.filter(action="summary.copied").count() == 0


def test_where_there_is_no_text_nothing_is_copied(cast, at):
    add_session(cast.northwind, cast.bob, 2)

    with pytest.raises(NoText):
        copy_text(session=SupportSession.objects.get(), actor=cast.bob, at=at)


def test_another_company_copies_nothing(cast, session, at):
    with pytest.raises(PermissionMissing):
        copy_text(session=session, actor=cast.charlie, at=at)

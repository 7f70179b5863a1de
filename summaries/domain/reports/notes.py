from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import User
from accounts.permissions import Permission
from insights_portal.lib.numbers import grouped
from summaries.content import content_from_json
from summaries.domain.correction.masking import mask_typed
from summaries.domain.interaction_rows import clean
from summaries.domain.reading.reach import require_on
from summaries.domain.reading.search import text_for
from summaries.enums import SessionStatus
from summaries.models import Summary, SupportSession

MAX_NOTES_CHARS = 5_000


class UnableToChangeNotes(Exception):
    """The notes were not saved; the sentence says why."""


@transaction.atomic
def change_notes(*, session: SupportSession, notes: str, actor: User, at: datetime) -> None:
    """Replace the notes of an ended session, masked, and let search find the new ones.

    Raises UnableToChangeNotes, PermissionMissing.
    """
    require_on(user=actor, permission=Permission.MODIFY_REPORTS, session=session)
    if len(notes) > MAX_NOTES_CHARS:
        raise UnableToChangeNotes(
            _("Notes hold at most %(max_notes_chars)s characters; these hold %(notes)s.")
            % {"max_notes_chars": grouped(MAX_NOTES_CHARS), "notes": grouped(len(notes))}
        )
    held = SupportSession.objects.select_for_update(of=("self",)).select_related("device").get(pk=session.pk)
    if held.status != SessionStatus.ENDED:
        raise UnableToChangeNotes(_("The session is still running. Change its notes when it has ended."))
    (held.notes,) = mask_typed(session=held, texts=[clean(notes).strip()])
    summary = Summary.objects.filter(session=held, current__isnull=False).select_related("current").first()
    content = content_from_json(summary.current.content) if summary and summary.current else None
    held.search_text = text_for(session=held, content=content)
    held.save(update_fields=["notes", "search_text"])
    audit.record(company=session.company, actor=actor, action="session.notes_changed", at=at, target=session)

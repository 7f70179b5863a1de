"""What a member sees of the files with many sessions that they brought in."""

from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import Company, User
from accounts.tenancy import access_or_404
from summaries.domain.reading.queries import sessions_of
from summaries.models import SessionFile, SupportSession

#: So many of a file's sessions are listed; the connection reports have them all.
SESSIONS_SHOWN = 20
#: A file that was not finished by then was cut off.
UNDER_WAY_FOR = timedelta(hours=2)


def file_of(*, company: Company, viewer: User, public_id: UUID) -> SessionFile:
    """A file that *viewer* brought in. Raises Http404."""
    files = SessionFile.objects.visible_to(viewer).of_company(company).filter(actor=viewer)
    found: SessionFile = access_or_404(files, public_id=public_id)
    return found


def file_under_way(*, company: Company, viewer: User, at: datetime) -> SessionFile | None:
    """The file of *viewer* that is being brought in right now."""
    files = SessionFile.objects.visible_to(viewer).of_company(company).filter(actor=viewer, is_finished=False)
    return files.filter(began_at__gte=at - UNDER_WAY_FOR).first()


def sessions_in(*, file: SessionFile, viewer: User) -> list[SupportSession]:
    """The first sessions that the file brought, of those that *viewer* sees, in the order of the file."""
    sessions = sessions_of(company=file.company, viewer=viewer).filter(external_records__brought_by=file)
    return list(sessions.select_related("supporter", "device").order_by("number")[:SESSIONS_SHOWN])

"""A copy of what a company keeps of a person: a ZIP of JSON Lines, written while it is read.

File names are fixed; nothing that somebody typed becomes part of a path. What other people said or did is not part of a
member's copy; of a remote user's, the whole record of their sessions is.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import audit
from accounts.domain.pseudonyms import SupporterNames, names_for
from accounts.models import ApiToken, AuditEntry, Company, Mail, Membership, User
from accounts.permissions import Permission
from accounts.tenancy import PermissionMissing, require
from summaries.domain.keeping.copied_rows import ROWS, Row, mailed_by, of_summaries, sent_of, values_of
from summaries.domain.keeping.data_subjects import (
    Subject,
    SubjectKind,
    check_named,
    consents_of,
    shown_sessions_of,
    sign_ins_of,
    summaries_of,
)
from summaries.enums import Actor
from summaries.models import (
    CopilotQuestion,
    Interaction,
    SummaryRating,
    SummaryRevision,
    SupportSession,
)
from summaries.models.reach import reached_in

#: The copy holds the text of every session of the person: whoever makes it must reach them all with each of these.
_READ = (Permission.VIEW_ALL_REPORTS, Permission.VIEW_SUMMARIES)

_README = gettext_lazy("""Copy of personal data
=====================

Company:  %(company)s
Person:   %(label)s (%(kind)s)
Made:     %(at)s UTC

Each file with the ending .jsonl holds one JSON object per line, in UTF-8. Times are in UTC.

%(files)s
Session logs are stored masked: what was recognised as a password, key, address or number of a person stands as
[PASSWORD-1] and the like, and was never stored in clear.

What a member deleted by hand lies in the trash for 30 days, and is part of this copy until it is gone.

Not searched: mentions of the person in the texts of sessions with other people.
""")
_KINDS = {
    SubjectKind.MEMBER: gettext_lazy("member"),
    SubjectKind.DEVICE: gettext_lazy("device"),
    SubjectKind.REMOTE_USER: gettext_lazy("remote user"),
}
_FILES = {
    "person.jsonl": gettext_lazy("who the person is in this company"),
    "sessions.jsonl": gettext_lazy("support sessions"),
    "interactions.jsonl": gettext_lazy("what was recorded in these sessions"),
    "summaries.jsonl": gettext_lazy("summaries, with every revision"),
    "consents.jsonl": gettext_lazy("answers to the question for consent, with their wording"),
    "consent_requests.jsonl": gettext_lazy("when consent was asked for"),
    "questions.jsonl": gettext_lazy("questions to the copilot, with what was answered"),
    "deliveries.jsonl": gettext_lazy("summaries that were sent by mail in the last 90 days"),
    "schedules.jsonl": gettext_lazy("saved views that the person has sent by mail"),
    "scheduled_mails.jsonl": gettext_lazy("saved views that the person gets by mail"),
    "ratings.jsonl": gettext_lazy("what the person thinks of summaries"),
    "sign_ins.jsonl": gettext_lazy("open sign-ins"),
    "api_tokens.jsonl": gettext_lazy("API tokens, without their secret"),
    "mails.jsonl": gettext_lazy("mails of the last 30 days to the person, without their text"),
    "audit_log.jsonl": gettext_lazy("what the person did, from the audit log"),
}


class _Written(io.RawIOBase):
    """Takes what the ZIP writes until it is fetched. Not seekable: nothing is kept that was fetched."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: Any, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def fetch(self) -> bytes:
        fetched, self._parts = b"".join(self._parts), []
        return fetched


def export(*, subject: Subject, actor: User | None, at: datetime) -> Iterator[bytes]:
    """Record the export, and return the ZIP in parts. *actor* None is the operator.

    Raises PermissionMissing, and NoSuchSubject where works-council mode hides the member.
    """
    if actor is not None:
        require(actor, Permission.MANAGE_COMPANY, subject.company.pk)
        _require_reach(subject.company, actor)
    check_named(subject=subject, actor=actor, at=at)
    audit.record(
        company=subject.company,
        actor=actor,
        action="data_subject.exported",
        at=at,
        details={"kind": str(subject.kind), "reference": subject.reference},
    )
    names = names_for(company=subject.company, viewer=actor, at=at) if actor else SupporterNames()
    files = _files(subject, names)
    # The words are chosen now: while the copy is fetched, nobody's language is spoken any more.
    return _archive(files=files, readme=_readme(subject, files, at))


def _require_reach(company: Company, actor: User) -> None:
    for permission in _READ:
        if not reached_in(actor, company.pk, (permission,)).is_whole_company:
            raise PermissionMissing(
                _(
                    "The copy holds sessions that your roles do not reach with “%(label)s”. Ask an administrator "
                    "to make it."
                )
                % {"label": permission.label}
            )


def _archive(*, files: dict[str, Iterable[Row]], readme: str) -> Iterator[bytes]:
    written = _Written()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", readme)
        for name, rows in files.items():
            with archive.open(name, "w", force_zip64=True) as file:
                for row in rows:
                    file.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
                    if part := written.fetch():
                        yield part
    yield written.fetch()


def _readme(subject: Subject, files: Iterable[str], at: datetime) -> str:
    listed = "".join(f"{name:24}{_FILES[name]}\n" for name in files)
    return _README % {
        "company": subject.company,
        "label": subject.label,
        "kind": _KINDS[subject.kind],
        "at": f"{at:%Y-%m-%d %H:%M}",
        "files": listed,
    }


def _files(subject: Subject, names: SupporterNames) -> dict[str, Iterable[Row]]:
    sessions = shown_sessions_of(subject=subject).order_by("pk")
    if subject.membership is not None:
        return _of_member(subject.membership, sessions)
    entries, requests = consents_of(sessions=sessions)
    return {
        "sessions.jsonl": (_session(each, names) for each in _rows(sessions)),
        "interactions.jsonl": _interactions(Interaction.objects.filter(session__in=sessions)),
        "summaries.jsonl": _revisions(SummaryRevision.objects.filter(summaries_of(sessions=sessions, of="summary__"))),
        "questions.jsonl": values_of(
            CopilotQuestion.objects.filter(session__in=sessions).order_by("pk"),
            *("session__number", "text", "asked_at", "state", "statements", "engine"),
        ),
        "deliveries.jsonl": sent_of(sessions=sessions),
        "consents.jsonl": values_of(
            entries, "session__number", "answer", "statement", "wording_version", "language", "next_time", "at"
        ),
        "consent_requests.jsonl": values_of(
            requests, "session__number", "requested_at", "opened_at", "expires_at", "answer", "answered_at"
        ),
    }


def _of_member(membership: Membership, sessions: QuerySet[SupportSession]) -> dict[str, Iterable[Row]]:
    user = membership.user
    return {
        "person.jsonl": iter([_person(membership)]),
        "sessions.jsonl": values_of(
            sessions, "number", "direction", "device__name", "started_at", "ended_at", "status"
        ),
        "interactions.jsonl": _interactions(Interaction.objects.filter(session__in=sessions, actor=Actor.SUPPORTER)),
        "summaries.jsonl": _revisions(SummaryRevision.objects.filter(company=membership.company, author=user)),
        # What was answered tells of others.
        "questions.jsonl": values_of(
            CopilotQuestion.objects.filter(company=membership.company, member=user).order_by("pk"),
            *("session__number", "text", "asked_at", "state"),
        ),
        **mailed_by(membership=membership),
        "ratings.jsonl": values_of(
            SummaryRating.objects.filter(company=membership.company, member=user),
            *("summary__session__number", "is_helpful", "comment", "rated_at"),
        ),
        "sign_ins.jsonl": values_of(
            sign_ins_of(membership=membership), "method", "address", "agent", "created_at", "seen_at"
        ),
        "api_tokens.jsonl": values_of(
            ApiToken.objects.filter(membership=membership),
            *("name", "prefix", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at"),
        ),
        "mails.jsonl": values_of(
            Mail.objects.filter(company=membership.company, recipient=user),
            *("subject", "state", "created_at", "settled_at"),
        ),
        "audit_log.jsonl": values_of(
            AuditEntry.objects.filter(company=membership.company, actor=user),
            *("at", "action", "object_type", "object_id", "address", "details"),
        ),
    }


def _person(membership: Membership) -> Row:
    user = membership.user
    return {
        "name": user.name,
        "email": user.email,
        "time_zone": user.time_zone,
        "member_since": membership.created_at,
        "is_active": membership.is_active,
        "sessions_are_logged": membership.log_sessions,
        "roles": sorted(membership.roles.values_list("name", flat=True)),
        "groups": sorted(membership.user_groups.values_list("name", flat=True)),
        "last_sign_in": user.last_login,
    }


def _session(session: SupportSession, names: SupporterNames) -> Row:
    device = session.device
    return {
        "number": session.label,
        "status": session.status,
        "direction": session.direction,
        "supporter": names.name_of(session.supporter_id, str(session.supporter)),
        "remote_user": session.remote_user,
        "device": device.name if device else "",
        "operating_system": device.operating_system if device else "",
        "customer": device.customer if device else "",
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "notes": session.notes,
        "ticket": session.ticket,
        "decision": session.reason,
        "log_deleted_at": session.log_deleted_at,
        "summary_deleted_at": session.summary_deleted_at,
    }


def _interactions(rows: QuerySet[Interaction]) -> Iterator[Row]:
    fields = ("number", "offset_ms", "actor", "kind", "application", "title", "text")
    return values_of(rows.order_by("session_id", "number"), "session__number", *fields)


def _revisions(rows: QuerySet[SummaryRevision]) -> Iterator[Row]:
    return of_summaries(rows, "number", "language", "engine", "created_at", "content", "facts")


def _rows(rows: QuerySet[SupportSession]) -> Iterator[SupportSession]:
    return rows.select_related("device", "supporter").iterator(chunk_size=ROWS)

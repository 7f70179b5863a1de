"""A person about whom a company keeps data: a member, a remote user by name, or whoever a device belongs to."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain.pseudonyms import names_for
from accounts.models import ApiToken, AuditEntry, Company, Membership, SignIn, User
from accounts.permissions import Permission
from accounts.tenancy import require
from insights_portal.lib.crypto import fingerprint
from policies.models import Device
from summaries.domain.keeping.forgetting import in_trash
from summaries.enums import SessionStatus, TrashedKind
from summaries.models import ConsentEntry, ConsentRequest, Summary, SupportSession

MAX_NAME_CHARS = 120
_LARGEST_ID_DIGITS = 18


class SubjectKind(StrEnum):
    MEMBER = "member"
    REMOTE_USER = "remote-user"
    DEVICE = "device"


class NoSuchSubject(Exception):
    """Nothing of such a person is kept; the sentence says what to look for instead."""


def typeable(text: str) -> str:
    """*text* as one types it: without what is not seen, without line breaks, accents as keyboards write them."""
    seen = "".join(sign for sign in text if sign.isprintable() or sign.isspace())
    return unicodedata.normalize("NFC", " ".join(seen.split()))


@dataclass(frozen=True, slots=True)
class Subject:
    """*key* finds the person again: the id of a membership or device, or the remote user's name."""

    company: Company
    kind: SubjectKind
    key: str
    label: str
    membership: Membership | None = None
    device: Device | None = None

    @property
    def typed(self) -> str:
        """The name as one can type it; a word for a name of which nothing is seen."""
        return typeable(self.label) or "erase"

    @property
    def reference(self) -> str:
        """Stands for the person in the audit log, where the name may not."""
        return fingerprint(f"{self.company.pk}:{self.kind}:{self.key.casefold()}", purpose="data subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How much is kept of a person. *audit_entries*, *tokens* and *sign_ins* are a member's."""

    sessions: int
    logs: int
    summaries: int
    consents: int
    audit_entries: int = 0
    tokens: int = 0
    sign_ins: int = 0


def find(*, company: Company, kind: str, key: str, actor: User | None) -> Subject:
    """The person that *kind* and *key* name; *actor* None is the operator. Raises PermissionMissing, NoSuchSubject."""
    if actor is not None:
        require(actor, Permission.MANAGE_COMPANY, company.pk)
    key = key.strip()
    if kind == SubjectKind.MEMBER:
        return _member(company, key)
    if kind == SubjectKind.DEVICE:
        return _device(company, key)
    if kind == SubjectKind.REMOTE_USER:
        return _remote_user(company, key)
    raise NoSuchSubject(_("Choose a member, a remote user or a device."))


def _member(company: Company, key: str) -> Subject:
    found = Membership.objects.filter(company=company, pk=_id(key)).select_related("user", "company").first()
    if found is None:
        raise NoSuchSubject(_("There is no such member. Choose one from the list."))
    return Subject(company, SubjectKind.MEMBER, str(found.pk), str(found.user), membership=found)


def check_named(*, subject: Subject, actor: User | None, at: datetime) -> None:
    """Raise NoSuchSubject where works-council mode keeps the member's name from *actor*: so it would come out."""
    if actor is None or subject.membership is None:
        return
    if not names_for(company=subject.company, viewer=actor, at=at).is_shown(subject.membership.user_id):
        raise NoSuchSubject(
            _(
                "In works-council mode what is kept of a member would reveal their pseudonym. Have the name "
                "revealed by two members first, or ask the operator."
            )
        )


def find_member_by_email(*, company: Company, email: str) -> Subject:
    """The present or former member with that address, for the operator. Raises NoSuchSubject."""
    found = Membership.objects.filter(company=company, user__email__iexact=email.strip()).first()
    if found is None:
        raise NoSuchSubject(_("%(company)s has and had no member %(email)s.") % {"company": company, "email": email})
    return _member(company, str(found.pk))


def _device(company: Company, key: str) -> Subject:
    named = Q(pk=_id(key)) if _id(key) else Q(name__iexact=key)
    found = Device.objects.filter(named, company=company).first()
    if found is None:
        raise NoSuchSubject(_("There is no such device. Write its name as the list of devices has it."))
    return Subject(company, SubjectKind.DEVICE, str(found.pk), found.name, device=found)


def _remote_user(company: Company, key: str) -> Subject:
    if not key or len(key) > MAX_NAME_CHARS or "\x00" in key:
        raise NoSuchSubject(
            _("Write the remote user's name as the sessions have it, up to %(max_name_chars)s characters.")
            % {"max_name_chars": MAX_NAME_CHARS}
        )
    subject = Subject(company, SubjectKind.REMOTE_USER, key, key)
    if not sessions_of(subject=subject).exists():
        raise NoSuchSubject(
            _("No session names “%(key)s” as its remote user. Look the name up in a connection report.") % {"key": key}
        )
    return subject


def _id(key: str) -> int:
    return int(key) if key.isascii() and key.isdigit() and len(key) <= _LARGEST_ID_DIGITS else 0


def sessions_of(*, subject: Subject) -> QuerySet[SupportSession]:
    """The company's sessions with the person, whatever their state."""
    sessions = SupportSession.objects.filter(company=subject.company)
    if subject.membership is not None:
        return sessions.filter(supporter=subject.membership.user_id)
    if subject.device is not None:
        return sessions.filter(device=subject.device)
    return sessions.filter(remote_user__iexact=subject.key)


def shown_sessions_of(*, subject: Subject) -> QuerySet[SupportSession]:
    """Those that hold something, if only in the trash: not what is still being imported, nor emptied rows."""
    return sessions_of(subject=subject).exclude(status__in=(SessionStatus.IMPORTING, SessionStatus.DELETED))


def holdings(*, subject: Subject) -> Holdings:
    """Count what is kept of the person in the company."""
    sessions = shown_sessions_of(subject=subject)
    counted = {
        "sessions": sessions.count(),
        "logs": sessions.filter(Q(interaction_count__gt=0) | Q(in_trash(TrashedKind.LOG))).count(),
        "summaries": Summary.objects.filter(summaries_of(sessions=sessions)).count(),
        "consents": ConsentEntry.objects.filter(session__in=sessions).count(),
    }
    if subject.membership is None:
        return Holdings(**counted)
    user = subject.membership.user_id
    return Holdings(
        **counted,
        audit_entries=AuditEntry.objects.filter(company=subject.company, actor=user).count(),
        tokens=ApiToken.objects.filter(membership=subject.membership).count(),
        sign_ins=sign_ins_of(membership=subject.membership).count(),
    )


def summaries_of(*, sessions: QuerySet[SupportSession], of: str = "") -> Q:
    """Of summaries, or with *of* (`summary__`) of what belongs to them: those of *sessions*, in the trash or not."""
    return Q(**{f"{of}session__in": sessions}) | Q(**{f"{of}trashed__session__in": sessions})


def sign_ins_of(*, membership: Membership) -> QuerySet[SignIn]:
    """The member's open sign-ins that concern the company: not those through another company's provider."""
    return SignIn.objects.filter(Q(company=None) | Q(company=membership.company_id), user=membership.user_id)


def consents_of(*, sessions: QuerySet[SupportSession]) -> tuple[QuerySet[ConsentEntry], QuerySet[ConsentRequest]]:
    return ConsentEntry.objects.filter(session__in=sessions), ConsentRequest.objects.filter(session__in=sessions)


def choosable_members(*, company: Company) -> QuerySet[Membership]:
    """Present and former members, by name."""
    return Membership.objects.filter(company=company).select_related("user").order_by("user__name", "pk")


def choosable_devices(*, company: Company, at_most: int) -> list[str]:
    """Names of devices, for suggestions."""
    return list(Device.objects.filter(company=company).order_by("name").values_list("name", flat=True)[:at_most])

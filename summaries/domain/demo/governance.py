"""Governance in the demo: groups, devices, two policies, a condition, and sessions that show what they decide."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.domain.groups import create_group as create_user_group
from accounts.models import Company, Membership, User
from policies.domain.assignment import assign_to_devices, assign_to_groups
from policies.domain.conditions import save_conditions
from policies.domain.devices import create_device
from policies.domain.groups import create_group
from policies.domain.policies import create_policy
from policies.enums import AccessControl, ConsentAnswer, GroupMode
from policies.models import Device, DeviceGroup, Policy
from summaries.domain.capture import (
    CaptureRefused,
    SequencedInteraction,
    append_interactions,
    end_session,
    open_session,
    record_consent,
)
from summaries.enums import Actor, Direction, Kind
from summaries.models import SupportSession
from summaries.sources.base import CapturedInteraction

#: What is typed and said in a running session of the demo: (seconds, kind, text).
_KIOSK = (
    (5, Kind.CHAT, "The check-in kiosk shows a printer error since this morning."),
    (20, Kind.COMMAND, "lpstat -p kiosk-printer"),
    (22, Kind.OUTPUT, "printer kiosk-printer disabled since Mon 08:02 - paper jam"),
    (60, Kind.COMMAND, "cupsenable kiosk-printer"),
    (62, Kind.EXIT, "0"),
    (80, Kind.COMMAND, "lpstat -p kiosk-printer"),
    (82, Kind.OUTPUT, "printer kiosk-printer is idle. enabled since Mon 09:14"),
    (100, Kind.CHAT, "It prints again, thank you."),
)


@transaction.atomic
def ensure_governance(*, company: Company, at: datetime) -> bool:
    """Make it all on the first run; False when it is there already."""
    if Policy.objects.filter(company=company).exists():
        return False
    admin = _member(company, "Alice")
    _switch_incoming_on(company, admin, at)
    kiosks, laboratory = _devices(company, admin, at)
    _policies(company, kiosks, admin, at)
    field = Membership.objects.filter(company=company, user__name="Sofia")
    create_user_group(company=company, name="Field service", members=field, actor=admin, at=at)
    desk = Membership.objects.filter(company=company, user__name__in=["Bob", "Mona"])
    create_user_group(company=company, name="Service desk", members=desk, actor=admin, at=at)
    save_conditions(
        company=company,
        user_groups_mode=GroupMode.ALL,
        user_groups=[],
        device_groups_mode=GroupMode.EXCEPT,
        device_groups=[laboratory],
        actor=admin,
        at=at,
    )
    return True


def _switch_incoming_on(company: Company, admin: User, at: datetime) -> None:
    settings = company.ai_settings
    settings.incoming_enabled = True
    settings.incoming_basis = "Contract with the owner of the devices."
    settings.incoming_basis_confirmed_at, settings.incoming_basis_confirmed_by = at, admin
    settings.save(
        update_fields=[
            "incoming_enabled",
            "incoming_basis",
            "incoming_basis_confirmed_at",
            "incoming_basis_confirmed_by",
        ]
    )


def _member(company: Company, name: str) -> User:
    found: User = User.objects.get(memberships__company=company, name=name)
    return found


def _devices(company: Company, admin: User, at: datetime) -> tuple[DeviceGroup, DeviceGroup]:
    kiosks, laboratory, reception = (
        create_group(company=company, name=name, actor=admin, at=at) for name in ("Kiosks", "Laboratory", "Reception")
    )
    for name, system, group, is_managed, rule in (
        ("KIOSK-01", "Debian 12", kiosks, True, AccessControl.AFTER_CONFIRMATION),
        ("KIOSK-02", "Debian 12", kiosks, True, AccessControl.AFTER_CONFIRMATION),
        ("LAB-07", "Windows 11", laboratory, True, AccessControl.ALLOWED),
        ("RCP-07", "Windows 11", reception, True, AccessControl.AFTER_CONFIRMATION),
        ("NOTARY-03", "Windows 11", None, False, AccessControl.DENIED),
        ("ACC-14", "Windows 11", None, False, AccessControl.AFTER_CONFIRMATION),
    ):
        values = {
            "name": name,
            "operating_system": system,
            "customer": "Acme Trading",
            "group": group,
            "is_managed": is_managed,
            "access_control": rule,
        }
        create_device(company=company, values=values, actor=admin, at=at)
    return kiosks, laboratory


def _policies(company: Company, kiosks: DeviceGroup, admin: User, at: datetime) -> None:
    both = {"reports_enabled": True, "insights_enabled": True}
    unattended = create_policy(
        company=company, values={"name": "Unattended devices", "is_enforced": True, **both}, actor=admin, at=at
    )
    desks = create_policy(company=company, values={"name": "Office devices", **both}, actor=admin, at=at)
    assign_to_groups(company=company, group_ids=[kiosks.pk], policy=unattended, actor=admin, at=at)
    own = _device_ids(company, "RCP-07")
    assign_to_devices(company=company, device_ids=own, policy=desks, actor=admin, at=at)


def _device_ids(company: Company, *names: str) -> list[int]:
    return list(Device.objects.filter(company=company, name__in=names).values_list("pk", flat=True))


def add_sessions(*, company: Company, at: datetime) -> list[SupportSession]:
    """One session for each thing that governance decides, each in a transaction or two of its own."""
    bob, sofia = _member(company, "Bob"), _member(company, "Sofia")
    hour = timedelta(hours=1)
    told = (
        (bob, "KIOSK-01", Direction.INCOMING, 30, None),
        (sofia, "ACC-14", Direction.INCOMING, 29, None),
        (sofia, "NOTARY-03", Direction.OUTGOING, 28, None),
        (bob, "LAB-07", Direction.OUTGOING, 27, None),
        (bob, "ACC-14", Direction.OUTGOING, 26, ConsentAnswer.REFUSED),
        (sofia, "RCP-07", Direction.OUTGOING, 25, ConsentAnswer.GIVEN),
    )
    return [
        _session(
            company=company,
            supporter=supporter,
            device=device,
            direction=direction,
            began=at - hours * hour,
            answer=answer,
        )
        for supporter, device, direction, hours, answer in told
    ]


def _session(
    *,
    company: Company,
    supporter: User,
    device: str,
    direction: Direction,
    began: datetime,
    answer: ConsentAnswer | None,
) -> SupportSession:
    session = open_session(
        company=company,
        supporter=supporter,
        actor=supporter,
        at=began,
        direction=direction,
        device_name=device,
        remote_user="Reception",
    )
    if answer is not None:
        statement = "Agreed on the phone." if answer == ConsentAnswer.GIVEN else "Said no on the phone."
        record_consent(session=session, answer=answer, statement=statement, actor=supporter, at=began)
    try:
        append_interactions(session=session, batch=_batch())
    except CaptureRefused:
        # That is what these sessions show: nothing of them is captured.
        session.refresh_from_db()
    return end_session(session=session, actor=supporter, at=began + timedelta(minutes=4))


def _batch() -> list[SequencedInteraction]:
    return [
        SequencedInteraction(
            number,
            CapturedInteraction(
                seconds * 1000, kind, text, Actor.REMOTE_USER if kind == Kind.CHAT else Actor.SUPPORTER
            ),
        )
        for number, (seconds, kind, text) in enumerate(_KIOSK, start=1)
    ]

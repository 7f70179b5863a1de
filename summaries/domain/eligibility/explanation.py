"""Why is this session summarised, or not? The eligibility table for one session, row by row, in words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.domain.effective import EffectivePolicy, PolicyOrigin
from policies.domain.eligibility import TABLE, WITHDRAWN, Decision, EligibilityFacts
from policies.enums import ConsentAnswer, Reason, Verdict
from summaries.domain.eligibility.decisions import SessionSides, facts_of, sides_of
from summaries.models import SupportSession


class RowState(StrEnum):
    """What became of a row: it did not match, it decided, or a row before it had decided."""

    NOT_MATCHED = "NOT_MATCHED"
    DECIDED = "DECIDED"
    NOT_REACHED = "NOT_REACHED"


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One fact a row looked at: `Summaries for incoming connections: off`."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class RowExplanation:
    """One row of the table for one session. *decision* is None unless it decided."""

    number: int
    condition: str
    looked_at: tuple[LookedAt, ...]
    state: RowState
    decision: Decision | None

    @property
    def has_decided(self) -> bool:
        return self.state == RowState.DECIDED


@dataclass(frozen=True, slots=True)
class Explanation:
    """All rows in order, what they decide at *at*, and what was stored for the session when it was decided.

    Of a session whose consent was withdrawn no row is asked.
    """

    at: datetime
    rows: tuple[RowExplanation, ...]
    decision: Decision
    stored: Decision

    @property
    def is_withdrawn(self) -> bool:
        return self.decision == WITHDRAWN and not any(row.has_decided for row in self.rows)

    @property
    def differs(self) -> bool:
        """Settings changed since: it would be decided otherwise now."""
        return self.decision != self.stored and self.stored.reason != Reason.NOTHING_RECORDED


def explain(*, session: SupportSession, at: datetime) -> Explanation:
    """Go through the table with what stands now, *at*; nothing is stored. At most seven queries."""
    sides = sides_of(session=session)
    facts = facts_of(session=session, sides=sides)
    rows: list[RowExplanation] = []
    decided = WITHDRAWN if facts.consent == ConsentAnswer.WITHDRAWN else None
    for row in TABLE:
        decision = None if decided else row.decides(facts)
        state = RowState.NOT_REACHED if decided else RowState.DECIDED if decision else RowState.NOT_MATCHED
        looked_at = tuple(LookedAt(str(_LABELS[name]), _value(name, facts, sides)) for name in row.looks_at)
        rows.append(RowExplanation(row.number, row.condition, looked_at, state, decision))
        decided = decided or decision
    return Explanation(
        at=at,
        rows=tuple(rows),
        decision=next((row.decision for row in rows if row.decision), WITHDRAWN),
        stored=Decision(Verdict(session.verdict), Reason(session.reason)),
    )


_LABELS = {
    "ai_active": gettext_lazy("AI features"),
    "terms_accepted": gettext_lazy("Terms"),
    "minimum_seconds": gettext_lazy("Minimum duration"),
    "duration_seconds": gettext_lazy("Duration"),
    "excluded_by_group": gettext_lazy("Groups"),
    "is_incoming": gettext_lazy("Incoming connection"),
    "is_outgoing": gettext_lazy("Outgoing connection"),
    "incoming_enabled": gettext_lazy("Summaries for incoming connections"),
    "device_managed": gettext_lazy("Managed device"),
    "policy_reports_insights": gettext_lazy("Policy"),
    "policy_enforced": gettext_lazy("Enforced"),
    "locally_off": gettext_lazy("Turned off locally"),
    "outgoing_enabled": gettext_lazy("Summaries for outgoing connections"),
    "supporter_logged": gettext_lazy("Supporter's sessions"),
    "access_control": gettext_lazy("Access control"),
    "consent": gettext_lazy("Answer"),
}
#: Words of a fact that is (no, yes).
_YES_OR_NO = {
    "ai_active": (gettext_lazy("off"), gettext_lazy("on")),
    "terms_accepted": (gettext_lazy("not accepted"), gettext_lazy("accepted")),
    "incoming_enabled": (gettext_lazy("off"), gettext_lazy("on")),
    "outgoing_enabled": (gettext_lazy("off"), gettext_lazy("on")),
    "supporter_logged": (gettext_lazy("not logged"), gettext_lazy("logged")),
    "excluded_by_group": (gettext_lazy("not excluded"), gettext_lazy("excluded")),
}


def _value(name: str, facts: EligibilityFacts, sides: SessionSides) -> str:
    if name == "policy_reports_insights":
        return _policy_words(sides.device.effective, sides.device.group_name)
    if name == "minimum_seconds":
        return _seconds(facts.minimum_seconds)
    if name == "duration_seconds":
        return _("still running") if facts.duration_seconds is None else _seconds(facts.duration_seconds)
    if name == "access_control":
        return str(facts.access_control.label)
    if name == "consent":
        return str(facts.consent.label) if facts.consent else _("none yet")
    return str(_YES_OR_NO.get(name, (_("no"), _("yes")))[getattr(facts, name)])


def _seconds(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    said = [_("%(minutes)s min") % {"minutes": minutes}] if minutes else []
    return " ".join([*said, _("%(seconds)s s") % {"seconds": rest}] if rest or not said else said)


def _policy_words(effective: EffectivePolicy, group_name: str) -> str:
    if effective.policy is None:
        return _("none")
    words = _POLICY_WORDS[effective.origin == PolicyOrigin.DEVICE, effective.enables_insights]
    return words % {"policy": effective.policy.name, "group": group_name}


#: {(it is the device's own, it has Session Insights): words}
_POLICY_WORDS = {
    (True, True): gettext_lazy("“%(policy)s” of the device, with Session Insights"),
    (True, False): gettext_lazy("“%(policy)s” of the device, without Session Insights"),
    (False, True): gettext_lazy("“%(policy)s” of the group “%(group)s”, with Session Insights"),
    (False, False): gettext_lazy("“%(policy)s” of the group “%(group)s”, without Session Insights"),
}

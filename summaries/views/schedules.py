"""Saved views by mail: the list of schedules, one with its form and what became of it, and the way out of its mails."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.adapters import client_address, shown_name, shown_names
from accounts.domain.languages import speaking_to
from insights_portal.lib.rates import is_within_rate
from summaries.domain.schedules import saving
from summaries.domain.schedules.choosing import choosable, typed_members
from summaries.domain.schedules.links import InvalidLink, recipient_of
from summaries.domain.schedules.queries import schedule_or_404, schedules_of, sendings_of
from summaries.domain.schedules.saving import UnableToSchedule, Wish
from summaries.domain.views.queries import view_or_404, views_of
from summaries.enums import ScheduleForm, ScheduleRhythm
from summaries.models import ViewSchedule
from summaries.views.access import READ_REPORTS, MemberRequest, portal_page

CONFLICT, TOO_MANY = 409, 429
#: A minute, from one address.
LEAVES_A_MINUTE = 60
_HOURS = range(24)
_DAYS = range(1, 32)


@require_GET
@portal_page(*READ_REPORTS)
def schedules(request: MemberRequest) -> HttpResponse:
    """One's own schedules, and those that one receives."""
    found = schedules_of(company=request.company, viewer=request.user)
    context = {
        "own": [each for each in found if each.is_own],
        "received": [each for each in found if not each.is_own],
        "has_views": bool(views_of(company=request.company, viewer=request.user)),
    }
    return render(request, "summaries/schedule_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(*READ_REPORTS)
def new(request: MemberRequest) -> HttpResponse:
    """The form for a view of the address (`?view=12`), or first the choice of one."""
    asked = request.POST if request.method == "POST" else request.GET
    if not asked.get("view", "").isdecimal():
        offered = views_of(company=request.company, viewer=request.user)
        return render(request, "summaries/schedule_new.html", {"views": offered})
    view = view_or_404(company=request.company, viewer=request.user, view_id=int(asked["view"][:15]))
    schedule = ViewSchedule(company=request.company, view=view, owner=request.user, form=ScheduleForm.CSV)
    schedule.rhythm, schedule.time_zone = ScheduleRhythm.WEEKLY, request.company.time_zone
    if request.method != "POST":
        return _form(request, "summaries/schedule_new.html", schedule, chosen={request.user.pk})
    try:
        wish = _wish(request)
        made = saving.add_schedule(company=request.company, view=view, actor=request.user, wish=wish, at=timezone.now())
    except UnableToSchedule as reason:
        return _refused(request, "summaries/schedule_new.html", schedule, reason)
    messages.success(request, _("The view “%(name)s” goes out by mail from now on.") % {"name": view.name})
    return redirect("summaries:schedule", made.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(*READ_REPORTS)
def schedule(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """One schedule: when it goes next, what became of it, and for its owner the form."""
    found = _found(request, public_id)
    if request.method == "POST":
        try:
            wish = _wish(request)
            saving.change_schedule(schedule=found, actor=request.user, wish=wish, at=timezone.now())
        except UnableToSchedule as reason:
            return _refused(request, "summaries/schedule.html", found, reason)
        messages.success(request, _("The schedule was changed."))
        return redirect("summaries:schedule", public_id)
    return _form(request, "summaries/schedule.html", found, chosen={each.user_id for each in found.recipients.all()})


@require_POST
@portal_page(*READ_REPORTS)
def pause(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Pause it, or with `do=resume` let it go on."""
    found, at = _found(request, public_id), timezone.now()
    change = saving.resume_schedule if request.POST.get("do") == "resume" else saving.pause_schedule
    try:
        change(schedule=found, actor=request.user, at=at)
    except UnableToSchedule as reason:
        messages.error(request, str(reason))
    return redirect("summaries:schedule", public_id)


@require_POST
@portal_page(*READ_REPORTS)
def delete(request: MemberRequest, public_id: UUID) -> HttpResponse:
    found = _found(request, public_id)
    try:
        saving.delete_schedule(schedule=found, actor=request.user, at=timezone.now())
    except UnableToSchedule as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("The schedule was deleted. No more mails go out."))
    return redirect("summaries:schedules")


@require_POST
@portal_page(*READ_REPORTS)
def leave(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """End the mails to oneself."""
    found = _found(request, public_id)
    for recipient in found.recipients.all():
        if recipient.user_id == request.user.pk:
            saving.leave_schedule(recipient=recipient, at=timezone.now())
    messages.success(request, _("You get no more mails of this schedule."))
    return redirect("summaries:schedules")


# Exempt from the check against forged requests: mail programs hold no cookie, and the link itself is the proof.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a mail. A GET ends nothing: scanners of mails follow links. A POST does, a mail program's too."""
    if not is_within_rate(key=f"schedule-leave:{client_address(request)}", limit=LEAVES_A_MINUTE, seconds=60):
        return _told(request, {"problem": _("Too many requests. Try again in a minute.")}, status=TOO_MANY)
    try:
        recipient = recipient_of(token)
    except InvalidLink as reason:
        return _told(request, {"problem": str(reason)}, status=404)
    if request.method == "POST":
        saving.leave_schedule(recipient=recipient, at=timezone.now())
        recipient.refresh_from_db(fields=["unsubscribed_at"])
    with speaking_to(recipient.user):
        return _told(request, {"recipient": recipient})


def _told(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    answer = render(request, "summaries/schedule_leave.html", context, status=status)
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer


def _found(request: MemberRequest, public_id: UUID) -> ViewSchedule:
    return schedule_or_404(company=request.company, viewer=request.user, public_id=public_id)


def _refused(request: MemberRequest, template: str, schedule: ViewSchedule, reason: Exception) -> HttpResponse:
    """The form once more, as it was sent."""
    for name in ("form", "rhythm", "time_zone"):
        setattr(schedule, name, request.POST.get(name, "")[:64])
    for name in ("hour", "weekday", "day"):
        setattr(schedule, name, _number(request.POST.get(name, "")))
    schedule.sends_empty = "sends_empty" in request.POST
    return _form(request, template, schedule, chosen=set(_wish_recipients(request.POST)), problem=str(reason))


def _form(
    request: MemberRequest, template: str, schedule: ViewSchedule, *, chosen: set[int], problem: str = ""
) -> HttpResponse:
    is_own = schedule.owner_id == request.user.pk
    zones = [request.company.time_zone, request.user.time_zone, schedule.time_zone]
    can_choose = is_own and schedule.view.is_shared
    members, has_more = choosable(company=request.company, chosen=chosen) if can_choose else ([], False)
    context = {
        "schedule": schedule,
        "is_own": is_own,
        "problem": problem,
        "forms": ScheduleForm.choices,
        "rhythms": ScheduleRhythm.choices,
        "hours": [(hour, f"{hour:02d}:00") for hour in _HOURS],
        "weekdays": list(enumerate(_weekdays())),
        "days": _DAYS,
        "zones": list(dict.fromkeys(filter(None, zones))),
        "members": sorted(
            ((user.pk, shown_name(request, user), user.pk in chosen) for user in members),
            # Who gets it stands first: the list scrolls.
            key=lambda each: (not each[2], each[1].casefold(), each[0]),
        ),
        "has_more": has_more,
        "others": request.POST.get("others", ""),
        "sendings": sendings_of(schedule=schedule, viewer=request.user) if schedule.pk else [],
        "recipients": schedule.recipients.all() if schedule.pk else [],
    }
    return render(request, template, context, status=CONFLICT if problem else 200)


def _wish(request: MemberRequest) -> Wish:
    """What the form says. Raises UnableToSchedule."""
    post = request.POST
    typed = typed_members(company=request.company, names=shown_names(request), typed=post.get("others", ""))
    return Wish(
        form=post.get("form", ""),
        rhythm=post.get("rhythm", ""),
        hour=_number(post.get("hour", "")),
        weekday=_number(post.get("weekday", "")),
        day=_number(post.get("day", "")),
        time_zone=post.get("time_zone", ""),
        sends_empty="sends_empty" in post,
        recipients=_wish_recipients(post) | typed,
    )


def _wish_recipients(post: QueryDict) -> frozenset[int]:
    return frozenset(found for each in post.getlist("recipient") if (found := _number(each)) > 0)


def _number(text: str) -> int:
    """-1 for what is none; as many digits as fit an id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1  # noqa: PLR2004


def _weekdays() -> list[str]:
    return [str(name) for name in WEEKDAYS.values()]

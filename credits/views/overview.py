"""Credits at a glance: what is used and left, until when it lasts, and how it is counted."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.permissions import Permission
from accounts.views.pages import MemberRequest, portal_page


@portal_page(Permission.MANAGE_CREDITS, Permission.MANAGE_COMPANY)
def page(request: MemberRequest) -> HttpResponse:
    return render(request, "credits/overview.html", {})

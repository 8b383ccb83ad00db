"""Who works for the store."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.refusals import Refusal
from merchants.enums import Role
from merchants.models import Invitation, Membership
from merchants.roles import AREAS, LEADS
from merchants.services import sessions, team
from merchants.web import ownership
from merchants.web.access import member_required
from merchants.web.forms import InvitationForm, RoleForm


@require_http_methods(["GET", "POST"])
@member_required()
def show(request: HttpRequest) -> HttpResponse:
    """Who is in the team and what each role may do; for those who manage it, invitations too."""
    form = InvitationForm(request.POST or None)
    form.fields["role"].choices = _ROLES
    if request.method == "POST" and form.is_valid():
        try:
            team.invite(
                merchant_id=request.merchant.pk, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error("email", refusal.message)
        else:
            messages.success(request, _("Invitation sent. It is valid for 7 days."))
            return redirect("merchants:team")
    shown = {
        "form": form,
        "members": _members(request).order_by("created_at", "pk"),
        "invitations": _invitations(request) if _manages(request) else [],
        "manages": _manages(request),
        "offer": ownership.waiting(request),
        "areas": [(area, [(role.label, area.of(role)) for role in Role]) for area in AREAS],
        "roles": list(Role),
        "now": timezone.now(),
    }
    return render(request, "merchants/team.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER, Role.ADMINISTRATOR)
def role(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a member another role. Owners are an owner's matter: only one names or changes another."""
    member = get_object_or_404(_members(request), public_id=public_id)
    if member.role == Role.OWNER and request.membership.role != Role.OWNER:
        messages.error(request, _("Only an owner can change the role of an owner."))
        return redirect("merchants:team")
    form = RoleForm(request.POST or None, initial={"role": member.role})
    # An owner may stay one; nobody becomes one here.
    form.fields["role"].choices = (
        [(Role.OWNER, Role.OWNER.label)] if member.role == Role.OWNER else []
    ) + _ROLES
    if request.method == "POST" and form.is_valid():
        try:
            team.change_role(
                merchant_id=request.merchant.pk,
                membership_id=member.pk,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error("role", refusal.message)
        else:
            messages.success(request, _("Role changed. It holds from this person's next page on."))
            return redirect("merchants:team")
    shown = {"member": member, "form": form}
    return render(request, "merchants/team_role.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER, Role.ADMINISTRATOR)
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Confirm, then end a membership: its sessions end at once. Owners are an owner's matter."""
    member = get_object_or_404(_members(request), public_id=public_id)
    if member.pk == request.membership.pk:
        return redirect("merchants:team_leave")
    if member.role == Role.OWNER and request.membership.role != Role.OWNER:
        messages.error(request, _("Only an owner can remove an owner."))
        return redirect("merchants:team")
    if request.method == "GET":
        shown = {"member": member, "credentials": team.credentials_of(member)}
        return render(request, "merchants/team_remove.html", shown)
    try:
        team.remove(
            merchant_id=request.merchant.pk, membership_id=member.pk, by=request.user, at=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request, _("Removed. This person can no longer open this store, from this moment on.")
        )
    return redirect("merchants:team")


@require_POST
@member_required(Role.OWNER, Role.ADMINISTRATOR)
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.for_merchant(request.merchant), public_id=public_id)
    team.withdraw(
        merchant_id=request.merchant.pk, invitation_id=invitation.pk, by=request.user, at=timezone.now()
    )
    messages.success(request, _("Invitation withdrawn."))
    return redirect("merchants:team")


@require_POST
@member_required(Role.OWNER, Role.ADMINISTRATOR)
def resend(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send an invitation once more, for another 7 days."""
    invitation = get_object_or_404(Invitation.objects.for_merchant(request.merchant), public_id=public_id)
    try:
        team.resend(
            merchant_id=request.merchant.pk, invitation_id=invitation.pk, by=request.user, at=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request, _("Sent again. The new link is valid for 7 days; the one before opens nothing.")
        )
    return redirect("merchants:team")


@require_http_methods(["GET", "POST"])
@member_required(*Role)
def leave(request: HttpRequest) -> HttpResponse:
    """Confirm, then leave the team by oneself."""
    member = request.membership
    if request.method == "GET":
        shown = {"member": member, "credentials": team.credentials_of(member)}
        return render(request, "merchants/team_leave.html", shown)
    try:
        team.leave(merchant_id=request.merchant.pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("merchants:team")
    request.session.pop(sessions.CHOSEN, None)
    messages.success(request, _("You have left %(store)s.") % {"store": request.merchant})
    return redirect("merchants:landing")


@login_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: the link of the mail shows it, the button joins."""
    invitation = Invitation.objects.filter(token_hash=team.hash_of(token)).select_related("merchant").first()
    if invitation is None or not team.is_open(invitation, timezone.now()):
        return render(request, "merchants/join.html", {"refusal": team.InvitationUnusable()}, status=410)
    shown = {"invitation": invitation}
    try:
        if request.method == "GET":
            team.check(invitation, by=request.user)
            return render(request, "merchants/join.html", shown)
        membership = team.accept(token=token, by=request.user, at=timezone.now())
    except team.AlreadyMember:
        request.session[sessions.CHOSEN] = str(invitation.merchant.public_id)
        messages.info(request, _("You are in this team already."))
        return redirect("merchants:landing")
    except Refusal as refusal:
        shown |= {"refusal": refusal, "is_other_address": isinstance(refusal, team.OtherAddress)}
        return render(request, "merchants/join.html", shown, status=refusal.status)
    request.session[sessions.CHOSEN] = str(membership.merchant.public_id)
    messages.success(request, _("Welcome to %(store)s.") % {"store": membership.merchant})
    return redirect("merchants:landing")


_ROLES = [(role.value, role.label) for role in Role if role != Role.OWNER]


def _members(request: HttpRequest) -> Any:
    return Membership.objects.for_merchant(request.merchant).filter(ended_at=None).select_related("user")


def _invitations(request: HttpRequest) -> Any:
    waiting = Invitation.objects.for_merchant(request.merchant).filter(accepted_at=None, withdrawn_at=None)
    return waiting.order_by("pk")


def _manages(request: HttpRequest) -> bool:
    return request.membership.role in LEADS

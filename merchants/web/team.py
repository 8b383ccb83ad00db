"""Who works for the store."""

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
from merchants.services import team
from merchants.web.access import member_required
from merchants.web.forms import InvitationForm, RoleForm
from merchants.web.middleware import SESSION_KEY


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER, Role.ADMINISTRATOR)
def show(request: HttpRequest) -> HttpResponse:
    """Members and open invitations; invite somebody."""
    form = InvitationForm(request.POST or None)
    form.fields["role"].choices = _roles(request)
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
    members = Membership.objects.for_merchant(request.merchant).filter(ended_at=None)
    invitations = Invitation.objects.for_merchant(request.merchant).filter(
        accepted_at=None, withdrawn_at=None
    )
    shown = {
        "form": form,
        "members": members.select_related("user").order_by("created_at", "pk"),
        "invitations": invitations.filter(expires_at__gt=timezone.now()).order_by("pk"),
    }
    return render(request, "merchants/team.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER, Role.ADMINISTRATOR)
def role(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a member another role. Owners are an owner's matter: only one names or changes another."""
    members = Membership.objects.for_merchant(request.merchant).filter(ended_at=None).select_related("user")
    member = get_object_or_404(members, public_id=public_id)
    if member.role == Role.OWNER and request.membership.role != Role.OWNER:
        messages.error(request, _("Only an owner can change the role of an owner."))
        return redirect("merchants:team")
    form = RoleForm(request.POST or None, initial={"role": member.role})
    form.fields["role"].choices = _roles(request)
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
    members = Membership.objects.for_merchant(request.merchant).filter(ended_at=None).select_related("user")
    member = get_object_or_404(members, public_id=public_id)
    if member.role == Role.OWNER and request.membership.role != Role.OWNER:
        messages.error(request, _("Only an owner can remove an owner."))
        return redirect("merchants:team")
    if request.method == "GET":
        return render(request, "merchants/team_remove.html", {"member": member})
    try:
        team.remove(
            merchant_id=request.merchant.pk, membership_id=member.pk, by=request.user, at=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Removed. This person's sessions have ended."))
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


@login_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: the link of the mail shows it, the button joins."""
    invitation = Invitation.objects.filter(token_hash=team.hash_of(token)).select_related("merchant").first()
    if invitation is None or not team.is_open(invitation, timezone.now()):
        return render(request, "merchants/join.html", {"refusal": team.InvitationUnusable()}, status=410)
    if request.method == "GET":
        return render(request, "merchants/join.html", {"invitation": invitation})
    try:
        membership = team.accept(token=token, by=request.user, at=timezone.now())
    except Refusal as refusal:
        shown = {"invitation": invitation, "refusal": refusal}
        return render(request, "merchants/join.html", shown, status=refusal.status)
    request.session[SESSION_KEY] = str(membership.merchant.public_id)
    return redirect("/")


def _roles(request: HttpRequest) -> list[tuple[str, str]]:
    mine = request.membership.role
    return [(r.value, str(r.label)) for r in Role if r != Role.OWNER or mine == Role.OWNER]

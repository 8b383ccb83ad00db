"""Giving a store to a colleague: offered by one, accepted by the other, each with their second factor."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core.refusals import Refusal
from core.web.step_up import second_factor_required
from merchants.enums import Role
from merchants.models import Membership, OwnershipOffer
from merchants.services import ownership
from merchants.web.access import member_required

_BECOMES = [
    (Role.ADMINISTRATOR.value, gettext_lazy("I hand it over and become an administrator")),
    (Role.READ_ONLY.value, gettext_lazy("I hand it over and only read from then on")),
    (Role.OWNER.value, gettext_lazy("We are owners together")),
]


class OfferForm(forms.Form):
    """What the giver is once the other has accepted."""

    giver_becomes = forms.ChoiceField(
        label=gettext_lazy("And you?"),
        choices=_BECOMES,
        initial=Role.ADMINISTRATOR,
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "POST"])
@member_required(Role.OWNER)
@second_factor_required
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer ownership to a member of the team. An owner's matter."""
    if request.membership.role != Role.OWNER:
        raise PermissionDenied
    members = Membership.objects.for_merchant(request.merchant).filter(ended_at=None).select_related("user")
    member = get_object_or_404(members.exclude(pk=request.membership.pk), public_id=public_id)
    form = OfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ownership.offer(
                merchant_id=request.merchant.pk,
                membership_id=member.pk,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            name = member.user.get_full_name()
            messages.success(request, _("Offered. %(name)s has 7 days to accept.") % {"name": name})
            return redirect("merchants:team")
    shown = {"member": member, "form": form}
    return render(request, "merchants/ownership_offer.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_required(*Role)
@second_factor_required
def answer(request: HttpRequest) -> HttpResponse:
    """Accept the ownership that is offered to one."""
    made = waiting(request)
    if made is None or made.taker_id != request.membership.pk:
        raise Http404
    if request.method == "GET":
        return render(request, "merchants/ownership_answer.html", {"offer": made})
    try:
        ownership.accept(
            merchant_id=request.merchant.pk, offer_id=made.pk, by=request.user, at=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("You are now an owner of this store."))
    return redirect("merchants:team")


@require_POST
@member_required(*Role)
def end(request: HttpRequest) -> HttpResponse:
    """Decline what is offered to one, or take back what an owner offered."""
    made = waiting(request)
    if made is None:
        raise Http404
    try:
        ownership.end(merchant_id=request.merchant.pk, offer_id=made.pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The offer of ownership is over. Nothing has changed."))
    return redirect("merchants:team")


def waiting(request: HttpRequest) -> OwnershipOffer | None:
    """Return the offer of this store that waits for an answer."""
    offers = OwnershipOffer.objects.for_merchant(request.merchant).select_related(
        "giver__user", "taker__user"
    )
    return offers.filter(ended_at=None, expires_at__gt=timezone.now()).first()

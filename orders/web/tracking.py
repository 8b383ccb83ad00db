"""The public page of a parcel, for who holds its link: where it is, what happens next, nothing personal."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.enums import ParcelStatus
from orders.models import Parcel
from orders.services import openings
from orders.web import states

LANGUAGES = ("fr", "en")
P = ParcelStatus
# While it has not arrived, the promise matters.
UNDER_WAY = frozenset({P.ANNOUNCED, P.HANDED_OVER, P.IN_TRANSIT, P.OUT_FOR_DELIVERY, P.EXCEPTION})


@require_safe
def tracking(request: HttpRequest, token: str) -> HttpResponse:
    """Answer in the buyer's language, English where we do not write it; ``?language=`` chooses another."""
    parcels = Parcel.objects.select_related(
        "carrier", "merchant", "merchant_order__order", "pickup_point__network"
    )
    parcel = parcels.filter(tracking_token=token).exclude(status=P.CANCELLED).first()
    if parcel is None:
        raise Http404
    with translation.override(_language(request, parcel)):
        answer = render(request, "orders/tracking.html", _context(parcel))
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _language(request: HttpRequest, parcel: Parcel) -> str:
    for wanted in (request.GET.get("language", ""), parcel.merchant_order.order.language[:2]):
        if wanted in LANGUAGES:
            return wanted
    return "en"


def _context(parcel: Parcel) -> dict[str, Any]:
    point, now = parcel.pickup_point, timezone.now()
    hours = point and openings.at(
        hours=point.opening_hours, country=point.country, longitude=point.longitude, moment=now
    )
    promised = parcel.merchant_order.promised_on
    told = [event for event in parcel.events.all() if event.status]
    return {
        "parcel": parcel,
        "state": states.of_parcel(parcel.status),
        "point": point,
        "hours": hours,
        "is_at_point": parcel.status == P.AT_PICKUP_POINT,
        "promised_on": promised if parcel.status in UNDER_WAY else None,
        "is_late": promised is not None and promised < timezone.localdate(now),
        "events": [(event, states.of_parcel(event.status)) for event in reversed(told)],
        "next": _next(parcel),
        "languages": (("fr", "Français"), ("en", "English")),
    }


def _next(parcel: Parcel) -> str:
    """Say what the buyer can expect, and what they must do."""
    to_point = parcel.pickup_point is not None
    return {
        P.ANNOUNCED: _("The merchant is preparing the parcel. The carrier has not got it yet."),
        P.HANDED_OVER: _("The carrier has the parcel. It goes to the sorting centre next."),
        P.IN_TRANSIT: _("The parcel is on its way to the pickup point. We will say here when it has arrived.")
        if to_point
        else _("The parcel is on its way to you."),
        P.OUT_FOR_DELIVERY: _("The parcel is on its last leg and arrives today."),
        P.EXCEPTION: _(
            "The parcel is held up. The carrier is dealing with it; there is nothing for you to do."
        ),
        P.AT_PICKUP_POINT: _("Collect the parcel with the code below and an identity document."),
        P.DELIVERED: _("The parcel has been delivered. Thank you."),
        P.EXPIRED: _("The time to collect the parcel is over. It goes back to the merchant."),
        P.RETURNING: _("The parcel is on its way back to the merchant, who will refund you."),
        P.RETURNED: _("The parcel is back at the merchant’s, who will refund you."),
        P.LOST: _("The carrier has lost the parcel. The merchant will refund you."),
    }[P(parcel.status)]

"""Parcels: told to merchants, and taken back when their order ends before they left."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Event
from core.services import events
from merchants.services import notifications
from orders.services import parcels

notifications.register("parcel.exception", _("Parcel %(number)s is held up."))
notifications.register("parcel.at_pickup_point", _("Parcel %(number)s waits at the pickup point."))
notifications.register("parcel.delivered", _("Parcel %(number)s has been collected."))
notifications.register("parcel.expired", _("Parcel %(number)s was not collected in time."))
notifications.register("parcel.returning", _("Parcel %(number)s is on its way back to you."))
notifications.register("parcel.returned", _("Parcel %(number)s is back."))
notifications.register("parcel.lost", _("The carrier has lost parcel %(number)s."))


@events.consumer(
    "orders.tell_merchants_of_parcels",
    "parcel.exception",
    "parcel.at_pickup_point",
    "parcel.delivered",
    "parcel.expired",
    "parcel.returning",
    "parcel.returned",
    "parcel.lost",
    stale_after=timedelta(days=3),
)
def tell_merchant(event: Event) -> None:
    if event.merchant_id is not None:
        notifications.notify(
            merchant_id=event.merchant_id,
            kind=event.type,
            url=reverse("orders:parcel", args=[event.subject_id]),
            data={"number": event.data["number"]},
            event_id=event.public_id,
        )


@events.consumer("orders.take_labels_back", "order.cancelled", "order.refused")
def take_labels_back(event: Event) -> None:
    parcels.cancel_announced(order_public_id=event.subject_id, at=event.occurred_at)

"""What follows from events of orders."""

from datetime import timedelta

from core.models import Event
from core.services import events
from orders.services import notices


@events.consumer("tell_merchant_of_order", *notices.TOLD, stale_after=timedelta(days=3))
def tell_merchant_of_order(event: Event) -> None:
    notices.tell(event)

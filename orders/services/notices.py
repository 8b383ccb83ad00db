"""Tell merchants about their orders: a line under the bell, and a mail where time counts."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.models import Event
from core.money import format_money
from core.services import jobs
from core.services import mail as mails
from core.web.components.moments import exact
from merchants.enums import Role
from merchants.models import Membership
from merchants.services import notifications
from orders.models import MerchantOrder

#: What is told of which event, and by which mail when time counts.
TOLD = {
    "order.placed": (_("A new order is waiting for your answer: %(number)s."), "order_placed"),
    "order.acceptance_due": (_("Order %(number)s must be accepted soon."), "order_due"),
    "order.cancelled": (_("Order %(number)s was cancelled."), ""),
    "order.refused": (
        _("Order %(number)s was refused by itself: nobody answered in time."),
        "",
    ),
}
for kind, (text, _template) in TOLD.items():
    notifications.register(kind, text)

READERS = (Role.OWNER, Role.ADMINISTRATOR, Role.ORDERS)


def tell(event: Event) -> None:
    """Write the line of an event, and ask for its mail. A refusal is told when nobody took it."""
    if event.type == "order.refused" and event.data.get("reason") != "no_answer":
        return
    order = MerchantOrder.objects.only("pk", "public_id", "merchant_id").get(public_id=event.subject_id)
    notifications.notify(
        merchant_id=order.merchant_id,
        kind=event.type,
        url=reverse("orders:order", args=[order.public_id]),
        data={"number": event.data["number"]},
        event_id=event.public_id,
    )
    template = TOLD[event.type][1]
    if template:
        jobs.enqueue(
            "orders.mail_merchant",
            key=str(event.public_id),
            merchant_order_id=order.pk,
            template=template,
            mail_key=str(event.public_id),
        )


def mail(*, merchant_order_id: int, template: str, key: str) -> int:
    """Mail those who answer orders, each in their language, once per key; returns how many were sent to."""
    order = MerchantOrder.objects.select_related("order__channel").get(pk=merchant_order_id)
    members = (
        Membership.objects.for_merchant(order.merchant_id)
        .filter(role__in=READERS, ended_at__isnull=True, user__is_active=True)
        .select_related("user")
    )
    for member in members:
        language = member.user.language
        with translation.override(language):
            context = {
                "number": order.number,
                "channel": order.order.channel.name,
                "total": format_money(order.total, order.currency),
                "until": exact(order.accept_until) if order.accept_until else "",
                "url": settings.PUBLIC_URL + reverse("orders:order", args=[order.public_id]),
            }
        mails.send(
            template=template,
            to=[member.user.email],
            language=language,
            context=context,
            key=f"{key}:{member.user_id}",
        )
    return len(members)

"""Entries of the portal's navigation about orders."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.web import frame, navigation
from merchants.enums import Role
from orders.enums import OrderStatus
from orders.models import MerchantOrder

READERS = frozenset({Role.ORDERS, Role.FINANCE, Role.READ_ONLY})


def _waiting(request: HttpRequest) -> int:
    own = MerchantOrder.objects.for_merchant(request.merchant)
    return own.filter(status=OrderStatus.WAITING_ACCEPTANCE).count()


navigation.register(
    navigation.Entry(
        key="today",
        section="daily",
        label=_("Today"),
        icon="sun",
        url_name="orders:today",
        letter="t",
        on_phone=True,
    )
)
navigation.register(
    navigation.Entry(
        key="orders",
        section="daily",
        label=_("Orders"),
        icon="shopping-bag",
        url_name="orders:list",
        letter="o",
        roles=READERS,
        badge=_waiting,
        on_phone=True,
    )
)
navigation.register(
    navigation.Entry(
        key="packing",
        section="daily",
        label=_("Packing"),
        icon="package",
        url_name="orders:packing",
        letter="p",
        roles=frozenset({Role.ORDERS}),
        on_phone=True,
    )
)
navigation.register(
    navigation.Entry(
        key="finances",
        section="steer",
        label=_("Finances"),
        icon="coin-euro",
        url_name="orders:balance",
        letter="f",
        roles=frozenset({Role.FINANCE, Role.READ_ONLY}),
    )
)

frame.search_at("orders:search")

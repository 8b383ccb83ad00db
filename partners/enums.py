"""States and kinds of what connects to us."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplicationKind(models.TextChoices):
    """What a connected system is."""

    CHANNEL = "channel", _("Sales channel")
    CARRIER = "carrier", _("Carrier")
    NETWORK = "network", _("Pickup network")
    SHOP_SYSTEM = "shop_system", _("Merchant's shop system")


class Scope(models.TextChoices):
    """What a token may be used for."""

    OFFERS_READ = "offers:read", _("Read offers, prices and availability")
    ORDERS_READ = "orders:read", _("Read orders")
    ORDERS_WRITE = "orders:write", _("Place and change orders")
    PICKUP_POINTS_READ = "pickup-points:read", _("Find pickup points")
    PARCELS_READ = "parcels:read", _("Read the parcels entrusted to the carrier")
    TRACKING_WRITE = "tracking:write", _("Send tracking events")
    MERCHANT_READ = "merchant:read", _("Read the merchant's file")
    CATALOG_READ = "catalog:read", _("Read the merchant's catalogue")
    CATALOG_WRITE = "catalog:write", _("Change the merchant's catalogue, prices and stock")


SCOPES_OF_KIND: dict[ApplicationKind, frozenset[Scope]] = {
    ApplicationKind.CHANNEL: frozenset(
        {Scope.OFFERS_READ, Scope.ORDERS_READ, Scope.ORDERS_WRITE, Scope.PICKUP_POINTS_READ}
    ),
    ApplicationKind.CARRIER: frozenset({Scope.PARCELS_READ, Scope.TRACKING_WRITE, Scope.PICKUP_POINTS_READ}),
    ApplicationKind.NETWORK: frozenset({Scope.PARCELS_READ, Scope.TRACKING_WRITE, Scope.PICKUP_POINTS_READ}),
    ApplicationKind.SHOP_SYSTEM: frozenset(
        {
            Scope.MERCHANT_READ,
            Scope.CATALOG_READ,
            Scope.CATALOG_WRITE,
            Scope.ORDERS_READ,
            Scope.ORDERS_WRITE,
            Scope.PICKUP_POINTS_READ,
        }
    ),
}

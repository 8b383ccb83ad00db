"""What was bought, where it is, what is owed."""

from orders.models.ledger import Account, Entry, EntryLine
from orders.models.network import Carrier, HoldingPeriod, PickupNetwork, PickupPoint, PointRefresh
from orders.models.orders import Allocation, Buyer, MerchantOrder, Order, OrderLine, Payment, Transition
from orders.models.parcels import Parcel, ParcelLine, TrackingEvent

__all__ = [
    "Account",
    "Allocation",
    "Buyer",
    "Carrier",
    "Entry",
    "EntryLine",
    "HoldingPeriod",
    "MerchantOrder",
    "Order",
    "OrderLine",
    "Parcel",
    "ParcelLine",
    "Payment",
    "PickupNetwork",
    "PickupPoint",
    "PointRefresh",
    "TrackingEvent",
    "Transition",
]

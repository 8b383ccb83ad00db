"""States, kinds and reasons of orders, parcels and money."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DeliveryKind(models.TextChoices):
    """Where the buyer gets the goods."""

    PICKUP = "pickup", _("Pickup point")
    HOME = "home", _("Home")


class PaymentStatus(models.TextChoices):
    """What the channel says of the buyer's payment."""

    PENDING = "pending", _("Pending")
    AUTHORIZED = "authorized", _("Authorized")
    CAPTURED = "captured", _("Captured")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


class OrderStatus(models.TextChoices):
    """Where a merchant's order stands. What may follow what is in ``orders.transitions``."""

    PENDING_PAYMENT = "pending_payment", _("Waiting for payment")
    WAITING_ACCEPTANCE = "waiting_acceptance", _("To accept")
    ACCEPTED = "accepted", _("To ship")
    PREPARING = "preparing", _("Being prepared")
    SHIPPED = "shipped", pgettext_lazy("order", "Shipped")
    AT_PICKUP_POINT = "at_pickup_point", _("At the pickup point")
    DELIVERED = "delivered", pgettext_lazy("order", "Delivered")
    CLOSED = "closed", pgettext_lazy("order", "Closed")
    REFUSED = "refused", pgettext_lazy("order", "Refused")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")
    RETURNED_TO_SENDER = "returned_to_sender", pgettext_lazy("order", "Returned to sender")
    LOST = "lost", pgettext_lazy("order", "Lost")


class EndReason(models.TextChoices):
    """Why an order ended without being delivered, or was refused."""

    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    PRICE_ERROR = "price_error", _("Price error")
    CANNOT_SHIP = "cannot_ship", _("Cannot be shipped in time")
    BUYER_CHANGED_MIND = "buyer_changed_mind", _("The buyer changed their mind")
    NO_ANSWER = "no_answer", _("Not accepted in time")
    PAYMENT_FAILED = "payment_failed", _("Payment failed")
    NOT_COLLECTED = "not_collected", _("Not collected in time")
    PARCEL_LOST = "parcel_lost", _("Parcel lost")
    OTHER = "other", _("Other")


class ParcelStatus(models.TextChoices):
    """Where a parcel is: one vocabulary for all carriers."""

    ANNOUNCED = "announced", _("Label made")
    HANDED_OVER = "handed_over", _("Handed over")
    IN_TRANSIT = "in_transit", _("On its way")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    EXCEPTION = "exception", _("Held up")
    AT_PICKUP_POINT = "at_pickup_point", _("At the pickup point")
    DELIVERED = "delivered", pgettext_lazy("parcel", "Delivered")
    EXPIRED = "expired", _("Not collected in time")
    RETURNING = "returning", _("On its way back")
    RETURNED = "returned", _("Back at the sender's")
    LOST = "lost", pgettext_lazy("parcel", "Lost")
    CANCELLED = "cancelled", pgettext_lazy("parcel", "Cancelled")


class PointKind(models.TextChoices):
    """What a pickup point is."""

    POST_OFFICE = "post_office", _("Post office")
    AGENCY = "agency", _("Postal agency")
    SHOP = "shop", _("Shop")
    LOCKER = "locker", _("Locker")
    MERCHANT_SHOP = "merchant_shop", _("Merchant's shop")


class PointStatus(models.TextChoices):
    """Whether a pickup point takes parcels."""

    OPEN = "open", _("Open")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class RefreshStatus(models.TextChoices):
    """How a refresh of a network's points ended."""

    APPLIED = "applied", _("Applied")
    TO_CONFIRM = "to_confirm", _("To confirm")
    REFUSED = "refused", _("Refused")


class AccountKind(models.TextChoices):
    """What a ledger account counts. Credits are negative, debits positive."""

    CHANNEL_RECEIVABLE = "channel_receivable", _("Held by the channel for us")
    MERCHANT_PENDING = "merchant_pending", _("Merchant, pending")
    MERCHANT_AVAILABLE = "merchant_available", _("Merchant, available")
    MERCHANT_HELD = "merchant_held", _("Merchant, held")
    MERCHANT_PAID = "merchant_paid", _("Merchant, paid")
    COMMISSION_INCOME = "commission_income", _("Commission")
    VAT_DUE = "vat_due", _("VAT on our services")
    CARRIER_PAYABLE = "carrier_payable", _("Owed to the carrier")
    BUYER_COMPENSATION = "buyer_compensation", _("Compensation of buyers")


class Movement(models.TextChoices):
    """Why money moved. Each has its reversal."""

    SALE = "sale", _("Sale")
    SALE_REVERSAL = "sale_reversal", _("Sale cancelled")
    COMMISSION = "commission", _("Commission")
    COMMISSION_REVERSAL = "commission_reversal", _("Commission given back")
    RELEASE = "release", _("Becomes available")
    RELEASE_REVERSAL = "release_reversal", _("Is pending again")

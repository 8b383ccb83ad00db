"""Orders as channels and merchants' systems send and read them. Amounts are strings, VAT included."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import StrictSerializer
from orders import transitions
from orders.enums import DeliveryKind, EndReason, OrderStatus, ParcelStatus, PaymentStatus
from orders.models import Parcel
from orders.services.buyers import Contact
from orders.services.new_order import NewLine, NewOrder
from orders.transitions import Actor

MAX_LINES = 200
MONEY = {"max_digits": 12, "decimal_places": 2, "min_value": Decimal(0)}
#: Control characters have no place in a reference or a name.
PRINTABLE = r"^[^\x00-\x1f\x7f]+$"


class LineIn(StrictSerializer):
    merchant = serializers.UUIDField(help_text="The merchant's id, as in the offers.")
    sku = serializers.RegexField(PRINTABLE, max_length=60)
    quantity = serializers.IntegerField(min_value=1, max_value=10_000)
    unit_price = serializers.DecimalField(**MONEY, help_text="As the buyer saw it, VAT included.")


class ShippingIn(StrictSerializer):
    merchant = serializers.UUIDField()
    amount = serializers.DecimalField(**MONEY, help_text="What the buyer pays this merchant for delivery.")


class AddressIn(StrictSerializer):
    street = serializers.RegexField(PRINTABLE, max_length=200)
    street2 = serializers.RegexField(PRINTABLE, max_length=200, required=False)
    postcode = serializers.RegexField(PRINTABLE, max_length=12)
    city = serializers.RegexField(PRINTABLE, max_length=100)
    country = serializers.RegexField(r"^[A-Z]{2}$", help_text="ISO 3166-1; that of the market.")


class DeliveryIn(StrictSerializer):
    """Either a pickup point, or an address."""

    default_error_messages = {
        "needs_point": _("A pickup delivery needs a pickup_point and no address."),
        "needs_address": _("A home delivery needs an address and no pickup_point."),
    }
    kind = serializers.ChoiceField(choices=DeliveryKind.choices)
    pickup_point = serializers.UUIDField(required=False, help_text="Id of a pickup point; with kind pickup.")
    address = AddressIn(required=False, help_text="With kind home.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = {"pickup_point", "address"} & attrs.keys()
        if attrs["kind"] == DeliveryKind.PICKUP and given != {"pickup_point"}:
            self.fail("needs_point")
        if attrs["kind"] == DeliveryKind.HOME and given != {"address"}:
            self.fail("needs_address")
        return attrs


class BuyerIn(StrictSerializer):
    """No more than the carrier and the merchant need. Kept encrypted, erased six months after the end."""

    name = serializers.RegexField(PRINTABLE, max_length=120)
    email = serializers.EmailField(max_length=254, required=False)
    phone = serializers.RegexField(
        r"^\+[1-9][0-9]{5,14}$", required=False, help_text="E.164, such as +33612345678."
    )


class PaymentIn(StrictSerializer):
    status = serializers.ChoiceField(
        choices=[PaymentStatus.PENDING, PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED],
        help_text="With pending, goods are kept until pay_until and merchants wait.",
    )
    reference = serializers.RegexField(PRINTABLE, max_length=80, required=False)
    amount = serializers.DecimalField(**MONEY, help_text="Lines and shipping, to the cent.")


class PaymentToldIn(StrictSerializer):
    """What became of the buyer's payment."""

    status = serializers.ChoiceField(
        choices=[status for status in PaymentStatus if status != PaymentStatus.PENDING]
    )
    reference = serializers.RegexField(PRINTABLE, max_length=80, required=False)
    amount = serializers.DecimalField(**MONEY, help_text="The order's total, less what was cancelled before.")


class OrderIn(StrictSerializer):
    reference = serializers.RegexField(PRINTABLE, max_length=80, help_text="Your own; used once.")
    market = serializers.RegexField(r"^[A-Z]{2}$", help_text="Country where it is sold, ISO 3166-1.")
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="That of the market, ISO 4217.")
    language = serializers.RegexField(
        r"^[a-z]{2}(-[A-Za-z]{2,4})?$", max_length=10, help_text="The buyer's language."
    )
    lines = LineIn(many=True, min_length=1, max_length=MAX_LINES)
    shipping = ShippingIn(
        many=True,
        required=False,
        max_length=MAX_LINES,
        help_text="At most one per merchant of the lines; a merchant left out delivers free.",
    )
    delivery = DeliveryIn()
    buyer = BuyerIn()
    payment = PaymentIn()

    def validate_shipping(self, shipping: list[dict[str, Any]]) -> list[dict[str, Any]]:
        merchants = [each["merchant"] for each in shipping]
        if len(merchants) != len(set(merchants)):
            raise serializers.ValidationError(_("One amount per merchant."), code="repeated_merchant")
        return shipping

    @staticmethod
    def to_new_order(data: dict[str, Any]) -> NewOrder:
        """Return what was read as the service takes it."""
        address = data["delivery"].get("address", {})
        return NewOrder(
            reference=data["reference"],
            country=data["market"],
            currency=data["currency"],
            language=data["language"],
            lines=[NewLine(**line) for line in data["lines"]],
            delivery=DeliveryKind(data["delivery"]["kind"]),
            pickup_point=data["delivery"].get("pickup_point"),
            address_country=address.get("country", ""),
            buyer=Contact(
                name=data["buyer"]["name"],
                email=data["buyer"].get("email", ""),
                phone=data["buyer"].get("phone", ""),
                address=_address_lines(address),
            ),
            payment_status=PaymentStatus(data["payment"]["status"]),
            payment_amount=data["payment"]["amount"],
            payment_reference=data["payment"].get("reference", ""),
            shipping={each["merchant"]: each["amount"] for each in data.get("shipping", [])},
        )


def _address_lines(address: dict[str, str]) -> tuple[str, ...]:
    if not address:
        return ()
    town = f"{address['postcode']} {address['city']}"
    return tuple(
        line for line in (address["street"], address.get("street2", ""), town, address["country"]) if line
    )


class LineOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    sku = serializers.CharField()
    title = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = serializers.DecimalField(**MONEY)
    total = serializers.DecimalField(**MONEY)
    vat_rate = serializers.DecimalField(max_digits=5, decimal_places=2)
    vat_amount = serializers.DecimalField(**MONEY)


class ParcelOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    carrier = serializers.CharField(source="carrier.code")
    tracking_number = serializers.CharField()
    tracking_url = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=ParcelStatus.choices)
    arrived_at = serializers.DateTimeField(allow_null=True)
    pickup_until = serializers.DateField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.URLField(help_text="The buyer's page: send them this link."))
    def get_tracking_url(self, parcel: Parcel) -> str:
        return f"{settings.PUBLIC_URL}{reverse('orders:tracking', args=[parcel.tracking_token])}"


class PartOut(serializers.Serializer[Any]):
    """One merchant's part. ``allowed_actions`` are what the caller may do with it now."""

    actor = Actor.CHANNEL

    id = serializers.UUIDField(source="public_id")
    number = serializers.CharField()
    merchant = serializers.UUIDField(source="merchant.public_id")
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    end_reason = serializers.ChoiceField(choices=EndReason.choices, allow_blank=True)
    goods_total = serializers.DecimalField(**MONEY)
    shipping_total = serializers.DecimalField(**MONEY)
    vat_total = serializers.DecimalField(**MONEY)
    total = serializers.DecimalField(**MONEY)
    accept_until = serializers.DateTimeField(allow_null=True)
    ship_until = serializers.DateTimeField(allow_null=True)
    promised_on = serializers.DateField(allow_null=True)
    updated_at = serializers.DateTimeField()
    version = serializers.CharField(
        help_text="Of this part, another after each step: send it as If-Match to act on what you have read."
    )
    lines = LineOut(many=True, source="line_list")
    parcels = ParcelOut(many=True, source="parcel_list")
    allowed_actions = serializers.SerializerMethodField()

    @extend_schema_field(
        serializers.ListField(
            child=serializers.ChoiceField(choices=sorted({step.action for step in transitions.STEPS}))
        )
    )
    def get_allowed_actions(self, part: Any) -> list[str]:
        return transitions.allowed_actions(part.status, self.actor)


class DeliveryOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=DeliveryKind.choices, source="delivery")
    pickup_point = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(allow_null=True, help_text="The point as it was when chosen."))
    def get_pickup_point(self, order: Any) -> dict[str, Any] | None:
        return order.destination or None


class OrderOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    number = serializers.CharField()
    reference = serializers.CharField()
    market = serializers.CharField(source="market.country")
    currency = serializers.CharField()
    language = serializers.CharField()
    delivery = DeliveryOut(source="*")
    goods_total = serializers.DecimalField(**MONEY)
    shipping_total = serializers.DecimalField(**MONEY)
    vat_total = serializers.DecimalField(**MONEY)
    total = serializers.DecimalField(**MONEY)
    placed_at = serializers.DateTimeField()
    payment_status = serializers.SerializerMethodField()
    pay_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when the goods are kept for a payment that is pending."
    )
    parts = PartOut(many=True, source="part_list")

    @extend_schema_field(serializers.ChoiceField(choices=PaymentStatus.choices))
    def get_payment_status(self, order: Any) -> str:
        return str(order.payment_list[-1].status)


class MerchantOrderOut(PartOut):
    """A merchant's order as their own system reads it. The buyer's data are on the label only."""

    actor = Actor.MERCHANT

    merchant = None
    market = serializers.CharField(source="order.market.country")
    currency = serializers.CharField()
    commission_total = serializers.DecimalField(**MONEY)
    commission_vat = serializers.DecimalField(**MONEY)
    placed_at = serializers.DateTimeField()


class RefuseIn(StrictSerializer):
    reason = serializers.ChoiceField(choices=transitions.reasons_for("refuse", Actor.MERCHANT))


class CancelIn(StrictSerializer):
    reason = serializers.ChoiceField(choices=transitions.reasons_for("cancel", Actor.CHANNEL))

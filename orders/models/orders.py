"""What was bought, and where each merchant's part stands."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Market, ProductText, StockLevel, Variant
from core.audit import tracked
from core.models import BaseModel, PublicModel, SealedField
from core.models.base import OwnedQuerySet
from core.models.trail import append_only_triggers
from merchants.models import Merchant
from orders.enums import DeliveryKind, EndReason, OrderStatus, PaymentStatus
from orders.models.network import PickupPoint
from partners.models import Channel


class Order(PublicModel):
    """What a buyer bought on a channel, from one merchant or several. Amounts include VAT.

    ``destination`` is a copy of the pickup point as it was when the buyer chose it.
    """

    merchant_path: ClassVar[str | None] = None

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="orders")
    reference = models.CharField(_("channel's reference"), max_length=80)
    number = models.CharField(_("number"), max_length=20, unique=True)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(_("currency"), max_length=3)
    language = models.CharField(_("buyer's language"), max_length=10)
    delivery = models.CharField(_("delivery"), max_length=10, choices=DeliveryKind)
    pickup_point = models.ForeignKey(
        PickupPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    destination = models.JSONField(_("pickup point, as chosen"), default=dict)
    goods_total = models.DecimalField(_("goods"), max_digits=14, decimal_places=2)
    shipping_total = models.DecimalField(_("shipping"), max_digits=14, decimal_places=2)
    vat_total = models.DecimalField(_("of which VAT"), max_digits=14, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    placed_at = models.DateTimeField(_("placed"))
    pay_until = models.DateTimeField(_("pay before"), null=True, blank=True)

    class Meta:
        verbose_name = _("buyer's order")
        verbose_name_plural = _("buyers' orders")
        indexes = [
            models.Index(
                fields=["pay_until"], condition=Q(pay_until__isnull=False), name="orders_order_unpaid"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["channel", "reference"], name="orders_order_reference_once"),
            models.CheckConstraint(
                condition=Q(total=F("goods_total") + F("shipping_total")), name="orders_order_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(goods_total__gte=0, shipping_total__gte=0, vat_total__gte=0),
                name="orders_order_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(delivery=DeliveryKind.PICKUP) | Q(pickup_point__isnull=False),
                name="orders_order_pickup_has_point",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Buyer(BaseModel):
    """How to reach the buyer of an order. The only table that knows; rows are deleted at ``erase_on``."""

    merchant_path: ClassVar[str | None] = None

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="buyer")
    name = SealedField(_("name"))
    email = SealedField(_("e-mail address"), null=True)
    phone = SealedField(_("telephone"), null=True)
    address = SealedField(_("address"), null=True)
    erase_on = models.DateField(_("to erase on"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("buyer's contact data")
        verbose_name_plural = _("buyers' contact data")

    def __str__(self) -> str:
        return f"#{self.order_id}"


class Payment(PublicModel):
    """What the channel told us of the buyer's payment. Rows are only added."""

    merchant_path: ClassVar[str | None] = None

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments")
    status = models.CharField(_("status"), max_length=10, choices=PaymentStatus)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    told_at = models.DateTimeField(_("told"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.amount}"


@tracked
class MerchantOrder(PublicModel):
    """One merchant's part of an order: what they accept, ship and are paid for."""

    merchant_path: ClassVar[str | None] = "merchant"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="parts")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(_("number"), max_length=20, unique=True)
    status = models.CharField(_("status"), max_length=20, choices=OrderStatus)
    end_reason = models.CharField(_("reason"), max_length=20, choices=EndReason, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    goods_total = models.DecimalField(_("goods"), max_digits=14, decimal_places=2)
    shipping_total = models.DecimalField(_("shipping"), max_digits=14, decimal_places=2)
    vat_total = models.DecimalField(_("of which VAT"), max_digits=14, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    commission_total = models.DecimalField(_("commission, before VAT"), max_digits=14, decimal_places=2)
    commission_vat = models.DecimalField(_("VAT on the commission"), max_digits=14, decimal_places=2)
    placed_at = models.DateTimeField(_("placed"), default=timezone.now)
    updated_at = models.DateTimeField(_("last step"), default=timezone.now)
    accept_until = models.DateTimeField(_("accept before"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    ship_until = models.DateTimeField(_("ship before"), null=True, blank=True)
    promised_on = models.DateField(_("promised on"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["merchant", "status", "-placed_at"], name="orders_merchantorder_list"),
            models.Index(fields=["status", "accept_until"], name="orders_merchantorder_accept"),
            models.Index(fields=["status", "ship_until"], name="orders_merchantorder_ship"),
            models.Index(fields=["updated_at"], name="orders_merchantorder_updated"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "merchant"], name="orders_merchantorder_once"),
            models.CheckConstraint(
                condition=Q(total=F("goods_total") + F("shipping_total")),
                name="orders_merchantorder_total_adds_up",
            ),
            models.CheckConstraint(
                condition=~Q(
                    status__in=[
                        OrderStatus.SHIPPED,
                        OrderStatus.AT_PICKUP_POINT,
                        OrderStatus.DELIVERED,
                        OrderStatus.CLOSED,
                    ]
                )
                | Q(accepted_at__isnull=False, shipped_at__isnull=False),
                name="orders_merchantorder_shipped_has_dates",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[OrderStatus.DELIVERED, OrderStatus.CLOSED])
                | Q(delivered_at__isnull=False),
                name="orders_merchantorder_delivered_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(
                    status__in=[
                        OrderStatus.REFUSED,
                        OrderStatus.CANCELLED,
                        OrderStatus.RETURNED_TO_SENDER,
                        OrderStatus.LOST,
                    ]
                )
                | ~Q(end_reason=""),
                name="orders_merchantorder_end_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def version(self) -> str:
        """What changes with every step: the entity tag of the order in the API."""
        return f'"{self.public_id}:{self.status}:{self.updated_at.timestamp()}"'


class OrderLineQuerySet(OwnedQuerySet):
    """Lines of orders."""

    def with_own_titles(self) -> Self:
        """Add ``own_title``: the product's title as its merchant wrote it, who need not read the buyer's."""
        own = ProductText.objects.filter(
            product=OuterRef("variant__product"), language=OuterRef("variant__product__source_language")
        )
        return self.annotate(own_title=Coalesce(Subquery(own.values("title")[:1]), F("title")))


class OrderLine(PublicModel):
    """One variant of a merchant's order. Rows are only added: title, prices and rates stay as sold."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant_order = models.ForeignKey(MerchantOrder, on_delete=models.CASCADE, related_name="lines")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    sku = models.CharField("SKU", max_length=60)
    title = models.CharField(_("title"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = models.DecimalField(_("unit price, VAT included"), max_digits=12, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    vat_rate = models.DecimalField(_("VAT rate, %"), max_digits=5, decimal_places=2)
    vat_amount = models.DecimalField(_("of which VAT"), max_digits=14, decimal_places=2)
    commission_rate = models.DecimalField(_("commission, %"), max_digits=5, decimal_places=2)
    commission_amount = models.DecimalField(_("commission, before VAT"), max_digits=14, decimal_places=2)

    objects: ClassVar[Any] = models.Manager.from_queryset(OrderLineQuerySet)()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["merchant_order", "position"], name="orders_orderline_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_orderline_quantity_positive"),
            models.CheckConstraint(
                condition=Q(total=F("unit_price") * F("quantity")), name="orders_orderline_total_adds_up"
            ),
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"


class Allocation(BaseModel):
    """From which stock a line is served. Ends when the goods leave or the reservation is released."""

    merchant_path: ClassVar[str | None] = "line__merchant"

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="allocations")
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.UniqueConstraint(fields=["line", "level"], name="orders_allocation_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_allocation_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} @ {self.level_id}"


class Transition(BaseModel):
    """One step of an order's life: from where to where, when, by whom and why. Rows are only added."""

    merchant_path: ClassVar[str | None] = "merchant_order__merchant"

    merchant_order = models.ForeignKey(MerchantOrder, on_delete=models.CASCADE, related_name="transitions")
    from_status = models.CharField(_("from"), max_length=20, choices=OrderStatus, blank=True)
    to_status = models.CharField(_("to"), max_length=20, choices=OrderStatus)
    happened_at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=EndReason, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        triggers = append_only_triggers()
        ordering = ["happened_at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"

"""Orders of a channel: placed, listed, read, cancelled. A channel sees its own and no other's."""

from typing import ClassVar

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import etags
from core.api.etags import ETagMixin
from core.api.idempotency import idempotent
from core.api.serializers import read, show
from orders.api.filters import OrderFilter
from orders.api.serializers import CancelIn, OrderIn, OrderOut
from orders.models import MerchantOrder, Order, OrderLine, Parcel, Payment
from orders.services import acceptance, intake
from orders.services.building import Placed
from partners.api.permissions import channel_of
from partners.enums import Scope
from partners.models import Channel


def parts() -> QuerySet[MerchantOrder]:
    """Return merchants' orders with all that an answer shows of them."""
    return MerchantOrder.objects.select_related("merchant").prefetch_related(
        Prefetch("lines", OrderLine.objects.order_by("position"), to_attr="line_list"),
        Prefetch("parcels", Parcel.objects.select_related("carrier").order_by("pk"), to_attr="parcel_list"),
    )


def orders_of(channel: Channel) -> QuerySet[Order]:
    return (
        Order.objects.filter(channel=channel)
        .select_related("market")
        .prefetch_related(
            Prefetch("parts", parts().order_by("pk"), to_attr="part_list"),
            Prefetch("payments", Payment.objects.order_by("pk"), to_attr="payment_list"),
        )
    )


class OrdersView(ListAPIView):
    """The orders of a channel."""

    required_scopes: ClassVar = {"GET": [Scope.ORDERS_READ], "POST": [Scope.ORDERS_WRITE]}
    throttle_scope = "orders"
    serializer_class = OrderOut
    filter_backends = (DjangoFilterBackend,)
    filterset_class = OrderFilter
    ordering = ("-placed_at", "-public_id")

    def get_queryset(self) -> QuerySet[Order]:
        if getattr(self, "swagger_fake_view", False):
            return Order.objects.none()
        return orders_of(channel_of(self.request))

    @extend_schema(operation_id="orders_list", tags=["orders"])
    def get(self, request: Request) -> Response:
        """List your orders, the latest first."""
        return self.list(request)

    @extend_schema(operation_id="orders_place", tags=["orders"], request=OrderIn, responses={201: OrderOut})
    @idempotent()
    def post(self, request: Request) -> Response:
        """Place an order of one merchant or several: taken whole, or not at all.

        409 says that the state of things forbids it, and what it is: `price_changed` with current prices,
        `out_of_stock` with what is left, `not_on_sale`, `market_closed`, `pickup_point_unavailable`,
        `reference_taken` with the order you placed before. 422 points at what is wrong in the body.
        """
        channel = channel_of(request)
        new = OrderIn.to_new_order(read(OrderIn, request.data))
        placed = intake.place(channel=channel, new=new, at=timezone.now(), by=request.user)
        where = reverse("api:order", args=[placed.order.public_id])
        return Response(show(OrderOut, shown(placed)), status=201, headers={"Location": where})


class OrderView(ETagMixin, APIView):
    """One order of a channel."""

    required_scopes: ClassVar = {"GET": [Scope.ORDERS_READ]}

    @extend_schema(operation_id="orders_read", tags=["orders"], responses=OrderOut)
    def get(self, request: Request, order_id: str) -> Response:
        """Read an order: its parts with their states, parcels, and what you may do with each now."""
        order = get_object_or_404(orders_of(channel_of(request)), public_id=order_id)
        return Response(OrderOut(order).data)


class CancelView(APIView):
    """The cancellation of one merchant's part of an order."""

    required_scopes: ClassVar = {"POST": [Scope.ORDERS_WRITE]}
    throttle_scope = "orders"

    @extend_schema(operation_id="orders_cancel", tags=["orders"], request=CancelIn, responses=OrderOut)
    @idempotent()
    def post(self, request: Request, order_id: str, part_id: str) -> Response:
        """Cancel a part that has not left yet: its goods go back to sale, its money out of the ledger.

        With the part's `version` as `If-Match`, 412 says that it has moved since you read it.
        """
        channel = channel_of(request)
        part = get_object_or_404(
            MerchantOrder, public_id=part_id, order__public_id=order_id, order__channel=channel
        )
        body = CancelIn(data=request.data)
        body.is_valid(raise_exception=True)
        acceptance.cancel(
            merchant_order_id=part.pk,
            actor=acceptance.Actor.CHANNEL,
            reason=body.validated_data["reason"],
            at=timezone.now(),
            actor_label=f"channel:{channel.name}",
            versions=etags.expected_versions(request),
        )
        return Response(OrderOut(orders_of(channel).get(public_id=order_id)).data)


def shown(placed: Placed) -> Order:
    """Return what was placed as ``OrderOut`` shows it, from what is at hand: no statement more."""
    order = placed.order
    order.part_list, order.payment_list = [part.order for part in placed.parts], list(placed.payments)
    for part in placed.parts:
        part.order.line_list, part.order.parcel_list = list(part.lines), []
    return order

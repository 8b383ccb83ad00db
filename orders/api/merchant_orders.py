"""A merchant's orders, for the merchant's own shop system."""

from typing import ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
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
from merchants.api.callers import merchant_of
from orders.api.filters import MerchantOrderFilter
from orders.api.orders import parts
from orders.api.serializers import MerchantOrderOut, RefuseIn
from orders.models import MerchantOrder
from orders.services import acceptance
from partners.enums import Scope


def orders_of(request: Request) -> QuerySet[MerchantOrder]:
    """Return the orders of the merchant whose application calls."""
    mine = MerchantOrder.objects.for_merchant(merchant_of(request)).values("pk")
    return parts().select_related("order__market").filter(pk__in=mine)


class MerchantOrdersView(ListAPIView):
    """The orders of a merchant."""

    required_scopes: ClassVar = {"GET": [Scope.ORDERS_READ]}
    serializer_class = MerchantOrderOut
    filter_backends = (DjangoFilterBackend,)
    filterset_class = MerchantOrderFilter
    ordering = ("-placed_at", "-public_id")

    def get_queryset(self) -> QuerySet[MerchantOrder]:
        if getattr(self, "swagger_fake_view", False):
            return MerchantOrder.objects.none()
        return orders_of(self.request)

    @extend_schema(operation_id="merchant_orders_list", tags=["merchant orders"])
    def get(self, request: Request) -> Response:
        """List the merchant's orders, the latest first."""
        return self.list(request)


class MerchantOrderView(ETagMixin, APIView):
    """One order of a merchant."""

    required_scopes: ClassVar = {"GET": [Scope.ORDERS_READ]}

    @extend_schema(operation_id="merchant_orders_read", tags=["merchant orders"], responses=MerchantOrderOut)
    def get(self, request: Request, order_id: str) -> Response:
        """Read an order of the merchant, and what may be done with it now."""
        return _answer(get_object_or_404(orders_of(request), public_id=order_id))


class AcceptView(APIView):
    """The acceptance of an order."""

    required_scopes: ClassVar = {"POST": [Scope.ORDERS_WRITE]}
    throttle_scope = "orders"

    @extend_schema(
        operation_id="merchant_orders_accept",
        tags=["merchant orders"],
        request=None,
        responses=MerchantOrderOut,
    )
    @idempotent()
    def post(self, request: Request, order_id: str) -> Response:
        """Accept an order whole. 409 `order_step_not_allowed` says how it was decided before."""
        order = get_object_or_404(orders_of(request), public_id=order_id)
        acceptance.accept(
            merchant_order_id=order.pk,
            at=timezone.now(),
            actor_label=f"application:{request.user.application.name}"[:120],
            versions=etags.expected_versions(request),
        )
        return _answer(orders_of(request).get(pk=order.pk))


class RefuseView(APIView):
    """The refusal of an order."""

    required_scopes: ClassVar = {"POST": [Scope.ORDERS_WRITE]}
    throttle_scope = "orders"

    @extend_schema(
        operation_id="merchant_orders_refuse",
        tags=["merchant orders"],
        request=RefuseIn,
        responses=MerchantOrderOut,
    )
    @idempotent()
    def post(self, request: Request, order_id: str) -> Response:
        """Refuse an order, with a reason: the goods go back to sale and the buyer is to be refunded."""
        order = get_object_or_404(orders_of(request), public_id=order_id)
        body = RefuseIn(data=request.data)
        body.is_valid(raise_exception=True)
        acceptance.refuse(
            merchant_order_id=order.pk,
            reason=body.validated_data["reason"],
            at=timezone.now(),
            actor_label=f"application:{request.user.application.name}"[:120],
            versions=etags.expected_versions(request),
        )
        return _answer(orders_of(request).get(pk=order.pk))


def _answer(order: MerchantOrder) -> Response:
    return Response(MerchantOrderOut(order).data, headers={"ETag": order.version})

"""What a channel tells of the payment of one of its orders."""

from typing import ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.idempotency import idempotent
from core.api.serializers import read
from orders.api.orders import orders_of
from orders.api.serializers import OrderOut, PaymentToldIn
from orders.enums import PaymentStatus
from orders.models import Order
from orders.services import payments
from partners.api.permissions import channel_of
from partners.enums import Scope


class PaymentsView(APIView):
    """The payment of an order."""

    required_scopes: ClassVar = {"POST": [Scope.ORDERS_WRITE]}
    throttle_scope = "orders"

    @extend_schema(
        operation_id="orders_tell_payment", tags=["orders"], request=PaymentToldIn, responses=OrderOut
    )
    @idempotent()
    def post(self, request: Request, order_id: str) -> Response:
        """Say that an order was paid, or that it will not be.

        `authorized` or `captured` hands a pending order to its merchants; their deadlines and the promise
        count from then. `failed` or `expired` cancels what has not left and gives its goods back to sale.
        What was told already may be told again and changes nothing. 409 `payment_not_allowed`: too late, the
        goods are on sale again; give the buyer their money back.
        """
        channel = channel_of(request)
        order = get_object_or_404(Order, public_id=order_id, channel=channel)
        told = read(PaymentToldIn, request.data)
        payments.tell(
            order_id=order.pk,
            status=PaymentStatus(told["status"]),
            amount=told["amount"],
            reference=told.get("reference", ""),
            at=timezone.now(),
            actor_label=f"channel:{channel.name}",
            by=request.user,
        )
        return Response(OrderOut(orders_of(channel).get(pk=order.pk)).data)

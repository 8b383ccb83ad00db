"""Many orders of a channel in one request, each taken or refused for itself."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import problems
from core.api.idempotency import idempotent
from core.api.serializers import StrictSerializer, read, show
from core.refusals import Refusal
from orders.api.orders import shown
from orders.api.serializers import OrderIn, OrderOut
from orders.services import intake
from orders.services.new_order import NewOrder
from partners.api.permissions import channel_of
from partners.enums import Scope

MAX_ORDERS = 500


class BatchIn(StrictSerializer):
    """The envelope alone: each order is read for itself, so that one that cannot be read stops no other."""

    orders = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MAX_ORDERS)


class BatchOrdersIn(StrictSerializer):
    """Up to 500 orders, each taken or refused for itself."""

    orders = OrderIn(many=True, min_length=1, max_length=MAX_ORDERS)


class BatchResultOut(serializers.Serializer[Any]):
    """What became of one order: ``order`` when it was placed, else ``problem``."""

    index = serializers.IntegerField()
    reference = serializers.CharField(allow_null=True)
    status = serializers.IntegerField(help_text="201, or the status that the order alone would have had.")
    order = OrderOut(allow_null=True)
    problem = serializers.SerializerMethodField()

    @extend_schema_field({"oneOf": [{"$ref": "#/components/schemas/Problem"}, {"type": "null"}]})
    def get_problem(self, result: dict[str, Any]) -> dict[str, Any] | None:
        problem: dict[str, Any] | None = result["problem"]
        return problem


class BatchOut(serializers.Serializer[Any]):
    results = BatchResultOut(many=True, help_text="In the order of the request.")


class BatchView(APIView):
    """Orders of a channel, in one request."""

    required_scopes: ClassVar = {"POST": [Scope.ORDERS_WRITE]}
    throttle_scope = "orders"
    max_body_bytes = 4 * 1024 * 1024

    @extend_schema(
        operation_id="orders_place_batch",
        tags=["orders"],
        request=BatchOrdersIn,
        responses={207: BatchOut},
    )
    @idempotent()
    def post(self, request: Request) -> Response:
        """Place up to 500 orders, each whole or not at all, and each for itself.

        Every order is answered with the status it would have had alone. Of two that want the last piece, the
        earlier has it. Send those that were refused again, mended, in a new request with a new key.
        """
        channel = channel_of(request)
        bodies = read(BatchIn, request.data)["orders"]
        answers: list[NewOrder | dict[str, Any]] = [_read(body) for body in bodies]
        good = [answer for answer in answers if isinstance(answer, NewOrder)]
        now = timezone.now()
        placed = iter(
            intake.place_each(channel=channel, orders=[(new, now) for new in good], by=request.user)
        )
        results = []
        for index, (body, answer) in enumerate(zip(bodies, answers, strict=True)):
            order, problem = None, answer
            if isinstance(answer, NewOrder):
                end = next(placed)
                order = None if isinstance(end, Refusal) else show(OrderOut, shown(end))
                problem = problems.of_refusal(end) if isinstance(end, Refusal) else None
            reference = body.get("reference")
            results.append(
                {
                    "index": index,
                    "reference": reference if isinstance(reference, str) else None,
                    "status": problem["status"] if problem else 201,
                    "order": order,
                    "problem": problem,
                }
            )
        return Response({"results": results}, status=207)


def _read(body: dict[str, Any]) -> NewOrder | dict[str, Any]:
    """Return the order, or the problem of a body that cannot be one."""
    try:
        return OrderIn.to_new_order(read(OrderIn, body))
    except serializers.ValidationError as error:
        return problems.of_validation(error)

"""The front page of the API, and what is left of its limits."""

from typing import Any, ClassVar

from django.urls import get_resolver, reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import throttling
from core.api.etags import ETagMixin
from core.api.principal import principal_of


class RootView(ETagMixin, APIView):
    """The addresses that need no identifier; a client may start here and follow links."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    @extend_schema(
        operation_id="root",
        responses={200: {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}},
        auth=[],
        tags=["api"],
    )
    def get(self, request: Request) -> Response:
        """Answer the address of each list and page of the API by name."""
        return Response(
            {name: request.build_absolute_uri(reverse(f"api:{name}")) for name in _names() if name != "root"}
        )


def _names() -> list[str]:
    """Return the names of the API's addresses that take no argument."""
    _prefix, resolver = get_resolver().namespace_dict["api"]
    entries: Any = resolver.reverse_dict
    return sorted(
        name
        for name in entries
        if isinstance(name, str) and any(not params for _path, params in entries[name][0])
    )


class QuotaOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    limit = serializers.IntegerField(help_text="Requests a minute.")
    remaining = serializers.IntegerField()
    reset = serializers.IntegerField(help_text="Seconds until the count starts again.")


class RateLimitsView(APIView):
    """What is left of each limit, without spending any."""

    required_scopes: ClassVar[dict[str, list[str]]] = {"GET": []}
    throttle_classes = ()

    @extend_schema(operation_id="rate_limits", responses=QuotaOut(many=True), tags=["api"])
    def get(self, request: Request) -> Response:
        """Answer each kind of request with its limit, what remains and when it starts again."""
        principal = principal_of(request)
        quotas = throttling.quotas(principal=principal, at=timezone.now()) if principal else []
        return Response(QuotaOut(quotas, many=True).data)

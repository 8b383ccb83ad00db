"""Addresses of views that exist only to try the API kit, beside the real ones."""

from typing import Any

from django.urls import include, path
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.urls import urlpatterns as real
from core.api.etags import ETagMixin, check_version, expected_versions, of_version
from core.api.idempotency import idempotent
from core.api.serializers import StrictSerializer
from core.models import DataKey
from core.refusals import Refusal
from partners.enums import Scope


class NoRoom(Refusal):
    """There is no room for it."""

    code = "no_room"


class KeyIn(StrictSerializer):
    purpose = serializers.CharField(max_length=40)
    fails = serializers.ChoiceField(choices=["before", "after", "refuses"], required=False)


class KeyOut(serializers.Serializer[Any]):
    public_id = serializers.UUIDField()
    purpose = serializers.CharField()


class KeysView(ListAPIView):
    """Lists and creates data keys, since every database has that table."""

    required_scopes = {"GET": [Scope.ORDERS_READ], "POST": [Scope.ORDERS_WRITE]}
    serializer_class = KeyOut
    throttle_scope = "orders"
    ordering = ("purpose",)

    def get_queryset(self) -> Any:
        return DataKey.objects.all()

    @idempotent()
    def post(self, request: Request) -> Response:
        body = KeyIn(data=request.data)
        body.is_valid(raise_exception=True)
        fails = body.validated_data.get("fails")
        if fails == "before":
            raise RuntimeError("broken before")
        key = DataKey.objects.create(purpose=body.validated_data["purpose"], wrapped=b"x")
        if fails == "refuses":
            raise NoRoom("No room.", purpose=key.purpose)
        if fails == "after":
            raise RuntimeError("broken after")
        return Response(KeyOut(key).data, status=201, headers={"Location": f"/keys/{key.public_id}/"})


class KeyView(ETagMixin, APIView):
    required_scopes = {"GET": [], "PUT": []}

    def get(self, request: Request, purpose: str) -> Response:
        key = DataKey.objects.get(purpose=purpose)
        return Response(KeyOut(key).data, headers={"ETag": of_version(key.public_id, key.purpose)})

    def put(self, request: Request, purpose: str) -> Response:
        expected = expected_versions(request, required=True)
        key = DataKey.objects.get(purpose=purpose)
        check_version(expected, of_version(key.public_id, key.purpose))
        return Response(KeyOut(key).data)


keys = [
    path("keys/", KeysView.as_view(), name="keys"),
    path("keys/<str:purpose>/", KeyView.as_view(), name="key"),
]
urlpatterns = [path("api/v1/try/", include((keys, "try"))), *real]

"""A carrier reads the parcels entrusted to it. It sees no others, and nothing of the buyer."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.refusals import Refusal
from orders.enums import ParcelStatus
from orders.models import Carrier, Parcel, PickupPoint
from partners.enums import Scope


class NotACarrier(Refusal):
    """The calling application speaks for no carrier. Ask us to connect it to yours."""

    code = "not_a_carrier"
    status = 403
    default_message = _("This application speaks for no carrier: ask us to connect it to yours.")


class ParcelsIn(serializers.Serializer[Any]):
    """Which parcels."""

    status = serializers.ChoiceField(choices=ParcelStatus.choices, required=False)
    tracking_number = serializers.CharField(max_length=40, required=False)
    updated_since = serializers.DateTimeField(
        required=False, help_text="Only parcels handed over, or told of by a scan, since then."
    )


class CarrierPointOut(serializers.ModelSerializer[PickupPoint]):
    """Where to bring the parcel."""

    id = serializers.UUIDField(source="public_id")
    network = serializers.CharField(source="network.code")

    class Meta:
        model = PickupPoint
        fields = [
            "id", "code", "network", "kind", "name", "street", "street2", "postcode", "city", "country",
            "latitude", "longitude", "status",
        ]  # fmt: skip


class CarrierParcelOut(serializers.ModelSerializer[Parcel]):
    """A parcel as its carrier sees it. Weight in grams."""

    id = serializers.UUIDField(source="public_id")
    pickup_point = CarrierPointOut(allow_null=True)

    class Meta:
        model = Parcel
        fields = [
            "id", "tracking_number", "status", "weight_g", "pickup_point", "created_at", "handed_over_at",
            "arrived_at", "pickup_until", "delivered_at",
        ]  # fmt: skip


class ParcelsView(ListAPIView[Parcel]):
    """The carrier's parcels."""

    required_scopes = {"GET": [Scope.PARCELS_READ]}
    serializer_class = CarrierParcelOut
    ordering = ("created_at", "public_id")

    @extend_schema(operation_id="parcels", parameters=[ParcelsIn], tags=["tracking"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer the parcels entrusted to the calling carrier, the oldest first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Parcel]:
        if getattr(self, "swagger_fake_view", False):
            return Parcel.objects.none()
        query = ParcelsIn(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        parcels = parcels_of(self.request)
        if "status" in asked:
            parcels = parcels.filter(status=asked["status"])
        if "tracking_number" in asked:
            parcels = parcels.filter(tracking_number=asked["tracking_number"])
        if since := asked.get("updated_since"):
            parcels = parcels.filter(handed_over_at__gte=since) | parcels.filter(
                events__received_at__gte=since
            )
            parcels = parcels.distinct()
        return parcels


class ParcelView(APIView):
    """One of the carrier's parcels."""

    required_scopes = {"GET": [Scope.PARCELS_READ]}

    @extend_schema(operation_id="parcel", responses=CarrierParcelOut, tags=["tracking"])
    def get(self, request: Request, public_id: Any) -> Response:
        """Answer a parcel entrusted to the calling carrier."""
        parcel = parcels_of(request).filter(public_id=public_id).first()
        if parcel is None:
            raise Http404
        return Response(CarrierParcelOut(parcel).data)


def carrier_of(request: Request) -> Carrier:
    """Return the carrier that the calling application speaks for. Raises ``NotACarrier``."""
    carrier = Carrier.objects.filter(application_id=request.user.application.pk).first()
    if carrier is None:
        raise NotACarrier
    return carrier


def parcels_of(request: Request) -> QuerySet[Parcel]:
    points = PickupPoint.objects.select_related("network")
    return Parcel.objects.filter(carrier=carrier_of(request)).prefetch_related(
        Prefetch("pickup_point", points)
    )

"""Find pickup points: for a channel's checkout, a shop system, a carrier."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orders.enums import PointKind, PointStatus
from orders.models import PickupPoint
from orders.services import nearest
from orders.services.nearest import DEFAULT_RADIUS_M, MAX_LIMIT, MAX_RADIUS_M, Found, Place, Wish
from orders.services.openings import Openings
from partners.enums import Scope


class CommaList(serializers.CharField):
    """Values separated by commas."""

    def to_internal_value(self, data: Any) -> Any:
        return [part for part in super().to_internal_value(data).split(",") if part]


class PickupPointsIn(serializers.Serializer[Any]):
    """Where to look (coordinates, or a country with a postcode or a town), and what for."""

    latitude = serializers.FloatField(required=False, min_value=-85, max_value=85)
    longitude = serializers.FloatField(required=False, min_value=-180, max_value=180)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, help_text="ISO 3166-1 alpha-2.")
    postcode = serializers.CharField(required=False, max_length=12)
    city = serializers.CharField(required=False, max_length=100)
    radius = serializers.IntegerField(
        default=DEFAULT_RADIUS_M, min_value=1, max_value=MAX_RADIUS_M, help_text="Metres."
    )
    limit = serializers.IntegerField(default=10, min_value=1, max_value=MAX_LIMIT)
    network = CommaList(required=False, help_text="Codes of networks, separated by commas.")
    kind = CommaList(required=False, help_text=f"Any of {', '.join(PointKind.values)}, separated by commas.")
    service = CommaList(required=False, help_text="All of these services, separated by commas.")
    weight_g = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    side_mm = serializers.IntegerField(
        required=False, min_value=1, max_value=100_000, help_text="Longest side."
    )
    open_at = serializers.DateTimeField(
        required=False, help_text="Only points known to be open then. Points of unknown hours are left out."
    )

    def validate_kind(self, value: list[str]) -> list[str]:
        if unknown := sorted(set(value) - set(PointKind.values)):
            raise serializers.ValidationError(_("Unknown kinds: %(kinds)s.") % {"kinds": ", ".join(unknown)})
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        has_point = "latitude" in attrs and "longitude" in attrs
        has_name = "country" in attrs and ("postcode" in attrs or "city" in attrs)
        if not has_point and not has_name:
            raise serializers.ValidationError(
                _("Send latitude and longitude, or country with postcode or city."), code="no_place"
            )
        return attrs


class DayOut(serializers.Serializer[Any]):
    date = serializers.DateField()
    periods = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(), min_length=2, max_length=2),
        help_text='Such as [["09:00", "12:30"], ["14:00", "19:00"]]; empty when closed.',
    )


class OpeningHoursOut(serializers.Serializer[Any]):
    osm = serializers.CharField(help_text="OpenStreetMap's opening_hours syntax.")
    is_open = serializers.BooleanField(help_text="Now.")
    next_opening = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    days = DayOut(many=True, help_text="Today and the six days that follow, with public holidays.")


class NetworkOut(serializers.Serializer[Any]):
    code = serializers.SlugField()
    name = serializers.CharField()


class PickupPointOut(serializers.Serializer[Any]):
    """Coordinates in degrees of WGS 84, weight in grams, side in millimetres; null is unknown."""

    id = serializers.UUIDField()
    code = serializers.CharField(help_text="The network's own code.")
    network = NetworkOut()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=PointKind.choices)
    status = serializers.ChoiceField(choices=PointStatus.choices)
    street = serializers.CharField()
    street2 = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    distance_m = serializers.IntegerField(allow_null=True, help_text="Along the sphere.")
    opening_hours = OpeningHoursOut(allow_null=True)
    services = serializers.ListField(child=serializers.CharField())
    max_weight_g = serializers.IntegerField(allow_null=True)
    max_side_mm = serializers.IntegerField(allow_null=True)


class PickupPointsOut(serializers.Serializer[Any]):
    results = PickupPointOut(many=True)


class PickupPointsView(APIView):
    """The points nearest to a place."""

    required_scopes = {"GET": [Scope.PICKUP_POINTS_READ]}
    throttle_scope = "pickup_points"
    also_answers = {404: "No place of that name or postcode is known"}

    @extend_schema(
        operation_id="pickup_points",
        parameters=[PickupPointsIn],
        responses=PickupPointsOut,
        tags=["pickup points"],
    )
    def get(self, request: Request) -> Response:
        """Answer the nearest points that are open for business, have room and take the parcel.

        The nearest first, at most 50. Closed, suspended and full points are never among them.
        """
        query = PickupPointsIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        found = nearest.search(
            place=_place(asked),
            wish=Wish(
                networks=asked.get("network", ()),
                kinds=asked.get("kind", ()),
                services=asked.get("service", ()),
                weight_g=asked.get("weight_g"),
                side_mm=asked.get("side_mm"),
                open_at=asked.get("open_at"),
            ),
            at=timezone.now(),
            limit=asked["limit"],
            radius_m=asked["radius"],
        )
        return Response({"results": [present(one) for one in found]})


class PickupPointView(APIView):
    """One point, with its state today."""

    required_scopes = {"GET": [Scope.PICKUP_POINTS_READ]}
    throttle_scope = "pickup_points"

    @extend_schema(operation_id="pickup_point", responses=PickupPointOut, tags=["pickup points"])
    def get(self, request: Request, public_id: Any) -> Response:
        """Answer a point, also when it has closed: ask before payment whether it is still open."""
        try:
            return Response(present(nearest.get(public_id=public_id, at=timezone.now())))
        except PickupPoint.DoesNotExist:
            raise Http404 from None


def present(found: Found) -> dict[str, Any]:
    """Write a point as ``PickupPointOut`` says. By hand: the serializer takes as long as the search."""
    point = found.point
    return {
        "id": str(point.public_id),
        "code": point.code,
        "network": {"code": point.network.code, "name": point.network.name},
        "name": point.name,
        "kind": point.kind,
        "status": point.status,
        "street": point.street,
        "street2": point.street2,
        "postcode": point.postcode,
        "city": point.city,
        "country": point.country,
        "latitude": point.latitude,
        "longitude": point.longitude,
        "distance_m": found.distance_m,
        "opening_hours": _hours(point, found.openings),
        "services": point.services,
        "max_weight_g": point.max_weight_g,
        "max_side_mm": point.max_side_mm,
    }


def _hours(point: PickupPoint, openings: Openings | None) -> dict[str, Any] | None:
    if openings is None:
        return None
    return {
        "osm": point.opening_hours,
        "is_open": openings.is_open,
        "next_opening": openings.next_opening,
        "closes_at": openings.closes_at,
        "days": [{"date": day.day, "periods": day.periods} for day in openings.week],
    }


def _place(asked: dict[str, Any]) -> Place:
    if "latitude" in asked and "longitude" in asked:
        return Place(asked["latitude"], asked["longitude"])
    return nearest.locate(
        country=asked["country"], postcode=asked.get("postcode", ""), city=asked.get("city", "")
    )

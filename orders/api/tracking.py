"""Carriers send what happened to parcels, in batches."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.serializers import StrictSerializer
from orders.api.parcels import carrier_of
from orders.enums import ParcelStatus
from orders.services import tracking
from orders.services.tracking import MAX_BATCH, Outcome, Scan
from partners.enums import Scope

STATUS = {
    Outcome.ACCEPTED: 201,
    Outcome.UNMAPPED: 201,
    Outcome.DUPLICATE: 200,
    Outcome.UNKNOWN_PARCEL: 404,
    Outcome.IN_FUTURE: 422,
    Outcome.TOO_EARLY: 422,
}


class TrackingEventIn(StrictSerializer):
    """One scan, in the carrier's own vocabulary."""

    event_id = serializers.CharField(max_length=80, help_text="Yours; an event sent twice counts once.")
    tracking_number = serializers.CharField(max_length=40)
    code = serializers.CharField(max_length=40)
    happened_at = serializers.DateTimeField(help_text="With its offset from UTC.")
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class TrackingEventsIn(StrictSerializer):
    events = TrackingEventIn(many=True, allow_empty=False, max_length=MAX_BATCH)


class TrackingResultOut(serializers.Serializer[Any]):
    """What became of one event. ``status`` is that of HTTP, ``outcome`` says it in a word."""

    index = serializers.IntegerField()
    event_id = serializers.CharField()
    status = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=[(outcome.value, outcome.value) for outcome in Outcome])
    parcel = serializers.UUIDField(allow_null=True)
    parcel_status = serializers.ChoiceField(choices=ParcelStatus.choices, allow_null=True)


class TrackingResultsOut(serializers.Serializer[Any]):
    results = TrackingResultOut(many=True)


class TrackingEventsView(APIView):
    """Events of the carrier's parcels."""

    required_scopes = {"POST": [Scope.TRACKING_WRITE]}
    throttle_scope = "tracking"

    @extend_schema(
        operation_id="send_tracking_events",
        request=TrackingEventsIn,
        responses={207: TrackingResultsOut},
        tags=["tracking"],
    )
    def post(self, request: Request) -> Response:
        """Take up to 1,000 events, each for itself; send them again without fear, and in any order.

        207 with one result per event. A parcel of another carrier is unknown. A code that is not mapped is
        kept, shown, and changes nothing. A batch that cannot be read is refused whole, with 400 or 422.
        """
        carrier = carrier_of(request)
        body = TrackingEventsIn(data=request.data)
        body.is_valid(raise_exception=True)
        scans = [_scan(event) for event in body.validated_data["events"]]
        results = tracking.receive(carrier=carrier, scans=scans, at=timezone.now(), by=request.user)
        answers = [
            {
                "index": index,
                "event_id": scan.event_id,
                "status": STATUS[result.outcome],
                "outcome": result.outcome.value,
                "parcel": result.parcel,
                "parcel_status": result.status or None,
            }
            for index, (scan, result) in enumerate(zip(scans, results, strict=True))
        ]
        return Response({"results": answers}, status=207)


def _scan(event: dict[str, Any]) -> Scan:
    raw = {**event, "happened_at": event["happened_at"].isoformat()}
    return Scan(
        event_id=event["event_id"],
        tracking_number=event["tracking_number"],
        code=event["code"],
        happened_at=event["happened_at"],
        place=event["place"],
        raw=raw,
    )

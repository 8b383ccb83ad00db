"""Carriers, the networks they serve, and who plays the carriers on a machine without contracts."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from orders.models import Carrier, HoldingPeriod, PickupNetwork
from partners.enums import ApplicationKind
from partners.models import Application

FOLDER = Path(__file__).resolve().parent.parent / "reference"
SANDBOX = "trajeo"
DEMONSTRATION = "relais-escale"
DEFAULT_HOLDING_DAYS = 7


class NotACarrier(Refusal):
    """Only an application of the kind “carrier” may speak for one."""

    code = "not_a_carrier"


@transaction.atomic
def load() -> None:
    """Create the carriers, networks and holding periods that are missing. What staff changed stays."""
    for entry in _read("carriers.json"):
        facts = {
            key: entry[key] for key in ("name", "adapter", "tracking_url", "days_domestic", "days_abroad")
        }
        Carrier.objects.get_or_create(code=entry["code"], defaults=facts)
    carriers = {carrier.code: carrier for carrier in Carrier.objects.all()}
    for entry in _read("networks.json"):
        network, _created = PickupNetwork.objects.get_or_create(
            code=entry["code"], defaults={"name": entry["name"], "carrier": carriers[entry["carrier"]]}
        )
        _load_holding(network, entry)
        if "before" in entry:
            _load_holding(network, entry["before"])


def _load_holding(network: PickupNetwork, entry: dict[str, Any]) -> None:
    HoldingPeriod.objects.bulk_create(
        [
            HoldingPeriod(
                network=network,
                kind=kind,
                days=days,
                valid_from=date.fromisoformat(entry["from"]),
                source=entry["source"],
            )
            for kind, days in entry["holding"].items()
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def connect(*, carrier_code: str, application_id: int, by: User | None, at: datetime) -> Carrier:
    """Say which application speaks for a carrier: it alone sees its parcels. Raises ``NotACarrier``."""
    carrier: Carrier = Carrier.objects.select_for_update().get(code=carrier_code)
    application = Application.objects.get(pk=application_id)
    if application.kind != ApplicationKind.CARRIER:
        raise NotACarrier(_("Choose an application of the kind “carrier”."))
    if carrier.application_id != application.pk:
        carrier.application = application
        carrier.save(update_fields=["application"])
        events.record("carrier.connected", carrier, by=by, data={"application": str(application.public_id)})
    return carrier


@transaction.atomic
def serve(*, network_code: str, carrier_code: str, by: User | None, at: datetime) -> PickupNetwork:
    """Have a network served by another carrier from now on. Parcels already announced keep theirs."""
    network: PickupNetwork = PickupNetwork.objects.select_for_update().get(code=network_code)
    carrier = Carrier.objects.get(code=carrier_code)
    if network.carrier_id != carrier.pk:
        network.carrier = carrier
        network.save(update_fields=["carrier"])
        events.record("network.served_by", network, by=by, data={"carrier": str(carrier.public_id)})
    return network


def home_carrier() -> Carrier | None:
    """Return the carrier of home deliveries, None while it is not loaded."""
    carrier: Carrier | None = Carrier.objects.filter(code=SANDBOX).first()
    return carrier


def holding_days(*, network_id: int, kind: str, on: date) -> int:
    """Return how many calendar days a parcel that arrives ``on`` a day is kept at a kind of point."""
    period = (
        HoldingPeriod.objects.filter(network_id=network_id, kind=kind, valid_from__lte=on)
        .order_by("-valid_from")
        .values_list("days", flat=True)
        .first()
    )
    return DEFAULT_HOLDING_DAYS if period is None else period


def _read(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return entries

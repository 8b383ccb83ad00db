"""What every world has: reference data, exchange rates, staff, partners. Loading it again changes nothing."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from catalog.models import Market
from catalog.services import reference
from demo import people
from orders.services import networks
from partners.enums import ApplicationKind
from partners.models import Channel

CHANNEL, CARRIER = "Grand Large", "Trajéo"
# Units for one euro, of the order of those the European Central Bank publishes.
RATES = {"PLN": Decimal("4.2535"), "GBP": Decimal("0.8721"), "CNY": Decimal("8.2440")}


def load(*, at: datetime) -> None:
    """Create what is missing of it."""
    reference.load()
    today = timezone.localdate(at)
    for age in (1, 0):
        reference.write_rates(day=today - timedelta(days=age), rates=RATES)
    networks.load()
    people.load_staff()
    connect_channel(at=at)
    connect_carrier(at=at)


def connect_channel(*, at: datetime) -> Channel:
    """Connect the marketplace whose buyers shop in every market."""
    application = people.connect_partner(name=CHANNEL, kind=ApplicationKind.CHANNEL, at=at)
    channel: Channel
    channel, _created = Channel.objects.get_or_create(
        application=application,
        defaults={
            "code": "grand-large",
            "name": CHANNEL,
            "countries": list(Market.objects.values_list("country", flat=True)),
        },
    )
    return channel


def connect_carrier(*, at: datetime) -> None:
    """Connect the carrier that is played on this machine."""
    application = people.connect_partner(name=CARRIER, kind=ApplicationKind.CARRIER, at=at)
    networks.connect(carrier_code=networks.SANDBOX, application_id=application.pk, by=None, at=at)

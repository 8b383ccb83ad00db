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


# Longer than the oldest merchant has been selling.
WEEKS_OF_RATES = 40


def rates(week: int) -> dict[str, Decimal]:
    """Return the rates of so many weeks ago: they swing by one percent over half a year."""
    swing = 1 + Decimal(abs(week % 26 - 13) - 6) / 700
    return {currency: (rate * swing).quantize(Decimal("0.0001")) for currency, rate in RATES.items()}


def load(*, at: datetime) -> None:
    """Create what is missing of it."""
    reference.load()
    today = timezone.localdate(at)
    monday = today - timedelta(days=today.weekday())
    for week in range(WEEKS_OF_RATES):
        reference.write_rates(day=monday - timedelta(weeks=week), rates=rates(week))
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

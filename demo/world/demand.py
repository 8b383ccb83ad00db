"""What buyers want: orders drawn by chance from what is on sale, never more than there is."""

import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from catalog.models import Listing, Market, Price, StockLevel
from demo.world.assortment import SEED
from demo.world.buyers import buyer
from demo.world.catalogue import Shelf
from orders.enums import DeliveryKind, PaymentStatus
from orders.models import PickupPoint
from orders.services.new_order import NewLine, NewOrder

WEIGHTS = {"FR": 42, "DE": 14, "BE": 10, "ES": 10, "IT": 10, "PL": 6, "GB": 5, "CN": 3}
#: What a buyer pays one merchant for delivery, in the market's currency.
SHIPPING = {"EUR": Decimal("4.90"), "PLN": Decimal("19.90"), "GBP": Decimal("5.90"), "CNY": Decimal("68.00")}
POINTS_USED = 120
HOME_SHARE = 0.15
SECOND_MERCHANT_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Article:
    """A variant that buyers may want."""

    merchant: UUID
    merchant_id: int
    variant_id: int
    sku: str


@dataclass
class Demanded:
    """A market as the channel sees it: its articles with how eagerly they are bought, and its points."""

    market: Market
    articles: list[Article] = field(default_factory=list)
    eagerness: list[float] = field(default_factory=list)
    points: list[UUID] = field(default_factory=list)


class Demand:
    """Draws orders. Remembers what has been bought, so that no order asks for more than is left."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self.chance = random.Random(f"{SEED} orders")  # noqa: S311  # not for secrets
        self.markets = _markets(shelves)
        self.prices = _prices()
        self.left = dict(
            StockLevel.objects.values_list("variant_id")
            .annotate(n=Sum("on_hand"))
            .values_list("variant_id", "n")
        )
        self.number = 0

    def moments(self, count: int, days: int, now: datetime) -> list[datetime]:
        """Spread orders over the days until now: more each week, most in the evening, in order."""
        weeks = [1 + 0.6 * (days - day) / max(days, 1) for day in range(days)]
        found = []
        for day in self.chance.choices(range(days), weights=weeks, k=count):
            clock = min(max(self.chance.gauss(15.5, 4.5), 0.2), 23.7)
            midnight = timezone.localtime(now - timedelta(days=day)).replace(
                hour=0, minute=0, second=0, microsecond=0
            )
            moment = midnight + timedelta(hours=clock)
            found.append(moment if moment <= now else moment - timedelta(days=1))
        return sorted(found)

    def order(self, at: datetime) -> NewOrder | None:
        """Draw the order of a moment; None when everything it would want is sold out."""
        country = self.chance.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))[0]
        known = self.markets.get(country)
        if known is None or not known.articles:
            return None
        lines = self._lines(known, at)
        if not lines:
            return None
        self.number += 1
        currency = known.market.currency
        shipping = {line.merchant: SHIPPING[currency] for line in lines}
        total = sum((line.total for line in lines), Decimal(0)) + sum(shipping.values(), Decimal(0))
        at_home = not known.points or self.chance.random() < HOME_SHARE
        return NewOrder(
            reference=f"GL-{100_000 + self.number}",
            country=country,
            currency=currency,
            language=known.market.languages[0],
            lines=lines,
            delivery=DeliveryKind.HOME if at_home else DeliveryKind.PICKUP,
            buyer=buyer(country, self.number, self.chance),
            payment_status=PaymentStatus.CAPTURED,
            payment_amount=total,
            payment_reference=f"PAY-{100_000 + self.number}",
            pickup_point=None if at_home else self.chance.choice(known.points),
            address_country=country,
            shipping=shipping,
        )

    def _lines(self, known: Demanded, at: datetime) -> list[NewLine]:
        first = self._pick(known)
        articles = [first]
        if self.chance.random() < 0.3:
            others = self.chance.random() < SECOND_MERCHANT_SHARE / 0.3
            second = self._pick(known)
            if second.variant_id != first.variant_id and (others or second.merchant == first.merchant):
                articles.append(second)
        lines = []
        for article in articles:
            quantity = self.chance.choice((1, 1, 1, 2, 2, 3))
            price = self._price(article.variant_id, known.market.pk, at)
            if price is None or self.left.get(article.variant_id, 0) < quantity:
                continue
            self.left[article.variant_id] -= quantity
            lines.append(NewLine(article.merchant, article.sku, quantity, price))
        return lines

    def _pick(self, known: Demanded) -> Article:
        place = bisect(known.eagerness, self.chance.random() * known.eagerness[-1])
        return known.articles[min(place, len(known.articles) - 1)]

    def _price(self, variant_id: int, market_id: int, at: datetime) -> Decimal | None:
        for starts, ends, amount in self.prices.get((variant_id, market_id), ()):
            if starts <= at and (ends is None or ends > at):
                return amount
        return None


def _markets(shelves: Sequence[Shelf]) -> dict[str, Demanded]:
    live = Listing.objects.filter(status="published", product__status="live")
    on_sale = set(live.values_list("product_id", "market__country"))
    markets = {market.country: Demanded(market) for market in Market.objects.filter(is_open=True)}
    for country, known in markets.items():
        eagerness = []
        for shelf in shelves:
            merchant = shelf.opened.merchant
            for plan in shelf.plans:
                if (shelf.products[plan.reference], country) not in on_sale:
                    continue
                for variant in plan.variants:
                    pk = shelf.variants[variant.sku]
                    known.articles.append(Article(merchant.public_id, merchant.pk, pk, variant.sku))
                    eagerness.append(variant.demand)
        known.eagerness = list(accumulate(eagerness))
        points = PickupPoint.objects.filter(country=country, status="open", network__code="relais-escale")
        codes = dict(points.order_by("code").values_list("code", "public_id"))
        step = max(len(codes) // POINTS_USED, 1)
        known.points = list(codes.values())[::step][:POINTS_USED]
    return markets


def _prices() -> dict[tuple[int, int], list[tuple[datetime, datetime | None, Decimal]]]:
    found: dict[tuple[int, int], list[tuple[datetime, datetime | None, Decimal]]] = {}
    rows = Price.objects.values_list("variant_id", "market_id", "starts_at", "ends_at", "amount")
    for variant_id, market_id, starts, ends, amount in rows:
        found.setdefault((variant_id, market_id), []).append((starts, ends, amount))
    return found

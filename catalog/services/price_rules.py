"""Derive the prices of a market from the French ones: rule, preview, application."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.enums import PriceSource, VatClass
from catalog.models import ExchangeRate, Market, PriceRule, VatRate
from catalog.services import prices
from core.models import User
from core.money import minor_units, round_amount
from core.refusals import Refusal
from core.services import jobs

SOURCE = "FR"
SHOWN = 50
BATCH = 2000
AT_ONCE = 1000
#: Where prices come from that no rule overwrites.
TYPED = frozenset({PriceSource.MANUAL, PriceSource.IMPORT, PriceSource.API})


class NoExchangeRate(Refusal):
    """No rate of the currency is known."""

    code = "no_exchange_rate"


class NoRule(Refusal):
    """The market has no rule, or is where the source prices are."""

    code = "no_price_rule"


@dataclass(frozen=True, slots=True)
class Terms:
    """What turns a French price into one of the market, on a day. ``rate``: units for one euro."""

    market: Market
    rate: Decimal
    source_vat: dict[str, Decimal]
    vat: dict[str, Decimal]
    margin_percent: Decimal
    ending: Decimal | None

    def derive(self, amount: Decimal, vat_class: str) -> Decimal:
        """Take French VAT off, convert, add the margin and the market's VAT, round up to the ending."""
        net = amount / (1 + self.source_vat[vat_class] / 100)
        gross = net * self.rate * (1 + self.margin_percent / 100) * (1 + self.vat[vat_class] / 100)
        return end_in(gross, self.ending, self.market.currency)


def end_in(amount: Decimal, ending: Decimal | None, currency: str) -> Decimal:
    """Round to the currency, or up to the next amount that ends so: 12,10 with ,99 → 12,99."""
    smallest = Decimal(1).scaleb(-minor_units(currency))
    if ending is None or (ending and minor_units(currency) == 0):
        return max(round_amount(amount, currency), smallest)
    exact = round_amount(amount, currency)
    whole = exact.to_integral_value(ROUND_FLOOR)
    ended = whole + ending
    ended = ended if ended >= exact else ended + 1
    return round_amount(ended if ended > 0 else ended + 1, currency)


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule does to a variant's price. ``before`` None: it had none in the market."""

    variant_id: int
    sku: str
    title: str
    source: Decimal
    before: Decimal | None
    after: Decimal

    @property
    def is_drop(self) -> bool:
        """Tell a fall by more than four fifths."""
        return self.before is not None and self.after < self.before / 5


@dataclass(slots=True)
class Preview:
    """What a rule would change: counts of all variants, and the first changes."""

    market: Market
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    drops: int = 0
    kept: int = 0
    shown: list[Change] = field(default_factory=list)


@transaction.atomic
def write(
    *, merchant_id: int, country: str, margin_percent: Decimal, ending: Decimal | None, by: User, at: datetime
) -> PriceRule:
    """Write the rule of a market. No price changes before ``apply``. Raises ``NoRule`` for France."""
    market = Market.objects.filter(country=country).first()
    if market is None or country == SOURCE:
        raise NoRule(_("Prices of this market are not derived."))
    rule, _created = PriceRule.objects.update_or_create(
        merchant_id=merchant_id,
        market=market,
        defaults={"margin_percent": margin_percent, "ending": ending},
    )
    return rule


def terms(*, merchant_id: int, country: str, on: date) -> Terms:
    """Return what holds on a day. Raises ``NoRule``, ``NoExchangeRate``."""
    rule = (
        PriceRule.objects.for_merchant(merchant_id)
        .filter(market__country=country)
        .select_related("market")
        .first()
    )
    if rule is None:
        raise NoRule(_("Write the rule of this market first."))
    return Terms(
        rule.market,
        exchange_rate(rule.market.currency, on=on),
        vat_rates(SOURCE, on=on),
        vat_rates(country, on=on),
        rule.margin_percent,
        rule.ending,
    )


def exchange_rate(currency: str, *, on: date) -> Decimal:
    """Return how many units one euro buys: the last rate known on that day. Raises ``NoExchangeRate``."""
    if currency == "EUR":
        return Decimal(1)
    rate: Decimal | None = (
        ExchangeRate.objects.filter(currency=currency, day__lte=on)
        .order_by("-day")
        .values_list("rate", flat=True)
        .first()
    )
    if rate is None:
        raise NoExchangeRate(
            _("No exchange rate is known for %(currency)s.") % {"currency": currency}, currency=currency
        )
    return rate


def vat_rates(country: str, *, on: date) -> dict[str, Decimal]:
    """Return the rate in percent of each class; a class without a rate of its own has the standard one."""
    rows = VatRate.objects.filter(market__country=country, valid_from__lte=on).order_by("valid_from")
    known: dict[str, Decimal] = dict(rows.values_list("vat_class", "rate"))
    standard = known.get(VatClass.STANDARD, Decimal(0))
    return {vat_class: known.get(vat_class, standard) for vat_class in VatClass.values}


def preview(*, merchant_id: int, country: str, at: datetime) -> Preview:
    """Compute what ``apply`` would do, and write nothing."""
    holds = terms(merchant_id=merchant_id, country=country, on=at.date())
    found = Preview(holds.market)
    for changes in _batches(merchant_id, holds):
        for change, is_manual in changes:
            if is_manual:
                found.kept += 1
            elif change.before is None:
                found.new += 1
            elif change.before == change.after:
                found.unchanged += 1
            else:
                found.changed += 1
                found.drops += change.is_drop
            if not is_manual and change.before != change.after and len(found.shown) < SHOWN:
                found.shown.append(change)
    return found


def apply(*, merchant_id: int, country: str, by: User, at: datetime) -> int | None:
    """Set the derived prices; prices typed by hand are kept. Answers how many changed.

    More than ``AT_ONCE`` are set in the background: None then.
    """
    found = preview(merchant_id=merchant_id, country=country, at=at)
    if found.new + found.changed <= AT_ONCE:
        return apply_now(merchant_id=merchant_id, country=country, at=at)
    jobs.enqueue(
        "catalog.apply_price_rule",
        key=f"{merchant_id}:{country}",
        by=by,
        merchant_id=merchant_id,
        country=country,
    )
    return None


def apply_now(*, merchant_id: int, country: str, at: datetime | None = None) -> int:
    """Set the derived prices by batches, each in its transaction. Safe to run again."""
    at = at or timezone.now()
    holds = terms(merchant_id=merchant_id, country=country, on=at.date())
    count = 0
    for changes in _batches(merchant_id, holds):
        new = [
            prices.NewPrice(change.variant_id, holds.market.pk, change.after)
            for change, is_manual in changes
            if not is_manual and change.before != change.after
        ]
        # Typed while this ran: seen once the variants are locked.
        count += prices.set_many(
            merchant_id=merchant_id, prices=new, source=PriceSource.RULE, at=at, keeps=TYPED
        )
    return count


def _batches(merchant_id: int, holds: Terms) -> Iterator[list[tuple[Change, bool]]]:
    """Yield, by batches of variants with a French price, the change and whether a hand set the price."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT v.id, v.sku, COALESCE(t.title, ''), source.amount, COALESCE(c.vat_class, 'standard'),
                       present.amount, present.source
                FROM catalog_variant v
                JOIN catalog_product p ON p.id = v.product_id AND p.status <> 'archived'
                JOIN catalog_price source ON source.variant_id = v.id AND source.ends_at IS NULL
                    AND source.market_id = (SELECT id FROM catalog_market WHERE country = %(source)s)
                LEFT JOIN catalog_category c ON c.id = p.category_id
                LEFT JOIN catalog_producttext t ON t.product_id = p.id AND t.language = p.source_language
                LEFT JOIN catalog_price present ON present.variant_id = v.id AND present.ends_at IS NULL
                    AND present.market_id = %(market)s
                WHERE v.merchant_id = %(merchant)s AND v.id > %(last)s
                ORDER BY v.id LIMIT %(batch)s
                """,
                {
                    "source": SOURCE,
                    "market": holds.market.pk,
                    "merchant": merchant_id,
                    "last": last,
                    "batch": BATCH,
                },
            )
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield [
            (
                Change(pk, sku, title, amount, before, holds.derive(amount, vat_class)),
                origin in TYPED,
            )
            for pk, sku, title, amount, vat_class, before, origin in rows
        ]


def all_vat_rates(*, on: date) -> dict[int, dict[str, Decimal]]:
    """Return the rates in force on a day: by market, by class."""
    found: dict[int, dict[str, Decimal]] = {}
    rows = VatRate.objects.filter(valid_from__lte=on).order_by("valid_from")
    for market, vat_class, rate in rows.values_list("market_id", "vat_class", "rate"):
        found.setdefault(market, {})[vat_class] = rate
    return found

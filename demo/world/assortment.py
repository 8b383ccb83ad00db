"""Which products each merchant of the world has: figures drawn by chance, the same at each load."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from stdnum import ean

from demo.world import words
from demo.world.words import Kind, Row

SEED = 20261122
# The GS1 prefix 952 is for demonstrations and examples: these numbers belong to nobody.
GTIN_PREFIX = "952"
# When there are more products than combinations of words: a second series, and so on.
SERIES = ("", "Belle-Île", "Ventoux", "Aubrac", "Camargue", "Armor")


@dataclass(frozen=True, slots=True)
class VariantPlan:
    """A variant: its price in France, how much of it there is, and how eagerly it is bought."""

    sku: str
    gtin: str
    size: str
    price: Decimal
    weight_g: int
    stock: int
    demand: float


@dataclass(frozen=True, slots=True)
class ProductPlan:
    """A product, with what is still missing of it. ``number`` counts the merchant's products from 1."""

    reference: str
    number: int
    kind: Kind
    quality: Row
    series: str
    variants: tuple[VariantPlan, ...]
    lacks: frozenset[str] = field(default_factory=frozenset)

    def title(self, language: str) -> str:
        whole = words.title(self.kind, self.quality, language)
        return f"{whole} – {self.series}" if self.series else whole

    def description(self, language: str, store: str) -> str:
        story = words.stories()[self.kind.trade]
        return f"{self.title(language)}. {story[language]} {store}, {story['town']}."

    def bullets(self, language: str) -> list[str]:
        town = words.stories()[self.kind.trade]["town"]
        codes = ["made", "pack", "ship"]
        if self.kind.category == "vins-et-alcools":
            codes.append("alcohol")
        return [words.points()[code][language].format(town=town) for code in codes]


#: What a product may lack, and how often in a hundred.
LACKS = {
    "category": 2,
    "price": 3,
    "description": 5,
    "manufacturer": 9,
    "gtin": 6,
    "stock": 5,
    "polish": 12,
    "german": 4,
    "publication": 6,
}


def plan(*, trade: str, merchant_number: int, count: int) -> list[ProductPlan]:
    """Draw a merchant's products; a smaller count gives the first of a larger one."""
    chance = random.Random(f"{SEED} {trade}")  # noqa: S311  # not for secrets
    return [
        _product(number, kind, quality, series, merchant_number, chance)
        for number, (kind, quality, series) in enumerate(_combinations(trade, chance, count), start=1)
    ]


def _combinations(trade: str, chance: random.Random, count: int) -> Iterator[tuple[Kind, Row, str]]:
    known = [
        (kind, quality)
        for kind in words.kinds()
        if kind.trade == trade
        for quality in words.qualities()[kind.words]
    ]
    chance.shuffle(known)
    for number in range(count):
        series, place = divmod(number, len(known))
        yield (*known[place], SERIES[series % len(SERIES)])


def _product(
    number: int, kind: Kind, quality: Row, series: str, merchant_number: int, chance: random.Random
) -> ProductPlan:
    base = Decimal(f"{chance.uniform(kind.low, kind.high):.2f}")
    lacks = frozenset(name for name, percent in LACKS.items() if chance.random() * 100 < percent)
    demand = 1 / chance.uniform(0.03, 1)
    reference = f"{kind.code}-{quality['code']}-{number:03}"
    variants = tuple(
        _variant(reference, place, size, base, kind, lacks, demand, (merchant_number, number), chance)
        for place, size in enumerate(kind.sizes or (("", 1.0),))
    )
    return ProductPlan(reference, number, kind, quality, series, variants, lacks)


def _variant(
    reference: str,
    place: int,
    size: tuple[str, float],
    base: Decimal,
    kind: Kind,
    lacks: frozenset[str],
    demand: float,
    numbers: tuple[int, int],
    chance: random.Random,
) -> VariantPlan:
    name, factor = size
    stock = 0 if "stock" in lacks else 12 + int(chance.expovariate(1 / 40) + 9 * demand)
    return VariantPlan(
        sku=f"{reference}-{place + 1}" if name else reference,
        gtin="" if "gtin" in lacks else _gtin(*numbers, place),
        size=name,
        price=_commercial(base * Decimal(str(factor))),
        weight_g=round(kind.weight_g * factor),
        stock=stock,
        demand=demand,
    )


def _gtin(merchant_number: int, number: int, place: int) -> str:
    digits = f"{GTIN_PREFIX}{merchant_number:03}{number:05}{place}"
    return f"{digits}{ean.calc_check_digit(digits)}"


def _commercial(amount: Decimal) -> Decimal:
    """Round to a price as shops write it: 12,90 or 89,00."""
    if amount >= 100:
        return amount.quantize(Decimal(1))
    return amount.quantize(Decimal("0.1")).quantize(Decimal("0.01"))

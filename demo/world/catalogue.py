"""The catalogues of the demonstration world, written through the services a merchant's clicks end in."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.enums import GtinReason, LocationKind, PriceSource, StockCause
from catalog.models import Category, Market, ModerationCase
from catalog.services import locations, price_rules, prices, products, publication, stock, texts
from catalog.services.prices import NewPrice
from core.models import User
from core.services import events
from demo.world import assortment, words
from demo.world.assortment import SEED, ProductPlan
from demo.world.cast import Stage
from demo.world.merchants import Opened
from demo.world.moments import ago, then

#: Where a trade's merchant sells, besides France and Belgium: so many of these markets.
ELSEWHERE = ("DE", "ES", "IT", "PL", "GB", "CN")
EURO_MARKETS = frozenset({"FR", "BE", "DE", "ES", "IT"})
PREPARED_SHARE = 5
PROMOTED, OUTDATED = 14, 30
NEWS = "Nouveau format depuis cet automne."
REFUSED = (
    "L’étiquette visible sur la photo ne mentionne ni le degré d’alcool ni l’embouteilleur (règlement (UE) "
    "no 1169/2011). Ajoutez ces mentions, puis publiez à nouveau."
)


@dataclass(slots=True)
class Shelf:
    """A merchant's catalogue as loaded: the plans, and the keys that the services gave them."""

    opened: Opened
    plans: list[ProductPlan]
    products: dict[str, int]
    variants: dict[str, int]
    countries: list[str]


def load(*, opened: Sequence[Opened], count: int, now: datetime) -> list[Shelf]:
    """Share ``count`` products between those who may sell; some who wait have prepared a few."""
    sellers = [each for each in opened if each.part.stage == Stage.APPROVED]
    preparing = [
        each
        for each in opened
        if each.part.trade in words.stories() and each.part.stage == Stage.INFORMATION_REQUESTED
    ]
    shares = share(count, len(sellers), len(preparing))
    shelves = [
        _fill(each, number, size, now)
        for number, (each, size) in enumerate(zip([*sellers, *preparing], shares, strict=True), start=1)
        if size
    ]
    on_sale = [shelf for shelf in shelves if shelf.opened.part.stage == Stage.APPROVED]
    for shelf in on_sale:
        _sell(shelf, now)
    moderate(now)
    return on_sale


def share(count: int, sellers: int, preparing: int) -> list[int]:
    """Give each seller as many, and each of those who prepare a fifth of that; the first takes the rest."""
    if not sellers:
        return [0] * preparing
    each = count * PREPARED_SHARE // (sellers * PREPARED_SHARE + preparing)
    fifth = each // PREPARED_SHARE
    return [count - each * (sellers - 1) - fifth * preparing, *[each] * (sellers - 1), *[fifth] * preparing]


def _fill(opened: Opened, number: int, size: int, now: datetime) -> Shelf:
    """Write products, texts and stock."""
    trade, pk = opened.part.trade, opened.merchant.pk
    plans = assortment.plan(trade=trade, merchant_number=number, count=size)
    begun = opened.merchant.opened_at or ago(now, opened.part.age - 1)
    at = min(begun + timedelta(days=1), now)
    categories = dict(Category.objects.values_list("code", "pk"))
    with events.as_of(at):
        written = products.create_many(
            merchant_id=pk, products=_rows(opened, plans, categories), language="fr", at=at
        )
    keys = {plan.reference: written.products[plan.variants[0].sku] for plan in plans}
    shelf = Shelf(opened, plans, keys, written.variants, _countries(trade))
    then(at, texts.write_many, merchant_id=pk, texts=list(_translations(shelf)))
    _store(shelf, at)
    return shelf


def _rows(
    opened: Opened, plans: Iterable[ProductPlan], categories: dict[str, int]
) -> list[products.ProductData]:
    store, company = opened.merchant.store_name, opened.merchant.company
    maker = {
        "manufacturer": company.legal_name.title(),
        "address": f"{company.street}, {company.postcode} {company.city}".title(),
        "contact": opened.merchant.support_email,
    }
    return [
        products.ProductData(
            sku=variant.sku,
            reference=plan.reference,
            title=plan.title("fr"),
            description="" if "description" in plan.lacks else plan.description("fr", store),
            bullets=plan.bullets("fr"),
            brand=store,
            category_id=None if "category" in plan.lacks else categories[plan.kind.category],
            gtin=variant.gtin,
            weight_g=variant.weight_g,
            origin_country="FR",
            safety={} if "manufacturer" in plan.lacks else maker,
            axes={"size": variant.size} if variant.size else {},
        )
        for plan in plans
        for variant in plan.variants
    ]


def _translations(shelf: Shelf) -> Iterable[texts.NewText]:
    store = shelf.opened.merchant.store_name
    for plan in shelf.plans:
        product = shelf.products[plan.reference]
        for language in words.LANGUAGES[1:]:
            if language == "de" and "german" in plan.lacks:
                continue
            description = "" if "description" in plan.lacks else plan.description(language, store)
            title, bullets = plan.title(language), plan.bullets(language)
            yield texts.NewText(product, language, title, description, bullets)
        for language in words.TITLES_ONLY:
            if language != "pl" or "polish" not in plan.lacks:
                yield texts.NewText(product, language, plan.title(language))


def _store(shelf: Shelf, at: datetime) -> None:
    """Lay the stock in the warehouse, and some of it in the shops."""
    part, pk = shelf.opened.part, shelf.opened.merchant.pk
    company = shelf.opened.merchant.company
    places = [
        then(
            at,
            locations.add,
            merchant_id=pk,
            name="Entrepôt",
            kind=LocationKind.WAREHOUSE,
            street=company.street.title(),
            postcode=company.postcode,
            city=words.stories()[part.trade]["town"],
        )
    ]
    for name, postcode, city in part.shops:
        shop = then(
            at,
            locations.add,
            merchant_id=pk,
            name=name,
            kind=LocationKind.SHOP,
            street="1 place du Marché",
            postcode=postcode,
            city=city,
        )
        places.append(shop)
    counts = [
        stock.Count(shelf.variants[variant.sku], place.pk, amount)
        for plan in shelf.plans
        for variant in plan.variants
        for place, amount in zip(places, _split(variant.stock, len(places)), strict=True)
    ]
    then(
        at,
        stock.set_levels,
        merchant_id=pk,
        counts=counts,
        cause=StockCause.IMPORT,
        by=shelf.opened.owner,
    )


def _split(stock_: int, places: int) -> list[int]:
    """A tenth in each shop, the rest in the warehouse."""
    shops = [stock_ // 10] * (places - 1)
    return [stock_ - sum(shops), *shops]


def _countries(trade: str) -> list[str]:
    if trade == "soap":
        return ["FR", "BE", *ELSEWHERE]
    if trade == "rum":
        return ["FR", "BE", "DE", "ES", "IT"]
    chance = random.Random(f"{SEED} markets {trade}")  # noqa: S311  # not for secrets
    return ["FR", "BE", *sorted(chance.sample(ELSEWHERE, chance.randint(3, 5)))]


def _sell(shelf: Shelf, now: datetime) -> None:
    """Set prices, derive those of the other markets, publish; then what has happened since."""
    pk, owner = shelf.opened.merchant.pk, shelf.opened.owner
    at = shelf.opened.merchant.opened_at + timedelta(days=2)
    france = Market.objects.get(country="FR")
    wanted = [
        NewPrice(shelf.variants[variant.sku], france.pk, variant.price)
        for plan in shelf.plans
        if "price" not in plan.lacks
        for variant in plan.variants
    ]
    then(at, prices.set_many, merchant_id=pk, prices=wanted, source=PriceSource.MANUAL)
    for country in shelf.countries[1:]:
        in_euros = country in EURO_MARKETS
        then(
            at,
            price_rules.write,
            merchant_id=pk,
            country=country,
            margin_percent=Decimal(2 if in_euros else 8),
            ending=Decimal("0.90" if in_euros else "0.99"),
            by=owner,
        )
        then(at, price_rules.apply_now, merchant_id=pk, country=country)
    wished = [shelf.products[plan.reference] for plan in shelf.plans if "publication" not in plan.lacks]
    then(
        at,
        publication.publish,
        merchant_id=pk,
        product_ids=wished,
        countries=shelf.countries,
        by=owner,
    )
    _promote(shelf, france, ago(now, PROMOTED, "08:00"))
    _rewrite(shelf, ago(now, OUTDATED, "15:00"))
    _say_why_no_gtin(shelf, at)


def _promote(shelf: Shelf, france: Market, at: datetime) -> None:
    """Take a fifth off every twelfth product in France, with the former price struck through."""
    lower = [
        NewPrice(
            shelf.variants[variant.sku],
            france.pk,
            (variant.price * Decimal("0.8")).quantize(Decimal("0.01")),
            strike_amount=variant.price,
        )
        for plan in shelf.plans
        if plan.number % 12 == 0 and "price" not in plan.lacks
        for variant in plan.variants
    ]
    then(at, prices.set_many, merchant_id=shelf.opened.merchant.pk, prices=lower, source=PriceSource.MANUAL)


def _rewrite(shelf: Shelf, at: datetime) -> None:
    """Change every thirtieth French text: its translations become outdated."""
    store = shelf.opened.merchant.store_name
    news = [
        texts.NewText(
            shelf.products[plan.reference],
            "fr",
            plan.title("fr"),
            f"{plan.description('fr', store)} {NEWS}",
        )
        for plan in shelf.plans
        if plan.number % 30 == 7
    ]
    then(at, texts.write_many, merchant_id=shelf.opened.merchant.pk, texts=news)


def _say_why_no_gtin(shelf: Shelf, at: datetime) -> None:
    """Give the reason for half of the variants without GTIN; the others wait for it."""
    nameless = [v for plan in shelf.plans if plan.number % 2 for v in plan.variants if not v.gtin]
    for variant in nameless[:6]:
        then(
            at,
            products.edit_variant,
            merchant_id=shelf.opened.merchant.pk,
            variant_id=shelf.variants[variant.sku],
            gtin="",
            gtin_reason=GtinReason.HANDMADE,
            weight_g=variant.weight_g,
            is_active=True,
        )


def moderate(now: datetime) -> None:
    """Decide on the products that wait for a moderator: every eighth goes on waiting, few are refused."""
    moderator = User.objects.get(email="ines.petit@passerelle.example")
    for number, case in enumerate(ModerationCase.objects.filter(decided_at=None).order_by("pk")):
        if number % 8 == 0:
            continue
        refuses = number % 20 == 3
        then(
            min(case.created_at + timedelta(hours=26), now),
            publication.decide,
            case_id=case.pk,
            refuses=refuses,
            text=REFUSED if refuses else "",
            by=moderator,
        )

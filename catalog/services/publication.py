"""Put products on sale in markets, and take them off. Moderated categories wait for a moderator.

A product is on sale where its listing is published and the product itself is live; while it waits in
moderation its listings keep the wish.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.enums import ListingStatus, ProductStatus
from catalog.models import Listing, Market, ModerationCase, Product
from catalog.services import readiness
from core.models import User
from core.refusals import Refusal
from core.services import events, jobs
from merchants.enums import MerchantStatus
from merchants.services import requirements, standing

BATCH = 1000
HELD = gettext_lazy("Your file holds publication here: complete it, then publish.")


class MerchantNotActive(Refusal):
    """Only an open store publishes. The catalogue can be prepared before."""

    code = "merchant_not_active"


class PublicationHeld(Refusal):
    """A requirement of the merchant's file holds publication; ``codes`` names it, ``markets`` where."""

    code = "publication_held"


class PublicationRestricted(Refusal):
    """A measure keeps products from being published; ``measure`` is its reference."""

    code = "publication_restricted"


class NotReady(Refusal):
    """Nothing could be published; ``blockers`` maps each reason to the number of listings it keeps back."""

    code = "not_ready"


class UnknownMarket(Refusal):
    """There is no such market."""

    code = "unknown_market"
    status = 404


class AlreadyDecided(Refusal):
    """A moderator has decided this case."""

    code = "already_decided"


class ReasonMissing(Refusal):
    """A refusal says why, in words that the merchant reads."""

    code = "reason_missing"
    status = 422


@dataclass(slots=True)
class Outcome:
    """How many listings were published, how many products wait for a moderator, and what kept others back."""

    published: int = 0
    in_review: int = 0
    blockers: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Outcome") -> None:
        self.published += other.published
        self.in_review += other.in_review
        for code, count in other.blockers.items():
            self.blockers[code] = self.blockers.get(code, 0) + count


@transaction.atomic
def publish(
    *,
    merchant_id: int,
    product_ids: Collection[int],
    countries: Collection[str],
    by: User | None,
    at: datetime,
) -> Outcome:
    """Publish products in markets, wherever they are ready; in a fixed number of statements.

    Raises ``MerchantNotActive``, ``UnknownMarket``, ``PublicationRestricted`` or ``PublicationHeld`` when a
    measure, or the merchant's file, keeps products from all these markets, and ``NotReady`` when not one
    listing could be published; a market that is held alone is left out and counted as ``merchant_file``. What
    is published already stays so.
    """
    closed = _require_open(merchant_id, countries, at)
    markets, held = _free_markets(merchant_id, _markets(countries), closed, at)
    products = _lock(merchant_id, product_ids)
    readiness.refresh(product_ids=products, market_ids=list(markets), at=at)
    found = readiness.compute(product_ids=products, market_ids=list(markets))
    outcome = Outcome(blockers={"merchant_file": len(products) * held} if held else {})
    ready = [answer for answer in found if not answer.blockers]
    for answer in found:
        for code in answer.blockers:
            outcome.blockers[code] = outcome.blockers.get(code, 0) + 1
    if not ready:
        messages = {code: rule.message for code, rule in readiness.BY_CODE.items()} | {"merchant_file": HELD}
        raise NotReady(
            " ".join(str(messages[code]) for code in outcome.blockers) or _("There is nothing to publish."),
            blockers=outcome.blockers,
        )
    outcome.published = _mark_published(ready, at)
    outcome.in_review = _go_live([products[answer.product_id] for answer in ready], by=by, at=at)
    _tell("product.published", products, ready, merchant_id, by)
    return outcome


def _require_open(merchant_id: int, countries: Collection[str], at: datetime) -> set[str]:
    """Return the markets that measures close; all of those asked for are a refusal."""
    found = standing.of(merchant_id=merchant_id, at=at)
    if found.status == MerchantStatus.ONBOARDING:
        raise MerchantNotActive(_("Your store is not open yet: products are published once it is approved."))
    held = found.publishing(countries)
    if held is not None:
        raise PublicationRestricted(
            _(
                "Decision %(reference)s keeps you from publishing this: %(reason)s. Your file says how to "
                "appeal."
            )
            % {"reference": held.reference, "reason": held.get_reason_display()},
            measure=held.reference,
        )
    if found.status not in standing.SELLING:
        raise MerchantNotActive(_("Your store is closed or suspended: it publishes no products."))
    return set(found.closed_markets)


def _free_markets(
    merchant_id: int, markets: dict[int, str], closed: set[str], at: datetime
) -> tuple[dict[int, str], int]:
    """Leave out the markets that a measure or the merchant's file holds, and count them; all of them are a
    refusal.
    """
    held = requirements.held_markets(merchant_id=merchant_id, markets=set(markets.values()), at=at)
    free = {pk: country for pk, country in markets.items() if country not in held.keys() | closed}
    if not free:
        codes = sorted({code for names in held.values() for code in names})
        raise PublicationHeld(HELD, codes=codes, markets=sorted(held))
    return free, len(markets) - len(free)


def _markets(countries: Collection[str]) -> dict[int, str]:
    markets = dict(Market.objects.filter(country__in=countries).values_list("pk", "country"))
    if not markets or len(markets) != len(set(countries)):
        raise UnknownMarket(_("This market does not exist."))
    return markets


def _lock(merchant_id: int, product_ids: Collection[int]) -> dict[int, Product]:
    products = (
        Product.objects.for_merchant(merchant_id)
        .filter(pk__in=product_ids)
        .exclude(status=ProductStatus.ARCHIVED)
        .order_by("pk")
        .select_related("category")
        .select_for_update(of=("self",), no_key=True)
    )
    return {product.pk: product for product in products}


def _mark_published(ready: Sequence[readiness.Readiness], at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE catalog_listing AS l SET status = 'published', published_at = %s
            FROM unnest(%s::bigint[], %s::bigint[]) AS new (product_id, market_id)
            WHERE l.product_id = new.product_id AND l.market_id = new.market_id AND l.status <> 'published'
            """,
            [at, [answer.product_id for answer in ready], [answer.market_id for answer in ready]],
        )
        return int(cursor.rowcount)


def _go_live(products: Sequence[Product], *, by: User | None, at: datetime) -> int:
    """Make products live, or ask a moderator where their category wants one; answers how many wait."""
    waiting = {p.pk: p for p in products if p.status in {ProductStatus.DRAFT, ProductStatus.REFUSED}}
    moderated = [p for p in waiting.values() if p.category is not None and p.category.is_moderated]
    live = [pk for pk in waiting if pk not in {p.pk for p in moderated}]
    Product.objects.filter(pk__in=live).update(status=ProductStatus.LIVE, updated_at=at)
    if moderated:
        Product.objects.filter(pk__in=[p.pk for p in moderated]).update(
            status=ProductStatus.IN_REVIEW, updated_at=at
        )
        ModerationCase.objects.bulk_create(
            [ModerationCase(product=p, reason="category", created_at=at) for p in moderated],
            ignore_conflicts=True,
        )
    return len(moderated)


def _tell(
    type: str,
    products: dict[int, Product],
    listings: Sequence[readiness.Readiness],
    merchant_id: int,
    by: User | None,
) -> None:
    countries: dict[int, list[str]] = {}
    for answer in listings:
        countries.setdefault(answer.product_id, []).append(answer.country)
    events.record_many(
        [
            events.NewEvent(
                type, "product", products[pk].public_id, merchant_id, {"markets": sorted(countries[pk])}
            )
            for pk in countries
        ],
        by=by,
    )


@transaction.atomic
def withdraw(
    *,
    merchant_id: int,
    product_ids: Collection[int],
    countries: Collection[str],
    by: User | None,
    at: datetime,
) -> int:
    """Take products off sale in markets; answers how many listings. Orders already placed stay."""
    markets = _markets(countries)
    products = _lock(merchant_id, product_ids)
    listings = Listing.objects.filter(
        product__in=products, market__in=markets, status=ListingStatus.PUBLISHED
    ).order_by("pk")
    pairs = list(listings.select_for_update().values_list("pk", "product_id", "market_id"))
    Listing.objects.filter(pk__in=[pk for pk, _p, _m in pairs]).update(status=ListingStatus.WITHDRAWN)
    gone = [readiness.Readiness(p, m, markets[m], ()) for _pk, p, m in pairs]
    _tell("product.withdrawn", products, gone, merchant_id, by)
    return len(pairs)


@transaction.atomic
def publish_later(*, merchant_id: int, countries: Collection[str], by: User) -> None:
    """Ask for everything that is ready to be published, in the background. Asked twice, it runs once."""
    at = timezone.now()
    closed = _require_open(merchant_id, countries, at)
    _free_markets(merchant_id, _markets(countries), closed, at)
    names = sorted(set(countries))
    jobs.enqueue(
        "catalog.publish_ready",
        key=f"{merchant_id}:{','.join(names)}",
        by=by,
        merchant_id=merchant_id,
        countries=names,
    )


def publish_ready(
    *, merchant_id: int, countries: Sequence[str], by: User | None, beat: Callable[[], object] = lambda: None
) -> Outcome:
    """Publish, batch by batch, each product that has a price in one of the markets. Safe to run again."""
    total, last = Outcome(), 0
    wished = Product.objects.for_merchant(merchant_id).exclude(status=ProductStatus.ARCHIVED)
    while True:
        batch = list(
            wished.filter(pk__gt=last, listings__market__country__in=countries)
            .order_by("pk")
            .distinct()
            .values_list("pk", flat=True)[:BATCH]
        )
        if not batch:
            return total
        last = batch[-1]
        try:
            total.add(
                publish(
                    merchant_id=merchant_id, product_ids=batch, countries=countries, by=by, at=timezone.now()
                )
            )
        except NotReady as refusal:
            total.add(Outcome(blockers=refusal.details["blockers"]))
        beat()


@transaction.atomic
def decide(*, case_id: int, refuses: bool, text: str, by: User, at: datetime) -> ModerationCase:
    """Let a product go live, or refuse it with a reason. Staff only; the caller has checked that.

    Raises ``AlreadyDecided``, ``ReasonMissing``.
    """
    case: ModerationCase = ModerationCase.objects.select_for_update().get(pk=case_id)
    if case.decided_at is not None:
        raise AlreadyDecided(_("A colleague has decided this case already."))
    if refuses and not text.strip():
        raise ReasonMissing(_("Say why, in words that the merchant reads."))
    product = Product.objects.select_for_update(no_key=True).get(pk=case.product_id)
    case.is_refused, case.text, case.decided_by, case.decided_at = refuses, text.strip(), by, at
    case.save(update_fields=["is_refused", "text", "decided_by", "decided_at"])
    if product.status == ProductStatus.IN_REVIEW:
        product.status = ProductStatus.REFUSED if refuses else ProductStatus.LIVE
        product.updated_at = at
        product.save(update_fields=["status", "updated_at"])
    events.record(
        "product.refused" if refuses else "product.approved", product, merchant_id=product.merchant_id, by=by
    )
    return case

"""The steps of the journey, and what the database must say after each, whoever walked it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Count, F, Sum

from catalog.enums import ImportStatus, ListingStatus, ProductStatus, TextStatus
from catalog.models import Import, Listing, Price, ProductText, StockLevel
from core.models.outbox import Event
from demo.journey.traveller import LANGUAGES, MARKETS, Traveller
from merchants.enums import ApplicationStatus, BankAccountState, CompanySource, MerchantStatus, Role
from merchants.models import AgreementAcceptance, BankAccount, Document, Membership, Notification, Person
from orders.enums import AccountKind, Movement, OrderStatus, ParcelStatus
from orders.models import EntryLine, MerchantOrder, Parcel, PickupPoint, TrackingEvent, Transition

Facts = dict[str, Any]


class NotReached(Exception):
    """The database does not (yet) say what it must say after the step."""


@dataclass(frozen=True)
class Step:
    """``check`` answers the figures to print, or raises ``NotReached``."""

    code: str
    title: str
    check: Callable[[Traveller], Facts]


def _require(holds: object, fact: str) -> None:
    if not holds:
        raise NotReached(fact)


def signed_up(traveller: Traveller) -> Facts:
    address = EmailAddress.objects.filter(email=traveller.email, verified=True).first()
    _require(address, "the e-mail address is not verified")
    membership = Membership.objects.filter(user__email=traveller.email, role=Role.OWNER).first()
    _require(membership, "nobody owns a merchant")
    merchant = traveller.merchant
    _require(merchant.status == MerchantStatus.ONBOARDING, "the merchant is not onboarding")
    return {"merchant": merchant.public_id, "status": merchant.status}


def company_known(traveller: Traveller) -> Facts:
    merchant = traveller.merchant
    company = getattr(merchant, "company", None)
    _require(company, "no company")
    _require(company.siret == traveller.siret, "another company")
    _require(company.source == CompanySource.REGISTER, "the company does not come from the register")
    evidence = merchant.registry_checks.filter(outcome="found").count()
    _require(evidence, "no evidence of what the register answered")
    return {"company": company.legal_name, "siret": company.siret, "evidence": evidence}


def submitted(traveller: Traveller) -> Facts:
    merchant = traveller.merchant
    _require(merchant.application.status == ApplicationStatus.SUBMITTED, "not submitted")
    counts = {
        model._meta.model_name: model.objects.for_merchant(merchant).count()
        for model in (Person, BankAccount, Document, AgreementAcceptance)
    }
    for name, count in counts.items():
        _require(count, f"no {name}")
    return counts


def proposed(traveller: Traveller) -> Facts:
    merchant = traveller.merchant
    _require(merchant.application.status == ApplicationStatus.PROPOSED, "approval is not proposed")
    _require(merchant.status == MerchantStatus.ONBOARDING, "the store opened without a second person")
    return {"proposed_by": merchant.application.proposed_by}


def approved(traveller: Traveller) -> Facts:
    merchant = traveller.merchant
    application = merchant.application
    _require(application.status == ApplicationStatus.APPROVED, "not approved")
    _require(application.decided_by_id != application.proposed_by_id, "one person decided alone")
    _require(merchant.status == MerchantStatus.ACTIVE, "the store is not open")
    account = BankAccount.objects.for_merchant(merchant).get()
    _require(account.state == BankAccountState.CONFIRMED, "the bank account is not confirmed")
    told = Notification.objects.for_merchant(merchant).filter(kind="merchant.approved").count()
    _require(told == 1, f"told {told} times in the portal, not once")
    return {"decided_by": application.decided_by, "iban": account.iban_hint, "told": told}


def imported(traveller: Traveller) -> Facts:
    merchant = traveller.merchant
    run = Import.objects.for_merchant(merchant).latest("created_at")
    _require(run.status in {ImportStatus.COMPLETE, ImportStatus.PARTIAL}, f"the import is {run.status}")
    products = merchant.products.count()
    _require(products == run.rows_created, f"{products} products for {run.rows_created} rows created")
    _require(
        run.rows_total == run.rows_created + run.rows_updated + run.rows_unchanged + run.rows_in_error,
        "rows are missing from the counts",
    )
    told = traveller.seen.get("rows_in_report", str(run.rows_in_error))
    _require(told == str(run.rows_in_error), f"{told} rows in the report for {run.rows_in_error} in error")
    doubled = merchant.variants.values("sku").annotate(n=Count("pk")).filter(n__gt=1).count()
    _require(doubled == 0, f"{doubled} SKUs are doubled")
    return {
        "file": run.original_name,
        "rows": run.rows_total,
        "products": products,
        "errors": run.rows_in_error,
    }


def priced(traveller: Traveller) -> Facts:
    merchant = traveller.merchant
    counts = {
        country: Price.objects.for_merchant(merchant).filter(market__country=country, ends_at=None).count()
        for country in MARKETS
    }
    for country, count in counts.items():
        _require(count, f"no price in {country}")
        _require(count == counts["FR"], f"{count} prices in {country} for {counts['FR']} in France")
    wrong = Price.objects.for_merchant(merchant).exclude(currency=F("market__currency")).count()
    _require(wrong == 0, f"{wrong} prices in another currency than their market's")
    return counts


def translated(traveller: Traveller) -> Facts:
    merchant = traveller.merchant
    texts = ProductText.objects.for_merchant(merchant).filter(
        language__in=LANGUAGES, status__in=[TextStatus.HUMAN, TextStatus.REVIEWED]
    )
    by_language = dict(texts.values_list("language").annotate(Count("pk")))
    for language in LANGUAGES:
        _require(by_language.get(language), f"no text in {language}")
    return by_language


def published(traveller: Traveller) -> Facts:
    merchant = traveller.merchant
    listings = Listing.objects.for_merchant(merchant).filter(
        status=ListingStatus.PUBLISHED, product__status=ProductStatus.LIVE
    )
    by_market = dict(listings.values_list("market__country").annotate(Count("pk")))
    for country in MARKETS:
        _require(by_market.get(country), f"nothing is on sale in {country}")
    return by_market


def points_loaded(traveller: Traveller) -> Facts:
    by_network = dict(
        PickupPoint.objects.filter(status="open").values_list("network__code").annotate(Count("pk"))
    )
    _require(sum(by_network.values()), "no pickup point is open")
    return by_network


def _order(traveller: Traveller) -> MerchantOrder:
    part = (
        MerchantOrder.objects.for_merchant(traveller.merchant)
        .filter(order__reference=traveller.order_reference)
        .select_related("order", "order__pickup_point")
        .first()
    )
    if part is None:
        raise NotReached("there is no order")
    return part


def ordered(traveller: Traveller) -> Facts:
    part = _order(traveller)
    _require(part.status == OrderStatus.WAITING_ACCEPTANCE, f"the order is {part.status}")
    _require(part.order.parts.filter(merchant=traveller.merchant).count() == 1, "the order was doubled")
    wanted = part.lines.aggregate(n=Sum("quantity"))["n"]
    levels = StockLevel.objects.for_merchant(traveller.merchant).filter(
        variant__in=part.lines.values("variant")
    )
    reserved = levels.aggregate(n=Sum("reserved"))["n"]
    _require(reserved == wanted, f"{reserved} reserved for {wanted} ordered")
    told = Event.objects.filter(type="order.placed", subject_id=part.public_id).count()
    _require(told == 1, f"order.placed was recorded {told} times")
    return {
        "order": part.number,
        "total": f"{part.total} {part.currency}",
        "point": part.order.pickup_point,
        "reserved": reserved,
    }


def accepted(traveller: Traveller) -> Facts:
    part = _order(traveller)
    _require(part.status in {OrderStatus.ACCEPTED, OrderStatus.PREPARING}, f"the order is {part.status}")
    return {"order": part.number, "ship_until": part.ship_until}


def _parcel(traveller: Traveller) -> Parcel:
    parcel = _order(traveller).parcels.select_related("pickup_point", "carrier").first()
    if parcel is None:
        raise NotReached("there is no parcel")
    return parcel


def labelled(traveller: Traveller) -> Facts:
    parcel = _parcel(traveller)
    _require(parcel.status == ParcelStatus.ANNOUNCED, f"the parcel is {parcel.status}")
    _require(parcel.label, "there is no label")
    read = traveller.seen.get("barcode", parcel.tracking_number)
    _require(read == parcel.tracking_number, f"the label's barcode says {read}")
    return {"parcel": parcel.tracking_number, "carrier": parcel.carrier, "label_bytes": parcel.label.size}


def handed_over(traveller: Traveller) -> Facts:
    part, parcel = _order(traveller), _parcel(traveller)
    _require(parcel.handed_over_at, "the parcel is not handed over")
    _require(part.shipped_at, "the order is not shipped")
    reserved = (
        StockLevel.objects.for_merchant(traveller.merchant)
        .filter(variant__in=part.lines.values("variant"))
        .aggregate(n=Sum("reserved"))["n"]
    )
    _require(reserved == 0, f"{reserved} are still reserved")
    return {"parcel": parcel.tracking_number, "handed_over_at": parcel.handed_over_at}


def at_point(traveller: Traveller) -> Facts:
    parcel = _parcel(traveller)
    _require(parcel.arrived_at, f"the parcel is {parcel.status}")
    _require(parcel.pickup_until, "nobody knows until when the point keeps it")
    return {
        "parcel": parcel.tracking_number,
        "point": parcel.pickup_point,
        "scans": TrackingEvent.objects.filter(parcel=parcel).count(),
        "pickup_until": parcel.pickup_until,
    }


def closed(traveller: Traveller) -> Facts:
    part, parcel = _order(traveller), _parcel(traveller)
    _require(parcel.status == ParcelStatus.DELIVERED, f"the parcel is {parcel.status}")
    _require(part.status == OrderStatus.CLOSED, f"the order is {part.status}")
    walked = Transition.objects.filter(merchant_order=part).values_list("to_status", flat=True)
    return {"order": part.number, "walked": " > ".join(walked)}


def balanced(traveller: Traveller) -> Facts:
    part = _order(traveller)
    lines = EntryLine.objects.filter(entry__merchant_order=part)
    _require(lines.exists(), "nothing was posted")
    unbalanced = (
        EntryLine.objects.values("entry__currency").annotate(sum=Sum("amount")).exclude(sum=0).count()
    )
    _require(unbalanced == 0, "the ledger does not sum to zero")
    sums = dict(lines.values_list("account__kind").annotate(Sum("amount")))
    commission = part.commission_total + part.commission_vat
    expected = {
        AccountKind.CHANNEL_RECEIVABLE: part.total,
        AccountKind.MERCHANT_PENDING: Decimal(0),
        AccountKind.MERCHANT_AVAILABLE: commission - part.total,
        AccountKind.COMMISSION_INCOME: -part.commission_total,
    }
    for kind, amount in expected.items():
        _require(sums.get(kind, Decimal(0)) == amount, f"{kind} holds {sums.get(kind)}, not {amount}")
    movements = set(part.ledger_entries.values_list("movement", flat=True))
    _require(movements >= {Movement.SALE, Movement.COMMISSION, Movement.RELEASE}, "a posting is missing")
    return {
        "buyer_paid": part.total,
        "commission": commission,
        "merchant_is_owed": part.total - commission,
        "currency": part.currency,
    }


STEPS = (
    Step("signed_up", "The merchant signs up and enters the code of the mail", signed_up),
    Step("company_known", "The SIRET is typed, the register fills in the company", company_known),
    Step("submitted", "Representative, IBAN, document and agreement; the file is submitted", submitted),
    Step("proposed", "A reviewer with a second factor proposes approval", proposed),
    Step("approved", "A second person confirms; the store opens and the merchant is told", approved),
    Step("imported", "The catalogue file is mapped, tried dry, confirmed and written", imported),
    Step("priced", "Prices for three markets", priced),
    Step("translated", "Texts in two more languages", translated),
    Step("published", "The products go on sale", published),
    Step("points_loaded", "The pickup points are there", points_loaded),
    Step("ordered", "A channel places an order for a pickup point", ordered),
    Step("accepted", "The merchant accepts the order", accepted),
    Step("labelled", "The label is printed, and its barcode reads", labelled),
    Step("handed_over", "The parcel is handed over", handed_over),
    Step("at_point", "The carrier's scans bring the parcel to its point", at_point),
    Step("closed", "The buyer collects it; the order closes", closed),
    Step("balanced", "The money is in the ledger, to the cent", balanced),
)

"""« Conformité »: what keeps a product from being sold, and the acts that put it on sale or take it off."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_countries import countries

from catalog.enums import ListingStatus
from catalog.models import Market
from catalog.services import archiving, publication, readiness
from catalog.web.product import own, show
from catalog.web.products import chosen_countries, tell
from core.refusals import Refusal
from merchants.enums import Role
from merchants.web.access import member_required


@require_safe
@member_required()
def conformity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Conformité »: what each market still asks, and where it is sold."""
    product = own(request, public_id)
    markets = {m.pk: m for m in Market.objects.all()}
    listed = {listing.market_id: listing for listing in product.listings.all()}
    found = readiness.compute(product_ids=[product.pk], market_ids=list(markets))
    rows = [
        {
            "market": markets[answer.market_id],
            "name": countries.name(answer.country),
            "answer": answer,
            "blockers": [readiness.BY_CODE[code] for code in answer.blockers],
            "advice": [readiness.BY_CODE[code] for code in answer.advice],
            "is_published": (listing := listed.get(answer.market_id)) is not None
            and listing.status == ListingStatus.PUBLISHED,
            "listing": listing,
        }
        for answer in sorted(found, key=lambda answer: answer.country)
    ]
    context = {"rows": rows, "ready": [r for r in rows if not r["blockers"] and not r["is_published"]]}
    return show(request, product, "conformity", context)


@require_POST
@member_required(Role.CATALOGUE)
def publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Publish in the chosen markets."""
    product = own(request, public_id)
    try:
        outcome = publication.publish(
            merchant_id=request.merchant.pk,
            product_ids=[product.pk],
            countries=chosen_countries(request),
            by=request.user,
            at=timezone.now(),
        )
        tell(request, outcome)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("catalog:conformity", public_id)


@require_POST
@member_required(Role.CATALOGUE)
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take off sale in a market; it can be published again."""
    product = own(request, public_id)
    try:
        publication.withdraw(
            merchant_id=request.merchant.pk,
            product_ids=[product.pk],
            countries=chosen_countries(request),
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("Withdrawn. Orders already placed stay."))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("catalog:conformity", public_id)


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def archive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then archive."""
    product = own(request, public_id)
    if request.method == "GET":
        on_sale = product.listings.filter(status=ListingStatus.PUBLISHED).count()
        return show(request, product, "archive", {"on_sale": on_sale})
    try:
        archiving.archive(
            merchant_id=request.merchant.pk, product_id=product.pk, by=request.user, at=timezone.now()
        )
        messages.success(request, _("Archived."))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("catalog:products")


@require_POST
@member_required(Role.CATALOGUE)
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    product = own(request, public_id)
    archiving.restore(
        merchant_id=request.merchant.pk, product_id=product.pk, by=request.user, at=timezone.now()
    )
    messages.success(request, _("Restored as a draft. Publish it when it is to be sold again."))
    return redirect("catalog:product", public_id)

"""One product: its tabs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_countries import countries

from catalog.enums import PriceSource, ProductStatus, StockCause, TextStatus
from catalog.models import Location, Market, Price, Product, StockLevel, Variant
from catalog.services import languages as known
from catalog.services import prices as pricing
from catalog.services import products as writing
from catalog.services import readiness, texts
from catalog.services import stock as stocking
from catalog.web import states
from catalog.web.forms import PricesForm, SheetForm, StockForm, TextForm, VariantForm
from catalog.web.trail import entries
from core.refusals import Refusal
from merchants.enums import Role
from merchants.web.access import member_required

SAFETY = ("manufacturer", "address", "contact", "warnings")


def own(request: HttpRequest, public_id: UUID) -> Product:
    """Return the merchant's product, or 404."""
    return get_object_or_404(
        Product.objects.for_merchant(request.merchant).select_related("category"), public_id=public_id
    )


def show(
    request: HttpRequest, product: Product, tab: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer a tab of the product's page."""
    told = {text.language: text for text in product.texts.all()}
    source = told.get(product.source_language)
    return render(
        request,
        f"catalog/product_{tab}.html",
        {
            "product": product,
            "tab": tab,
            "texts": told,
            "source": source,
            "title": source.title if source else product.reference,
            "state": states.PRODUCT[ProductStatus(product.status)],
            "is_archived": product.status == ProductStatus.ARCHIVED,
            **context,
        },
        status=status,
    )


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def sheet(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Fiche »."""
    product = own(request, public_id)
    initial = {
        "category": product.category_id,
        "brand": product.brand,
        "origin_country": product.origin_country,
        **{key: product.safety.get(key, "") for key in SAFETY},
    }
    form = SheetForm(request.POST or None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            writing.edit(
                merchant_id=request.merchant.pk,
                product_id=product.pk,
                sheet=writing.Sheet(
                    data["category"],
                    data["brand"],
                    data["origin_country"],
                    {key: data[key] for key in SAFETY if data[key]},
                ),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("catalog:product", public_id)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    refused = product.moderation_cases.filter(is_refused=True).order_by("-decided_at").first()
    context = {"form": form, "refused": refused if product.status == ProductStatus.REFUSED else None}
    return show(request, product, "sheet", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def variants(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Variantes »: the list, and one more."""
    product = own(request, public_id)
    form = VariantForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            writing.add_variant(
                merchant_id=request.merchant.pk,
                product_id=product.pk,
                sku=data["sku"].strip(),
                gtin=data["gtin"],
                gtin_reason=data["gtin_reason"],
                weight_g=data["weight_g"],
                at=timezone.now(),
            )
            messages.success(request, _("Variant added."))
            return redirect("catalog:variants", public_id)
        except Refusal as refusal:
            form.add_error("gtin" if isinstance(refusal, writing.BadGtin) else "sku", refusal.message)
    context = {"form": form, "variants": product.variants.all()}
    return show(request, product, "variants", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def variant(request: HttpRequest, public_id: UUID, variant_id: UUID) -> HttpResponse:
    """Change one variant."""
    product = own(request, public_id)
    found = get_object_or_404(Variant, product=product, public_id=variant_id)
    names = ("sku", "gtin", "gtin_reason", "weight_g", "is_active")
    form = VariantForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    form.fields["sku"].disabled = True
    if form.is_valid():
        data = form.cleaned_data
        try:
            writing.edit_variant(
                merchant_id=request.merchant.pk,
                variant_id=found.pk,
                at=timezone.now(),
                **{name: data[name] for name in names if name != "sku"},
            )
            messages.success(request, _("Saved."))
            return redirect("catalog:variants", public_id)
        except Refusal as refusal:
            form.add_error("gtin", refusal.message)
    return show(
        request, product, "variant", {"form": form, "variant": found}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def languages(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Langues »: the source beside one other language."""
    product = own(request, public_id)
    told = {text.language: text for text in product.texts.all()}
    others = [code for code in known.LANGUAGES if code != product.source_language]
    language = request.GET.get("language") or next((c for c in others if c not in told), others[0])
    if language not in known.LANGUAGES:
        raise Http404
    text = told.get(language)
    form = TextForm(request.POST or None, initial=_text_initial(text))
    if form.is_valid():
        data = form.cleaned_data
        try:
            texts.write(
                merchant_id=request.merchant.pk,
                product_id=product.pk,
                language=language,
                title=data["title"],
                description=data["description"].replace("\r\n", "\n"),
                bullets=data["bullets"],
                at=timezone.now(),
            )
            messages.success(request, _("Text saved: %(language)s.") % {"language": known.name(language)})
            return redirect(f"{request.path}?language={language}")
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    markets = [m for m in Market.objects.filter(is_open=True) if m.languages and m.languages[0] == language]
    context = {
        "form": form,
        "language": language,
        "language_name": known.name(language),
        "source_name": known.name(product.source_language),
        "is_source": language == product.source_language,
        "text": text,
        "text_state": states.TEXT[TextStatus(text.status)] if text else states.MISSING,
        "can_accept": text is not None
        and language != product.source_language
        and text.status != TextStatus.REVIEWED,
        "reached": [(m.country, countries.name(m.country)) for m in markets],
        "choices": [
            (
                code,
                known.name(code),
                states.TEXT[TextStatus(told[code].status)] if code in told else states.MISSING,
            )
            for code in [product.source_language, *others]
        ],
    }
    return show(request, product, "languages", context, status=422 if form.errors else 200)


def _text_initial(text: Any) -> dict[str, str]:
    if text is None:
        return {}
    return {"title": text.title, "bullets": "\n".join(text.bullets), "description": text.description}


@require_POST
@member_required(Role.CATALOGUE)
def accept(request: HttpRequest, public_id: UUID, language: str) -> HttpResponse:
    """Say that a text holds as it is."""
    product = own(request, public_id)
    try:
        texts.accept(
            merchant_id=request.merchant.pk,
            product_id=product.pk,
            language=language,
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("Text accepted: %(language)s.") % {"language": known.name(language)})
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(f"/catalog/{public_id}/languages/?language={language}")


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def prices(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Prix par marché »: a row per variant, a column per market."""
    product = own(request, public_id)
    markets = list(Market.objects.filter(is_open=True))
    rows = [{"variant": v, "prices": {}} for v in product.variants.all()]
    by_variant = {row["variant"].pk: row["prices"] for row in rows}
    for price in Price.objects.filter(variant__in=by_variant, ends_at__isnull=True):
        by_variant[price.variant_id][price.market_id] = price
    form = PricesForm(request.POST or None, rows=rows, markets=markets)
    if form.is_valid():
        new = [
            pricing.NewPrice(row["variant"].pk, market.pk, amount)
            for row in rows
            for market in markets
            if (amount := form.cleaned_data[f"price_{row['variant'].pk}_{market.pk}"]) is not None
            and (market.pk not in row["prices"] or row["prices"][market.pk].amount != amount)
        ]
        try:
            pricing.set_many(
                merchant_id=request.merchant.pk, prices=new, source=PriceSource.MANUAL, at=timezone.now()
            )
            messages.success(request, _("Prices saved."))
            return redirect("catalog:prices", public_id)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    lowest = pricing.lowest_by_market(variant_ids=by_variant)
    table = [
        {
            "market": market,
            "name": countries.name(market.country),
            "cells": [
                {
                    "variant": row["variant"],
                    "field": form[f"price_{row['variant'].pk}_{market.pk}"],
                    "price": row["prices"].get(market.pk),
                    "lowest": lowest.get((row["variant"].pk, market.pk)),
                }
                for row in rows
            ],
        }
        for market in markets
    ]
    context = {"form": form, "table": table}
    return show(request, product, "prices", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE, Role.ORDERS)
def stock(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Stock »: by variant and location."""
    product = own(request, public_id)
    locations = list(Location.objects.for_merchant(request.merchant).filter(closed_at__isnull=True))
    found = {
        (level.variant_id, level.location_id): level
        for level in StockLevel.objects.for_merchant(request.merchant).filter(variant__product=product)
    }
    levels = [
        {
            "name": f"stock_{v.pk}_{location.pk}",
            "variant": v,
            "location": location,
            "level": (level := found.get((v.pk, location.pk))),
            "on_hand": level.on_hand if level else None,
            "version": level.version if level else None,
        }
        for v in product.variants.all()
        for location in locations
    ]
    form = StockForm(request.POST or None, levels=levels)
    if form.is_valid():
        data = form.cleaned_data
        counts = [
            stocking.Count(
                entry["variant"].pk,
                entry["location"].pk,
                data[entry["name"]],
                data["version_" + entry["name"]],
            )
            for entry in levels
            if data[entry["name"]] is not None and data[entry["name"]] != entry["on_hand"]
        ]
        try:
            stocking.set_levels(
                merchant_id=request.merchant.pk,
                counts=counts,
                cause=StockCause.SET,
                at=timezone.now(),
                by=request.user,
            )
            readiness.refresh(product_ids=[product.pk], at=timezone.now())
            messages.success(request, _("Stock saved."))
            return redirect("catalog:stock", public_id)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    for entry in levels:
        entry["field"], entry["hidden"] = form[entry["name"]], form["version_" + entry["name"]]
    context = {"form": form, "levels": levels, "locations": locations}
    return show(request, product, "stock", context, status=422 if form.errors else 200)


@require_safe
@member_required()
def history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Historique »: who changed what, from the trail that the database keeps."""
    product = own(request, public_id)
    return show(request, product, "history", {"entries": entries(product)})

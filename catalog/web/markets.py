"""« Marchés et prix »: one card per market, and its price rule."""

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_countries import countries

from catalog.models import Market, PriceRule, Product
from catalog.services import price_rules, publication, readiness
from catalog.web.forms import RuleForm
from core.refusals import Refusal
from core.web.components.names import language_name
from merchants.enums import MerchantStatus, Role
from merchants.services import standing
from merchants.web.access import member_required


@require_safe
@member_required()
def markets(request: HttpRequest) -> HttpResponse:
    """The markets: open or not and why, how many products are ready, rule, VAT."""
    at = timezone.now()
    counts = readiness.by_market(merchant_id=request.merchant.pk)
    rules = {rule.market_id: rule for rule in PriceRule.objects.for_merchant(request.merchant)}
    total = Product.objects.for_merchant(request.merchant).exclude(status="archived").count()
    vat = price_rules.all_vat_rates(on=at.date())
    cards = []
    for market in Market.objects.all():
        listed, ready, on_sale = counts.get(market.pk, (0, 0, 0))
        cards.append(
            {
                "market": market,
                "name": countries.name(market.country),
                "languages": ", ".join(language_name(code) for code in market.languages),
                "listed": listed,
                "ready": ready,
                "on_sale": on_sale,
                "waiting": max(ready - on_sale, 0),
                "rule": rules.get(market.pk),
                "is_source": market.country == price_rules.SOURCE,
                "vat": vat.get(market.pk, {}),
            }
        )
    # Where one sells first, then where one could.
    cards.sort(key=lambda card: (not card["is_source"], -card["on_sale"], card["name"]))
    found = standing.of(merchant_id=request.merchant.pk, at=at)
    for card in cards:
        card["held"] = found.closed_markets.get(card["market"].country)
    context = {
        "cards": cards,
        "total": total,
        "is_active": found.status in standing.SELLING and found.publication is None,
        "is_onboarding": found.status == MerchantStatus.ONBOARDING,
    }
    return render(request, "catalog/markets.html", context)


def _market(country: str) -> Market:
    market = Market.objects.filter(country=country.upper()).first()
    if market is None or market.country == price_rules.SOURCE:
        raise Http404
    return market


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def rule(request: HttpRequest, country: str) -> HttpResponse:
    """Write the rule, see what it would change. Nothing changes before it is applied."""
    market = _market(country)
    present = PriceRule.objects.for_merchant(request.merchant).filter(market=market).first()
    initial = {"margin_percent": present.margin_percent, "ending": _ending(present)} if present else {}
    form = RuleForm(request.POST or None, initial=initial)
    if form.is_valid():
        price_rules.write(
            merchant_id=request.merchant.pk,
            country=market.country,
            margin_percent=form.cleaned_data["margin_percent"],
            ending=form.cleaned_data["ending"],
            by=request.user,
            at=timezone.now(),
        )
        return redirect("catalog:rule", market.country)
    preview, terms, refused = None, None, ""
    if present is not None:
        try:
            terms = price_rules.terms(
                merchant_id=request.merchant.pk, country=market.country, on=timezone.localdate()
            )
            preview = price_rules.preview(
                merchant_id=request.merchant.pk, country=market.country, at=timezone.now()
            )
        except Refusal as refusal:
            refused = refusal.message
    context = {
        "market": market,
        "name": countries.name(market.country),
        "form": form,
        "rule": present,
        "preview": preview,
        "terms": terms,
        "refused": refused,
        "to_write": preview.new + preview.changed if preview else 0,
    }
    return render(request, "catalog/rule.html", context, status=422 if form.errors else 200)


def _ending(rule: PriceRule) -> str:
    if rule.ending is None:
        return ""
    return "0" if rule.ending == Decimal(0) else f"{rule.ending:.2f}"


@require_POST
@member_required(Role.CATALOGUE)
def apply(request: HttpRequest, country: str) -> HttpResponse:
    """Set the prices that the preview showed."""
    market = _market(country)
    try:
        count = price_rules.apply(
            merchant_id=request.merchant.pk, country=market.country, by=request.user, at=timezone.now()
        )
        if count is None:
            messages.info(
                request, _("The prices are being written; you can leave. They appear here as they come.")
            )
        else:
            messages.success(request, _("Prices written: %(count)s.") % {"count": count})
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("catalog:rule", market.country)
    return redirect("catalog:markets")


@require_POST
@member_required(Role.CATALOGUE)
def publish(request: HttpRequest, country: str) -> HttpResponse:
    """Publish everything that is ready in a market, in the background."""
    try:
        publication.publish_later(
            merchant_id=request.merchant.pk, countries=[country.upper()], by=request.user
        )
        messages.info(
            request, _("Everything ready is being published; you can leave. The figures follow as it goes.")
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("catalog:markets")

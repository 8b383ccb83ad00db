"""The list of products, and what acts on several of them."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.enums import ProductStatus
from catalog.models import Market, Product
from catalog.services import products as writing
from catalog.services import publication
from catalog.web import listing, states
from catalog.web.forms import ListFilter, NewProduct
from core.refusals import Refusal
from merchants.enums import Role
from merchants.web.access import member_required

PER_PAGE = 50


@require_safe
@member_required()
def products(request: HttpRequest) -> HttpResponse:
    """« Catalogue »: filters live in the address."""
    markets = list(Market.objects.all())
    form = ListFilter(request.GET or None, markets=markets)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = listing.filtered(request.merchant, chosen)
    chips = listing.chips(found)
    state = request.GET.get("state", "")
    found = found.filter(status=state) if state in ProductStatus.values else found.exclude(status="archived")
    paginator = Paginator(found, PER_PAGE)
    # The chips have counted already.
    paginator.count = next((chip.count for chip in chips if chip.value == state), chips[0].count)
    page = paginator.get_page(request.GET.get("page"))
    return render(
        request,
        "catalog/products.html",
        {
            "form": form,
            "chips": chips,
            "page": page,
            "lines": listing.lines(list(page.object_list)),
            "states": states.PRODUCT,
            "markets": [market for market in markets if market.is_open],
            "is_filtered": bool(state or any(chosen.values())),
            "is_empty": not any(chip.count for chip in chips) and not any(chosen.values()),
        },
    )


@require_http_methods(["GET", "POST"])
@member_required(Role.CATALOGUE)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a product; the rest is filled on its page."""
    form = NewProduct(request.POST or None)
    if form.is_valid():
        try:
            product = writing.create(
                merchant_id=request.merchant.pk,
                sku=form.cleaned_data["sku"].strip(),
                title=form.cleaned_data["title"],
                category_id=form.cleaned_data["category"],
                language=request.merchant.language,
                at=timezone.now(),
            )
            return redirect("catalog:product", product.public_id)
        except Refusal as refusal:
            form.add_error("sku", refusal.message)
    return render(request, "catalog/new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@member_required(Role.CATALOGUE)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the products that were ticked, in the chosen market."""
    chosen = Product.objects.for_merchant(request.merchant).filter(
        public_id__in=[value for value in request.POST.getlist("product") if _is_uuid(value)]
    )
    try:
        outcome = publication.publish(
            merchant_id=request.merchant.pk,
            product_ids=list(chosen.values_list("pk", flat=True)),
            countries=chosen_countries(request),
            by=request.user,
            at=timezone.now(),
        )
        tell(request, outcome)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("catalog:products")


def chosen_countries(request: HttpRequest) -> list[str]:
    """Return the countries that were ticked, without what is no country code."""
    return [code for code in request.POST.getlist("country") if len(code) == 2 and code.isalpha()]


def tell(request: HttpRequest, outcome: publication.Outcome) -> None:
    """Say what publishing did."""
    if outcome.published:
        messages.success(
            request,
            ngettext("%(n)s listing published.", "%(n)s listings published.", outcome.published)
            % {"n": outcome.published},
        )
    else:
        messages.info(request, _("Everything that is ready was already published."))
    if outcome.in_review:
        messages.info(
            request,
            ngettext(
                "%(n)s product waits for a moderator: usually one working day.",
                "%(n)s products wait for a moderator: usually one working day.",
                outcome.in_review,
            )
            % {"n": outcome.in_review},
        )
    kept = sum(outcome.blockers.values())
    if kept:
        messages.warning(
            request,
            ngettext(
                "%(n)s reason keeps products back; each product says which.",
                "%(n)s reasons keep products back; each product says which.",
                kept,
            )
            % {"n": kept},
        )


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True

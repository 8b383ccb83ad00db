"""What a channel may sell, read market by market."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Market
from catalog.services import offers
from catalog.services.languages import LANGUAGES
from core.api.pagination import CursorPagination
from core.refusals import Refusal
from partners.api.permissions import channel_of
from partners.enums import Scope


class MarketNotServed(Refusal):
    """The market is closed, or not one of this channel; ``markets`` lists those that may be asked for."""

    code = "market_not_served"
    status = 404


class OfferNotFound(Refusal):
    """The offer does not exist, or is not on sale in this market now. Stop showing it there."""

    code = "offer_not_found"
    status = 404


class OffersIn(serializers.Serializer[Any]):
    """Which market, and in which language."""

    market = serializers.RegexField(r"^[A-Z]{2}$", help_text="ISO 3166-1 alpha-2; one of your markets.")
    language = serializers.ChoiceField(
        choices=LANGUAGES, required=False, help_text="The market's first language unless told."
    )


class OfferOut(serializers.Serializer[Any]):
    """A variant on sale in a market."""

    id = serializers.UUIDField()
    merchant = serializers.UUIDField(help_text="Order lines name it with the SKU.")
    merchant_name = serializers.CharField()
    product = serializers.UUIDField(help_text="Variants of one product share it.")
    sku = serializers.CharField()
    gtin = serializers.CharField(help_text="Empty when there is none.")
    market = serializers.CharField()
    language = serializers.CharField(help_text="Of the texts below: the one asked, else the best there is.")
    title = serializers.CharField()
    description = serializers.CharField()
    is_machine_made = serializers.BooleanField(help_text="A machine's text, accepted by the merchant.")
    price = serializers.DecimalField(max_digits=12, decimal_places=2, help_text="VAT included.")
    currency = serializers.CharField(help_text="ISO 4217.")
    strike_price = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    lowest_30_days = serializers.DecimalField(
        max_digits=12,
        decimal_places=2,
        allow_null=True,
        help_text="Lowest price of the 30 days before the present one began; show it with any reduction.",
    )
    available = serializers.IntegerField(min_value=0)


def _market(request: Request, country: str) -> Market:
    """Return a market of the channel that calls. Raises ``NotAChannel``, ``MarketNotServed``."""
    served = Market.objects.filter(country__in=channel_of(request).countries, is_open=True)
    market = served.filter(country=country).first()
    if market is None:
        raise MarketNotServed(
            _("This channel does not sell in the market %(country)s: ask for one of “markets”.")
            % {"country": country},
            markets=sorted(served.values_list("country", flat=True)),
        )
    return market


class OffersView(APIView):
    """The offers of a market."""

    required_scopes: ClassVar = {"GET": [Scope.OFFERS_READ]}
    throttle_scope = "offers"
    pagination_class = CursorPagination
    ordering = ("public_id",)
    also_answers: ClassVar = {404: "Not a market of this channel"}

    @extend_schema(
        operation_id="offers_list",
        tags=["offers"],
        parameters=[OffersIn],
        responses=OfferOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List what is on sale in one of your markets, with text, price and quantity."""
        asked = OffersIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        market = _market(request, asked.validated_data["market"])
        pages = CursorPagination()
        variants = pages.paginate_queryset(
            offers.on_sale(market=market, at=timezone.now()), request, view=self
        )
        language = asked.validated_data.get("language", "")
        found = offers.describe(variants=variants, market=market, language=language)
        return pages.get_paginated_response(OfferOut(found, many=True).data)


class OfferView(APIView):
    """One offer."""

    required_scopes: ClassVar = {"GET": [Scope.OFFERS_READ]}
    throttle_scope = "offers"

    @extend_schema(operation_id="offers_retrieve", tags=["offers"], parameters=[OffersIn], responses=OfferOut)
    def get(self, request: Request, public_id: UUID) -> Response:
        """Read one offer in one of your markets."""
        asked = OffersIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        market = _market(request, asked.validated_data["market"])
        variants = list(offers.on_sale(market=market, at=timezone.now()).filter(public_id=public_id))
        language = asked.validated_data.get("language", "")
        found = offers.describe(variants=variants, market=market, language=language)
        if not found:
            raise OfferNotFound(
                _("This offer is not on sale in the market %(country)s now: stop showing it there.")
                % {"country": market.country}
            )
        return Response(OfferOut(found[0]).data)

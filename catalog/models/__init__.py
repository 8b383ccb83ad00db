"""What is sold, in which language, at what price, how many are left."""

from catalog.models.categories import Attribute, Category
from catalog.models.imports import Import, ImportIssue, ImportMapping, ImportRow
from catalog.models.markets import ExchangeRate, Market, VatRate
from catalog.models.offers import Listing, Price, PriceRule
from catalog.models.products import Media, ModerationCase, Product, ProductText, Variant
from catalog.models.stock import Location, StockLevel, StockMovement

__all__ = [
    "Attribute",
    "Category",
    "ExchangeRate",
    "Import",
    "ImportIssue",
    "ImportMapping",
    "ImportRow",
    "Listing",
    "Location",
    "Market",
    "Media",
    "ModerationCase",
    "Price",
    "PriceRule",
    "Product",
    "ProductText",
    "StockLevel",
    "StockMovement",
    "Variant",
    "VatRate",
]

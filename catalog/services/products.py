"""Products and their variants: written by the thousand as by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from stdnum import ean

from catalog.enums import GtinReason, ProductStatus
from catalog.models import Category, Product, Variant
from catalog.services import current, readiness, search, texts
from core.models import User
from core.models.base import new_public_id
from core.refusals import Refusal
from core.services.copying import copy_rows


class SkuTaken(Refusal):
    """Another variant of the merchant has this SKU."""

    code = "sku_taken"


class BadGtin(Refusal):
    """The check digit of the GTIN is wrong, or its length."""

    code = "bad_gtin"
    status = 422


class ProductArchived(Refusal):
    """An archived product is not changed."""

    code = "product_archived"


class UnknownCategory(Refusal):
    """There is no such category."""

    code = "unknown_category"
    status = 422


@dataclass(frozen=True, slots=True)
class ProductData:
    """A variant, with its product. What is None is left as it is; a new product then takes the default.

    Rows of one ``reference`` (the SKU by default) are variants of one product. ``gtin`` has been checked.
    """

    sku: str
    reference: str | None = None
    title: str | None = None
    description: str | None = None
    bullets: Sequence[str] | None = None
    brand: str | None = None
    category_id: int | None = None
    gtin: str | None = None
    weight_g: int | None = None
    origin_country: str | None = None
    safety: Mapping[str, Any] | None = None
    qualities: Mapping[str, Any] | None = None
    axes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What ``write_many`` did: keys by SKU, and which SKUs were created or changed."""

    variants: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    updated: set[str] = field(default_factory=set)


_PRODUCT_FIELDS = (
    *("id", "public_id", "created_at", "updated_at", "merchant_id", "reference", "category_id"),
    *("schema_version", "status", "brand", "source_language", "origin_country", "attributes"),
    *("safety", "qualities", "search"),
)
_VARIANT_FIELDS = (
    *("id", "public_id", "created_at", "merchant_id", "product_id", "sku", "gtin", "gtin_reason"),
    *("axes", "weight_g", "batch", "position", "is_active"),
)

_UPDATE_PRODUCTS = """
UPDATE catalog_product AS p
SET brand = COALESCE(new.brand, p.brand), category_id = COALESCE(new.category_id, p.category_id),
    origin_country = COALESCE(new.origin_country, p.origin_country), updated_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[])
    AS new (id, brand, category_id, origin_country)
WHERE p.id = new.id
"""
_UPDATE_VARIANTS = """
UPDATE catalog_variant AS v
SET gtin = COALESCE(new.gtin, v.gtin), weight_g = COALESCE(new.weight_g, v.weight_g)
FROM unnest(%s::bigint[], %s::text[], %s::integer[]) AS new (id, gtin, weight_g)
WHERE v.id = new.id
"""


@transaction.atomic
def write_many(
    *, merchant_id: int, rows: Iterable[ProductData], language: str, at: datetime, only_new: bool = False
) -> Written:
    """Create or complete products and variants, with their text in one language, by SKU.

    The statements are as many for one row as for thousands. The same rows again change nothing.
    ``only_new`` leaves what exists alone. Readiness is not recomputed: prices usually follow, which does it.
    """
    by_sku = {row.sku: row for row in rows}
    current.lock(merchant_id=merchant_id)
    known = current.standing(merchant_id=merchant_id, skus=by_sku, language=language)
    new_rows = [row for sku, row in by_sku.items() if sku not in known]
    written = Written()
    _create(merchant_id, new_rows, language, at, written)
    for sku, old in known.items():
        written.variants[sku], written.products[sku] = old.variant_id, old.product_id
    if not only_new:
        _change(merchant_id, [(by_sku[sku], old) for sku, old in known.items()], language, at, written)
    return written


def create_many(
    *, merchant_id: int, products: Iterable[ProductData], language: str = "fr", at: datetime
) -> Written:
    """Create products that do not exist yet; those that do are left alone. See ``write_many``."""
    return write_many(merchant_id=merchant_id, rows=products, language=language, at=at, only_new=True)


def _create(
    merchant_id: int, rows: Sequence[ProductData], language: str, at: datetime, written: Written
) -> None:
    groups: dict[str, list[ProductData]] = {}
    for row in rows:
        groups.setdefault(row.reference or row.sku, []).append(row)
    known = current.products_by_reference(merchant_id=merchant_id, references=groups) if groups else {}
    fresh = {reference: group for reference, group in groups.items() if reference not in known}
    keys = dict(zip(fresh, current.new_keys("catalog_product", len(fresh)), strict=True))
    copy_rows(
        Product,
        _PRODUCT_FIELDS,
        (
            _product_row(keys[reference], merchant_id, reference, group, language, at)
            for reference, group in fresh.items()
        ),
    )
    product_of = {row.sku: (keys | known)[row.reference or row.sku] for row in rows}
    variant_keys = current.new_keys("catalog_variant", len(rows))
    copy_rows(
        Variant,
        _VARIANT_FIELDS,
        (
            _variant_row(key, merchant_id, product_of[row.sku], row, position, at)
            for position, (key, row) in enumerate(zip(variant_keys, rows, strict=True))
        ),
    )
    texts.write_many(
        merchant_id=merchant_id,
        texts=[
            texts.NewText(product_of[row.sku], language, row.title, row.description, row.bullets)
            for row in rows
            if row.title
        ],
        at=at,
        search_is_written=set(keys.values()),
    )
    search.refresh(product_ids=list(set(known.values())))
    for key, row in zip(variant_keys, rows, strict=True):
        written.variants[row.sku], written.products[row.sku] = key, product_of[row.sku]
        written.created.add(row.sku)


def _product_row(
    key: int, merchant_id: int, reference: str, group: Sequence[ProductData], language: str, at: datetime
) -> tuple[Any, ...]:
    first = group[0]
    vector = search.vector(
        titles=[row.title for row in group if row.title],
        codes=[reference, *(row.sku for row in group), *(row.gtin for row in group if row.gtin)],
        brand=first.brand or "",
    )
    return (
        key,
        new_public_id(),
        at,
        at,
        merchant_id,
        reference,
        first.category_id,
        1,
        ProductStatus.DRAFT,
        first.brand or "",
        language,
        first.origin_country or "",
        {},
        dict(first.safety or {}),
        dict(first.qualities or {}),
        vector,
    )


def _variant_row(
    key: int, merchant_id: int, product_id: int, row: ProductData, position: int, at: datetime
) -> tuple[Any, ...]:
    return (
        key,
        new_public_id(),
        at,
        merchant_id,
        product_id,
        row.sku,
        row.gtin or "",
        "",
        dict(row.axes or {}),
        row.weight_g,
        "",
        # Positions order the variants of one product; in a file of many products the line does.
        min(position, 32_767),
        True,
    )


def _change(
    merchant_id: int,
    pairs: Sequence[tuple[ProductData, current.Standing]],
    language: str,
    at: datetime,
    written: Written,
) -> None:
    products: dict[int, ProductData] = {}
    variants: list[tuple[ProductData, current.Standing]] = []
    new_texts: list[texts.NewText] = []
    for row, old in pairs:
        if old.status == ProductStatus.ARCHIVED:
            continue
        told = row.title or old.title
        product_differs = _differs(row, old, ("brand", "category_id", "origin_country"))
        variant_differs = _differs(row, old, ("gtin", "weight_g"))
        text_differs = _differs(row, old, ("title", "description", "bullets")) and told is not None
        if product_differs:
            products[old.product_id] = row
        if variant_differs:
            variants.append((row, old))
        if text_differs and told is not None:
            new_texts.append(texts.NewText(old.product_id, language, told, row.description, row.bullets))
        if product_differs or variant_differs or text_differs:
            written.updated.add(row.sku)
    with connection.cursor() as cursor:
        if products:
            rows = [
                (pk, row.brand, row.category_id, row.origin_country) for pk, row in sorted(products.items())
            ]
            cursor.execute(_UPDATE_PRODUCTS, [at, *map(list, zip(*rows, strict=True))])
        if variants:
            cells = [(old.variant_id, row.gtin, row.weight_g) for row, old in variants]
            cursor.execute(_UPDATE_VARIANTS, [*map(list, zip(*cells, strict=True))])
    texts.write_many(merchant_id=merchant_id, texts=new_texts, at=at)
    search.refresh(product_ids=sorted({*products, *(old.product_id for _row, old in variants)}))


def _differs(row: ProductData, old: current.Standing, names: tuple[str, ...]) -> bool:
    return any((value := getattr(row, name)) is not None and value != getattr(old, name) for name in names)


def check_gtin(gtin: str) -> str:
    """Return the GTIN without spaces or dashes; raises ``BadGtin``."""
    compact = ean.compact(gtin)
    if compact and not (len(compact) in {8, 12, 13, 14} and ean.is_valid(compact)):
        raise BadGtin(_("This GTIN is not possible: 8, 12, 13 or 14 digits, the last one checks the others."))
    return compact


@dataclass(frozen=True, slots=True)
class Sheet:
    """The part of a product that its page edits. Manufacturer and warnings: GPSR, article 19."""

    category_id: int | None
    brand: str
    origin_country: str
    safety: Mapping[str, str]


@transaction.atomic
def edit(*, merchant_id: int, product_id: int, sheet: Sheet, by: User, at: datetime) -> Product:
    """Write the sheet of a product. Raises ``ProductArchived``, ``UnknownCategory``."""
    product = _locked(merchant_id, product_id)
    if sheet.category_id is not None and not Category.objects.filter(pk=sheet.category_id).exists():
        raise UnknownCategory(_("This category does not exist."))
    product.category_id, product.brand = sheet.category_id, sheet.brand
    product.origin_country, product.safety = sheet.origin_country, dict(sheet.safety)
    product.updated_at = at
    product.save(update_fields=["category", "brand", "origin_country", "safety", "updated_at"])
    search.refresh(product_ids=[product.pk])
    readiness.refresh(product_ids=[product.pk], at=at)
    return product


@transaction.atomic
def add_variant(
    *,
    merchant_id: int,
    product_id: int,
    sku: str,
    gtin: str = "",
    gtin_reason: str = "",
    weight_g: int | None = None,
    at: datetime,
) -> Variant:
    """Add a variant. Raises ``SkuTaken``, ``BadGtin``, ``ProductArchived``."""
    current.lock(merchant_id=merchant_id)
    product = _locked(merchant_id, product_id)
    if Variant.objects.for_merchant(merchant_id).filter(sku=sku).exists():
        raise SkuTaken(_("Another product of yours has this SKU."), sku=sku)
    variant = Variant.objects.create(
        merchant_id=merchant_id,
        product=product,
        sku=sku,
        gtin=check_gtin(gtin),
        gtin_reason="" if gtin else GtinReason(gtin_reason) if gtin_reason else "",
        weight_g=weight_g,
        position=product.variants.count(),
        created_at=at,
    )
    search.refresh(product_ids=[product.pk])
    readiness.refresh(product_ids=[product.pk], at=at)
    return variant


@transaction.atomic
def edit_variant(
    *,
    merchant_id: int,
    variant_id: int,
    gtin: str,
    gtin_reason: str,
    weight_g: int | None,
    is_active: bool,
    at: datetime,
) -> Variant:
    """Change a variant. Its SKU stays: orders know it by that name."""
    variants = Variant.objects.for_merchant(merchant_id)
    # The product first, as imports do: the other way round, the two could wait for each other.
    product = _locked(merchant_id, variants.values_list("product_id", flat=True).get(pk=variant_id))
    variant: Variant = variants.select_for_update(no_key=True).get(pk=variant_id)
    variant.gtin = check_gtin(gtin)
    variant.gtin_reason = "" if variant.gtin else gtin_reason
    variant.weight_g, variant.is_active = weight_g, is_active
    variant.save(update_fields=["gtin", "gtin_reason", "weight_g", "is_active"])
    search.refresh(product_ids=[product.pk])
    readiness.refresh(product_ids=[product.pk], at=at)
    return variant


def _locked(merchant_id: int, product_id: int) -> Product:
    product: Product = (
        Product.objects.for_merchant(merchant_id).select_for_update(no_key=True).get(pk=product_id)
    )
    if product.status == ProductStatus.ARCHIVED:
        raise ProductArchived(_("This product is archived. Restore it first."))
    return product


@transaction.atomic
def create(
    *, merchant_id: int, sku: str, title: str, category_id: int | None, language: str, at: datetime
) -> Product:
    """Create one product with one variant. Raises ``SkuTaken``."""
    written = create_many(
        merchant_id=merchant_id,
        products=[ProductData(sku=sku, title=title, category_id=category_id)],
        language=language,
        at=at,
    )
    if sku not in written.created:
        raise SkuTaken(_("Another product of yours has this SKU."), sku=sku)
    product: Product = Product.objects.get(pk=written.products[sku])
    return product

"""Take products out of the catalogue, and bring them back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.enums import ProductStatus
from catalog.models import Product
from catalog.services import readiness
from catalog.services.products import ProductArchived
from core.models import User


@transaction.atomic
def archive(*, merchant_id: int, product_id: int, by: User, at: datetime) -> Product:
    """Take a product out of the catalogue; it is kept. Its listings are withdrawn.

    Raises ``ProductArchived`` when it is out already.
    """
    product = _locked(merchant_id, product_id)
    if product.status == ProductStatus.ARCHIVED:
        raise ProductArchived(_("This product is archived. Restore it first."))
    product.listings.filter(status="published").update(status="withdrawn")
    product.status, product.archived_at, product.updated_at = ProductStatus.ARCHIVED, at, at
    product.save(update_fields=["status", "archived_at", "updated_at"])
    return product


@transaction.atomic
def restore(*, merchant_id: int, product_id: int, by: User, at: datetime) -> Product:
    """Bring an archived product back as a draft: nothing is on sale until somebody publishes it again.

    A product that is not archived stays as it is.
    """
    product = _locked(merchant_id, product_id)
    if product.status != ProductStatus.ARCHIVED:
        return product
    product.status, product.archived_at, product.updated_at = ProductStatus.DRAFT, None, at
    product.save(update_fields=["status", "archived_at", "updated_at"])
    readiness.refresh(product_ids=[product.pk], at=at)
    return product


def _locked(merchant_id: int, product_id: int) -> Product:
    mine = Product.objects.for_merchant(merchant_id)
    product: Product = mine.select_for_update(no_key=True).get(pk=product_id)
    return product

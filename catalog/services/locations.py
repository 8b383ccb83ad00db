"""Where a merchant keeps goods."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Location


@transaction.atomic
def first_or_new(*, merchant_id: int, at: datetime) -> Location:
    """Return the location that orders take from first; a merchant without any gets a warehouse."""
    locations = Location.objects.for_merchant(merchant_id).filter(closed_at__isnull=True)
    found: Location | None = locations.first()
    if found is None:
        found, _created = Location.objects.get_or_create(
            merchant_id=merchant_id, name=_("Warehouse"), defaults={"created_at": at}
        )
    return found

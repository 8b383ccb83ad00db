"""Where a merchant keeps goods."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.enums import LocationKind
from catalog.models import Location
from catalog.services import current
from core.refusals import Refusal


class NameTaken(Refusal):
    """Another location of the merchant has this name."""

    code = "location_name_taken"


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


@transaction.atomic
def add(
    *,
    merchant_id: int,
    name: str,
    kind: LocationKind,
    at: datetime,
    street: str = "",
    postcode: str = "",
    city: str = "",
    country: str = "FR",
) -> Location:
    """Add a location, from which orders take after all those there are. Raises ``NameTaken``."""
    current.lock(merchant_id=merchant_id)
    locations = Location.objects.for_merchant(merchant_id)
    if locations.filter(name__iexact=name).exists():
        raise NameTaken(_("You already have a location of this name."), name=name)
    added: Location = Location.objects.create(
        merchant_id=merchant_id,
        name=name,
        kind=kind,
        street=street,
        postcode=postcode,
        city=city,
        country=country,
        priority=locations.count(),
        created_at=at,
    )
    return added

"""Postal addresses as merchants give them, and where buyers send goods back."""

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from core.models import User
from core.refusals import Refusal
from merchants.enums import ReturnZone
from merchants.models import ReturnsAddress
from merchants.services import stores
from merchants.services.families import HOME, UNION

CODE = "returns_address"


class WrongAddress(Refusal):
    """``field`` names the line."""

    code = "wrong_address"
    status = 422


class StillNeeded(Refusal):
    code = "returns_address_needed"
    default_message = _("Buyers must be able to send goods back: this address can be changed, not removed.")


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """A name and where it receives mail. ``country`` is ISO 3166-1 alpha-2."""

    name: str
    street: str
    postcode: str
    city: str
    country: str = HOME
    street2: str = ""


def checked(address: PostalAddress) -> PostalAddress:
    """Return the address without needless spaces; ``WrongAddress`` for an empty line or a wrong postcode."""
    tidy = replace(
        address, **{field.name: " ".join(getattr(address, field.name).split()) for field in fields(address)}
    )
    for name in ("name", "street", "postcode", "city"):
        if not getattr(tidy, name):
            raise WrongAddress(_("This line is missing."), field=name)
    if tidy.country not in countries:
        raise WrongAddress(_("Choose a country in the list."), field="country")
    if tidy.country == HOME and not re.fullmatch(r"\d{5}", tidy.postcode, re.ASCII):
        raise WrongAddress(_("A French postcode has 5 digits, such as 04300."), field="postcode")
    return tidy


@transaction.atomic
def set_returns(
    *, merchant_id: int, zone: str, address: PostalAddress, by: User, at: datetime
) -> ReturnsAddress:
    """Say where the buyers of a zone send goods back. Raises ``WrongAddress``."""
    merchant = stores.lock(merchant_id)
    if zone not in ReturnZone:
        raise WrongAddress(_("Choose one of the answers."), field="zone")
    given = checked(address)
    if zone == ReturnZone.UNION and given.country not in UNION:
        raise WrongAddress(
            _("For the European Union, give an address in it: returns would be imports otherwise."),
            field="country",
        )
    row: ReturnsAddress
    row, _created = ReturnsAddress.objects.update_or_create(
        merchant=merchant,
        zone=zone,
        defaults={**{field.name: getattr(given, field.name) for field in fields(given)}, "declared_at": at},
    )
    stores.changed(merchant, CODE, by=by, at=at)
    return row


@transaction.atomic
def remove_returns(*, merchant_id: int, zone: str, by: User, at: datetime) -> None:
    """Take the address of a zone away: its buyers use the one for all countries, which must stay."""
    merchant = stores.lock(merchant_id)
    if zone == ReturnZone.DEFAULT:
        raise StillNeeded
    ReturnsAddress.objects.for_merchant(merchant_id).filter(zone=zone).delete()
    stores.changed(merchant, CODE, by=by, at=at)

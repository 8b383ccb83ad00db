"""What the tax office asks of a sole trader (Directive (EU) 2021/514, DAC7; CGI, article 1649 ter A).

A company is reported by its SIREN, which we have. Data are sealed under the merchant's key. A seller of goods
is reported from 30 sales or over 2,000 € in a calendar year (annex V, section I, B, 4 of the directive).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from stdnum.fr import nif

from core import sealed
from core.models import User
from core.refusals import Refusal
from merchants.models import TaxIdentity
from merchants.services import people, stores
from merchants.services.families import HOME

CODE = "dac7"


class WrongTin(Refusal):
    code = "wrong_tin"
    status = 422
    default_message = _(
        "A French tax number has 13 digits and begins with 0, 1, 2 or 3: it stands at the top of your tax "
        "notice."
    )


class WrongBirthPlace(Refusal):
    code = "wrong_birth_place"
    status = 422
    default_message = _("Give the town and the country of birth.")


@dataclass(frozen=True, slots=True)
class TaxData:
    """In clear; never stored so, never logged."""

    tin: str
    birth_date: date
    birth_place: str
    tin_country: str = HOME
    birth_country: str = HOME


@transaction.atomic
def declare(*, merchant_id: int, data: TaxData, by: User, at: datetime) -> TaxIdentity:
    """Keep a sole trader's tax number, date and place of birth, sealed.

    Refusals: ``WrongTin``, ``WrongBirthPlace``, ``people.WrongBirthDate``.
    """
    merchant = stores.lock(merchant_id)
    tin = read_tin(data.tin, data.tin_country)
    people.check_birth_date(data.birth_date, at)
    place = " ".join(data.birth_place.split())
    if not place or data.birth_country not in countries:
        raise WrongBirthPlace
    row = TaxIdentity.objects.for_merchant(merchant_id).first() or TaxIdentity(merchant=merchant)
    key = merchant.data_key_id
    row.tin, row.tin_country = sealed.seal(key, tin), data.tin_country
    row.birth_date = sealed.seal(key, data.birth_date.isoformat())
    row.birth_place, row.birth_country = sealed.seal(key, place), data.birth_country
    row.declared_at = at
    row.save()
    stores.changed(merchant, CODE, by=by, at=at, event="trade.changed")
    return row


def read(row: TaxIdentity) -> TaxData:
    """Return the data in clear; erased ones read as ``core.sealed.ERASED`` and the earliest date."""
    tin, birth, place = sealed.unseal_many([row.tin, row.birth_date, row.birth_place])
    day = date.min if birth is sealed.ERASED else date.fromisoformat(birth)
    return TaxData(tin, day, place, row.tin_country, row.birth_country)


def read_tin(typed: str, country: str) -> str:
    """Return a tax number without spaces. The French one is checked (``stdnum.fr.nif``), others by length."""
    number = re.sub(r"[\s.\-/]", "", typed).upper()
    if country == HOME:
        if not nif.is_valid(number):
            raise WrongTin
    elif country not in countries or not re.fullmatch(r"[A-Z0-9]{4,20}", number):
        raise WrongTin(_("This is not a tax number of the country you chose."))
    return number

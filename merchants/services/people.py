"""The natural persons behind a company. What identifies them is sealed under the merchant's key."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from core import sealed
from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import Control, Ownership, PersonRole
from merchants.models import Company, Person
from merchants.services import files, requirements
from merchants.services.company import folded

CODE: Final = "legal_representative"
OWNERS: Final = "beneficial_owners"
ATTORNEY: Final = "power_of_attorney"
ADULT: Final = 18
OLDEST: Final = 120
#: Strictly more than this makes a beneficial owner (CMF, article R561-1).
THRESHOLD: Final = Decimal(25)
_CODES: Final = {
    PersonRole.LEGAL_REPRESENTATIVE: CODE,
    PersonRole.BENEFICIAL_OWNER: OWNERS,
    PersonRole.ATTORNEY: ATTORNEY,
}


class WrongBirthDate(Refusal):
    code = "wrong_birth_date"
    status = 422


class WrongNationality(Refusal):
    code = "wrong_nationality"
    status = 422
    default_message = _("Choose a nationality in the list.")


class WrongResidence(Refusal):
    code = "wrong_residence"
    status = 422
    default_message = _("Choose a country of residence in the list.")


class WrongShare(Refusal):
    code = "wrong_share"
    status = 422


class HoldingsMissing(Refusal):
    code = "holdings_missing"
    status = 422
    default_message = _(
        "Name each company in between, with its SIREN and the share it holds, down to yours: for example "
        "“Montbrun Holding (SIREN 123 456 782), 60 %”."
    )


class NobodyListed(Refusal):
    code = "owners_not_listed"
    status = 422
    default_message = _("The list is empty. Add who holds over 25%, or say that nobody does.")


class OwnersListed(Refusal):
    code = "owners_listed"
    default_message = _("You have listed beneficial owners: remove them before you say that there are none.")


class CompanyFirst(Refusal):
    code = "company_first"
    default_message = _("Name your company first.")


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A person in clear; never stored so, never logged. Countries are ISO 3166-1 codes of two letters."""

    first_names: str
    last_name: str
    birth_date: date
    nationality: str
    address: str = ""
    residence: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """How a beneficial owner controls the company. ``holdings`` describes the chain of companies between."""

    control: str
    percent: Decimal | None = None
    holdings: str = ""


@transaction.atomic
def add_representative(
    *,
    merchant_id: int,
    data: PersonalData,
    by: User,
    at: datetime,
    person_id: int | None = None,
    signs: bool | None = None,
) -> Person:
    """Write who legally represents the company; ``person_id`` changes one already written.

    ``signs``: whether this is the person who acts here, and so needs no power of attorney; None compares the
    names. Refuses a birth date that makes a child or nobody (``WrongBirthDate``) and an unknown country.
    """
    if signs is None:
        signs = is_same(data, by)
    return _write(merchant_id, PersonRole.LEGAL_REPRESENTATIVE, data, None, signs, by, at, person_id)


@transaction.atomic
def add_attorney(
    *, merchant_id: int, data: PersonalData, by: User, at: datetime, person_id: int | None = None
) -> Person:
    """Write who signs with a power, being no representative. Refuses as ``add_representative``."""
    return _write(merchant_id, PersonRole.ATTORNEY, data, None, True, by, at, person_id)


@transaction.atomic
def add_owner(
    *,
    merchant_id: int,
    data: PersonalData,
    share: Share,
    by: User,
    at: datetime,
    person_id: int | None = None,
) -> Person:
    """Write a beneficial owner who is nothing else to the company.

    Refuses as ``add_representative``, and a share of 25 % or less (``WrongShare``) or an indirect one without
    its chain (``HoldingsMissing``).
    """
    check_share(share)
    return _write(merchant_id, PersonRole.BENEFICIAL_OWNER, data, share, False, by, at, person_id)


@transaction.atomic
def set_share(*, merchant_id: int, person_id: int, share: Share | None, by: User, at: datetime) -> Person:
    """Say that somebody written is a beneficial owner too, or (None) is not. Refuses as ``add_owner``."""
    if share is not None:
        check_share(share)
    application = files.lock_for_change(merchant_id=merchant_id, code=OWNERS)
    person = _current(merchant_id, person_id)
    _put_share(person, share, application.merchant.data_key_id)
    person.save()
    _changed(person, "person.changed", OWNERS, by, at)
    return person


@transaction.atomic
def declare_owners(*, merchant_id: int, ownership: str, by: User, at: datetime) -> None:
    """Declare that the list of beneficial owners is complete, or that nobody is one.

    Where nobody holds over 25 % nor controls the company otherwise, the law takes its legal representative
    for the owner (CMF, article R561-1). Raises ``CompanyFirst``, ``NobodyListed`` or ``OwnersListed``.
    """
    files.lock_for_change(merchant_id=merchant_id, code=OWNERS)
    company = Company.objects.select_for_update().for_merchant(merchant_id).first()
    if company is None:
        raise CompanyFirst
    has_owners = Person.objects.for_merchant(merchant_id).filter(ended_at=None, is_owner=True).exists()
    if ownership == Ownership.LISTED and not has_owners:
        raise NobodyListed
    if ownership == Ownership.NOBODY and has_owners:
        raise OwnersListed
    company.ownership, company.ownership_declared_at = Ownership(ownership), at
    company.save(update_fields=["ownership", "ownership_declared_at"])
    files.answered(merchant_id=merchant_id, code=OWNERS, at=at)
    events.record(
        "company.owners_declared", company, merchant_id=merchant_id, by=by, data={"ownership": ownership}
    )
    requirements.refresh(merchant_id=merchant_id, at=at)


@transaction.atomic
def end(*, merchant_id: int, person_id: int, by: User, at: datetime) -> None:
    """Note that a person no longer acts for the company or owns it; the row and its documents stay."""
    code = _CODES[PersonRole(_current(merchant_id, person_id).role)]
    files.lock_for_change(merchant_id=merchant_id, code=code)
    person = _current(merchant_id, person_id)
    person.ended_at = at
    person.save(update_fields=["ended_at"])
    _changed(person, "person.ended", code, by, at)


def read(person: Person) -> PersonalData:
    """Return the person in clear; erased data read as ``core.sealed.ERASED`` and the earliest date."""
    return read_many([person])[0]


def read_many(found: list[Person]) -> list[PersonalData]:
    """Return people in clear with at most one query."""
    blobs: list[bytes | memoryview] = []
    for person in found:
        blobs += [person.first_names, person.last_name, person.birth_date]
        blobs += [person.address] if person.address is not None else []
    texts = iter(sealed.unseal_many(blobs))
    return [_read(person, texts) for person in found]


def holdings_of(person: Person) -> str:
    """Return the chain of companies between an owner and the company."""
    return sealed.unseal(person.holdings) if person.holdings is not None else ""


def masked(data: PersonalData) -> str:
    """Return what colleagues see of a person: initials."""
    return " ".join(f"{name[:1]}." for name in (data.first_names, data.last_name) if name)


def is_same(data: PersonalData, user: User) -> bool:
    """Tell whether an account is in the name of a person: the last name, and one of the first names."""
    words = set(folded(user.get_full_name()).split())
    first, last = folded(data.first_names).split(), folded(data.last_name).split()
    return bool(last) and set(last) <= words and bool(set(first) & words)


def check_birth_date(day: date, at: datetime) -> None:
    today = timezone.localdate(at)
    age = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    if age > OLDEST or day > today:
        raise WrongBirthDate(
            _("%(year)d cannot be a year of birth: check the four digits.") % {"year": day.year}
        )
    if age < ADULT:
        raise WrongBirthDate(
            _("This date makes the person %(age)d years old; the law asks for 18. Check the date.")
            % {"age": age}
        )


def check_share(share: Share) -> None:
    if share.percent is not None and not 0 < share.percent <= 100:
        raise WrongShare(_("A share is between 0 and 100%."))
    if share.control != Control.OTHER and (share.percent is None or share.percent <= THRESHOLD):
        raise WrongShare(
            _(
                "A beneficial owner holds over 25%. Who holds less and yet controls the company does so “by "
                "other means”; anybody else is not to be declared."
            )
        )
    if share.control == Control.INDIRECT and not share.holdings.strip():
        raise HoldingsMissing


def _write(
    merchant_id: int,
    role: PersonRole,
    data: PersonalData,
    share: Share | None,
    signs: bool,
    by: User,
    at: datetime,
    person_id: int | None,
) -> Person:
    code = _CODES[role]
    application = files.lock_for_change(merchant_id=merchant_id, code=code)
    check_birth_date(data.birth_date, at)
    if data.nationality not in countries:
        raise WrongNationality(nationality=data.nationality)
    if data.residence and data.residence not in countries:
        raise WrongResidence(residence=data.residence)

    key = application.merchant.data_key_id
    person = _current(merchant_id, person_id) if person_id else Person(merchant_id=merchant_id, created_at=at)
    person.role, person.signs = role, signs
    person.nationality, person.residence = data.nationality, data.residence
    person.first_names = sealed.seal(key, data.first_names.strip())
    person.last_name = sealed.seal(key, data.last_name.strip())
    person.birth_date = sealed.seal(key, data.birth_date.isoformat())
    person.address = sealed.seal(key, data.address.strip()) if data.address.strip() else None
    if share is not None:
        _put_share(person, share, key)
    person.save()
    _changed(person, "person.changed" if person_id else "person.added", code, by, at)
    return person


def _put_share(person: Person, share: Share | None, key: int) -> None:
    person.is_owner = share is not None
    person.control = share.control if share else ""
    person.share_percent = share.percent if share else None
    person.holdings = sealed.seal(key, share.holdings.strip()) if share and share.holdings.strip() else None


def _current(merchant_id: int, person_id: int) -> Person:
    person: Person = (
        Person.objects.select_for_update().for_merchant(merchant_id).get(pk=person_id, ended_at=None)
    )
    return person


def _read(person: Person, texts: Iterator[str]) -> PersonalData:
    first, last, birth = next(texts), next(texts), next(texts)
    day = date.min if birth is sealed.ERASED else date.fromisoformat(birth)
    address = next(texts) if person.address is not None else ""
    return PersonalData(first, last, day, person.nationality, address, person.residence)


def _changed(person: Person, event: str, code: str, by: User, at: datetime) -> None:
    if person.is_owner or code == OWNERS:
        # Whoever changes the list says again that it is complete.
        Company.objects.for_merchant(person.merchant_id).update(ownership=Ownership.UNSAID)
    files.answered(merchant_id=person.merchant_id, code=code, at=at)
    events.record(event, person, merchant_id=person.merchant_id, by=by)
    requirements.refresh(merchant_id=person.merchant_id, at=at)

"""The natural persons behind a company. What identifies them is sealed under the merchant's key."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from core import sealed
from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import PersonRole
from merchants.models import Person
from merchants.services import files, requirements

CODE = "legal_representative"
ADULT = 18
OLDEST = 120


class WrongBirthDate(Refusal):
    code = "wrong_birth_date"
    status = 422


class WrongNationality(Refusal):
    code = "wrong_nationality"
    status = 422
    default_message = _("Choose a nationality in the list.")


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A person in clear; never stored so, never logged."""

    first_names: str
    last_name: str
    birth_date: date
    nationality: str
    address: str = ""


@transaction.atomic
def add_representative(
    *, merchant_id: int, data: PersonalData, by: User, at: datetime, person_id: int | None = None
) -> Person:
    """Write who legally represents the company; ``person_id`` changes one already written.

    Refuses a birth date that makes a child or nobody (``WrongBirthDate``) and an unknown nationality.
    """
    application = files.lock_for_change(merchant_id=merchant_id, code=CODE)
    check_birth_date(data.birth_date, at)
    if data.nationality not in countries:
        raise WrongNationality(nationality=data.nationality)

    key = application.merchant.data_key_id
    current = Person.objects.for_merchant(merchant_id).filter(ended_at=None)
    person = current.get(pk=person_id) if person_id else Person(merchant_id=merchant_id, created_at=at)
    person.role, person.nationality = PersonRole.LEGAL_REPRESENTATIVE, data.nationality
    person.first_names = sealed.seal(key, data.first_names.strip())
    person.last_name = sealed.seal(key, data.last_name.strip())
    person.birth_date = sealed.seal(key, data.birth_date.isoformat())
    person.address = sealed.seal(key, data.address.strip()) if data.address.strip() else None
    person.save()
    _changed(person, "person.changed" if person_id else "person.added", by, at)
    return person


@transaction.atomic
def end(*, merchant_id: int, person_id: int, by: User, at: datetime) -> None:
    """Note that a person no longer acts for the company; the row stays."""
    files.lock_for_change(merchant_id=merchant_id, code=CODE)
    person = Person.objects.select_for_update().for_merchant(merchant_id).get(pk=person_id, ended_at=None)
    person.ended_at = at
    person.save(update_fields=["ended_at"])
    _changed(person, "person.ended", by, at)


def read(person: Person) -> PersonalData:
    """Return the person in clear; erased data read as ``core.sealed.ERASED`` and the earliest date."""
    blobs = [person.first_names, person.last_name, person.birth_date]
    if person.address is not None:
        blobs.append(person.address)
    first, last, birth, *address = sealed.unseal_many(blobs)
    day = date.min if birth is sealed.ERASED else date.fromisoformat(birth)
    return PersonalData(first, last, day, person.nationality, address[0] if address else "")


def check_birth_date(day: date, at: datetime) -> None:
    today = at.date()
    age = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    if age > OLDEST or day > today:
        raise WrongBirthDate(
            _("%(year)d cannot be a year of birth: check the four digits.") % {"year": day.year}
        )
    if age < ADULT:
        raise WrongBirthDate(
            _("This date makes the representative %(age)d years old; the law asks for 18. Check the date.")
            % {"age": age}
        )


def _changed(person: Person, event: str, by: User, at: datetime) -> None:
    files.answered(merchant_id=person.merchant_id, code=CODE, at=at)
    events.record(event, person, merchant_id=person.merchant_id, by=by)
    requirements.refresh(merchant_id=person.merchant_id, at=at)

"""What was declared, what the register says: side by side, with the words that differ marked."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext_lazy as _

from merchants.services import people
from merchants.services.company import folded
from merchants.services.requirements import File

#: The requirements beside which the register's facts are shown.
COMPANY = frozenset({"company_identity", "company_active", "registration_document"})
PEOPLE = frozenset({"legal_representative", "representative_identity"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word, and whether the other side has it there."""

    text: str
    is_other: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact, as declared and as registered."""

    label: Any
    declared: str
    registered: str

    @property
    def differs(self) -> bool:
        return bool(self.registered) and folded(self.declared) != folded(self.registered)

    @property
    def declared_words(self) -> list[Word]:
        return _marked(self.declared, self.registered) if self.differs else [Word(self.declared, False)]

    @property
    def registered_words(self) -> list[Word]:
        return _marked(self.registered, self.declared) if self.differs else [Word(self.registered, False)]


def of(file: File, code: str, *, with_people: bool) -> list[Comparison]:
    """Return the facts that belong to a requirement; none where no register tells."""
    if code in COMPANY:
        return company(file)
    return representative(file) if code in PEOPLE and with_people else []


def company(file: File) -> list[Comparison]:
    """Return the facts of the company, declared beside registered."""
    declared, found = file.company, file.registered
    if declared is None:
        return []
    place = found.establishment(declared.siret) if found else None
    return [
        Comparison(_("Legal name"), declared.legal_name, found.legal_name if found else ""),
        Comparison("SIREN", declared.siren, found.siren if found else ""),
        Comparison("SIRET", declared.siret, place.siret if place else ""),
        Comparison(_("Number and street"), declared.street, place.street if place else ""),
        Comparison(
            _("Town"),
            f"{declared.postcode} {declared.city}",
            f"{place.postcode} {place.city}" if place else "",
        ),
        Comparison(_("Legal form"), declared.legal_form_code, found.legal_form_code if found else ""),
        Comparison(_("Activity (NAF)"), declared.naf_code, found.naf_code if found else ""),
    ]


def representative(file: File) -> list[Comparison]:
    """Return the first representative beside the officer of the register whose name is nearest."""
    person = people.read(file.representatives[0]) if file.representatives else None
    named = f"{person.first_names} {person.last_name}" if person else ""
    officers = [o for o in file.registered.officers if o.is_person] if file.registered else []
    nearest = max(
        officers,
        key=lambda o: SequenceMatcher(None, folded(f"{o.first_names} {o.last_name}"), folded(named)).ratio(),
        default=None,
    )
    return [
        Comparison(
            _("Legal representative"), named, f"{nearest.first_names} {nearest.last_name}" if nearest else ""
        ),
        Comparison(
            _("Month of birth"),
            person.birth_date.strftime("%Y-%m") if person else "",
            nearest.birth_month if nearest else "",
        ),
    ]


def _marked(text: str, other: str) -> list[Word]:
    mine, theirs = text.split(), other.split()
    matcher = SequenceMatcher(None, [folded(w) for w in mine], [folded(w) for w in theirs], autojunk=False)
    return [
        Word(" ".join(mine[start:end]), kind != "equal")
        for kind, start, end, _other_start, _other_end in matcher.get_opcodes()
        if end > start
    ]

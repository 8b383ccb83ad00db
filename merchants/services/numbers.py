"""Numbers of French companies as people type them."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret
from stdnum.fr import tva as stdnum_tva

from core.refusals import Refusal

LA_POSTE = "356000000"
#: Prefixes of VAT numbers that are not French: the Union's, Northern Ireland's, neighbours'.
FOREIGN = {code.upper() for code in eu_vat.MEMBER_STATES} - {"FR"} | {"EL", "GB", "CH", "NO", "LI"}


class WrongNumber(Refusal):
    code = "wrong_company_number"
    status = 422


class ForeignNumber(WrongNumber):
    code = "foreign_company"
    default_message = _(
        "This is the VAT number of a company outside France. Stores are opened here for companies registered "
        "in France or Monaco: if yours has a French establishment, type its SIRET."
    )


@dataclass(frozen=True, slots=True)
class CompanyNumber:
    """A SIREN of nine digits and, when an establishment was named, its SIRET of fourteen.

    A company of Monaco may have neither: then ``vat`` is its French VAT number, whose digits begin with 000.
    """

    siren: str
    siret: str = ""
    vat: str = ""

    @property
    def vat_number(self) -> str:
        """The French VAT number: as typed, or with the numeric key that follows from the SIREN."""
        return self.vat or f"FR{stdnum_siren.to_tva(self.siren)}"

    @property
    def asked(self) -> str:
        """What registers are asked, and evidence is found by."""
        return self.siret or self.siren or self.vat


def parse(typed: str) -> CompanyNumber:
    """Read a SIREN, a SIRET or a French VAT number with any spaces; ``WrongNumber`` says fact and remedy.

    Check digits by Luhn; establishments of La Poste by their own rule (sum of digits divisible by five).
    """
    compact = compacted(typed)
    if compact.startswith("FR"):
        return _from_vat(compact)
    if compact[:2] in FOREIGN:
        raise ForeignNumber(country=compact[:2], found="foreign")
    if not compact.isdigit() or not compact.isascii():
        raise WrongNumber(
            _(
                "“%(typed)s” holds something else than digits. A SIREN is 9 digits, a SIRET 14: copy it from "
                "your Kbis or your notice of situation."
            )
            % {"typed": typed.strip()[:40]},
            found="not_digits",
        )
    if len(compact) not in {9, 14}:
        raise WrongNumber(
            ngettext_lazy(
                "You typed %(count)d digit. A SIREN has 9, a SIRET 14: check the number on your Kbis.",
                "You typed %(count)d digits. A SIREN has 9, a SIRET 14: check the number on your Kbis.",
                len(compact),
            )
            % {"count": len(compact)},
            found="length",
        )
    siren = compact[:9]
    if not stdnum_siren.is_valid(siren):
        raise _wrong_check_digit(siren, "SIREN")
    if len(compact) == 14 and not stdnum_siret.is_valid(compact):
        raise _wrong_check_digit(compact, "SIRET")
    return CompanyNumber(siren, compact if len(compact) == 14 else "")


def compacted(typed: str) -> str:
    return re.sub(r"[\s.\-\u00a0\u202f]", "", typed).upper()


def is_name(typed: str) -> bool:
    """Tell whether somebody typed a name rather than a number: "3 Suisses" is one, "9999800480001X" not.

    The number of an association at the RNA (W and nine digits) is searched for as a name is.
    """
    compact = compacted(typed)
    digits = sum(c.isdigit() for c in compact)
    letters = sum(c.isalpha() for c in compact)
    if re.fullmatch(r"W\d[\dA-Z]\d{7}", compact):
        return True
    has_prefix = compact[:2] in FOREIGN | {"FR"} and digits >= 7
    return letters >= 2 and digits < 8 and not has_prefix


def _from_vat(compact: str) -> CompanyNumber:
    try:
        siren = stdnum_tva.validate(compact)[2:]
    except ValidationError:
        siren = ""
    if siren.startswith("000"):
        return CompanyNumber("", vat=compact)
    if not stdnum_siren.is_valid(siren):
        raise WrongNumber(
            _(
                "%(typed)s is no French VAT number: FR, a key of two characters, then the 9 digits of the "
                "SIREN that the key must fit. Type your SIREN instead, we work the VAT number out."
            )
            % {"typed": compact[:20]},
            found="vat",
        )
    return CompanyNumber(siren, vat=compact)


def _wrong_check_digit(number: str, kind: str) -> WrongNumber:
    return WrongNumber(
        _(
            "The last digit of %(kind)s %(number)s does not fit the others: one digit is wrong or two are "
            "swapped. Compare it with your Kbis, digit by digit."
        )
        % {"kind": kind, "number": spaced(number)},
        found="check_digit",
    )


def spaced(number: str) -> str:
    """Write 99998004800014 as ``999 980 048 00014``, with narrow spaces that do not break."""
    groups = [number[:3], number[3:6], number[6:9], number[9:]]
    return "\u202f".join(group for group in groups if group)

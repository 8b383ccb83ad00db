"""The natural persons behind the company."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from merchants.services.requirements.definitions.base import Definition, Finding, Verified, done, to_do
from merchants.services.requirements.facts import File


def _representative(file: File) -> Finding:
    return done(file.representatives[-1].created_at) if file.representatives else to_do()


PEOPLE: Final = (
    Definition(
        code="legal_representative",
        section="people",
        title=_("Legal representative"),
        url_name="merchants:representative",
        check=_representative,
        satisfied_by="a person of age whose mandate has not ended",
        verified=Verified.COMPUTED,
        source="DSA, art. 30(1)(a); CMF, L561-5",
        validity="until the end of the mandate is declared",
    ),
)

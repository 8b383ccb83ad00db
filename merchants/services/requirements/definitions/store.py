"""What buyers see of the store, and how they reach it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from merchants.services.requirements.definitions.base import (
    TO_OPEN,
    Blocks,
    Definition,
    Finding,
    Verified,
    done,
    to_do,
)
from merchants.services.requirements.facts import File


def _store_name(file: File) -> Finding:
    return done() if file.merchant.store_name else to_do()


def _contact(file: File) -> Finding:
    merchant = file.merchant
    if merchant.support_email and merchant.support_phone:
        return done()
    return to_do("" if not merchant.support_email else "phone_missing")


STORE: Final = (
    Definition(
        code="store_name",
        section="store",
        title=_("Name of the store"),
        url_name="merchants:store_name",
        check=_store_name,
        satisfied_by="a name that no other store has",
        verified=Verified.COMPUTED,
    ),
    Definition(
        code="dsa_contact",
        section="store",
        title=_("Contact for buyers"),
        url_name="merchants:contact",
        check=_contact,
        satisfied_by="an e-mail address and a telephone number in service",
        verified=Verified.COMPUTED,
        source="DSA, art. 30(1)(a)",
        blocks=TO_OPEN | {Blocks.PUBLICATION},
    ),
)

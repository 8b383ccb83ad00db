"""What buyers see of the store, and how they reach it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from merchants.enums import ReturnZone
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


def _support(file: File) -> Finding:
    page = file.page
    return done(page.support_at) if page and page.support_languages and page.support_hours else to_do()


def _returns(file: File) -> Finding:
    found = [row for row in file.returns if row.zone == ReturnZone.DEFAULT]
    return done(found[0].declared_at) if found else to_do()


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
    Definition(
        code="support_hours",
        section="store",
        title=_("Languages and hours of your support"),
        url_name="merchants:support",
        check=_support,
        concerns="who has said what they sell",
        applies=lambda file: file.plan is not None,
        satisfied_by="a language, and opening hours in which somebody answers",
        verified=Verified.COMPUTED,
        source="Seller agreement",
        blocks=frozenset({Blocks.PUBLICATION}),
    ),
    Definition(
        code="returns_address",
        section="store",
        title=_("Where buyers send returns"),
        url_name="merchants:returns",
        check=_returns,
        concerns="who has said what they sell",
        applies=lambda file: file.plan is not None,
        satisfied_by="an address for all countries",
        verified=Verified.COMPUTED,
        source="Directive 2011/83/EU, art. 6(1)(i) and 14",
        blocks=frozenset({Blocks.PUBLICATION}),
    ),
)

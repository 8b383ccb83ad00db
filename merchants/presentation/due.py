"""In what words a merchant is told what is due and what waits for it: under the bell, and by mail."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from merchants.enums import CapabilityCode, CapabilityStatus
from merchants.services.requirements import DEFINITIONS, Blocks

_TITLES = {definition.code: definition.title for definition in DEFINITIONS}


def titles(codes: Iterable[str]) -> str:
    """Return the names of requirements in the reader's language."""
    return ", ".join(str(_TITLES.get(code, code)) for code in codes)


def reminded(data: Mapping[str, Any]) -> str:
    words = {
        "titles": titles(data["requirements"]),
        "day": formats.date_format(date.fromisoformat(data["due_on"]), "DATE_FORMAT"),
    }
    if data["days"] == 0:
        return _("Last day, %(day)s: %(titles)s.") % words
    return _("To complete before %(day)s: %(titles)s.") % words


def asked(data: Mapping[str, Any]) -> str:
    return _("To do now: %(titles)s.") % {"titles": titles([data["requirement"]])}


def accepted(data: Mapping[str, Any]) -> str:
    return _("Accepted: %(titles)s.") % {"titles": titles([data["requirement"]])}


def refused(data: Mapping[str, Any]) -> str:
    return _("To correct, read why: %(titles)s.") % {"titles": titles([data["requirement"]])}


def capability(data: Mapping[str, Any]) -> str:
    is_payout = data["capability"] == CapabilityCode.BE_PAID
    if data["to"] == CapabilityStatus.ACTIVE:
        return _("Your payouts go on.") if is_payout else _("You can publish again.")
    words = {"titles": titles(data["requirements"])}
    if not data["requirements"]:
        return _("Your payouts are held.") if is_payout else _("You cannot publish at the moment.")
    if is_payout:
        return _("Your payouts are held until this is in order: %(titles)s.") % words
    return _("You cannot publish until this is in order: %(titles)s.") % words


def consequence(blocks: Iterable[str]) -> str:
    """Return what waits for an open store once the deadline has passed; empty when nothing does."""
    found = set(blocks)
    if {Blocks.PUBLICATION, Blocks.PAYOUT} <= found:
        return _("After that day, your offers and your payouts are held until it is done.")
    if Blocks.PUBLICATION in found:
        return _("After that day, your offers are held until it is done.")
    if Blocks.PAYOUT in found:
        return _("After that day, your payouts are held until it is done.")
    return ""


def held(blocks: Iterable[str], *, by_us: bool = False) -> str:
    """Return what an open store waits with now; ``by_us``: only until we have checked what it sent."""
    found = set(blocks)
    if by_us and {Blocks.PUBLICATION, Blocks.PAYOUT} <= found:
        return _("Your offers and your payouts wait until we have checked what you sent.")
    if by_us and Blocks.PUBLICATION in found:
        return _("Your offers wait until we have checked what you sent.")
    if by_us:
        return _("Your payouts wait until we have checked what you sent.")
    if {Blocks.PUBLICATION, Blocks.PAYOUT} <= found:
        return _("Your offers and your payouts are held until it is done.")
    if Blocks.PUBLICATION in found:
        return _("Your offers are held until it is done.")
    return _("Your payouts are held until it is done.")

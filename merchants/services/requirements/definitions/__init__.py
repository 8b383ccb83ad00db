"""Every requirement, declared once: whom it concerns, what satisfies it, what waits for it.

The portal's task list, the reviewer's checklist and the API are three views of what these functions answer.
A module for each section of the task list; ``docs/requirements.md`` is written from what they declare.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from merchants.services.requirements.definitions.base import Actor, Blocks, Definition, Finding, Verified
from merchants.services.requirements.definitions.company import COMPANY
from merchants.services.requirements.definitions.contract import CONTRACT
from merchants.services.requirements.definitions.money import MONEY
from merchants.services.requirements.definitions.people import PEOPLE
from merchants.services.requirements.definitions.products import PRODUCTS
from merchants.services.requirements.definitions.store import STORE
from merchants.services.requirements.definitions.tax import TAX

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["CODES", "DEFINITIONS", "SECTIONS", "Actor", "Blocks", "Definition", "Finding", "Verified"]

SECTIONS: Final[Mapping[str, "_StrPromise"]] = {
    "company": _("Your company"),
    "people": _("The people"),
    "money": _("Money"),
    "tax": _("Taxes"),
    "store": _("Your store"),
    "products": _("Your products"),
    "contract": _("Contract"),
}

DEFINITIONS: Final[tuple[Definition, ...]] = (
    *COMPANY,
    *PEOPLE,
    *MONEY,
    *TAX,
    *STORE,
    *PRODUCTS,
    *CONTRACT,
)

CODES: Final = frozenset(definition.code for definition in DEFINITIONS)

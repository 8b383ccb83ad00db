"""What each role of a team may do: the table that pages obey, the team page shows and docs/roles.md prints.

Pages are named by their address's name; the first area whose pattern fits decides. A page that names no role
of its own in ``member_required`` follows this table; a test holds the others to it. An application of the API
has scopes of its own: which ones, whoever may open the developers' pages decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from merchants.enums import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Access(IntEnum):
    """How far a role goes in an area; the greater includes the less."""

    NONE = 0
    READ = 1
    CHANGE = 2

    @property
    def word(self) -> "str | _StrPromise":
        return (_("Not shown"), _("Reads"), _("Reads and changes"))[self]


@dataclass(frozen=True)
class Area:
    """Some pages that go together. Owners and administrators change everything; the others as told.

    ``reads_as_text``: whoever may only read sees the page's fields without being able to fill them in.
    """

    key: str
    title: "str | _StrPromise"
    pages: tuple[str, ...]
    others: Mapping[str, Access]
    reads_as_text: bool = False
    owners_only: bool = False

    def of(self, role: str) -> Access:
        if self.owners_only:
            return Access.CHANGE if role == Role.OWNER else Access.NONE
        return Access.CHANGE if role in LEADS else self.others.get(role, Access.NONE)


LEADS = frozenset({Role.OWNER, Role.ADMINISTRATOR})
_READ, _CHANGE = Access.READ, Access.CHANGE


def _all(access: Access) -> dict[str, Access]:
    return dict.fromkeys((Role.CATALOGUE, Role.ORDERS, Role.FINANCE, Role.READ_ONLY), access)


#: What staff must be allowed on the desk to see an area during a visit; areas that are not here stay closed.
VISITS: dict[str, tuple[str, ...]] = {
    "today": (),
    "orders": (),
    "finances": (),
    "stock": (),
    "catalogue": (),
    "editing": (),
    "own": (),
    "members": ("merchants.view_membership",),
    "letters": ("merchants.view_letter",),
    "people": ("merchants.view_person", "merchants.view_document", "merchants.view_bankaccount"),
    "file": (),
}

AREAS: tuple[Area, ...] = (
    Area(
        "own",
        _("Notifications, leaving the team"),
        ("merchants:notif*", "merchants:team_leave", "merchants:account_close", "merchants:visit_end"),
        _all(_CHANGE),
    ),
    Area(
        "ownership",
        _("Accept or decline ownership"),
        ("merchants:ownership_answer", "merchants:ownership_end"),
        _all(_CHANGE),
    ),
    Area("today", _("Today, search"), ("orders:today", "orders:search"), _all(_READ)),
    Area(
        "orders",
        _("Orders, without the buyer’s name"),
        ("orders:list", "orders:order", "orders:parcel"),
        {Role.ORDERS: _CHANGE, Role.FINANCE: _READ, Role.READ_ONLY: _READ},
    ),
    Area("finances", _("Finances"), ("orders:balance",), {Role.FINANCE: _CHANGE, Role.READ_ONLY: _READ}),
    Area(
        "packing", _("Accepting, packing, shipping; the buyer’s name"), ("orders:*",), {Role.ORDERS: _CHANGE}
    ),
    Area("stock", _("Stock"), ("catalog:stock",), {Role.CATALOGUE: _CHANGE, Role.ORDERS: _CHANGE}),
    Area(
        "catalogue",
        _("Catalogue, markets and imports: lists and results"),
        (
            *("catalog:products", "catalog:picture", "catalog:history", "catalog:conformity"),
            *("catalog:markets", "catalog:imports", "catalog:import", "catalog:import_errors"),
        ),
        {**_all(_READ), Role.CATALOGUE: _CHANGE},
    ),
    Area("editing", _("Product sheets, prices, publication"), ("catalog:*",), {Role.CATALOGUE: _CHANGE}),
    Area("developers", _("Connected systems and their secrets"), ("merchants:developers*",), {}),
    Area("members", _("The team: who is in it"), ("merchants:team",), _all(_READ)),
    Area("giving", _("Offering ownership"), ("merchants:ownership_offer",), {}, owners_only=True),
    Area("team", _("Inviting, roles, removing"), ("merchants:team_*",), {}),
    Area(
        "appeals", _("Appeals against decisions"), ("merchants:measure_appeal", "merchants:start_again"), {}
    ),
    Area("letters", _("Letters to the store"), ("merchants:letter*",), {}),
    Area(
        "naming",
        _("Naming company people, changing the bank account"),
        (
            *("merchants:representative_add", "merchants:owner_add", "merchants:owners_declare"),
            *("merchants:attorney", "merchants:identity", "merchants:person*"),
            "merchants:company_take_over",
            *("merchants:bank_change", "merchants:bank_cancel"),
        ),
        {},
    ),
    Area(
        "people",
        _("Company people, documents, bank account"),
        (
            *("merchants:representative*", "merchants:people*", "merchants:person*", "merchants:owner*"),
            *("merchants:dac7", "merchants:insurance"),
            *("merchants:statutes", "merchants:address_proof"),
            *("merchants:bank*", "merchants:document*", "merchants:registration", "merchants:check"),
        ),
        {Role.FINANCE: _READ, Role.READ_ONLY: _READ},
        reads_as_text=True,
    ),
    Area("file", _("File, agreements, store page"), ("merchants:*",), _all(_READ), reads_as_text=True),
)


def area_of(page: str) -> Area | None:
    """Return the area of a page, named ``catalog:product``; None for pages that are no merchant's."""
    return next((area for area in AREAS if any(fnmatchcase(page, one) for one in area.pages)), None)

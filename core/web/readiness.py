"""The parts the platform stands on, as its public status page tells them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core import health

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NAMES = {
    "database": _("Pages, orders and stock"),
    "migrations": _("Latest version in place"),
    "broker": _("Imports, mails and other work in the background"),
}


@dataclass(frozen=True)
class Part:
    name: "str | _StrPromise"
    works: bool


def parts() -> list[Part]:
    """Check each part now, each on its own."""
    return [Part(NAMES.get(name, name), works) for name, works in health.results().items()]

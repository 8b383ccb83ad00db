"""Icons, shapes, flags: pictures that stand beside words, so hidden from those who listen."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.web.icons import ICONS

SHAPES = frozenset(
    {
        "fix",  # someone must fix it, the reason is beside it
        "late",  # a deadline has passed
        "soon",  # a deadline is near
        "todo",  # yours, not started
        "us",  # ours: since when, usual delay
        "pause",  # a third party, nothing to do
        "done",
        "move",  # a parcel on its way
        "point",  # a parcel waiting for the buyer
        "machine",  # a machine's translation
        "stale",  # its source has changed since
        "missing",
        "warn",  # worth knowing, blocks nothing
        "info",
        "check",
        "dot",  # neutral
        "plus",
        "minus",
        "near",  # nearly the same
        "off",  # closed, cancelled
    }
)


def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of ``core.web.icons``; ``size`` is empty or ``sm``."""
    if name not in ICONS:
        raise ValueError(f"No icon is named {name!r}: add it to core/web/icons.py.")
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>',
        f" icon-{size}" if size else "",
        static("vendor/icons.svg"),
        name,
    )


def shape(name: str) -> SafeString:
    """Draw the shape of a state."""
    if name not in SHAPES:
        raise ValueError(f"No shape is named {name!r}: see core/web/components/drawings.py.")
    return format_html(
        '<svg class="ps-shape" aria-hidden="true" focusable="false"><use href="{}#s-{}"/></svg>',
        static("passerelle/shapes.svg"),
        name,
    )


def flag(country: str, name: str = "") -> SafeString:
    """Draw the flag of a country (ISO 3166-1, two letters), with its name when given."""
    code = str(country).lower()
    if len(code) != 2 or not code.isalpha():
        return format_html("{}", name)
    drawn = format_html('<span class="flag flag-xxs flag-country-{}" aria-hidden="true"></span>', code)
    if not name:
        return drawn
    return format_html('<span class="ps-flag">{}{}</span>', drawn, name)

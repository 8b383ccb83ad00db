"""Light, dark, or what the system says: kept in a cookie, so that pages come out right at once."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

COOKIE = "theme"
THEMES = {"auto": _("As the device"), "light": _("Light"), "dark": _("Dark")}


def theme_of(request: HttpRequest) -> str:
    """Return ``auto``, ``light`` or ``dark``."""
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in THEMES else "auto"

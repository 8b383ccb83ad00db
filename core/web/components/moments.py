"""Moments and days: relative in lists, exact on hover and for those who listen. Times of Europe/Paris."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime, format_timedelta
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.web.components.figures import locale


def exact(moment: datetime | date, long: bool = True) -> str:
    """Write a moment or a day: ``mercredi 11 novembre 2026 à 14:12``, short ``mer. 11 nov. 14:12``."""
    at = " 'à' " if (get_language() or "fr").startswith("fr") else " 'at' "
    day = "EEEE d MMMM y" if long else "EEE d MMM"
    year = timezone.localtime(moment).year if isinstance(moment, datetime) else moment.year
    if not long and year != timezone.localdate().year:
        day += " y"
    if not isinstance(moment, datetime):
        return format_date(moment, day, locale=locale())
    pattern = f"{day}{at if long else ' '}HH:mm"
    return format_datetime(timezone.localtime(moment), pattern, locale=locale())


def relative(moment: datetime, at: datetime | None = None) -> str:
    """Write how far a moment is from now: ``dans 2 jours``, ``il y a 3 heures``, ``à l’instant``."""
    distance = moment - (at or timezone.now())
    if abs(distance.total_seconds()) < 45:
        return _("just now")
    return format_timedelta(distance, add_direction=True, threshold=1.2, locale=locale())


def date_exact(moment: datetime | date | None, long: bool = False) -> SafeString:
    """Show the exact moment or day, short unless ``long``."""
    if moment is None:
        return _nothing()
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), exact(moment, long))


def date_relative(moment: datetime | None) -> SafeString:
    """Show the distance from now, with the exact moment on hover and in the text that is read aloud."""
    if moment is None:
        return _nothing()
    whole = exact(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}<span class="visually-hidden"> ({})</span></time>',
        moment.isoformat(),
        whole,
        relative(moment),
        whole,
    )


def due(moment: datetime) -> SafeString:
    """Show a deadline on two lines, the moment above the distance."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time><span class="ps-sub">{}</span>',
        moment.isoformat(),
        exact(moment),
        exact(moment, long=False),
        relative(moment),
    )


def _nothing() -> SafeString:
    return format_html('<span class="ps-none">{}</span>', "–")

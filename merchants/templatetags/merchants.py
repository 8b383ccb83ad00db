"""``{% load merchants %}``: how a merchant's own numbers and hours are written."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from merchants.presentation import hours
from merchants.services import numbers

register = template.Library()

register.filter("spaced", numbers.spaced)
register.filter("hours_in_words", hours.words)


@register.simple_tag(takes_context=True)
def file_title(context: Any) -> str:
    """Return what the page of the file is called: a store that was opened has no file to complete."""
    return _("My file") if _is_onboarding(context) else _("Compliance")


@register.simple_tag(takes_context=True)
def back_to_file(context: Any) -> str:
    return _("Back to my file") if _is_onboarding(context) else _("Back to compliance")


def _is_onboarding(context: Any) -> bool:
    merchant = context["request"].merchant
    return merchant is not None and merchant.opened_at is None

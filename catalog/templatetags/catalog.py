"""``{% load catalog %}``: states of the catalogue."""

from django import template
from django.utils.safestring import SafeString

from catalog.enums import ProductStatus
from catalog.web import states
from core.web.components.figures import number
from core.web.components.status import status

register = template.Library()
register.filter("number", number)


@register.simple_tag
def product_state(value: str) -> SafeString:
    """Show a product's state."""
    return status(states.PRODUCT[ProductStatus(value)])

"""``{% load passerelle %}``: every part of our pages. What each does: docs/components.md."""

from django import template

from core.web import devices
from core.web.components import boxes, drawings, figures, forms, lists, moments, names, progress, status
from core.web.components.breadcrumbs import breadcrumbs

register = template.Library()

register.simple_tag(drawings.icon)
register.simple_tag(drawings.shape)
register.simple_tag(drawings.flag)
register.simple_tag(status.status)
register.simple_tag(figures.money)
register.simple_tag(figures.number)
register.simple_tag(figures.percent)
register.simple_tag(moments.date_relative)
register.simple_tag(moments.date_exact)
register.simple_tag(moments.due)
register.filter("device_name", devices.name)
register.filter("country_name", names.country_name)
register.filter("currency_name", names.currency_name)
register.filter("language_name", names.language_name)
register.filter("number", figures.number)
register.filter("percent", figures.percent)
register.filter("rate", figures.rate)

register.simple_tag(forms.field)
register.simple_tag(forms.error_prefix, takes_context=True)
register.simple_tag(forms.optional_mark)
register.filter("coded", boxes.coded)
register.filter("styled", forms.styled)
register.filter("is_check", forms.is_check)
register.filter("is_choices", forms.is_choices)
register.inclusion_tag("components/error_summary.html")(forms.error_summary)

register.inclusion_tag("components/progress.html")(progress.progress)
register.inclusion_tag("components/stepper.html")(progress.stepper)
register.inclusion_tag("components/breadcrumbs.html")(breadcrumbs)
register.inclusion_tag("components/pagination.html", takes_context=True)(lists.pagination)
register.inclusion_tag("components/chips.html", takes_context=True)(lists.chips)
register.inclusion_tag("components/filters.html", takes_context=True)(lists.filters)

register.simple_block_tag(boxes.card)
register.simple_block_tag(boxes.note)
register.simple_block_tag(boxes.next_action, name="nextaction")
register.simple_block_tag(boxes.sticky_bar, name="stickybar")
register.simple_block_tag(boxes.empty_state, name="emptystate")
register.simple_block_tag(boxes.task)
register.simple_block_tag(boxes.moment_of_timeline, name="moment")

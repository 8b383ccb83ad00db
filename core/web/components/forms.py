"""Fields and errors: Django's own rendering with Tabler's classes, and a summary that links to the fields."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

_CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def styled(bound: BoundField) -> SafeString:
    """Render the widget with Tabler's class for its kind; Django adds the ``aria-`` attributes."""
    widget = bound.field.widget
    if str(widget.attrs.get("placeholder", "")) == str(bound.label):
        # allauth repeats the label inside the field.
        del widget.attrs["placeholder"]
    if isinstance(widget, _CHOICES) or widget.is_hidden:
        return bound.as_widget()
    if isinstance(widget, forms.CheckboxInput):
        kind = "form-check-input"
    elif isinstance(widget, forms.Select | forms.SelectMultiple):
        kind = "form-select"
    else:
        kind = "form-control"
    classes = [kind, *str(widget.attrs.get("class", "")).split()]
    if bound.errors:
        classes.append("is-invalid")
    return bound.as_widget(attrs={"class": " ".join(dict.fromkeys(classes))})


def is_check(bound: BoundField) -> bool:
    """Tell a single box to tick, whose label stands after it."""
    return isinstance(bound.field.widget, forms.CheckboxInput)


def is_choices(bound: BoundField) -> bool:
    """Tell a group of radio buttons or boxes."""
    return isinstance(bound.field.widget, _CHOICES)


def field(bound: BoundField) -> SafeString:
    """Show one field: label, help, errors, widget."""
    return bound.as_field_group()


def error_summary(*candidates: forms.BaseForm | None) -> dict[str, Any]:
    """List the errors of the forms, each a link to its field. Takes the focus; nothing without errors."""
    found = [form for form in candidates if form is not None and form.is_bound and form.errors]
    items = [item for form in found for item in _items(form)]
    return {"items": items, "has_files": any(form.files for form in found)}


def _items(form: forms.BaseForm) -> Iterator[dict[str, str]]:
    for message in form.non_field_errors():
        yield {"message": str(message), "target": ""}
    for name in form.errors:
        if name not in form.fields:
            continue
        bound = form[name]
        target = bound.id_for_label
        if is_choices(bound):
            target = f"{bound.auto_id}_0"
        for message in bound.errors:
            label = str(bound.label)
            yield {"message": str(message), "label": label, "target": "" if bound.is_hidden else target}


def error_prefix(context: dict[str, Any]) -> str:
    """Return « Erreur : » for the title of a page whose ``form``, ``formset`` or ``forms`` has errors."""
    return _("Error: ") if _has_errors(context) else ""


def _has_errors(context: dict[str, Any]) -> bool:
    several: Iterable[Any] = context.get("forms") or ()
    candidates = [context.get("form"), context.get("formset"), *several]
    return any(
        getattr(form, "is_bound", False) and bool(getattr(form, "errors", None)) for form in candidates
    )


def optional_mark(bound: BoundField) -> SafeString:
    """Say which fields may be left out, rather than which may not. Of fields of which one is needed
    (``is_one_of``) neither is true.
    """
    if bound.field.required or is_check(bound) or getattr(bound.field, "is_one_of", False):
        return SafeString("")
    return format_html(' <span class="ps-optional">({})</span>', _("optional"))

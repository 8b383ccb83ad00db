"""The marketplace's own words for the reasons that merchants read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import BaseAdmin
from merchants.models import ReasonText
from merchants.services.review import wording


@admin.register(ReasonText)
class ReasonTextAdmin(BaseAdmin):
    """Words that replace those of the release, which the page shows."""

    editable_fields = ("text",)
    list_display = ("reason", "language", "text")
    list_filter = ("language",)
    ordering = ("reason", "language")
    readonly_fields = ("ours",)

    def get_readonly_fields(self, request: HttpRequest, obj: ReasonText | None = None) -> tuple[str, ...]:
        """Let reason and language be chosen once, when the words are added."""
        locked = super().get_readonly_fields(request, obj)
        return tuple(name for name in locked if obj or name not in {"reason", "language"})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "text":
            places = " ".join(wording.PLACES)
            field.help_text = _("%(places)s stand for the requirement and the store.") % {"places": places}
        return field

    @admin.display(description=_("words of this release"))
    def ours(self, row: ReasonText) -> str:
        return wording.ours(row.language).get(row.reason, "–") if row.pk else "–"

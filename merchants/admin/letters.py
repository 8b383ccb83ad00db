"""Letters as staff read them: with the file, never changed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin
from merchants.admin import filters
from merchants.models import Letter
from merchants.services import letters


@admin.register(Letter)
class LetterAdmin(filters.Findable, ReadOnlyAdmin):
    list_display = ("created_at", "merchant", "kind", "recipient", "language")
    list_filter = ("kind",)
    list_select_related = ("merchant", "recipient")
    ordering = ("-pk",)
    sortable_by = ()
    readonly_fields = ("subject_read", "text_read")

    @admin.display(description=_("subject"))
    def subject_read(self, letter: Letter) -> str:
        return letters.read([letter])[0].subject

    @admin.display(description=_("text"))
    def text_read(self, letter: Letter) -> str:
        return letters.read([letter])[0].text

"""Questions about what buyers read of a store."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from core.web.components.names import language_name
from merchants.enums import ReturnZone
from merchants.presentation.hours import DAYS
from merchants.services.store_page import LONGEST
from merchants.services.support import LANGUAGES
from merchants.web.forms import DayInput
from merchants.web.trade_forms import AddressForm


class HourInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class SupportForm(forms.Form):
    """Hours as people say them; ``hours`` gives them in OpenStreetMap's syntax."""

    languages = forms.MultipleChoiceField(
        label=_("You answer in"),
        choices=lambda: [(code, language_name(code)) for code in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.MultipleChoiceField(
        label=_("On these days, public holidays excepted"),
        choices=lambda: [(code, str(WEEKDAYS[number]).capitalize()) for number, code in enumerate(DAYS)],
        widget=forms.CheckboxSelectMultiple,
    )
    opens = forms.TimeField(label=_("From"), widget=HourInput())
    closes = forms.TimeField(label=_("Until"), widget=HourInput())
    opens_again = forms.TimeField(
        label=_("Again from"), required=False, widget=HourInput(), help_text=_("If you close at midday.")
    )
    closes_again = forms.TimeField(label=_("Again until"), required=False, widget=HourInput())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if (data.get("opens_again") is None) != (data.get("closes_again") is None):
            self.add_error("closes_again", _("Give both hours, or none."))
        moments = [data.get(name) for name in ("opens", "closes", "opens_again", "closes_again")]
        given = [moment for moment in moments if moment is not None]
        if given != sorted(set(given)):
            self.add_error("closes", _("Each hour must be later than the one before."))
        return data

    def hours(self) -> str:
        data = self.cleaned_data
        spans = [f"{data['opens']:%H:%M}-{data['closes']:%H:%M}"]
        if data["opens_again"]:
            spans.append(f"{data['opens_again']:%H:%M}-{data['closes_again']:%H:%M}")
        return f"{','.join(day for day in DAYS if day in data['days'])} {','.join(spans)}; PH off"


class ReturnsForm(AddressForm):
    zone = forms.ChoiceField(
        label=_("For returns from"),
        choices=ReturnZone,
        initial=ReturnZone.DEFAULT,
        help_text=_("One address for all countries is enough; another for a zone is used there instead."),
    )
    field_order = ("zone", "name", "street", "postcode", "city", "country")


class PageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"), choices=lambda: [(code, language_name(code)) for code in LANGUAGES]
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=LONGEST["description"], widget=forms.Textarea
    )
    returns_policy = forms.CharField(
        label=_("Return policy"),
        required=False,
        max_length=LONGEST["returns_policy"],
        widget=forms.Textarea,
        help_text=_("Buyers have 14 days by law; say here what you offer beyond."),
    )
    contact_policy = forms.CharField(
        label=_("How to reach you"),
        required=False,
        max_length=LONGEST["contact_policy"],
        widget=forms.Textarea,
    )


class LogoForm(forms.Form):
    file = forms.FileField(
        label=_("Logo"),
        allow_empty_file=True,
        help_text=_("JPEG, PNG or WebP, 200 pixels wide at least, 5 MB at most."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class SlugForm(forms.Form):
    slug = forms.CharField(
        label=_("Address in links"),
        max_length=80,
        help_text=_("Letters, digits and hyphens. The present address keeps leading to your store."),
    )


class HolidayForm(forms.Form):
    since = forms.DateField(label=_("First day closed"), widget=DayInput())
    until = forms.DateField(label=_("Last day closed"), widget=DayInput())

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the midnights at which the store closes and opens again."""
        data = self.cleaned_data
        return (
            datetime.combine(data["since"], time(), zone),
            datetime.combine(data["until"] + timedelta(days=1), time(), zone),
        )

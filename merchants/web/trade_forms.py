"""Questions about what is sold, and under which numbers."""

from datetime import date
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from merchants.enums import EprHolder, SafetyRole, TurnoverBand, VatScheme
from merchants.services import epr
from merchants.services.epr_registers import REGISTERS
from merchants.services.families import FAMILIES, MARKETS, STREAMS, UNION
from merchants.web.forms import DayInput

NO_SPELLING = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


def names_of(codes: Any) -> list[tuple[str, str]]:
    """Return countries and their names, by name."""
    return sorted(((code, str(countries.name(code))) for code in codes), key=lambda pair: pair[1])


class PlanForm(forms.Form):
    families = forms.MultipleChoiceField(
        label=_("Families of products"),
        help_text=_("They decide which registrations and insurances the law or the marketplace asks for."),
        choices=lambda: [(family.code, family.label) for family in FAMILIES.values()],
        widget=forms.CheckboxSelectMultiple,
    )
    markets = forms.MultipleChoiceField(
        label=_("Countries of sale"),
        help_text=_("You can add others later: only the new country waits for what it asks."),
        choices=lambda: [(code, countries.name(code)) for code in MARKETS],
        widget=forms.CheckboxSelectMultiple,
    )
    turnover = forms.ChoiceField(
        label=_("Expected sales in a year, all channels"), choices=TurnoverBand, widget=forms.RadioSelect
    )
    ships_from_outside = forms.BooleanField(
        label=_("Some goods leave from a place outside the European Union"), required=False
    )


class VatForm(forms.Form):
    scheme = forms.ChoiceField(
        label=_("Do you charge VAT?"),
        help_text=_(
            "Exempt up to 85,000 € of sales a year; your invoices then say “TVA non applicable, art. 293 B "
            "du CGI”."
        ),
        choices=[
            (VatScheme.DOMESTIC, _("Yes, under a French VAT number")),
            (VatScheme.EXEMPT, _("No, exempt by article 293 B of the French tax code")),
        ],
        widget=forms.RadioSelect,
    )
    number = forms.CharField(
        label=_("VAT number"),
        required=False,
        max_length=20,
        help_text=_("FR, two characters and your SIREN. Not needed when you are exempt."),
        widget=forms.TextInput(attrs=NO_SPELLING),
    )


class VatAbroadForm(forms.Form):
    way = forms.ChoiceField(
        label=_("On sales to buyers of other countries of the Union, you declare"),
        help_text=_(
            "Up to 10,000 € of such sales a year, all countries and channels together, French VAT applies. "
            "Above, the VAT of the buyer’s country: by one OSS declaration, or by a number in each country."
        ),
        choices=[
            (VatScheme.THRESHOLD, _("French VAT: these sales stay under 10,000 € a year")),
            (VatScheme.OSS, _("By the one-stop shop (OSS)")),
            (VatScheme.LOCAL, _("By a VAT number in each country")),
        ],
        widget=forms.RadioSelect,
    )
    country = forms.ChoiceField(label=_("OSS: member state of identification"), required=False, initial="FR")
    number = forms.CharField(
        label=_("OSS: VAT number in that state"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=NO_SPELLING),
    )
    valid_until = forms.DateField(
        label=_("OSS: end of the registration, if it has one"), required=False, widget=DayInput()
    )

    def __init__(self, *args: Any, markets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["country"]
        choice.choices = names_of(UNION)
        self.markets = markets
        for market in markets:
            self.fields[f"local_{market}"] = forms.CharField(
                label=format_lazy(_("VAT number: {country}"), country=countries.name(market)),
                required=False,
                max_length=20,
                widget=forms.TextInput(attrs=NO_SPELLING),
            )

    def local(self) -> dict[str, str]:
        return {market: self.cleaned_data[f"local_{market}"] for market in self.markets}


class VatImportForm(forms.Form):
    ioss_number = forms.CharField(
        label=_("IOSS number, if you have one"),
        required=False,
        max_length=20,
        help_text=_(
            "IM and 10 digits. For consignments of 150 € at most, without excise goods. Leave it empty when "
            "VAT is paid at import."
        ),
        widget=forms.TextInput(attrs=NO_SPELLING),
    )


class EoriForm(forms.Form):
    number = forms.CharField(
        label=_("EORI number"),
        max_length=20,
        help_text=_("Since 1 January 2026: FR and your SIREN. Customs give it free of charge."),
        widget=forms.TextInput(attrs=NO_SPELLING),
    )


class EprForm(forms.Form):
    """An identifier, whose it is and its end, for each stream."""

    def __init__(self, *args: Any, country: str, streams: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.streams = streams
        for stream in streams:
            register = REGISTERS[country][stream]
            named = {"stream": stream, "name": STREAMS[stream]}
            self.fields[f"identifier_{stream}"] = forms.CharField(
                label=format_lazy(_("{stream}, {name}: identifier"), **named),
                help_text=format_lazy(
                    _("From {register}, such as {example}.") if register.example else _("From {register}."),
                    register=register.name,
                    example=register.example,
                ),
                required=False,
                max_length=60,
                widget=forms.TextInput(attrs=NO_SPELLING),
            )
            self.fields[f"held_by_{stream}"] = forms.ChoiceField(
                label=format_lazy(_("{stream}, {name}: whose it is"), **named),
                choices=EprHolder,
                initial=EprHolder.OWN,
            )
            self.fields[f"valid_until_{stream}"] = forms.DateField(
                label=format_lazy(_("{stream}, {name}: valid until, if it ends"), **named),
                required=False,
                widget=DayInput(),
            )

    def entries(self) -> list[epr.Entry]:
        data = self.cleaned_data
        return [
            epr.Entry(s, data[f"identifier_{s}"], data[f"held_by_{s}"], data[f"valid_until_{s}"])
            for s in self.streams
        ]


class AddressForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    street = forms.CharField(label=_("Number and street"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=12)
    city = forms.CharField(label=_("Town"), max_length=100)
    country = forms.ChoiceField(label=_("Country"), initial="FR")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["country"]
        choice.choices = list(countries)


class SafetyForm(AddressForm):
    role = forms.ChoiceField(
        label=_("This contact is your products’"),
        help_text=_("Shown with your offers where a product names nobody else."),
        choices=SafetyRole,
        widget=forms.RadioSelect,
    )
    email = forms.CharField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput())
    field_order = ("role", "name", "street", "postcode", "city", "country", "email")


class InsuranceForm(forms.Form):
    file = forms.FileField(
        label=_("Insurance certificate"),
        allow_empty_file=True,
        help_text=_("PDF, JPEG or PNG, 10 MB and 20 pages at most, without password."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    expires_on = forms.DateField(label=_("Valid until"), widget=DayInput())


class TaxForm(forms.Form):
    tin = forms.CharField(
        label=_("Tax number"),
        max_length=30,
        help_text=_("13 digits, at the top of your tax notice. Sealed; told to the tax office only."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    tin_country = forms.ChoiceField(label=_("Country of the tax number"), initial="FR")
    birth_date: "forms.Field" = forms.DateField(
        label=_("Date of birth"), widget=DayInput(autocomplete="bday")
    )
    birth_place = forms.CharField(label=_("Town of birth"), max_length=100)
    birth_country = forms.ChoiceField(label=_("Country of birth"), initial="FR")

    def __init__(self, *args: Any, birth_date: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].initial = birth_date
        for name in ("tin_country", "birth_country"):
            choice: Any = self.fields[name]
            choice.choices = list(countries)

"""One question a form."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from merchants.enums import Role


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("SIRET, SIREN, VAT number or name of the company"),
        max_length=100,
        help_text=_("14 or 9 digits, spaces do not matter: they are on your Kbis and on your invoices."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autofocus": True,
                "hx-get": reverse_lazy("merchants:company_suggest"),
                "hx-trigger": "input changed delay:400ms",
                "hx-target": "#suggestions",
                "hx-swap": "innerHTML",
            }
        ),
    )


class DeclarationForm(forms.Form):
    """What the register could not tell."""

    number = forms.CharField(
        label=_("SIRET"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    legal_name = forms.CharField(
        label=_("Legal name"), max_length=200, help_text=_("As on your registration document.")
    )
    street = forms.CharField(
        label=_("Number and street"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    street2 = forms.CharField(label=_("Address, continued"), max_length=200, required=False)
    postcode = forms.RegexField(
        r"^\d{5}$",
        label=_("Postcode"),
        error_messages={"invalid": _("A French postcode has 5 digits, such as 04300.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label=_("Town"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )


class MonacoForm(DeclarationForm):
    """A company of Monaco that has no SIREN: its VAT number names it."""

    number = forms.CharField(label=_("VAT number"), max_length=40)


class VatNumberForm(forms.Form):
    number = forms.CharField(
        label=_("VAT number"),
        max_length=40,
        help_text=_("FR, two characters, then your SIREN, such as FR44 732 829 320."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PlaceForm(forms.Form):
    """Confirm what the register found; name and address where it does not disclose them."""

    legal_name = forms.CharField(label=_("First and last name"), max_length=200)
    street = forms.CharField(label=_("Number and street"), max_length=200)
    postcode = forms.RegexField(
        r"^\d{5}$",
        label=_("Postcode"),
        error_messages={"invalid": _("A French postcode has 5 digits, such as 04300.")},
    )
    city = forms.CharField(label=_("Town"), max_length=100)


class RepresentativeForm(forms.Form):
    first_names = forms.CharField(
        label=_("First names"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    birth_date = forms.DateField(label=_("Date of birth"), widget=DayInput(autocomplete="bday"))
    nationality = forms.ChoiceField(label=_("Nationality"), initial="FR")
    address = forms.CharField(
        label=_("Home address"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["nationality"]
        choice.choices = list(countries)


class BankForm(forms.Form):
    iban = forms.CharField(
        label="IBAN",
        max_length=60,
        help_text=_("27 characters in France, beginning with FR. Spaces do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )
    holder = forms.CharField(
        label=_("Account holder"), max_length=140, help_text=_("As on your RIB: the company, not a person.")
    )
    is_ours = forms.BooleanField(
        label=_("This account does belong to the company"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, is_sole_trader: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_sole_trader:
            self.fields["holder"].help_text = _("As on your RIB: your first and last name.")


class BankChangeForm(BankForm):
    proof = forms.FileField(
        label=_("Bank account proof (RIB)"),
        allow_empty_file=True,
        help_text=_(
            "The RIB of your bank, with the holder's name and the IBAN. PDF, JPEG or PNG, 10 MB and 20 pages "
            "at most, without password."
        ),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    field_order = ("iban", "holder", "is_ours", "proof")


class StoreNameForm(forms.Form):
    store_name = forms.CharField(
        label=_("Name of the store"),
        max_length=80,
        help_text=_("What buyers see. You can change it later."),
    )


class ContactForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail address for buyers"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Telephone for buyers"),
        max_length=30,
        help_text=_("Buyers and authorities must be able to reach you (DSA, article 30)."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class AgreementForm(forms.Form):
    text_id = forms.IntegerField(widget=forms.HiddenInput)
    is_accepted = forms.BooleanField(
        label=_("I have read this text and accept it in the name of the company"),
        error_messages={"required": _("Tick the box to accept: without it your file cannot be sent.")},
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), initial=Role.READ_ONLY)

"""Forms of the catalogue's pages."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from catalog.enums import GtinReason
from catalog.models import Category, Market
from catalog.services.imports import messages
from catalog.services.imports.numbers import NotANumber, check_price, parse_amount
from core.money import format_money


def category_choices() -> list[tuple[str, str]]:
    """Return the tree as choices, indented, in the reader's language."""
    language = (get_language() or "fr")[:2]
    nodes = Category.objects.order_by("path")
    return [(str(node.pk), "\u2003" * node.depth + node.name(language)) for node in nodes]


class ListFilter(forms.Form):
    """What a list of products can be narrowed to; lives in the address."""

    q = forms.CharField(label=_("Title, SKU or GTIN"), required=False, max_length=200)
    market = forms.ChoiceField(label=_("Market"), required=False)
    readiness = forms.ChoiceField(
        label=_("Readiness"),
        required=False,
        choices=[("", _("All")), ("ready", _("Ready")), ("blocked", _("Blocked")), ("on_sale", _("On sale"))],
    )
    stock = forms.ChoiceField(
        label=_("Stock"),
        required=False,
        choices=[("", _("All")), ("in", _("In stock")), ("out", _("Sold out"))],
    )

    def __init__(self, *args: Any, markets: list[Market], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["market"].choices = [
            ("", pgettext_lazy("markets", "All")),
            *((m.country, countries.name(m.country)) for m in markets),
        ]


class NewProduct(forms.Form):
    """The least that a product begins with."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("In French: what it is, then its size and colour.")
    )
    sku = forms.CharField(
        label=_("SKU"), max_length=60, help_text=_("Your own code, unique in your catalogue. It stays.")
    )
    category = forms.TypedChoiceField(label=_("Category"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "–"), *category_choices()]


class SheetForm(forms.Form):
    """The sheet of a product. Manufacturer: Regulation (EU) 2023/988, article 19."""

    category = forms.TypedChoiceField(
        label=_("Category"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("VAT, commission and the rules of each market follow from it."),
    )
    brand = forms.CharField(label=_("Brand"), max_length=100, required=False)
    origin_country = forms.ChoiceField(label=_("Country of origin"), required=False)
    manufacturer = forms.CharField(label=_("Manufacturer"), max_length=200, required=False)
    address = forms.CharField(label=_("Manufacturer's postal address"), max_length=300, required=False)
    contact = forms.CharField(
        label=_("Manufacturer's e-mail or website"),
        max_length=200,
        required=False,
        help_text=_(
            "Regulation (EU) 2023/988, article 19, asks for name and both addresses, except for food."
        ),
    )
    warnings = forms.CharField(
        label=_("Safety warnings"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "–"), *category_choices()]
        self.fields["origin_country"].choices = [("", "–"), *list(countries)]


class TextForm(forms.Form):
    """A product's texts in one language."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    bullets = forms.CharField(
        label=_("Key points"),
        required=False,
        max_length=1200,
        help_text=_("One per line, five at most."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_bullets(self) -> list[str]:
        points = [line.strip() for line in self.cleaned_data["bullets"].splitlines() if line.strip()]
        if len(points) > 5:
            raise forms.ValidationError(
                _("%(count)s key points; the limit is five."), params={"count": len(points)}
            )
        return points


class VariantForm(forms.Form):
    """A variant. Its SKU is asked once, when it is added."""

    sku = forms.CharField(label=_("SKU"), max_length=60)
    gtin = forms.CharField(label=_("GTIN (barcode)"), max_length=20, required=False)
    gtin_reason = forms.ChoiceField(
        label=_("Without GTIN, because"), required=False, choices=[("", "–"), *GtinReason.choices]
    )
    weight_g = forms.IntegerField(
        label=_("Weight in grams, packed"), min_value=1, max_value=2_000_000, required=False
    )
    is_active = forms.BooleanField(label=_("On sale"), required=False, initial=True)


class PriceField(forms.CharField):
    """A price as people type it, in the currency of its market."""

    def __init__(self, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = parse_amount(text)
            if amount.currency not in {None, self.currency}:
                raise forms.ValidationError(
                    _("Prices in this market are in %(expected)s, not in %(found)s."),
                    params={"expected": self.currency, "found": amount.currency},
                )
            return check_price(amount.value, self.currency)
        except NotANumber as error:
            raise forms.ValidationError(
                f"{messages.problem(error.code, error.params)} {messages.remedy(error.code, error.params)}"
            ) from error


class PricesForm(forms.Form):
    """A price for each variant and market. An empty field leaves the price as it is."""

    def __init__(self, *args: Any, rows: list[Any], markets: list[Market], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in rows:
            for market in markets:
                present = row["prices"].get(market.pk)
                self.fields[f"price_{row['variant'].pk}_{market.pk}"] = PriceField(
                    market.currency,
                    label=f"{row['variant'].sku}, {countries.name(market.country)}",
                    required=False,
                    max_length=30,
                    initial=format_money(present.amount, market.currency) if present else "",
                )


class RuleForm(forms.Form):
    """How the prices of a market follow from the French ones."""

    margin_percent = forms.DecimalField(
        label=_("Margin added, %"),
        max_digits=6,
        decimal_places=2,
        min_value=-90,
        max_value=500,
        initial=0,
        localize=True,
        help_text=_("Covers what selling there costs you: carriage, returns, customs."),
    )
    ending = forms.TypedChoiceField(
        label=_("Ending"),
        coerce=Decimal,
        empty_value=None,
        required=False,
        choices=[("", _("To the cent")), ("0.99", ",99"), ("0.90", ",90"), ("0", ",00")],
        help_text=_("Prices are rounded up to it."),
    )


class UploadForm(forms.Form):
    """A catalogue file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, up to 64 MB; the first row holds the column names."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        allow_empty_file=True,
    )


class PictureForm(forms.Form):
    """A picture of a product."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, at least 500 pixels wide, up to 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = forms.CharField(
        label=_("What it shows, in French"),
        max_length=125,
        required=False,
        help_text=_("Read to buyers who do not see the picture."),
    )


class StockForm(forms.Form):
    """How many of each variant lie where. The version read beside each number refuses stale writes."""

    def __init__(self, *args: Any, levels: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level in levels:
            self.fields[level["name"]] = forms.IntegerField(
                label=f"{level['variant'].sku}, {level['location'].name}",
                min_value=0,
                max_value=2_000_000_000,
                required=False,
                initial=level["on_hand"],
            )
            self.fields["version_" + level["name"]] = forms.IntegerField(
                widget=forms.HiddenInput, initial=level["version"], required=False
            )

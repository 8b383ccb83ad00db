"""Forms of the desk of measures and appeals."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from merchants.enums import (
    AppealOutcome,
    AutomatedMeans,
    MeasureGround,
    MeasureKind,
    MeasureReason,
    MeasureSource,
    NoticeException,
    RestrictedCapability,
)
from merchants.models import Merchant
from merchants.services.numbers import WrongNumber, parse

NOTHING = [("", "–")]


class MomentInput(UnfoldAdminTextInputWidget):
    """The browser's own field for a day and a time, on the clock of Paris."""

    input_type = "datetime-local"


def choice(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=UnfoldAdminSelectWidget, **options)


def moment(label: Any, help_text: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        help_text=help_text,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=MomentInput,
    )


def words(label: Any, rows: int = 6, **options: Any) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, max_length=10_000, **options)


class ActForm(forms.Form):
    """A step of a measure, and why."""

    act = forms.ChoiceField(choices=[(name, name) for name in ("confirm", "withdraw", "lift")])
    text = forms.CharField(required=False, max_length=4000)


class MerchantForm(forms.Form):
    """One merchant by SIREN, store address or exact name."""

    merchant = forms.CharField(
        label=_("SIREN, or the exact name of the store"),
        max_length=80,
        strip=True,
        widget=UnfoldAdminTextInputWidget,
    )

    def clean_merchant(self) -> Merchant:
        typed = self.cleaned_data["merchant"]
        try:
            wanted = Q(company__siren=parse(typed).siren)
        except WrongNumber:
            wanted = Q(store_name__iexact=typed) | Q(slug=typed.lower())
        found = list(Merchant.objects.filter(wanted).order_by("pk")[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                _("Several merchants have it: use the store's name.") if found else _("No merchant has it.")
            )
        return found[0]


class ProposalForm(forms.Form):
    """All that a statement of reasons needs (DSA, article 17; P2B, article 4)."""

    kind = choice(_("Measure"), [c for c in MeasureKind.choices if c[0] != MeasureKind.REFUSAL])
    capability = choice(_("A restriction takes away"), NOTHING + RestrictedCapability.choices, required=False)
    country = choice(_("Market"), NOTHING, required=False)
    holds_payouts = forms.BooleanField(
        label=_("Hold payouts while it lasts"), required=False, widget=UnfoldBooleanWidget
    )
    reason = choice(_("Reason"), MeasureReason.choices)
    facts = words(
        _("Facts and circumstances"),
        10,
        strip=True,
        help_text=_(
            "The merchant reads them word for word: what, when, which products or orders, how you know."
        ),
    )
    ground = choice(_("Ground"), MeasureGround.choices)
    clause = choice(_("Clause of the agreement"), NOTHING, required=False)
    legal_reference = forms.CharField(
        label=_("Legal reference"),
        max_length=300,
        required=False,
        help_text=_("Such as: regulation (EU) 2023/988, article 9."),
        widget=UnfoldAdminTextInputWidget,
    )
    source = choice(_("Where the facts come from"), MeasureSource.choices)
    automated_means = choice(_("Automated means used"), AutomatedMeans.choices)
    notice_exception = choice(
        _("Termination without notice"),
        [("", _("No: 30 days’ notice")), *NoticeException.choices],
        required=False,
    )
    starts_at = moment(
        _("Takes effect"), _("Empty: as soon as it is confirmed, or 30 days after for an end.")
    )
    ends_at = moment(_("Ends"), _("Empty: until it is lifted."))

    def __init__(self, *args: Any, clauses: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = NOTHING + list(countries)
        clause: Any = self.fields["clause"]
        clause.choices = NOTHING + [(number, f"{number}. {title}") for number, title in clauses.items()]


class AppealForm(forms.Form):
    """The decision on an appeal."""

    outcome = choice(_("Outcome"), AppealOutcome.choices)
    answer = words(_("Answer, which the merchant reads word for word"), 10, strip=True)
    ends_at = moment(_("New end"), _("Only for a measure that is reduced."))

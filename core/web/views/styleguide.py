"""Every part of our pages on one page, for those who build them: staff, or anyone with DEBUG."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.web.components.drawings import SHAPES
from core.web.components.lists import Chip
from core.web.icons import ICONS


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name of the store"), max_length=60, help_text=_("Buyers read it."))
    vat = forms.CharField(label=_("VAT number"), required=False)
    stock = forms.IntegerField(label=_("Pieces in stock"), min_value=0)
    market = forms.ChoiceField(label=_("Market"), choices=[("FR", "France"), ("BE", "Belgique")])
    about = forms.CharField(label=_("Description"), widget=forms.Textarea, required=False)
    document = forms.FileField(label=_("Document"), required=False)
    pace = forms.ChoiceField(
        label=_("Pace"),
        widget=forms.RadioSelect,
        choices=[("day", _("Every day")), ("week", _("Every week"))],
    )
    agreed = forms.BooleanField(label=_("I have read the terms"))


class SampleFilter(forms.Form):
    q = forms.CharField(label=_("Text"), required=False)
    market = forms.ChoiceField(
        label=_("Market"), choices=[("", _("All")), ("FR", "France"), ("BE", "Belgique")], required=False
    )


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    return render(request, "pages/styleguide.html", _samples(request))


def _samples(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    pages = Paginator(range(1, 181), 20)
    return {
        "shapes": sorted(SHAPES),
        "icons": sorted(ICONS),
        "form": SampleForm({"stock": "-1"}) if "errors" in request.GET else SampleForm(),
        "filter_form": SampleFilter(request.GET or None),
        "list_page": pages.get_page(request.GET.get("page")),
        "chips": [Chip("", _("All"), 180), Chip("todo", _("To do"), 12), Chip("done", _("Done"), 168)],
        "past": now - timedelta(hours=3),
        "soon": now + timedelta(hours=4),
        "later": now + timedelta(days=12),
        "amount": Decimal("4263.40"),
        "loss": Decimal("-22.48"),
        "share": Decimal("0.018"),
        "hours": [(f"{hour} h", hour * 37 % 410, hour * 29 % 300) for hour in range(24)],
    }

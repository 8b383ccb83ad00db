"""Forms that the portal and the desk share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders import transitions
from orders.enums import EndReason
from orders.transitions import Actor


class ReasonForm(forms.Form):
    """Why an order is refused or cancelled, and on whose behalf."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, action: str, actor: Actor = Actor.MERCHANT, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = transitions.reasons_for(action, actor)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(reason, EndReason(reason).label) for reason in known]

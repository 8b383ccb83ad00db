"""Forms that take files, and forms about people."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from merchants.enums import Control
from merchants.models import StoredFile
from merchants.services import documents
from merchants.web.forms import DayInput, RepresentativeForm

ACCEPT = "application/pdf,image/jpeg,image/png,image/heic,.heic,.heif"


class FilesInput(forms.FileInput):
    """Several files at once; dropped on it where scripts run (``upload.js``)."""

    allow_multiple_selected = True

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs={"accept": ACCEPT, "multiple": True, "data-ps-drop": True, **attrs})


class CameraInput(forms.FileInput):
    """The phone's camera; shown where there is a touch screen."""

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*", "capture": "environment"})


class FilesField(forms.FileField):
    """A list of files; an empty one stays, for the service says what to do about it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=FilesInput(), required=False, allow_empty_file=True, max_length=255, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        return [file for one in given if (file := super(FilesField, self).clean(one, initial))]


class ProofForm(forms.Form):
    """Files of a document, photographed or chosen, or one that was sent before."""

    file = FilesField(
        label=_("File"),
        help_text=_(
            "PDF, JPEG, PNG or HEIC, 10 MB a file and 20 pages at most, without password. Several "
            "pictures make one document."
        ),
    )
    photo = forms.FileField(
        label=_("Take a photo"), required=False, allow_empty_file=True, widget=CameraInput()
    )
    existing = forms.ChoiceField(label=_("Or a document already sent"), required=False)

    field_order: Sequence[str] = ()

    def __init__(self, *args: Any, reusable: Sequence[StoredFile] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = documents.names_of(reusable)
        for name in ("file", "photo", "existing"):
            self.fields[name].is_one_of = True  # type: ignore[attr-defined]
        self.known = {str(one.public_id): one.pk for one in reusable}
        choice: Any = self.fields["existing"]
        choice.choices = [("", "–"), *zip(self.known, names, strict=True)]
        if not self.known:
            del self.fields["existing"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [*data.get("file", []), *([data["photo"]] if data.get("photo") else [])]
        data["uploads"] = [documents.Upload(file, file.name or "") for file in given]
        data["existing_id"] = self.known.get(data.get("existing", ""))
        if not given and data["existing_id"] is None and "file" not in self.errors:
            self.add_error("file", _("Choose a file, or take a photo."))
        return data


class DatedProofForm(ProofForm):
    issued_on = forms.DateField(label=_("Date on the document"), widget=DayInput())


class RegistrationForm(DatedProofForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Kbis or RNE certificate")
        self.fields["issued_on"].help_text = _(
            "At the top of a Kbis: “à jour au”. It must be under 92 days old."
        )


class BankProofForm(ProofForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Bank account proof (RIB)")
        self.fields["file"].help_text = _(
            "The RIB of your bank, with the IBAN you gave and the name of the company. PDF, JPEG, PNG or "
            "HEIC, 10 MB and 20 pages at most, without password."
        )


class PowerForm(ProofForm):
    expires_on = forms.DateField(
        label=_("Valid until"), required=False, widget=DayInput(), help_text=_("Where the power has an end.")
    )


class IdentityForm(ProofForm):
    """An identity document: its kind tells how many sides it has."""

    CARD = "card"
    document_type = forms.ChoiceField(
        label=_("Kind of document"),
        choices=[
            ("passport", _("Passport (the page with the photo)")),
            (CARD, _("Identity card (both sides)")),
            ("permit", _("Residence permit (both sides)")),
        ],
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        widget=DayInput(),
        help_text=_(
            "As on the document. A French card given to an adult from 2004 to 2013 is valid five years "
            "longer: write that date."
        ),
    )
    has_both_sides = forms.BooleanField(label=_("Both sides are in the file"), required=False)
    field_order = ("document_type", "file", "photo", "existing", "has_both_sides", "expires_on")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        is_one_picture = len(data["uploads"]) == 1 and not data["uploads"][0].name.lower().endswith(".pdf")
        has_two_sides = data.get("document_type") in {self.CARD, "permit"}
        if has_two_sides and is_one_picture and not data.get("has_both_sides"):
            self.add_error(
                "file",
                _("The other side is missing: choose both pictures, or tick that both are in this one."),
            )
        return data


class PersonForm(RepresentativeForm):
    """A person, whatever they are to the company."""

    residence = forms.ChoiceField(label=_("Country of residence"), initial="FR")
    field_order = ("first_names", "last_name", "birth_date", "nationality", "residence", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["residence"]
        choice.choices = list(countries)


class SignerForm(PersonForm):
    """A representative, who may be the person at the screen."""

    signs = forms.BooleanField(
        label=_("I am this person"),
        required=False,
        help_text=_("Otherwise we will ask for the power of attorney by which you sign."),
    )


class ShareForm(forms.Form):
    control = forms.ChoiceField(label=_("How"), choices=Control, widget=forms.RadioSelect)
    share_percent = forms.DecimalField(
        label=_("Share of capital or votes, in %"),
        max_digits=5,
        decimal_places=2,
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    holdings = forms.CharField(
        label=_("Companies in between"),
        required=False,
        max_length=1000,
        help_text=_(
            "For an indirect holding: each company with its SIREN and the share it holds, down to yours."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OwnerForm(ShareForm, PersonForm):
    field_order = (*PersonForm.field_order, "control", "share_percent", "holdings")

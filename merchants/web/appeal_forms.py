"""The form of an appeal."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from merchants.services.appeals import LONGEST


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files; each is checked by the service from its content."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [file for file in files if file]


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong in this decision"),
        max_length=LONGEST,
        help_text=_("Which fact is wrong or missing, which rule does not apply, and why."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    documents = ManyFilesField(
        label=_("Documents"),
        required=False,
        help_text=_("Five at most: PDF, JPEG, PNG or HEIC, 10 MB each, 20 pages in all, without password."),
        widget=ManyFiles(attrs={"accept": "application/pdf,image/jpeg,image/png,image/heic"}),
    )

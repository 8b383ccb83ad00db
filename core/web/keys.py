"""Forms for passkeys and security keys: allauth's, with labels in words of ours."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm, SignupWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 60


def _name(*, required: bool) -> forms.CharField:
    return forms.CharField(label=_("Name of the key"), max_length=LONGEST, required=required)


class AddKeyForm(AddWebAuthnForm):
    """A key for an open account; a passkey unless the person says otherwise."""

    # Not required: the device has made the key by then (see allauth's form).
    name = _name(required=False)
    passwordless = forms.BooleanField(
        label=_("Sign in with this key alone, without a password"),
        required=False,
        initial=True,
        help_text=_("Untick it for a security key that is only asked after the password."),
    )


class SignupKeyForm(SignupWebAuthnForm):
    name = _name(required=False)


class EditKeyForm(EditWebAuthnForm):
    name = _name(required=True)

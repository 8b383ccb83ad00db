"""Signing up and in: what we ask, which mails go out, where people land."""

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from core import sealed
from core.models import User
from core.services import mail
from core.web import devices

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class AccountAdapter(DefaultAccountAdapter):
    """allauth as Passerelle uses it: its texts in our mails, in the reader's language."""

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Render a mail of allauth as text with its HTML twin."""
        to = email if isinstance(email, str) else email[0]
        with translation.override(_language(to, context)):
            reset = f"{settings.PUBLIC_URL}{reverse('account_reset_password')}"
            whole = {**context, "password_reset_url_": reset}
            subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", whole).split())
            text = mail.tidy(render_to_string(f"{template_prefix}_message.txt", whole))
            message = mail.message(subject, text, mail.html_of(subject, text), to)
        message.extra_headers.update(headers or {})
        return message

    def save_user(
        self, request: HttpRequest, user: "AbstractBaseUser", form: Any, commit: bool = True
    ) -> "AbstractBaseUser":
        """Keep the name and the language with the account, the address in lower case as everywhere."""
        assert isinstance(user, User)
        user.full_name = form.cleaned_data.get("full_name", "")
        user.language = form.cleaned_data.get("language") or translation.get_language() or "fr"
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        if commit:
            user.save()
        return user


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and the seeds of recovery codes sealed; keys are ours by name.

    What is not sealed is no secret (``core.sealed.Unreadable``): a row written past us opens nothing.
    """

    def encrypt(self, text: str) -> str:
        return b64encode(sealed.seal(sealed.shared_key(sealed.SECOND_FACTOR), text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.unseal(b64decode(encrypted_text))

    def generate_authenticator_name(self, user: "AbstractBaseUser", type: str) -> str:
        """Propose the device's own name for a key; the person changes it as they like."""
        return devices.name(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name Passerelle where a device asks whether to create a passkey; it is bound to the host."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}


def _language(address: str, context: dict[str, Any]) -> str:
    user = context.get("user")
    if not isinstance(user, User):
        user = User.objects.filter(email=address.lower()).first()
    return user.language if user else translation.get_language() or settings.LANGUAGE_CODE

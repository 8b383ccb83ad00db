"""Passwords that stand in published leaks, asked of a service of the kind "Pwned Passwords" (range search).

Only the first five hexadecimal digits of the password's SHA-1 leave this instance: the service answers every
suffix it knows behind them, one a line as ``SUFFIX:COUNT``, padded with made-up ones of count 0 when asked by
``Add-Padding``, so that not even the size of the answer tells (https://haveibeenpwned.com/API/v3#PwnedPasswords).
"""

import hashlib
import logging
from typing import Any, Final

import requests
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

TIMEOUT: Final = 2.0
PREFIX: Final = 5

log = logging.getLogger(__name__)


class BreachedPasswordValidator:
    """Refuses a password found in a leak, where ``PWNED_PASSWORDS_URL`` is set.

    A service that is down, slow or talks nonsense blocks nobody: the other rules still hold.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if is_breached(password):
            raise ValidationError(
                _(
                    "This password stands in a published leak of another site: "
                    "choose one you use nowhere else."
                ),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("Your password must be one you use nowhere else: other sites’ leaks are published.")


def is_breached(password: str) -> bool:
    """Tell whether the service knows the password; False when none is set or it cannot be asked."""
    if not settings.PWNED_PASSWORDS_URL:
        return False
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    try:
        answer = requests.get(
            f"{settings.PWNED_PASSWORDS_URL.rstrip('/')}/range/{digest[:PREFIX]}",
            headers={"Add-Padding": "true", "User-Agent": "Passerelle"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
        answer.raise_for_status()
    except requests.RequestException as error:
        # The address asked holds part of the digest: the kind of failure is enough.
        log.warning("the service of breached passwords is unavailable: %s", type(error).__name__)
        return False
    return any(_is_hit(line, digest[PREFIX:]) for line in answer.text.splitlines())


def _is_hit(line: str, suffix: str) -> bool:
    known, _colon, count = line.strip().partition(":")
    return known == suffix and count.isdigit() and int(count) > 0

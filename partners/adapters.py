"""How the sign-in library is made to serve our partners."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.internal.private_keys import filter_keys
from allauth.idp.oidc.models import PrivateKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from partners.enums import Scope


class OIDCAdapter(DefaultOIDCAdapter):  # type: ignore[misc]
    """Publishes our scopes; signs with the environment's key, a demonstration with one of its own."""

    scope_display = {**DefaultOIDCAdapter.scope_display, **dict(Scope.choices)}

    def list_private_keys(
        self, *, did_activate: Literal[True] | None = None, is_active: Literal[True] | None = None
    ) -> list[PrivateKey]:
        pem = settings.IDP_OIDC_PRIVATE_KEY or demonstration_key(settings.VAR_DIR / "keys" / "oidc.pem")
        keys: list[PrivateKey] = filter_keys(
            [PrivateKey(pem=pem)], did_activate=did_activate, is_active=is_active
        )
        return keys

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        data["scopes_supported"] = ["openid", *Scope.values]
        data["grant_types_supported"] = ["authorization_code", "client_credentials", "refresh_token"]


def demonstration_key(path: Path) -> str:
    """Return the key kept at ``path``, made there by whoever comes first. Production brings its own key."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
            draft.write(new_key())
        try:
            os.link(draft.name, path)
        except FileExistsError:
            pass
        finally:
            Path(draft.name).unlink()
    return path.read_text()


def new_key() -> str:
    """Return an RSA key of 2048 bits in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode()

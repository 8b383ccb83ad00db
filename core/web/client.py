"""Where a request comes from."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the visitor's address, None when it cannot be known.

    ``X-Forwarded-For`` counts only as far as ``ALLAUTH_TRUSTED_PROXY_COUNT`` proxies wrote it.
    """
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return None

"""What the API kit needs to know of a caller. ``partners`` gives the callers that exist."""

from typing import Protocol, cast

from rest_framework.request import Request


class Principal(Protocol):
    """Under what name a caller's requests are counted and their answers kept, and what limits were agreed."""

    @property
    def principal_key(self) -> str: ...

    @property
    def rate_limits(self) -> dict[str, int]: ...


def principal_of(request: Request) -> Principal | None:
    """Return who calls, or None when nobody said."""
    return cast(Principal, request.user) if hasattr(request.user, "principal_key") else None

"""For which merchant a person acts: the one chosen in the session, else the first."""

from collections.abc import Callable

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse

from merchants.enums import MeasureStatus
from merchants.models import Measure, Membership
from merchants.services import sessions

KNOWN = (MeasureStatus.CONFIRMED, MeasureStatus.IN_FORCE)
# Doors that know no merchant of the session: they must not pay for it.
_ELSEWHERE = ("/api/", "/admin/", "/static/", "/identity/", "/healthz", "/readyz", "/sandbox/")


class MerchantMiddleware:
    """Sets ``request.memberships`` (current ones, oldest first), ``request.membership`` and
    ``request.merchant`` (None for somebody who belongs to no merchant). One query for who is signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.memberships, request.membership, request.merchant = [], None, None
        if not request.path.startswith(_ELSEWHERE) and request.user.is_authenticated:
            choose(request, request.session.get(sessions.CHOSEN))
        return self.get_response(request)


def choose(request: HttpRequest, public_id: str | None) -> None:
    """Read the person's memberships and take the one of that merchant, else the first. Each says in
    ``has_measure`` whether a measure is announced or in force.
    """
    open_measures = Measure.objects.filter(merchant=OuterRef("merchant"), status__in=KNOWN)
    memberships = list(
        Membership.objects.filter(user=request.user, ended_at=None)
        .annotate(has_measure=Exists(open_measures))
        .select_related("merchant")
        .order_by("created_at", "pk")
    )
    chosen = next((m for m in memberships if str(m.merchant.public_id) == public_id), None)
    request.memberships = memberships
    request.membership = chosen or (memberships[0] if memberships else None)
    request.merchant = request.membership.merchant if request.membership else None

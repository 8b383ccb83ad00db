"""Read a text and accept it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from core.web.client import client_address
from merchants.enums import AgreementKind, Role
from merchants.models import AgreementText
from merchants.services import agreements
from merchants.web.access import may, member_required
from merchants.web.forms import AgreementForm
from merchants.web.questions import ask

ACCEPTS = {Role.OWNER, Role.ADMINISTRATOR}


@require_http_methods(["GET", "POST"])
@member_required()
def agreement(request: HttpRequest, kind: str) -> HttpResponse:
    """Show every member the text in force in their language; keep who accepted it and from where.

    Only those who speak for the company may accept.
    """
    may_accept = may(request.membership.role, ACCEPTS, request.method)
    if request.method == "POST" and not may_accept:
        raise PermissionDenied
    now = timezone.now()
    text = agreements.to_accept(
        merchant_id=request.merchant.pk, kind=kind, language=(get_language() or "fr")[:2], at=now
    )

    def save(data: dict[str, Any]) -> None:
        agreements.accept(
            merchant_id=request.merchant.pk,
            kind=kind,
            language=text.language,
            text_id=data["text_id"],
            by=request.user,
            at=now,
            address=client_address(request),
        )

    return ask(
        request,
        code=agreements.REQUIREMENT[AgreementKind(kind)],
        form=AgreementForm(request.POST or None, initial={"text_id": text.pk}),
        save=save,
        template="merchants/agreement.html",
        text=text,
        may_accept=may_accept,
        blocks=blocks(text),
    )


def blocks(text: AgreementText) -> list[tuple[str, str]]:
    """Split the text into titles (``h2``, ``h3``) and paragraphs (``p``)."""
    found = []
    for part in text.body.strip().split("\n\n"):
        level = len(part) - len(part.lstrip("#"))
        found.append((f"h{level + 1}" if level else "p", part.lstrip("# ").strip()))
    return found

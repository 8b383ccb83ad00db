"""Read a text and accept it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from merchants.enums import AgreementKind
from merchants.models import AgreementText
from merchants.services import agreements
from merchants.web.access import member_required
from merchants.web.forms import AgreementForm
from merchants.web.questions import ask


@require_http_methods(["GET", "POST"])
@member_required()
def agreement(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the text in force in the reader's language; keep who accepted it and from where."""
    now = timezone.now()
    text = agreements.current(kind=kind, language=(get_language() or "fr")[:2], at=now)

    def save(data: dict[str, Any]) -> None:
        agreements.accept(
            merchant_id=request.merchant.pk,
            text_id=data["text_id"],
            by=request.user,
            at=now,
            address=request.META.get("REMOTE_ADDR"),
        )

    return ask(
        request,
        code=agreements.REQUIREMENT[AgreementKind(kind)],
        form=AgreementForm(request.POST or None, initial={"text_id": text.pk}),
        save=save,
        template="merchants/agreement.html",
        text=text,
        blocks=blocks(text),
    )


def blocks(text: AgreementText) -> list[tuple[str, str]]:
    """Split the text into titles (``h2``, ``h3``) and paragraphs (``p``)."""
    found = []
    for part in text.body.strip().split("\n\n"):
        level = len(part) - len(part.lstrip("#"))
        found.append((f"h{level + 1}" if level else "p", part.lstrip("# ").strip()))
    return found

"""A merchant's own requirements, and the facts that the public may know."""

from typing import Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants.api.callers import merchant_of
from merchants.api.serializers import RequirementsOut, TraderInformationOut
from merchants.enums import AgreementKind, MerchantStatus, RequirementState
from merchants.models import AgreementAcceptance, Merchant
from merchants.services import requirements
from merchants.services.requirements import Answer, Item
from merchants.services.requirements.capabilities import Capability
from partners.enums import Scope

# A store that was opened answers for what it sold.
SHOWN = (MerchantStatus.ACTIVE, MerchantStatus.RESTRICTED, MerchantStatus.SUSPENDED, MerchantStatus.CLOSED)


class RequirementsView(APIView):
    """What is still needed from the merchant whose application calls."""

    required_scopes: ClassVar = {"GET": [Scope.MERCHANT_READ]}

    @extend_schema(operation_id="merchant_requirements", responses=RequirementsOut, tags=["merchants"])
    def get(self, request: Request) -> Response:
        """Answer the requirements by state, with who must act, until when, and what waits for it."""
        answer = requirements.compute(merchant_id=merchant_of(request), at=timezone.now())
        return Response(RequirementsOut(_requirements(answer)).data)


class TraderInformationView(APIView):
    """Who sells, as the law wants it shown."""

    required_scopes: ClassVar = {"GET": [Scope.OFFERS_READ]}

    @extend_schema(operation_id="trader_information", responses=TraderInformationOut, tags=["merchants"])
    def get(self, request: Request, public_id: Any) -> Response:
        """Answer the trader's public facts. A merchant whose store was never opened is not found."""
        shown = Merchant.objects.filter(status__in=SHOWN).select_related("company")
        merchant = get_object_or_404(shown, public_id=public_id)
        if getattr(merchant, "company", None) is None:
            raise Http404
        return Response(TraderInformationOut(_trader(merchant)).data)


def _requirements(answer: Answer) -> dict[str, Any]:
    by_state: dict[str, list[dict[str, Any]]] = {state: [] for state in RequirementState}
    for item in answer.items:
        by_state[item.state].append(_requirement(item))
    due = [item.finding.due_at for item in answer.items if item.is_due and item.finding.due_at is not None]
    return {
        **by_state,
        "errors": [
            {"code": item.finding.reason, "reason": item.reason_text, "requirement": item.code}
            for item in answer.items
            if item.is_open and item.finding.reason
        ],
        "disabled_reason": answer.disabled_reason,
        "current_deadline": min(due, default=None),
        "capabilities": [_capability(one) for one in requirements.capabilities.of(answer)],
    }


def _requirement(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "title": str(item.definition.title),
        "reason": item.reason_text,
        "due_at": item.finding.due_at,
        "since": item.finding.since,
        "actor": item.finding.actor,
        "blocks": sorted(item.definition.blocks),
        "markets": sorted(item.finding.markets),
        "holds": sorted(what for what in item.held_from if item.holds(what)),
    }


def _capability(one: Capability) -> dict[str, Any]:
    return {
        "code": one.code,
        "market": one.market or None,
        "status": one.status,
        "requirements": [item.code for item in one.held_by],
        "held_from": one.until,
    }


def _trader(merchant: Merchant) -> dict[str, Any]:
    company = merchant.company
    certified = AgreementAcceptance.objects.for_merchant(merchant).filter(
        text__kind=AgreementKind.SELF_CERTIFICATION
    )
    latest = certified.order_by("-accepted_at").first()
    return {
        "id": merchant.public_id,
        "store_name": merchant.store_name,
        "legal_name": company.legal_name,
        "address": {
            name: getattr(company, name) for name in ("street", "street2", "postcode", "city", "country")
        },
        "email": merchant.support_email,
        "telephone": merchant.support_phone,
        "registration_number": company.siren,
        "establishment_number": company.siret,
        "vat_number": company.vat_number,
        "self_certified_at": latest.accepted_at if latest else None,
    }

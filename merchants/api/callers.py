"""For which merchant an application speaks."""

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from core.refusals import Refusal
from merchants.models import MerchantApplication


class NotAShopSystem(Refusal):
    """Only a merchant's own system may do this. Ask with the token of an application of that merchant."""

    code = "not_a_shop_system"
    status = 403
    default_message = _("This application is no merchant’s own system: ask with the token of one.")


def merchant_of(request: Request) -> int:
    """Return the key of the merchant whose application calls. Raises ``NotAShopSystem``."""
    link = MerchantApplication.objects.filter(application=request.user.application).first()
    if link is None:
        raise NotAShopSystem
    return link.merchant_id

"""A merchant's own applications: an ERP or a shop that reads and changes what is this merchant's alone.

Owners and administrators; the caller has checked that.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from merchants.enums import MerchantStatus
from merchants.models import Merchant, MerchantApplication
from partners.enums import ApplicationKind
from partners.services import applications, credentials
from partners.services.credentials import Issued

MOST: Final = 20


class StoreClosed(Refusal):
    code = "store_closed"
    default_message = _("This store is closed: it connects no new systems.")


class TooManyApplications(Refusal):
    code = "too_many_applications"


@transaction.atomic
def connect(
    *, merchant_id: int, name: str, contact_email: str, scopes: Iterable[str], by: User, at: datetime
) -> Issued:
    """Add an application of the merchant and return its first credential, whose secret is never shown again.

    Raises ``StoreClosed``, ``TooManyApplications`` or ``credentials.ScopeNotAllowed``.
    """
    merchant = _open_merchant(merchant_id)
    links = MerchantApplication.objects.for_merchant(merchant)
    if links.count() >= MOST:
        raise TooManyApplications(_("A store connects at most %(most)d systems.") % {"most": MOST}, most=MOST)
    application = applications.create(
        name=name,
        kind=ApplicationKind.SHOP_SYSTEM,
        contact_email=contact_email,
        by=by,
        at=at,
        merchant_id=merchant_id,
    )
    MerchantApplication.objects.create(merchant=merchant, application=application)
    return credentials.issue(application_id=application.pk, scopes=scopes, name=name, by=by, at=at)


@transaction.atomic
def issue(
    *, merchant_id: int, application_id: int, name: str, scopes: Iterable[str], by: User, at: datetime
) -> Issued:
    """Give one of the merchant's applications one more credential; the others go on working.

    Raises ``StoreClosed``, ``credentials.ApplicationInactive`` or ``credentials.ScopeNotAllowed``.
    """
    _open_merchant(merchant_id)
    return credentials.issue(application_id=application_id, scopes=scopes, name=name, by=by, at=at)


def _open_merchant(merchant_id: int) -> Merchant:
    merchant: Merchant = Merchant.objects.select_for_update().get(pk=merchant_id)
    if merchant.status == MerchantStatus.CLOSED:
        raise StoreClosed
    return merchant

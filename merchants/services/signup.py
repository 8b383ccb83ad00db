"""Open the file of a merchant to be: an empty store, its owner, its application, its key."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import sealed
from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import MerchantStatus, Role
from merchants.models import Application, Membership, Merchant
from merchants.services import requirements


class FileAlreadyOpen(Refusal):
    code = "file_already_open"
    default_message = _("You already have a file that is not yet decided. Finish it before you open another.")


@transaction.atomic
def open_file(*, user_id: int, at: datetime) -> Merchant:
    """Create a merchant in draft whose owner is the person; returns the merchant.

    A person who owns a merchant that is still onboarding is refused with ``FileAlreadyOpen``: a double click
    opens one file. The person is locked, so that two requests at once do not pass both.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    owned = Membership.objects.filter(user=user, role=Role.OWNER, ended_at=None)
    if owned.filter(merchant__status=MerchantStatus.ONBOARDING).exists():
        raise FileAlreadyOpen

    key = sealed.new_key("merchant")
    merchant = Merchant.objects.create(
        data_key=key, language=user.language, support_email=user.email, created_at=at
    )
    Application.objects.create(merchant=merchant, created_at=at)
    Membership.objects.create(merchant=merchant, user=user, role=Role.OWNER, created_at=at)
    requirements.refresh(merchant_id=merchant.pk, at=at)
    events.record("merchant.file_opened", merchant, merchant_id=merchant.pk, by=user)
    return merchant

"""Taking the register's words for what a merchant declared."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.models import Company
from merchants.services import company as companies
from merchants.services import requirements
from merchants.services.review.base import lock_held, renew


class NothingDiffers(Refusal):
    code = "nothing_differs"
    default_message = _("What was declared no longer differs from what the register discloses.")


@transaction.atomic
def take_words(*, application_id: int, by: User, at: datetime) -> list[str]:
    """Write the register's name and address over what was declared; returns the fields that changed.

    What the register does not disclose stays as declared. The merchant is told by mail. Raises
    ``NothingDiffers``, ``TakenBySomeone``, ``WrongState``.
    """
    application = lock_held(application_id, by)
    found = requirements.compute(merchant_id=application.merchant_id, at=at).file.registered
    company = Company.objects.select_for_update().for_merchant(application.merchant_id).first()
    changed = companies.differences(company, found) if company and found else []
    if company is None or found is None or not changed:
        raise NothingDiffers
    place = found.establishment(company.siret)
    for name in changed:
        setattr(company, name, getattr(found if name == "legal_name" else place, name))
    company.save(update_fields=changed)
    renew(application, at)
    events.record(
        "company.corrected", company, merchant_id=application.merchant_id, by=by, data={"fields": changed}
    )
    requirements.refresh(merchant_id=application.merchant_id, at=at)
    return changed

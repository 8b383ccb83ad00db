"""Who answers in the Union for the safety of what a merchant sells, where a product names nobody else."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from merchants.enums import SafetyRole
from merchants.models import SafetyContact
from merchants.services import addresses, stores
from merchants.services.addresses import PostalAddress
from merchants.services.families import UNION

CODE = "gpsr_contact"


class WrongRole(Refusal):
    code = "wrong_safety_role"
    status = 422
    default_message = _("Choose one of the answers.")


class OutsideUnion(Refusal):
    code = "safety_contact_outside_union"
    status = 422
    default_message = _(
        "This contact must be established in the European Union. If the manufacturer is not, name your "
        "importer, an authorised representative or the fulfilment provider who is (Regulation (EU) "
        "2023/988, article 16)."
    )


@transaction.atomic
def set_contact(
    *, merchant_id: int, role: str, address: PostalAddress, email: str, by: User, at: datetime
) -> SafetyContact:
    """Name the economic operator whom authorities and buyers can reach (Regulation (EU) 2023/988, art. 19).

    Refusals: ``WrongRole``, ``OutsideUnion``, ``stores.WrongEmail``, ``addresses.WrongAddress``.
    """
    merchant = stores.lock(merchant_id)
    if role not in SafetyRole:
        raise WrongRole
    given = addresses.checked(address)
    if given.country not in UNION:
        raise OutsideUnion
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise stores.WrongEmail from error
    contact = SafetyContact.objects.for_merchant(merchant_id).first() or SafetyContact(merchant=merchant)
    contact.role, contact.email, contact.declared_at = role, email.strip().lower(), at
    contact.name, contact.street, contact.country = given.name, given.street, given.country
    contact.postcode, contact.city = given.postcode, given.city
    contact.save()
    stores.changed(merchant, CODE, by=by, at=at, event="trade.changed")
    return contact

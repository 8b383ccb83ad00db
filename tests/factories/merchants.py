"""People and merchants."""

from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from core import sealed
from core.models import User
from merchants.enums import MerchantStatus, Role
from merchants.models import EprIdentifier, Membership, Merchant
from merchants.services.epr_registers import REGISTERS

_numbers = count(1)
PASSWORD = "correct horse battery staple"


def make_user(email: str | None = None, **fields: Any) -> User:
    return User.objects.create_user(
        email or f"person{next(_numbers)}@example.org",
        fields.pop("password", PASSWORD),
        **{"full_name": "Nolwenn Tresquel", **fields},
    )


def make_staff(*groups: str, **fields: Any) -> User:
    """Make a member of staff, in the groups that a migration created."""
    user = make_user(is_staff=True, **fields)
    user.groups.set([Group.objects.get(name=name) for name in groups])
    return user


def make_merchant(name: str | None = None, *, status: str = MerchantStatus.ACTIVE, **fields: Any) -> Merchant:
    """Make a merchant who may publish whatever the category: every EPR identifier is there."""
    number = next(_numbers)
    was_opened = status != MerchantStatus.ONBOARDING
    merchant: Merchant = Merchant.objects.create(
        store_name=name or f"Maison {number}",
        slug=f"maison-{number}",
        status=status,
        data_key=sealed.new_key("merchant"),
        **{
            "opened_at": timezone.now() if was_opened else None,
            "closed_at": timezone.now() if status == MerchantStatus.CLOSED else None,
            "support_email": "bonjour@example.org",
            **fields,
        },
    )
    EprIdentifier.objects.bulk_create(
        EprIdentifier(merchant=merchant, country=country, stream=stream, identifier=f"{country}{stream}")
        for country, streams in REGISTERS.items()
        for stream in streams
    )
    return merchant


def make_member(merchant: Merchant, role: str = Role.OWNER, user: User | None = None) -> User:
    """Make a person who acts for the merchant in that role."""
    user = user or make_user()
    Membership.objects.create(merchant=merchant, user=user, role=role)
    return user

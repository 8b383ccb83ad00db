"""Merchants who may be the same: equal company, account, address, telephone, e-mail, device or officer.

What is compared is kept as keyed hashes (``core.sealed.fingerprint_many``): nobody reads a person's data of
one merchant in another's file, only that they are equal.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import QuerySet

from core import sealed
from merchants.enums import BankAccountState, TraitKind
from merchants.models import BankAccount, Company, Membership, Merchant, Person, Trait
from merchants.services import people
from merchants.services.company import folded

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another merchant, and what is equal."""

    merchant: Merchant
    kinds: list[TraitKind]


@transaction.atomic
def refresh(*, merchant_id: int) -> None:
    """Compute and keep what a merchant is compared by. Idempotent; a fixed number of statements."""
    merchant = Merchant.objects.select_for_update(of=["self"]).select_related("data_key").get(pk=merchant_id)
    if merchant.data_key.destroyed_at is not None:
        # Erased (``services.erasure``): nothing of it is compared any more.
        Trait.objects.for_merchant(merchant).delete()
        return
    texts = sorted(_texts(merchant))
    hashes = sealed.fingerprint_many([f"{kind}:{text}" for kind, text in texts])
    found = {(str(kind), mark) for (kind, _text), mark in zip(texts, hashes, strict=True)}
    found |= {(str(TraitKind.IBAN), mark) for mark in _ibans(merchant)}
    known = {(row.kind, row.fingerprint): row.pk for row in Trait.objects.for_merchant(merchant)}
    Trait.objects.filter(pk__in=[pk for pair, pk in known.items() if pair not in found]).delete()
    Trait.objects.bulk_create(
        [
            Trait(merchant=merchant, kind=kind, fingerprint=mark)
            for kind, mark in sorted(found - known.keys())
        ],
        ignore_conflicts=True,
    )


def of(merchant_id: int) -> list[Duplicate]:
    """Return the other merchants with something equal, most equal first; one query, ``SHOWN`` at most."""
    return among(rows(merchant_id))


def rows(merchant_id: int) -> QuerySet[Trait]:
    """Return what others have in common with a merchant, to be read together with more."""
    mine = Trait.objects.for_merchant(merchant_id).values("fingerprint")
    found: QuerySet[Trait] = (
        Trait.objects.filter(fingerprint__in=mine)
        .exclude(merchant=merchant_id)
        .exclude(merchant__data_key__destroyed_at__isnull=False)
        .select_related("merchant__application", "merchant__company")
        .order_by("merchant_id", "kind")
    )
    return found[: SHOWN * len(TraitKind)]


def among(found: Iterable[Trait]) -> list[Duplicate]:
    """Return the merchants of these traits, most equal first."""
    kinds: dict[int, list[TraitKind]] = defaultdict(list)
    others: dict[int, Merchant] = {}
    for row in found:
        others[row.merchant_id] = row.merchant
        if TraitKind(row.kind) not in kinds[row.merchant_id]:
            kinds[row.merchant_id].append(TraitKind(row.kind))
    duplicates = [Duplicate(other, kinds[pk]) for pk, other in others.items()]
    return sorted(duplicates, key=lambda one: -len(one.kinds))[:SHOWN]


def _texts(merchant: Merchant) -> set[tuple[TraitKind, str]]:
    """Return what is compared, written alike whoever typed it. Accounts have fingerprints already."""
    found: set[tuple[TraitKind, str]] = set()
    company = Company.objects.for_merchant(merchant).first()
    if company is not None:
        found.add((TraitKind.COMPANY, company.siren))
        if company.street:
            found.add((TraitKind.ADDRESS, folded(f"{company.street} {company.postcode} {company.city}")))
    if merchant.support_phone:
        found.add((TraitKind.PHONE, _phone(merchant.support_phone)))
    members = Membership.objects.for_merchant(merchant).filter(ended_at=None).select_related("user")
    users = {member.user_id: member.user.email for member in members}
    found |= {
        (TraitKind.EMAIL, email.lower()) for email in (*users.values(), merchant.support_email) if email
    }
    sessions = UserSession.objects.filter(user__in=users).values_list("ip", "user_agent")
    found |= {(TraitKind.DEVICE, f"{ip}|{agent}") for ip, agent in sessions if ip and agent}
    for person in Person.objects.for_merchant(merchant).filter(ended_at=None):
        data = people.read(person)
        if data.last_name is not sealed.ERASED:
            named = folded(f"{data.last_name} {data.first_names.split()[0] if data.first_names else ''}")
            found.add((TraitKind.OFFICER, f"{named} {data.birth_date.isoformat()}"))
    return found


def _ibans(merchant: Merchant) -> set[str]:
    live = (BankAccountState.PENDING, BankAccountState.CONFIRMED, BankAccountState.REFUSED)
    rows = BankAccount.objects.for_merchant(merchant).filter(state__in=live)
    return set(rows.values_list("iban_fingerprint", flat=True))


def _phone(typed: str) -> str:
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(typed, "FR"), phonenumbers.PhoneNumberFormat.E164
        )
    except phonenumbers.NumberParseException:
        return "".join(character for character in typed if character.isdigit())

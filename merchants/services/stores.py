"""The store itself: its name, its address, how buyers reach it, and its opening."""

from datetime import datetime

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import MerchantStatus
from merchants.models import Merchant, StoreAddress
from merchants.services import files, requirements, store_names


class NameTaken(Refusal):
    code = "store_name_taken"
    default_message = _("Another store already has this name. Add your town or your trade to it.")


class WrongName(Refusal):
    code = "wrong_store_name"
    status = 422


class WrongSlug(Refusal):
    code = "wrong_store_address"
    status = 422


class WrongPhone(Refusal):
    code = "wrong_phone"
    status = 422


class WrongEmail(Refusal):
    code = "wrong_email"
    status = 422
    default_message = _("An e-mail address looks like name@example.fr. Check what stands after the @.")


@transaction.atomic
def name_store(*, merchant_id: int, name: str, by: User, at: datetime) -> Merchant:
    """Give the store its public name, and its address in links the first time.

    Refused: under 2 characters, no letter, reserved, of two alphabets (``WrongName``), or taken, were it by a
    name that only looks the same (``NameTaken``).
    """
    merchant = lock(merchant_id)
    name = " ".join(name.split())
    key = store_names.key(name)
    if not 2 <= len(name) <= 80 or not slugify(name):
        raise WrongName(_("A store's name has 2 to 80 characters, letters among them."))
    if store_names.is_reserved(name):
        raise WrongName(_("“%(name)s” is kept for the marketplace: choose another name.") % {"name": name})
    if store_names.mixes_alphabets(name):
        raise WrongName(_("Write the name in one alphabet: letters that look alike deceive buyers."))
    others = Merchant.objects.exclude(pk=merchant_id)
    if others.filter(Q(store_name__iexact=name) | Q(name_key=key)).exists():
        raise NameTaken(name=name)
    merchant.store_name, merchant.name_key = name, key
    if not merchant.slug:
        merchant.slug = _free_slug(slugify(name))
        StoreAddress.objects.create(merchant=merchant, slug=merchant.slug, since=at)
    try:
        with transaction.atomic():
            merchant.save(update_fields=["store_name", "name_key", "slug"])
    except IntegrityError as error:
        raise NameTaken(name=name) from error
    changed(merchant, "store_name", by=by, at=at)
    return merchant


@transaction.atomic
def set_contact(*, merchant_id: int, email: str, phone: str, by: User, at: datetime) -> Merchant:
    """Say how buyers and authorities reach the merchant (DSA, article 30). The telephone is kept as E.164."""
    merchant = lock(merchant_id)
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise WrongEmail from error
    merchant.support_email, merchant.support_phone = email.strip().lower(), parse_phone(phone, merchant)
    merchant.save(update_fields=["support_email", "support_phone"])
    changed(merchant, "dsa_contact", by=by, at=at)
    return merchant


@transaction.atomic
def move(*, merchant_id: int, slug: str, by: User, at: datetime) -> Merchant:
    """Give the store another address in links. The former one stays its own, and leads to the new one.

    ``WrongSlug``: empty, reserved, or another store's, now or formerly.
    """
    merchant = lock(merchant_id)
    wanted = slugify(slug)[:70]
    if len(wanted) < 2 or store_names.is_reserved(wanted):
        raise WrongSlug(_("An address has at least 2 letters or digits, and is not the marketplace’s own."))
    if merchant.slug == wanted:
        return merchant
    kept = StoreAddress.objects.filter(slug=wanted).values_list("merchant", flat=True).first()
    if (
        kept not in {None, merchant_id}
        or Merchant.objects.exclude(pk=merchant_id).filter(slug=wanted).exists()
    ):
        raise WrongSlug(_("Another store has or had this address. Add your town or your trade to it."))
    former = merchant.slug
    try:
        with transaction.atomic():
            for each in filter(None, (former, wanted)):
                StoreAddress.objects.get_or_create(slug=each, defaults={"merchant": merchant, "since": at})
            merchant.slug = wanted
            merchant.save(update_fields=["slug"])
    except IntegrityError as error:
        raise WrongSlug(_("Another store has just taken this address.")) from error
    changed(merchant, "store_address", by=by, at=at)
    return merchant


def parse_phone(typed: str, merchant: Merchant) -> str:
    """Read a telephone as written in the merchant's country; overseas numbers by their own region."""
    company = getattr(merchant, "company", None)
    regions = dict.fromkeys(
        [company.country if company else merchant.country, "FR", "RE", "GP", "MQ", "GF", "YT"]
    )
    for region in regions:
        try:
            number = phonenumbers.parse(typed, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    raise WrongPhone(
        _(
            "%(typed)s is no telephone number in service. In France it has 10 digits, such as 01 84 80 00 "
            "00; from "
            "abroad, begin with + and the country's code."
        )
        % {"typed": typed.strip()[:30]}
    )


def open_(*, merchant_id: int, at: datetime) -> Merchant:
    """Make the merchant active. The caller holds the application's lock and has checked everything."""
    merchant = lock(merchant_id)
    if merchant.status == MerchantStatus.ONBOARDING:
        merchant.status, merchant.opened_at = MerchantStatus.ACTIVE, at
        merchant.save(update_fields=["status", "opened_at"])
    return merchant


def lock(merchant_id: int) -> Merchant:
    """Lock the file, then the merchant. Must run in a transaction."""
    files.lock(merchant_id=merchant_id)
    merchant: Merchant = Merchant.objects.select_for_update().get(pk=merchant_id)
    return merchant


def _free_slug(slug: str) -> str:
    base = slug[:70]
    taken = set(Merchant.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= set(StoreAddress.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(s for n in range(1, len(taken) + 2) if (s := base if n == 1 else f"{base}-{n}") not in taken)


def changed(merchant: Merchant, code: str, *, by: User, at: datetime, event: str = "store.changed") -> None:
    """Note the answer to the requirement ``code``, say so, and compute again what is missing."""
    files.answered(merchant_id=merchant.pk, code=code, at=at)
    events.record(event, merchant, merchant_id=merchant.pk, by=by, data={"part": code})
    requirements.refresh(merchant_id=merchant.pk, at=at)

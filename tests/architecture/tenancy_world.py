"""One merchant with a row of each kind, every text of it marked, for the walk over all addresses."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.utils import timezone

from catalog.enums import ImportStatus
from catalog.models import Import, Media, Product, ProductText, Variant
from core import sealed
from core.models import User
from merchants.enums import DocumentKind, MeasureKind, PersonRole, RegistryOutcome, Role
from merchants.models import (
    Application,
    Document,
    DocumentPart,
    Holiday,
    Invitation,
    Letter,
    Measure,
    Membership,
    Merchant,
    MerchantApplication,
    Notification,
    Person,
    RegistryCheck,
    StoredFile,
    StorePage,
)
from orders.models import Carrier, MerchantOrder, OrderLine, Parcel, ParcelLine, PickupPoint
from orders.services.buyers import Contact
from partners.enums import ApplicationKind
from tests.api import issue, make_application
from tests.factories import make_channel, make_member, make_merchant, make_offer, make_order, make_user
from tests.factories.measures import make_measure

#: Stands in every text of the merchant: an answer that holds it shows the merchant's data.
MARK = "Zqmarque"
BUYER = Contact(name=f"Lotte {MARK}-buyer", email=f"{MARK}-buyer@example.org", phone="+32470000000")


@dataclass
class World:
    """The merchant whose data must stay their own, and who may and may not see them."""

    merchant: Merchant
    other: Merchant
    product: Product
    variant: Variant
    media: Media
    imported: Import
    document: Document
    person: Person
    check: RegistryCheck
    letter: Letter
    holiday: Holiday
    measure: Measure
    membership: Membership
    invitation: Invitation
    order: MerchantOrder
    parcel: Parcel
    point: PickupPoint
    applications: dict[str, Any]
    client_id: str
    join_token: str

    @property
    def order_id(self) -> UUID:
        return self.order.public_id


def make_world() -> World:
    merchant = make_merchant(f"{MARK} Kerjean", support_email=f"{MARK.lower()}@example.org")
    other = make_merchant("Voisin")
    Application.objects.create(merchant=other)
    Application.objects.create(merchant=merchant)
    variant = make_offer(merchant, f"{MARK}-SKU", title=f"{MARK} Torchon", stock=20)
    make_offer(other, "VOISIN-1", title="Autre torchon")
    product = variant.product
    ProductText.objects.create(
        product=product, language="en", title=f"{MARK} Towel", source_hash="0" * 64, is_machine_made=True
    )
    applications = _applications(merchant, other)
    order = make_order((variant, 1), channel=applications["channel"].channel, buyer=BUYER, status="accepted")
    boss = make_member(merchant, Role.OWNER, make_user(f"{MARK.lower()}-boss@example.org"))
    colleague = make_member(merchant, Role.ORDERS, make_user(f"{MARK.lower()}-pack@example.org"))
    join_token = secrets.token_urlsafe(32)
    StorePage(merchant=merchant).logo.save("walk-logo.webp", ContentFile(MARK.encode()))
    return World(
        merchant=merchant,
        other=other,
        product=product,
        variant=variant,
        media=_media(product),
        imported=_imported(merchant, boss),
        document=_document(merchant, boss),
        person=_person(merchant),
        check=RegistryCheck.objects.create(
            merchant=merchant,
            register="sample",
            query="552100554",
            asked_at=timezone.now(),
            outcome=RegistryOutcome.NOT_FOUND,
            answer={"status": 404, "note": MARK},
        ),
        letter=_letter(merchant, boss),
        holiday=Holiday.objects.create(
            merchant=merchant,
            starts_at=timezone.now() + timedelta(days=9),
            ends_at=timezone.now() + timedelta(days=10),
            planned_by=boss,
        ),
        # Which sells and packs as before.
        measure=make_measure(merchant, MeasureKind.RESTRICTION, capability="payouts", facts=f"{MARK} facts"),
        membership=Membership.objects.get(merchant=merchant, user=colleague),
        invitation=_invitation(merchant, boss, join_token),
        order=order,
        parcel=_parcel(order, applications["carrier"]),
        point=PickupPoint.objects.get(),
        applications=applications,
        client_id=issue(applications["shop system"]).client_id,
        join_token=join_token,
    )


def _applications(merchant: Merchant, other: Merchant) -> dict[str, Any]:
    """Applications of each kind, those that the merchant's order and parcel belong to and their rivals."""
    kinds = ApplicationKind
    shop, other_shop = (make_application(kinds.SHOP_SYSTEM, name=name) for name in ("Boutique", "Voisine"))
    MerchantApplication.objects.create(merchant=merchant, application=shop)
    MerchantApplication.objects.create(merchant=other, application=other_shop)
    return {
        "channel": make_channel().application,
        "other channel": make_channel().application,
        "shop system": shop,
        "other shop system": other_shop,
        "carrier": make_application(kinds.CARRIER, name="Porteur"),
        "other carrier": _carrier("autre", make_application(kinds.CARRIER, name="Autre porteur")).application,
        "network": make_application(kinds.NETWORK, name="Relais"),
    }


def _carrier(code: str, application: Any) -> Carrier:
    return Carrier.objects.create(code=code, name=code.title(), adapter="sandbox", application=application)


def _media(product: Product) -> Media:
    made = Media(product=product, sha256="0" * 64, width=10, height=10, alt_texts={"fr": MARK})
    made.file.save("walk.webp", ContentFile(MARK.encode()), save=False)
    made.renditions = {"80": made.file.name}
    made.save()
    return made


def _imported(merchant: Merchant, by: User) -> Import:
    made = Import(
        merchant=merchant,
        status=ImportStatus.UPLOADED,
        original_name=f"{MARK}.csv",
        sha256="0" * 64,
        size=10,
        dialect={"kind": "csv", "encoding": "utf-8", "separator": ";"},
        columns=["sku", "titre"],
        rows_total=1,
        uploaded_by=by,
    )
    made.file.save("walk.csv", ContentFile(f"sku;titre\nA-1;{MARK}\n".encode()), save=False)
    made.save()
    return made


def _document(merchant: Merchant, by: User) -> Document:
    stored = StoredFile(
        merchant=merchant,
        original_name=sealed.seal(merchant.data_key_id, f"{MARK}.pdf"),
        content_type="application/pdf",
        size=10,
        sha256="0" * 64,
        uploaded_by=by,
    )
    content = sealed.seal_bytes(merchant.data_key_id, b"%PDF-1.4 " + MARK.encode())
    stored.file.save("walk", ContentFile(content), save=False)
    stored.save()
    made = Document.objects.create(merchant=merchant, kind=DocumentKind.REGISTRATION, uploaded_by=by)
    DocumentPart.objects.create(document=made, stored=stored)
    return made


def _letter(merchant: Merchant, to: User) -> Letter:
    words = {
        name: sealed.seal(merchant.data_key, f"{MARK} {name}") for name in ("address", "subject", "text")
    }
    return Letter.objects.create(merchant=merchant, kind="walk", recipient=to, language="fr", **words)


def _person(merchant: Merchant) -> Person:
    key = merchant.data_key_id
    return Person.objects.create(
        merchant=merchant,
        role=PersonRole.LEGAL_REPRESENTATIVE,
        nationality="FR",
        first_names=sealed.seal(key, MARK),
        last_name=sealed.seal(key, MARK),
        birth_date=sealed.seal(key, "1980-02-03"),
    )


def _invitation(merchant: Merchant, by: User, token: str) -> Invitation:
    import hashlib

    Notification.objects.create(merchant=merchant, kind="order.placed", data={"number": MARK}, url="/")
    return Invitation.objects.create(
        merchant=merchant,
        email=f"{MARK.lower()}-guest@example.org",
        role=Role.CATALOGUE,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        invited_by=by,
        expires_at=timezone.now() + timedelta(days=7),
    )


def _parcel(order: MerchantOrder, application: Any) -> Parcel:
    parcel = Parcel(
        merchant=order.merchant,
        merchant_order=order,
        carrier=_carrier("porteur", application),
        pickup_point=order.order.pickup_point,
        tracking_number=f"{MARK}0001",
        tracking_token=secrets.token_urlsafe(32),
        weight_g=250,
    )
    parcel.label.save("walk-label.pdf", ContentFile(b"%PDF-1.4 " + MARK.encode()), save=False)
    parcel.save()
    ParcelLine.objects.create(parcel=parcel, line=OrderLine.objects.get(merchant_order=order), quantity=1)
    return parcel

"""Draw the label of a parcel: a PDF of A6 with its number as Code 128 and QR."""

import io
import json
from functools import lru_cache
from pathlib import Path

import barcode
import segno
import typst
from babel import Locale
from barcode.writer import SVGWriter
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from merchants.models import Merchant
from orders.models import MerchantOrder, Parcel
from orders.services import buyers

TEMPLATE = Path(__file__).resolve().parent.parent / "labels" / "parcel.typ"


def draw(parcel: Parcel) -> bytes:
    """Return the PDF of a parcel's label, in the merchant's language.

    It needs the parcel's order, carrier and pickup point with its network. The buyer's name is read from the
    sealed data for this and kept nowhere else; once erased, the label goes without.
    """
    order = parcel.merchant_order
    contact = buyers.contact(order_id=order.order_id)
    with override(order.merchant.language):
        facts = {
            "lang": order.merchant.language[:2],
            "number": parcel.tracking_number,
            "number_spaced": _in_groups(parcel.tracking_number),
            "carrier": parcel.carrier.name,
            "recipient": contact.name if contact else "—",
            "sender": sender(order.merchant),
            "order": order.number,
            "weight": _("%(weight)s kg") % {"weight": _decimal(parcel.weight_g)},
            "made": date_format(timezone.localtime(parcel.created_at), "SHORT_DATE_FORMAT"),
            "words": {
                "to": _("Recipient"),
                "from": _("Sender"),
                "order": _("Order number"),
                "weight": _("Weight"),
                "made": _("Made on"),
            },
            "barcode": _code_128(parcel.tracking_number),
            "qr": _qr(parcel.tracking_number),
            **_destination(parcel, order, contact.address if contact else ()),
        }
    return bytes(typst.compile(TEMPLATE.read_bytes(), sys_inputs={"data": json.dumps(facts)}, format="pdf"))


def sender(merchant: Merchant) -> list[str]:
    """Return the lines of the address a parcel leaves from, and comes back to: the first warehouse's."""
    place = merchant.locations.filter(closed_at__isnull=True).exclude(city="").first()
    company = getattr(merchant, "company", None)
    where = place or company
    lines = [merchant.store_name or (company.legal_name if company else "")]
    if where is not None:
        lines += [where.street, f"{where.postcode} {where.city}".strip(), _country(where.country)]
    return [line for line in lines if line]


def _destination(parcel: Parcel, order: MerchantOrder, address: tuple[str, ...]) -> dict[str, object]:
    point = parcel.pickup_point
    if point is None:
        *street, town = address or ("—",)
        return {
            "service": _("Home delivery"),
            "network": "",
            "destination": street,
            "destination_town": town,
            "destination_country": _country(order.order.market.country),
        }
    return {
        "service": _("Pickup point"),
        "network": f"{point.network.name} {point.code}",
        "destination": [point.name, point.street, point.street2],
        "destination_town": f"{point.postcode} {point.city}",
        "destination_country": _country(point.country),
    }


def _country(code: str) -> str:
    return str(Locale.parse(get_language() or "fr", sep="-").territories.get(code, code))


def _decimal(weight_g: int) -> str:
    return number_format(weight_g / 1000, decimal_pos=3)


def _in_groups(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _code_128(text: str) -> str:
    stream = io.BytesIO()
    options = {"write_text": False, "quiet_zone": 4, "module_width": 0.4, "module_height": 20}
    barcode.get("code128", text, writer=SVGWriter()).write(stream, options)
    return stream.getvalue().decode()


@lru_cache(maxsize=256)
def _qr(text: str) -> str:
    stream = io.BytesIO()
    segno.make_qr(text, error="m").save(stream, kind="svg", border=4, xmldecl=False)
    return stream.getvalue().decode()

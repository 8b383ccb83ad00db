"""InPost's points API (``api-global-points.easypack24.net/v1/points``): JSON pages, one or several a file."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from orders.adapters.points.base import BrokenSource, PointDraft, degrees, osm_hours
from orders.enums import PointKind, PointStatus

# ``Overloaded`` takes no parcel for now; ``Created`` and ``Disabled`` are not, or no longer, in the network.
STATUSES = {
    "Operating": PointStatus.OPEN,
    "Overloaded": PointStatus.SUSPENDED,
    "NonOperating": PointStatus.SUSPENDED,
}
SERVICES = {"parcel_send": "send", "parcel_reverse_return_send": "returns", "parcel_collect": "collect"}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_WEIGHT_G, MAX_SIDE_MM = 25_000, 640


def parse(stream: BinaryIO) -> Iterator[PointDraft]:
    number = 0
    for page in _pages(stream):
        items = page.get("items") if isinstance(page, dict) else None
        if not isinstance(items, list):
            raise BrokenSource("a page has no list of items")
        for item in items:
            number += 1
            if not isinstance(item, dict):
                raise BrokenSource("an item is not an object", line=number)
            draft = _draft(item, number)
            if draft:
                yield draft


def _pages(stream: BinaryIO) -> Iterator[Any]:
    """Yield the pages of a file: one object, a list of them, or one after the other."""
    try:
        text = stream.read().decode("utf-8-sig")
        decoder, position = json.JSONDecoder(), 0
        while position < len(text):
            if text[position].isspace():
                position += 1
                continue
            value, position = decoder.raw_decode(text, position)
            yield from value if isinstance(value, list) else [value]
    except UnicodeDecodeError as error:
        raise BrokenSource("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise BrokenSource(f"not JSON: {error.msg}", line=error.lineno) from error


def _draft(item: dict[str, Any], number: int) -> PointDraft | None:
    address, location = item.get("address_details") or {}, item.get("location") or {}
    status, code = STATUSES.get(str(item.get("status"))), str(item.get("name") or "")
    functions = item.get("functions") or []
    is_test = str(address.get("province")).lower() == "test" or code.endswith("TEST")
    if status is None or is_test or "parcel_collect" not in functions:
        return None
    is_locker = "parcel_locker" in (item.get("type") or [])
    street = " ".join(
        str(address[key]) for key in ("street", "building_number", "flat_number") if address.get(key)
    )
    return PointDraft(
        line=number,
        code=code,
        name=_name(item, code, is_locker),
        kind=PointKind.LOCKER if is_locker else PointKind.SHOP,
        status=status,
        street=street or str((item.get("address") or {}).get("line1") or ""),
        postcode=str(address.get("post_code") or ""),
        city=str(address.get("city") or ""),
        country=str(item.get("country") or ""),
        latitude=degrees(location.get("latitude")),
        longitude=degrees(location.get("longitude")),
        opening_hours=_hours(item),
        phone=str(item.get("phone_number") or ""),
        services=tuple(sorted({SERVICES[name] for name in functions if name in SERVICES})),
        max_weight_g=MAX_WEIGHT_G,
        max_side_mm=MAX_SIDE_MM,
    )


def _name(item: dict[str, Any], code: str, is_locker: bool) -> str:
    described = str(item.get("location_description_1") or item.get("location_description") or "").strip()
    return described or (f"Locker {code}" if is_locker else code)


def _hours(item: dict[str, Any]) -> str:
    if item.get("location_247"):
        return "24/7"
    week = (item.get("operating_hours_extended") or {}).get("customer")
    if not isinstance(week, dict):
        return ""
    return osm_hours(
        [[(_clock(slot["start"]), _clock(slot["end"])) for slot in week.get(day) or []] for day in DAYS]
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"

"""What each merchant of the demonstration says of its trade: where it sells, its numbers, its returns."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.models import User
from demo.world.cast import Part
from demo.world.moments import then
from merchants.models import Company
from merchants.services import addresses, epr, safety, support, tax_identity, trade, vat
from merchants.services.epr_registers import demanded
from merchants.services.families import MARKETS, are_safety_regulated
from merchants.services.people import PersonalData

FAMILIES = {
    "bikes": "sport",
    "books": "books",
    "coffee": "food",
    "honey": "food",
    "jewels": "accessories",
    "knives": "home",
    "leather": "accessories",
    "linen": "linen",
    "perfume": "beauty",
    "rum": "alcohol",
    "salt": "food",
    "soap": "beauty",
    "sweets": "food",
    "toys": "toys",
    "watches": "accessories",
    "wool": "fashion",
}
TAX_NUMBER = "3023217600053"


def answer(
    part: Part, *, company: Company, number: int, born: PersonalData, by: User, later: Callable[..., datetime]
) -> None:
    """Answer every question about trade, as the merchant would."""

    def do(service: Callable[..., Any], **given: Any) -> None:
        then(later(minutes=2), service, merchant_id=company.merchant_id, by=by, **given)

    families = [FAMILIES.get(part.trade, "home")]
    is_small = company.is_sole_trader
    do(
        trade.declare_plan,
        families=families,
        markets=MARKETS,
        turnover="small" if is_small else "medium",
    )
    if is_small:
        data = tax_identity.TaxData(TAX_NUMBER, born.birth_date, company.city or "Paris")
        do(vat.set_scheme, scheme="exempt")
        do(tax_identity.declare, data=data)
    else:
        do(vat.set_scheme, scheme="domestic", number=company.vat_number)
    do(vat.set_abroad, way="oss", country="FR", number=company.vat_number)
    do(trade.set_eori, number=f"FR{company.siren}")
    for country in epr.REGISTERS:
        entries = [
            epr.Entry(stream, _identifier(country, stream, number)) for stream in demanded(families, country)
        ]
        do(epr.declare, country=country, entries=entries)
    place = addresses.PostalAddress(
        company.legal_name, company.street or "1 rue de la Paix", company.postcode, company.city
    )
    if are_safety_regulated(families):
        do(safety.set_contact, role="manufacturer", address=place, email=f"bonjour@{part.domain}")
    do(support.set_support, languages=["fr", "en"], hours="Mo,Tu,We,Th,Fr 09:00-12:30,14:00-18:00; PH off")
    do(addresses.set_returns, zone="default", address=place)


def _identifier(country: str, stream: str, number: int) -> str:
    match country:
        case "FR":
            return f"FR{194_000 + number:06}_{stream}DEMO"
        case "DE":
            return f"DE{number:013}" if stream == "01" else f"DE{number:08}"
        case "PL":
            return f"{number:09}"
        case "BE" | "IT":
            return f"{country}{stream}{number:06}"
        case _:
            return f"ENV/2026/{number:09}" if stream == "01" else f"{number:05}"

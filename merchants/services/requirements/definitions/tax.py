"""VAT, customs and what the tax office asks of platforms."""

from typing import Final

from merchants.services.requirements.definitions.base import Definition

TAX: Final[tuple[Definition, ...]] = ()

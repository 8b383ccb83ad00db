"""What the products that are sold ask of their merchant."""

from typing import Final

from merchants.services.requirements.definitions.base import Definition

PRODUCTS: Final[tuple[Definition, ...]] = ()

"""Who goes on the journey, and what they carry."""

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from merchants.models import Merchant

DEMO_SIRET = "99998011300016"
MARKETS = ("FR", "DE", "PL")
LANGUAGES = ("de", "pl")
SAMPLE_FILE = Path(__file__).resolve().parents[2] / "catalog" / "demo" / "catalogue.csv"


def catalogue_file() -> Path:
    """Answer the real catalogue of 20,000 products where there is one, else our own smaller one."""
    real: Path = settings.DATA_DIR / "off_lifyzer_products_20k.csv"
    return real if real.exists() else SAMPLE_FILE


def points_file() -> Path | None:
    """Answer La Poste's real file of 17,212 points, where there is one."""
    real: Path = settings.DATA_DIR / "laposte_poincont2_2016.csv"
    return real if real.exists() else None


@dataclass
class Traveller:
    """A merchant to be, and what they and the others will do. ``seen`` is what the steps learned."""

    email: str
    siret: str
    full_name: str = "Nolwenn Tresquel"
    password: str = "un-pont-vers-le-monde-2026"  # noqa: S105
    store_name: str = "Maison Tresquel"
    order_reference: str = "GL-1"
    catalogue: Path = field(default_factory=catalogue_file)
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def merchant(self) -> Merchant:
        """Answer the traveller's merchant, as the database has it now."""
        return Merchant.objects.select_related("application", "company").get(
            memberships__user__email=self.email
        )

"""Who goes on the journey, and what they carry."""

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from merchants.models import Merchant

DEMO_SIRET = "99998011300016"
DEMO_IBAN = "FR76 3000 6000 0112 3456 7890 189"
MARKETS = ("FR", "DE", "PL")
LANGUAGES = ("de", "pl")
SAMPLE_FILE = Path(__file__).resolve().parents[2] / "catalog" / "demo" / "catalogue.csv"


@dataclass(frozen=True)
class Goods:
    """A catalogue file, what it does not say, and one of its products with its translations.

    ``columns``: field to column, where its name alone does not tell. ``constants``: field to what holds for
    every row. Fields by what the page's code calls them. ``texts``: language to title and description.
    """

    file: Path
    sku: str
    title: str
    texts: dict[str, tuple[str, str]]
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)


def sample_goods() -> Goods:
    """Answer our own file of 200 products: linen and the like, everything said."""
    return Goods(
        SAMPLE_FILE,
        "TR-TO0001",
        "Torchon rayé en lin, terracotta, petit modèle",
        {
            "de": (
                "Geschirrtuch aus Leinen, gestreift, Terrakotta, klein",
                "Gestreiftes Geschirrtuch aus Leinen, in kleiner Serie von Hand gefertigt. Farbe Terrakotta.",
            ),
            "pl": (
                "Ścierka lniana w paski, terakota, mała",
                "Lniana ścierka kuchenna w paski, szyta ręcznie w małych seriach. Kolor terakota.",
            ),
        },
    )


def real_goods(file: Path) -> Goods:
    """Answer the real file of 20,000 groceries, which has neither price nor stock nor category."""
    return Goods(
        file,
        "3331220002992",
        "Confiture cassis",
        {
            "de": (
                "Schwarze-Johannisbeer-Konfitüre",
                "Schwarze Johannisbeeren, Fruktose, Pektin. Hergestellt aus 64 g Früchten je 100 g.",
            ),
            "pl": (
                "Konfitura z czarnej porzeczki",
                "Czarna porzeczka, fruktoza, pektyna. Sporządzono z 64 g owoców na 100 g produktu.",
            ),
        },
        columns={"SKU": "ean13", "GTIN (barcode)": "ean13", "Title": "product_name"},
        constants={"Price, VAT included": "4,90", "Stock on hand": "24", "Category": "Épicerie"},
    )


def goods() -> Goods:
    """Answer the real catalogue where there is one, else our own smaller one."""
    real: Path = settings.DATA_DIR / "off_lifyzer_products_20k.csv"
    return real_goods(real) if real.exists() else sample_goods()


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
    birth_date: str = "1979-11-14"
    home_address: str = "4 quai de la Fosse-aux-Mâts, 29200 Brest"
    phone: str = "+33 2 99 00 11 22"
    iban: str = DEMO_IBAN
    store_name: str = "Maison Tresquel"
    order_reference: str = "GL-1"
    goods: Goods = field(default_factory=goods)
    points: Path | None = field(default_factory=points_file)
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def merchant(self) -> Merchant:
        """Answer the traveller's merchant, as the database has it now."""
        return Merchant.objects.select_related("application", "company").get(
            memberships__user__email=self.email
        )

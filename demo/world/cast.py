"""Who is in the demonstration world: invented companies of the sample register, and how far each has come.

The first eight are one of each kind, so that a small world shows every state too.
"""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """How far a file has come."""

    OPENED = "opened"
    REGISTER_DOWN = "register_down"
    CEASED = "ceased"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    SENT_BACK = "sent_back"
    INFORMATION_REQUESTED = "information_requested"
    PROPOSED = "proposed"
    REJECTED = "rejected"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Part:
    """A merchant. ``age`` is how many days ago the file was opened; ``trade`` names what they sell."""

    siret: str
    store: str
    owner: tuple[str, str]
    domain: str
    stage: Stage
    age: float
    trade: str = ""
    born: str = "1980-05-12"
    shops: tuple[tuple[str, str, str], ...] = ()

    @property
    def owner_email(self) -> str:
        return f"{'.'.join(self.owner)}@{self.domain}".lower().translate(_PLAIN)


_PLAIN = str.maketrans("àâçéèêëîïôûüñ -", "aaceeeeiiouun--", "'’")

PERDRELLE, VAL_CLAIR = "99998004800014", "99998012100019"

CAST: tuple[Part, ...] = (
    Part(
        PERDRELLE,
        "Savonnerie Perdrelle",
        ("Claire", "Montbrun"),
        "perdrelle.example",
        Stage.APPROVED,
        210,
        "soap",
        "1984-05-12",
        (("Boutique de Forcalquier", "04300", "Forcalquier"), ("Boutique de Manosque", "04100", "Manosque")),
    ),
    Part(
        "99998014700014",
        "Larzille tisserand",
        ("Benoît", "Larzille"),
        "larzille.example",
        Stage.APPROVED,
        196,
        "linen",
        "1990-07-03",
        (("Atelier-boutique de Roanne", "42300", "Roanne"),),
    ),
    Part(
        "99998025300010",
        "Horizon Horloger",
        ("Paul", "Vuillemenot"),
        "horizon-horloger.example",
        Stage.SUBMITTED,
        9,
        "watches",
        "1974-01-22",
    ),
    Part(
        "99998015400010",
        "Les Trésors de Wazemmes",
        ("Samira", "Lefort"),
        "wazemmes.example",
        Stage.IN_REVIEW,
        4,
        born="1987-09-30",
    ),
    Part(
        "99998018800018",
        "Confiserie des Alizés",
        ("Jocelyn", "Saint-Ange"),
        "alizes.example",
        Stage.INFORMATION_REQUESTED,
        12,
        "sweets",
        "1968-12-02",
    ),
    Part(
        "99998022000019",
        "Bijoux des Prés Salés",
        ("Élisabeth", "Hauchecorne"),
        "pres-sales.example",
        Stage.PROPOSED,
        6,
        "jewels",
        "1959-06-17",
    ),
    Part(
        "35600000000048",
        "Colis Express Direct",
        ("Kevin", "Dulac"),
        "colis-express.example",
        Stage.REJECTED,
        31,
        born="1999-02-11",
    ),
    Part("", "", ("Aurore", "Vasseur"), "vasseur.example", Stage.OPENED, 0.1),
    Part(
        VAL_CLAIR,
        "Ateliers du Val Clair",
        ("Arnaud", "Rouveyre"),
        "valclair.example",
        Stage.APPROVED,
        188,
        "leather",
        "1971-02-08",
    ),
    Part(
        "99998016200013",
        "Les Ruchers partagés",
        ("Hélène", "Autran"),
        "ruchers.example",
        Stage.APPROVED,
        181,
        "honey",
        "1976-03-19",
    ),
    Part(
        "99998017000016",
        "Rhumerie de la Ravine bleue",
        ("Marie Anaïs", "Payet"),
        "ravine-bleue.example",
        Stage.APPROVED,
        174,
        "rum",
        "1986-03-27",
    ),
    Part(
        "99998020400013",
        "Coutellerie Aubrelle",
        ("Mathis", "Aubrelle"),
        "aubrelle.example",
        Stage.APPROVED,
        169,
        "knives",
        "1993-01-14",
        (("Boutique de Thiers", "63300", "Thiers"),),
    ),
    Part(
        "99998021200016",
        "Torréfaction Kerlouan",
        ("Yann", "Kerlouan"),
        "kerlouan.example",
        Stage.APPROVED,
        160,
        "coffee",
        "1982-08-05",
    ),
    Part(
        "99998023800011",
        "Cycles du Vercors",
        ("Théo", "Gaillardon"),
        "cycles-vercors.example",
        Stage.APPROVED,
        155,
        "bikes",
        "1988-10-21",
        (("Magasin de Grenoble", "38100", "Grenoble"),),
    ),
    Part(
        "99998024600014",
        "Éditions du Quinconce",
        ("Inès", "Lacabanne"),
        "quinconce.example",
        Stage.APPROVED,
        149,
        "books",
        "1977-09-09",
    ),
    Part(
        "99998026100013",
        "Parfums de la Roche Claire",
        ("Camille", "Isnardon"),
        "roche-claire.example",
        Stage.APPROVED,
        141,
        "perfume",
        "1991-05-25",
        (("Boutique de Grasse", "06130", "Grasse"), ("Boutique de Nice", "06000", "Nice")),
    ),
    Part(
        "99998027900015",
        "Comptoir des Salines",
        ("Luc", "Bernicard"),
        "salines.example",
        Stage.APPROVED,
        137,
        "salt",
        "1969-03-13",
    ),
    Part(
        "99998028700018",
        "Laines de la Margeride",
        ("Agnès", "Pagesson"),
        "margeride.example",
        Stage.APPROVED,
        131,
        "wool",
        "1985-12-01",
    ),
    Part(
        "99998029500011",
        "Jouets de la Combe",
        ("Hugo", "Perrardin"),
        "jouets-combe.example",
        Stage.APPROVED,
        124,
        "toys",
        "1995-02-18",
    ),
    Part(
        "99998013900011",
        "Val Clair Maison",
        ("Arnaud", "Rouveyre"),
        "valclair.example",
        Stage.SENT_BACK,
        2,
        born="1971-02-08",
    ),
    Part(
        "99998019600011",
        "Faïencerie de la Vieille Tour",
        ("Odile", "Desgranges"),
        "vieille-tour.example",
        Stage.CEASED,
        20,
        born="1962-04-29",
    ),
    Part(
        "99998090700011",
        "Cidrerie du Clos Morvan",
        ("Gaël", "Morvan"),
        "clos-morvan.example",
        Stage.REGISTER_DOWN,
        1,
        born="1983-11-07",
    ),
)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a merchant's team who is not its owner."""

    siret: str
    name: str
    email: str
    role: str
    language: str = "fr"


TEAM = (
    Member(PERDRELLE, "Lucie Barral", "lucie.barral@perdrelle.example", "catalogue"),
    Member(PERDRELLE, "Malik Haddad", "malik.haddad@perdrelle.example", "orders"),
    Member(PERDRELLE, "Jeanne Roux", "jeanne.roux@perdrelle.example", "finance"),
    Member(PERDRELLE, "Emma Collins", "emma.collins@perdrelle.example", "read_only", "en"),
)


def emails() -> list[str]:
    """Return the addresses of all who act for a merchant."""
    return [*(part.owner_email for part in CAST), *(member.email for member in TEAM)]

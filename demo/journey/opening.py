"""From « Ouvrir ma boutique » to an open store: the merchant's file, and two people who decide on it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils import timezone

from core.web.components.names import country_name
from demo import papers, people
from demo.journey import mailbox
from demo.journey.hands import Hands, Value
from demo.journey.traveller import MARKETS, Traveller
from demo.journey.words import say

REVIEWER = "claire.moreau@passerelle.example"
SECOND_REVIEWER = "hugo.lambert@passerelle.example"


class Opening:
    """The steps until the store is open. ``merchant`` and ``buyer`` are browsers that stay open."""

    def __init__(self, url: str, new_hands: Callable[[], Hands]) -> None:
        self.url = url
        self.new_hands = new_hands
        self.merchant, self.buyer = new_hands(), new_hands()

    def signed_up(self, traveller: Traveller) -> None:
        hands = self.merchant
        hands.open("/")
        hands.follow(say("Open my store"))
        hands.fill(
            {
                say("First and last name"): traveller.full_name,
                say("Email"): traveller.email,
                say("Password"): traveller.password,
            }
        )
        hands.press(say("Open an account"))
        hands.fill({say("Code"): mailbox.code(traveller.email)})
        hands.press(say("Confirm"))
        hands.press(say("Start"))

    def company_known(self, traveller: Traveller) -> None:
        hands = self.merchant
        hands.fill({say("SIRET, SIREN, VAT number or name of the company"): traveller.siret})
        hands.press(say("Look up my company"))
        hands.press(say("Yes, it is my company"))

    def submitted(self, traveller: Traveller) -> None:
        """Do the tasks of the list in its order; the page of a task leads back to the list."""
        self._prove_company(traveller)
        self._name_people(traveller)
        self._give_account(traveller)
        self._name_store(traveller)
        self._answer_trade()
        self._send_file()

    def _give_account(self, traveller: Traveller) -> None:
        holder = traveller.merchant.company.legal_name
        self._do(
            say("Bank account for your payouts"), {"IBAN": traveller.iban, say("Account holder"): holder}
        )
        rib = say("Bank account proof (RIB)")
        self._send(traveller, rib, rib, "Relevé d’identité bancaire", {})

    def _name_store(self, traveller: Traveller) -> None:
        self._do(say("Name of the store"), {say("Name of the store"): traveller.store_name})
        self._do(
            say("Contact for buyers"),
            {
                say("E-mail address for buyers"): traveller.email,
                say("Telephone for buyers"): traveller.phone,
            },
        )

    def _send_file(self) -> None:
        agreed = {say("I have read this text and accept it in the name of the company"): True}
        self._do(say("Commitment to sell compliant products only"), agreed, say("Accept"))
        self._do(say("Seller agreement"), agreed, say("Accept"))
        self.merchant.follow(say("Check my answers"))
        self.merchant.press(say("Send my file"))

    def _answer_trade(self) -> None:
        """Say what is sold and where; what is asked next follows from it."""
        families = (say("Household linen"), say("Food and soft drinks"))
        abroad = (country_name(code) for code in MARKETS)
        plan = dict.fromkeys((*families, *abroad, say("85,000 € to 2 million €")), True)
        self._do(say("What you sell, and where"), plan)
        self._do(say("Your VAT in France"), {say("Yes, under a French VAT number"): True})
        self._do(
            say("Your VAT in the other countries of the Union"), {say("By the one-stop shop (OSS)"): True}
        )
        self._do(say("Languages and hours of your support"), {say("From"): "09:00", say("Until"): "17:30"})
        self._do(say("Where buyers send returns"), {})
        for task, identifiers in self._identifiers().items():
            self._do(task, identifiers)
        self._do(say("Product safety contact in the Union"), {say("Manufacturer"): True})

    def _identifiers(self) -> dict[str, dict[str, Value]]:
        def label(stream: str, name: str) -> str:
            return say("{stream}, {name}: identifier").format(stream=stream, name=say(name))

        return {
            say("EPR identifiers in France"): {
                label("01", "Household packaging"): "FR194628_01ZVJG",
                label("11", "Textiles and shoes"): "FR194628_11KWTB",
            },
            say("EPR identifiers in Germany"): {label("01", "Household packaging"): "DE1234567890123"},
            say("EPR identifiers in Poland"): {label("01", "Household packaging"): "000123456"},
        }

    def _prove_company(self, traveller: Traveller) -> None:
        on = timezone.localdate() - timedelta(days=20)
        certificate = {say("Date on the document"): on.isoformat()}
        self._send(
            traveller,
            say("Kbis or RNE certificate of less than 3 months"),
            say("Kbis or RNE certificate"),
            "Extrait Kbis",
            certificate,
        )
        self._send(traveller, say("Articles of association"), say("File"), "Statuts", {})

    def _name_people(self, traveller: Traveller) -> None:
        """One person represents the company, signs for it and owns it."""
        self._represent(traveller)
        hands = self.merchant
        hands.follow(say("Beneficial owners"))
        hands.follow(say("%(name)s is an owner") % {"name": traveller.full_name})
        direct = say("Holds over a quarter of the capital or votes directly")
        hands.fill({direct: True, say("Share of capital or votes, in %"): "100"})
        hands.press(say("Save and continue"))
        hands.press(say("The list is complete"))
        self._prove_identity(traveller, say("Identity documents"))

    def _represent(self, traveller: Traveller) -> None:
        self._do(
            say("Legal representative"),
            {
                say("Date of birth"): traveller.birth_date,
                say("Home address"): traveller.home_address,
                say("I am this person"): True,
            },
        )

    def _prove_identity(self, traveller: Traveller, task: str) -> None:
        until = timezone.localdate() + timedelta(days=2000)
        passport: dict[str, Value] = {
            say("Kind of document"): say("Passport (the page with the photo)"),
            say("Valid until"): until.isoformat(),
        }
        self._send(traveller, task, say("File"), "Passeport", passport)

    def _send(
        self, traveller: Traveller, task: str, field: str, title: str, fields: Mapping[str, Value]
    ) -> None:
        """Do a task that asks for a document, with one made on the spot."""
        company = traveller.merchant.company
        with TemporaryDirectory() as folder:
            paper = Path(folder) / "document.pdf"
            paper.write_bytes(
                papers.paper(
                    title,
                    name=company.legal_name,
                    siret=company.siret,
                    person=traveller.full_name,
                    on=timezone.localdate() - timedelta(days=20),
                )
            )
            self._do(task, {field: paper, **fields})

    def _do(self, task: str, fields: Mapping[str, Value], button: str = "") -> None:
        self.merchant.follow(task)
        self.merchant.fill(fields)
        self.merchant.press(button or say("Save and continue"))

    def proposed(self, traveller: Traveller) -> None:
        desk = self._at_the_desk(REVIEWER, traveller)
        desk.press(say("Review this file"))
        desk.press(say("Accept the rest"))
        desk.press(say("Propose to approve"))

    def approved(self, traveller: Traveller) -> None:
        desk = self._at_the_desk(SECOND_REVIEWER, traveller)
        desk.press(say("Confirm the approval"))

    def _at_the_desk(self, email: str, traveller: Traveller) -> Hands:
        """Sign a member of staff in, with both factors, and open the traveller's file."""
        desk = self.new_hands()
        desk.open("/admin/")
        desk.fill({say("Email"): email, say("Password"): people.PASSWORD})
        desk.press(say("Sign in"))
        desk.fill({say("Code"): people.current_code(email)})
        desk.press(say("Sign in"))
        desk.follow(say("Files to review"))
        desk.follow(traveller.store_name)
        return desk

"""Merchants of other legal forms than the main journey's, who open their store by the pages."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import number_format

from core.web.components.names import country_name
from demo.journey.opening import Opening as Founder
from demo.journey.traveller import Traveller, sample_goods
from demo.journey.words import say


def traveller(**who: str) -> Traveller:
    return Traveller(goods=sample_goods(), points=None, **who)  # type: ignore[arg-type]


class SoleTrader(Founder):
    """Sells tableware in France, exempt of VAT; has neither articles nor owners to declare."""

    def submitted(self, traveller: Traveller) -> None:
        day = {say("Date on the document"): (timezone.localdate() - timedelta(days=20)).isoformat()}
        certificate = say("Kbis or RNE certificate")
        self._send(
            traveller, say("Kbis or RNE certificate of less than 3 months"), certificate, "Extrait RNE", day
        )
        self._send(traveller, say("Proof of address"), say("File"), "Facture d’électricité", day)
        self._represent(traveller)
        self._prove_identity(traveller, say("Identity documents"))
        self._give_account(traveller)
        self._name_store(traveller)
        self._answer_trade()
        self._do(
            say("Tax number and place of birth"),
            {
                say("Tax number"): "30 23 217 600 053",
                say("Date of birth"): traveller.birth_date,
                say("Town of birth"): "Roanne",
            },
        )
        self._send_file()

    def _answer_trade(self) -> None:
        plan = (say("Kitchen, tableware and decoration"), country_name("FR"), say("10,000 to 85,000 €"))
        self._do(say("What you sell, and where"), dict.fromkeys(plan, True))
        exempt = say("No, exempt by article 293 B of the French tax code")
        self._do(say("Your VAT in France"), {exempt: True})
        self._do(say("Languages and hours of your support"), {say("From"): "09:00", say("Until"): "17:30"})
        self._do(say("Where buyers send returns"), {})
        label = say("{stream}, {name}: identifier").format(stream="01", name=say("Household packaging"))
        self._do(say("EPR identifiers in France"), {label: "FR194628_01ZVJG"})
        self._do(say("Product safety contact in the Union"), {say("Manufacturer"): True})


class TwoOwners(Founder):
    """One owner holds through a company in between, the other directly."""

    HOLDING = (
        "VAL CLAIR PARTICIPATIONS, SIREN 999 980 139 : 85 % de la société ; M. Rouveyre en détient 60 %."
    )
    PARTNER = "Hélène Castagnier"

    def _name_people(self, traveller: Traveller) -> None:
        self._represent(traveller)
        hands = self.merchant
        hands.follow(say("Beneficial owners"))
        hands.follow(say("%(name)s is an owner") % {"name": traveller.full_name})
        share = say("Share of capital or votes, in %")
        between = say("Holds over a quarter through one or several companies")
        hands.fill({between: True, share: "51", say("Companies in between"): self.HOLDING})
        hands.press(say("Save and continue"))
        hands.follow(say("Add somebody else"))
        first, last = self.PARTNER.split()
        hands.fill(
            {
                say("First names"): first,
                say("Last name"): last,
                say("Date of birth"): "1986-02-03",
                say("Home address"): "9 rue des Tanneries, 87200 Saint-Junien",
                say("Holds over a quarter of the capital or votes directly"): True,
                share: number_format(Decimal("34.5")),
            }
        )
        hands.press(say("Save and continue"))
        hands.press(say("The list is complete"))
        hands.follow(say("Identity documents"))
        for name in (traveller.full_name, self.PARTNER):
            self._prove_identity(traveller, say("Send") + " " + name)

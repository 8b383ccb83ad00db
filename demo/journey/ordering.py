"""From a channel's order to a parcel collected at a pickup point."""

import io
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from demo import people
from demo.journey import labels
from demo.journey.hands import DeadEnd, Hands, until_read
from demo.journey.partners import ChannelClient
from demo.journey.steps import NotReached
from demo.journey.traveller import Traveller
from demo.journey.words import say
from orders.adapters.points import invented
from orders.services import networks, points

CHANNEL = "Grand Large"
DEMONSTRATION_POINTS = 3000
#: The middle of Rennes.
PLACE = {"latitude": 48.1113, "longitude": -1.6800}
BUYER = {"name": "Élise Kermadec", "email": "elise.kermadec@example.org", "phone": "+33612345678"}


class Ordering:
    """What the channel, the merchant and the buyer do with one order."""

    url: str
    merchant: Hands
    buyer: Hands

    def points_loaded(self, traveller: Traveller) -> None:
        """Import La Poste's real points where the file is, else open a demonstration network."""
        if traveller.points is None:
            points.refresh(
                network_code=networks.DEMONSTRATION,
                drafts=invented.drafts(DEMONSTRATION_POINTS),
                source="demonstration",
                at=timezone.now(),
                confirmed=True,
            )
        else:
            call_command(
                "import_pickup_points",
                "laposte",
                str(traveller.points),
                # On a machine without contracts the sandbox carrier plays La Poste's.
                carrier=networks.SANDBOX,
                stdout=io.StringIO(),
            )

    def ordered(self, traveller: Traveller) -> None:
        """Order, then once more with the same key (the same answer), then another body with it (409)."""
        channel = self._channel()
        point = channel.get("pickup-points/", **PLACE, limit=5)["results"][0]
        traveller.seen["point"] = f"{point['name']}, {point['city']} ({point['distance_m']} m)"
        body = _order(traveller, _offer(channel, traveller), point)
        first = channel.post("orders/", body, key=traveller.order_reference)
        _expect(first, 201)
        traveller.seen["order"] = first.json()["id"]
        again = channel.post("orders/", body, key=traveller.order_reference)
        _expect(again, 201)
        if again.json() != first.json() or again.headers.get("Idempotency-Replayed") != "true":
            raise NotReached("the repeated request was not answered as the first")
        other = channel.post("orders/", {**body, "language": "en"}, key=traveller.order_reference)
        _expect(other, 409, code="idempotency_key_reused")

    def accepted(self, traveller: Traveller) -> None:
        hands = self.merchant
        hands.follow(say("Orders"))
        hands.follow(_number(traveller))
        hands.press(say("Accept the order"))

    def labelled(self, traveller: Traveller) -> None:
        hands = self.merchant
        hands.follow(say("Packing"))
        hands.follow(_number(traveller))
        hands.fill({say("Code of the article (SKU or GTIN)"): traveller.goods.sku})
        hands.press(say("Check"))
        hands.fill({say("Weight of the packed parcel, in grams"): "640"})
        hands.press(say("Make the label"))
        codes = labels.barcodes(hands.download(say("Print the label")))
        traveller.seen["barcode"] = codes.get("code128", "")
        if traveller.seen["barcode"] not in hands.read():
            raise DeadEnd(f"the label's barcode says {codes}, which is not the number at {hands.where}")

    def handed_over(self, traveller: Traveller) -> None:
        self.merchant.press(say("Hand over to the carrier"))

    def at_point(self, traveller: Traveller) -> None:
        """The buyer looks, again and again, at the page whose link the channel sent them."""
        order = self._channel().get(f"orders/{traveller.seen['order']}/")
        self.buyer.open(order["parts"][0]["parcels"][0]["tracking_url"])
        until_read(self.buyer, say("At the pickup point"))

    def closed(self, traveller: Traveller) -> None:
        until_read(self.buyer, say("The parcel has been delivered. Thank you."))

    def balanced(self, traveller: Traveller) -> None:
        """The merchant finds the money of the order explained."""
        self.merchant.follow(say("Finances"))

    def _channel(self) -> ChannelClient:
        return ChannelClient(self.url, people.partner_sign_in(CHANNEL))


def _number(traveller: Traveller) -> str:
    """The order's number, as the notification tells it."""
    part = traveller.merchant.orders.get(order__reference=traveller.order_reference)
    return str(part.number)


def _offer(channel: ChannelClient, traveller: Traveller) -> dict[str, Any]:
    """Find the offer as a channel does: in what it reads of a market, page after page."""
    wanted = (str(traveller.merchant.public_id), traveller.goods.sku)
    for offer in channel.pages("offers/", market="FR", limit=100):
        if (offer["merchant"], offer["sku"]) == wanted:
            return offer
    raise NotReached(f"the offers in France do not hold {traveller.goods.sku}")


def _order(traveller: Traveller, offer: dict[str, Any], point: dict[str, Any]) -> dict[str, Any]:
    merchant = str(traveller.merchant.public_id)
    return {
        "reference": traveller.order_reference,
        "market": "FR",
        "currency": "EUR",
        "language": "fr",
        "lines": [{"merchant": merchant, "sku": offer["sku"], "quantity": 1, "unit_price": offer["price"]}],
        "delivery": {"kind": "pickup", "pickup_point": point["id"]},
        "buyer": BUYER,
        "payment": {"status": "captured", "amount": offer["price"]},
    }


def _expect(answer: Any, status: int, code: str = "") -> None:
    if answer.status_code != status or (code and answer.json().get("code") != code):
        raise NotReached(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:500]}")

"""Pictures of the demonstration's products, drawn on the spot: a shape and the colours of its trade."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from catalog.services import media
from demo.world.assortment import ProductPlan
from demo.world.catalogue import Shelf
from demo.world.moments import then

SIDE = 640
#: Background and shape of each trade.
COLOURS = {
    "soap": ("#efe9f7", "#8f77b5"),
    "linen": ("#fbf1e3", "#c8643c"),
    "leather": ("#f3e8df", "#7a4b2b"),
    "honey": ("#fff4d6", "#d9920a"),
    "rum": ("#fbe9dd", "#9a4a16"),
    "knives": ("#e8eef0", "#4c6069"),
    "coffee": ("#efe6df", "#4b2e20"),
    "bikes": ("#e2f0ec", "#1f6f5c"),
    "books": ("#e9edf6", "#2f4a86"),
    "perfume": ("#fdeaf0", "#b8436b"),
    "salt": ("#e6f2f7", "#4a8fae"),
    "wool": ("#f1ece4", "#8a7a5c"),
    "toys": ("#fdeee2", "#d4572a"),
    "sweets": ("#fdebea", "#c43b4e"),
}


def load(*, shelves: Sequence[Shelf], count: int) -> int:
    """Give the first products of each merchant their picture; returns how many were given."""
    given = 0
    for shelf in shelves:
        merchant = shelf.opened.merchant
        at = merchant.opened_at + timedelta(days=1)
        for plan in shelf.plans[: -(-count // len(shelves))]:
            _give(shelf, plan, at)
            given += 1
    return given


def _give(shelf: Shelf, plan: ProductPlan, at: datetime) -> None:
    then(
        at,
        media.add,
        merchant_id=shelf.opened.merchant.pk,
        product_id=shelf.products[plan.reference],
        file=draw(plan),
        alt=plan.title("fr"),
        language="fr",
        by=shelf.opened.owner,
    )


def draw(plan: ProductPlan) -> io.BytesIO:
    """Draw one picture: its shape follows the kind, its marks the product's number."""
    background, colour = COLOURS[plan.kind.trade]
    image = Image.new("RGB", (SIDE, SIDE), background)
    pen = ImageDraw.Draw(image)
    middle, shape = SIDE // 2, sum(map(ord, plan.kind.code)) % 4
    if shape == 0:
        pen.rounded_rectangle((120, 210, 520, 430), radius=48, fill=colour)
    elif shape == 1:
        pen.ellipse((140, 140, 500, 500), fill=colour)
    elif shape == 2:
        pen.rounded_rectangle((220, 220, 420, 540), radius=30, fill=colour)
        pen.rectangle((275, 110, 365, 225), fill=colour)
    else:
        pen.polygon(((middle, 110), (540, 500), (100, 500)), fill=colour)
    for mark in range(plan.number % 7 + 1):
        left = middle - 21 * (plan.number % 7 + 1) + 42 * mark + 9
        pen.ellipse((left, 340, left + 24, 364), fill=background)
    # Two of one kind and number of marks are still two pictures.
    pen.rectangle((0, SIDE - 8, plan.number % SIDE, SIDE), fill=colour)
    out = io.BytesIO()
    image.save(out, "PNG")
    out.seek(0)
    return out

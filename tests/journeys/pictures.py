"""Pictures of the portal as the journey left it: artifacts of every run, small ones for the README."""

import os
from pathlib import Path

from django.conf import settings
from PIL import Image
from playwright.sync_api import Page

FOLDER = settings.BASE_DIR / "var" / "journey" / "screenshots"
README_FOLDER = settings.BASE_DIR / "docs" / "pictures"
README_PAGES = ("today", "order", "catalogue", "languages")
README_WIDTH = 960
#: Name to address; ``{order}`` and ``{product}`` are public ids.
PAGES = {
    "today": "/today/",
    "orders": "/orders/",
    "order": "/orders/{order}/",
    "packing": "/packing/",
    "catalogue": "/catalog/",
    "languages": "/catalog/{product}/languages/?language=de",
    "imports": "/imports/",
    "markets": "/markets/",
    "finances": "/finances/",
    "file": "/file/",
}


def take(page: Page, width: int, **ids: object) -> list[Path]:
    """Take all pages; with ``JOURNEY_PICTURES`` set, those of the README too, from the wide window."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken = []
    for name, address in PAGES.items():
        page.goto(address.format(**ids))
        path = FOLDER / f"{name}-{width}.png"
        page.screenshot(path=path)
        taken.append(path)
        if os.environ.get("JOURNEY_PICTURES") and width >= README_WIDTH and name in README_PAGES:
            _make_small(path)
    return taken


def _make_small(path: Path) -> None:
    README_FOLDER.mkdir(parents=True, exist_ok=True)
    with Image.open(path) as picture:
        height = round(picture.height * README_WIDTH / picture.width)
        small = picture.convert("RGB").resize((README_WIDTH, height), Image.Resampling.LANCZOS)
        small.quantize(96, dither=Image.Dither.NONE).save(README_FOLDER / path.name, optimize=True)

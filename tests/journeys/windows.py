"""A person at a window, in their language; what they send is pictured.

Words are those of the code, as in ``demo.journey``: a window says them in the language of who sits at it.
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from playwright.sync_api import Page

from demo import people
from demo.journey import mailbox
from demo.journey.hands import Value, plain
from tests.journeys.browser import BrowserHands
from tests.web.test_look import is_sideways

FOLDER = settings.BASE_DIR / "var" / "journey" / "screenshots"
#: A busy machine is no defect of ours.
PATIENCE_MS = 90_000
#: For how long the digits of an authenticator app hold, and how long typing them may take.
TOTP_PERIOD, TYPING_SECONDS = 30, 10
#: A part of an address that is the same each time: no number, token or identifier.
_A_NAME = re.compile(r"[a-z-]+")


class Window(BrowserHands):
    """Hands at a page that speak one language; ``album`` is where the pictures go."""

    def __init__(self, page: Page, language: str, album: Path) -> None:
        super().__init__(page)
        self.language, self.album = language, album
        self.taken = 0
        page.set_default_timeout(PATIENCE_MS)
        page.set_default_navigation_timeout(PATIENCE_MS)

    def say(self, words: str, context: str = "", **values: object) -> str:
        """Return words of the code as this window shows them."""
        with self.speaking():
            said = translation.pgettext(context, words) if context else translation.gettext(words)
        return said % values if values else said

    @contextmanager
    def speaking(self) -> Iterator[None]:
        with translation.override(self.language):
            yield

    def follow(self, name: str, *, near: str = "") -> None:
        super().follow(self._said(name), near=self._said(near))

    def press(self, name: str, *, near: str = "") -> None:
        self.picture()
        super().press(self._said(name), near=self._said(near))

    def offers(self, name: str, *, near: str = "") -> bool:
        return super().offers(self._said(name), near=self._said(near))

    def fill(self, fields: Mapping[str, Value]) -> None:
        super().fill({self._said(label): value for label, value in fields.items()})

    def give_code(self, secret: str) -> None:
        """Type the six digits of an authenticator app, not in the last moments before they change."""
        left = TOTP_PERIOD - time.time() % TOTP_PERIOD
        if left < TYPING_SECONDS:
            time.sleep(left)
        self.page.locator("[name=code]").fill(people.code_of(secret))

    def press_in_vain(self, name: str) -> str:
        """Press a button whose form comes back; return its summary of errors, pictured."""
        self._click(self._thing("button", self._said(name), ""))
        summary = self.page.locator("#error-summary")
        summary.wait_for()
        self.picture()
        return plain(summary.inner_text())

    def shows(self, *words: str) -> None:
        """Check that the page has these words of the code, and take its picture."""
        self.picture()
        seen = plain(self.page.locator("main, #main, body").first.inner_text()).casefold()
        missing = [said for said in map(self._said, words) if plain(said).casefold() not in seen]
        assert not missing, f"{missing} not at {self.where}:\n{seen}"

    def hides(self, *words: str) -> None:
        """Check that the page has none of these words of the code."""
        seen = self.read()
        present = [said for said in map(self._said, words) if plain(said) in seen]
        assert not present, f"{present} at {self.where}"

    def picture(self) -> Path:
        """Take the whole page; one of the portal must fit the window's width."""
        self.taken += 1
        self.album.mkdir(parents=True, exist_ok=True)
        names = [part for part in urlsplit(self.page.url).path.split("/") if _A_NAME.fullmatch(part)]
        path = self.album / f"{self.taken:02}-{'-'.join(names) or 'home'}.png"
        self.page.screenshot(path=path, full_page=True)
        assert "/admin/" in self.page.url or not is_sideways(self.page), self.where
        return path

    def _said(self, words: str) -> str:
        """Words that were said already have no other translation, and stay."""
        return self.say(words) if words else ""


def mails(to: str, *, subject: str, language: str, **values: object) -> list[EmailMessage]:
    """Return the mails to an address with that subject, which is the code's, in that language."""
    with translation.override(language):
        wanted = plain(translation.gettext(subject) % values)
    return [one for one in mailbox.messages(to) if plain(str(one["Subject"])) == wanted]

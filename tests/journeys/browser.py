"""Hands at a real Chromium: they see, click and type as a person does, with all scripts at work."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Error, Locator, Page

from demo.journey.driver import Driver
from demo.journey.hands import DeadEnd, Value, pick, plain

#: What a thing stands in, the smallest first.
PLACES = ("tr", "li", ".card", "form", "section")


class BrowserDriver(Driver):
    """Walks the journey with one browser window a person."""

    def __init__(self, url: str, new_page: Callable[[], Page]) -> None:
        super().__init__(url, lambda: BrowserHands(new_page()))


class BrowserHands:
    """One person at a window; see ``demo.journey.hands.Hands``."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def where(self) -> str:
        return f"{self.page.url} ({self.page.title()})"

    def open(self, address: str) -> None:
        self.page.goto(address)

    def read(self) -> str:
        return plain(self.page.locator("body").text_content() or "")

    def follow(self, name: str, *, near: str = "") -> None:
        self._click(self._thing("link", name, near))

    def press(self, name: str, *, near: str = "") -> None:
        self._click(self._thing("button", name, near))
        if self.page.locator("#error-summary").count():
            raise DeadEnd(f"{self.where} refuses: {self.page.locator('#error-summary').inner_text()}")

    def offers(self, name: str, *, near: str = "") -> bool:
        return any(self._find(role, name, near) is not None for role in ("link", "button"))

    def fill(self, fields: Mapping[str, Value]) -> None:
        for label, value in fields.items():
            field = self._field(label)
            if isinstance(value, Path):
                field.set_input_files(value)
            elif isinstance(value, bool):
                field.set_checked(value)
            elif field.evaluate("field => field.tagName") == "SELECT":
                words = value if isinstance(value, list) else [value]
                names = field.locator("option").all_text_contents()
                field.select_option(index=[i for i in (pick(word, names) for word in words) if i is not None])
            else:
                field.fill(str(value))

    def download(self, name: str) -> bytes:
        href = self._thing("link", name, "").get_attribute("href") or ""
        answer = self.page.context.request.get(href)
        if not answer.ok:
            raise DeadEnd(f"“{name}” at {self.where} answers {answer.status}")
        return answer.body()

    def look_again(self) -> None:
        """Where the page renews itself, only wait."""
        if self.page.locator("[hx-trigger^='every']").count():
            self.page.wait_for_timeout(300)
        else:
            self.page.reload()

    def _click(self, thing: Locator) -> None:
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            thing.click()

    def _thing(self, role: str, name: str, near: str) -> Locator:
        found = self._find(role, name, near)
        if found is None:
            raise DeadEnd(f"there is no {role} “{name}” {f'near “{near}” ' if near else ''}at {self.where}")
        return found

    def _find(self, role: str, name: str, near: str) -> Locator | None:
        for pattern in _patterns(name):
            things = self.page.get_by_role(role, name=pattern)  # type: ignore[arg-type]
            if near:
                place = self._place(things, near)
                things = place.get_by_role(role, name=pattern) if place is not None else things  # type: ignore[arg-type]
                if place is None:
                    continue
            shown = [thing for thing in things.all() if thing.is_visible()]
            if shown:
                return shown[0]
        return None

    def _place(self, things: Locator, near: str) -> Locator | None:
        for selector in PLACES:
            places = self.page.locator(selector).filter(has=things, has_text=_spaced(near))
            if places.count():
                return places.last
        return None

    def _field(self, label: str) -> Locator:
        for pattern in _patterns(label):
            fields = self.page.get_by_label(pattern).and_(self.page.locator("input, select, textarea"))
            try:
                return next(field for field in fields.all() if field.get_attribute("type") != "hidden")
            except (StopIteration, Error):
                continue
        raise DeadEnd(f"there is no field “{label}” at {self.where}")


def _spaced(words: str, suffix: str = "") -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in plain(words).split()) + suffix)


def _patterns(name: str) -> list[re.Pattern[str]]:
    """The name itself; then, what begins with it."""
    words = _spaced(name).pattern
    return [re.compile(rf"^\s*{words}\s*$"), re.compile(rf"^\s*{words}")]

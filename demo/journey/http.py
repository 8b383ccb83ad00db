"""Hands that read HTML, follow its links and send its forms: what works without JavaScript."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import mechanicalsoup
from bs4 import Tag

from demo.journey.driver import Driver
from demo.journey.hands import DeadEnd, Value, pick, plain

TIMEOUT_SECONDS = 120
FAR = sys.maxsize


class HttpDriver(Driver):
    """Walks the journey through the pages of a running Passerelle, and its interfaces."""

    def __init__(self, url: str) -> None:
        super().__init__(url, lambda: HttpHands(url))


class HttpHands:
    """One person at a browser without JavaScript; see ``hands.Hands``."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.browser = mechanicalsoup.StatefulBrowser(soup_config={"features": "lxml"})
        self.browser.session.headers["Accept-Language"] = "fr"

    @property
    def page(self) -> Tag:
        if self.browser.page is None:
            raise DeadEnd(f"{self.browser.url} is no page")
        return self.browser.page

    @property
    def where(self) -> str:
        title = self.page.title
        return f"{self.browser.url} ({plain(title.get_text()) if title else 'no title'})"

    def open(self, address: str) -> None:
        self._arrive(self.browser.open(urljoin(f"{self.url}/", address), timeout=TIMEOUT_SECONDS))

    def read(self) -> str:
        return plain((self.page.body or self.page).get_text(" "))

    def follow(self, name: str, *, near: str = "") -> None:
        self.open(self._absolute(self._thing("a[href]", name, near)["href"]))

    def offers(self, name: str, *, near: str = "") -> bool:
        try:
            return bool(self._thing("a[href], button", name, near))
        except DeadEnd:
            return False

    def fill(self, fields: Mapping[str, Value]) -> None:
        for label, value in fields.items():
            self._set(self._field(label), label, value)

    def press(self, name: str, *, near: str = "") -> None:
        self._arrive(self._send(self._thing("button", name, near)))

    def download(self, name: str) -> bytes:
        tag = self._thing("a[href], button", name, "")
        if tag.name == "button":
            answer = self._send(tag, stays=True)
        else:
            answer = self.browser.get(self._absolute(tag["href"]), timeout=TIMEOUT_SECONDS)
        if not answer.ok:
            raise DeadEnd(f"“{name}” at {self.where} answers {answer.status_code}")
        content: bytes = answer.content
        return content

    def look_again(self) -> None:
        self._arrive(self.browser.refresh())

    # ---- the page

    def _absolute(self, href: Any) -> str:
        return urljoin(self.browser.url, str(href))

    def _thing(self, selector: str, name: str, near: str) -> Tag:
        tags = [tag for tag in self.page.select(selector) if _is_shown(tag)]
        if near:
            tags = [tag for tag in tags if pick(name, [_name(tag)]) is not None]
            tags = sorted(tags, key=lambda tag: _distance(tag, near))[:1]
        found = pick(name, [_name(tag) for tag in tags])
        if found is None or (near and _distance(tags[found], near) == FAR):
            raise DeadEnd(f"there is no “{name}” {f'near “{near}” ' if near else ''}at {self.where}")
        return tags[found]

    def _field(self, label: str) -> Tag:
        labels = [tag for tag in self.page.select("label, [aria-label]") if _is_shown(tag)]
        labels = [tag for tag in labels if tag.name in {"label", "input", "select", "textarea"}]
        found = pick(label, [_name(tag) for tag in labels])
        if found is None:
            raise DeadEnd(f"there is no field “{label}” at {self.where}")
        tag = labels[found]
        if tag.name != "label":
            return tag
        field = self.page.find(id=tag["for"]) if tag.get("for") else tag.find(["input", "select", "textarea"])
        if not isinstance(field, Tag):
            raise DeadEnd(f"the label “{label}” at {self.where} belongs to no field")
        return field

    def _set(self, field: Tag, label: str, value: Value) -> None:
        if field.name == "select":
            self._choose(field, label, [value] if isinstance(value, str) else list(_texts(value)))
        elif field.name == "textarea":
            field.string = str(value)
        elif field.get("type") in {"checkbox", "radio"}:
            field.attrs.pop("checked", None)
            if value:
                field["checked"] = ""
        else:
            field["value"] = value if isinstance(value, Path) else str(value)

    def _choose(self, field: Tag, label: str, words: list[str]) -> None:
        options = field.select("option")
        for option in options:
            option.attrs.pop("selected", None)
        for word in words:
            found = pick(word, [option.get_text() for option in options])
            if found is None:
                raise DeadEnd(f"“{label}” at {self.where} has no choice “{word}”")
            options[found]["selected"] = ""

    # ---- sending

    def _send(self, button: Tag, *, stays: bool = False) -> Any:
        """Send the form of a button, as a browser does: its own name, and what it says of the address."""
        form = self.page.find(id=button["form"]) if button.get("form") else button.find_parent("form")
        if not isinstance(form, Tag) or button.get("type", "submit") != "submit":
            raise DeadEnd(f"“{_name(button)}” at {self.where} does nothing without JavaScript")
        if button.get("formaction"):
            form["action"] = button["formaction"]
        form["action"] = self._absolute(form.get("action") or "")
        self.browser.select_form(form)
        with ExitStack() as files:
            for field in form.select("input[type=file]"):
                if isinstance(field.get("value"), Path):
                    field["value"] = files.enter_context(Path(field["value"]).open("rb"))
            return self.browser.submit_selected(button, update_state=not stays, timeout=TIMEOUT_SECONDS)

    def _arrive(self, answer: Any) -> None:
        """Say what went wrong in the page's own words: a person would read them."""
        if answer.status_code in {401, 403, 404, 405, 429} or answer.status_code >= 500:
            raise DeadEnd(f"{answer.url} answers {answer.status_code}: {self._said()}")
        if answer.status_code == 422 or self.page.select_one("#error-summary"):
            raise DeadEnd(f"{self.where} refuses: {self._said()}")

    def _said(self) -> str:
        if self.browser.page is None:
            return "nothing"
        part = self.page.select_one("#error-summary") or self.page.select_one("main") or self.page
        return plain(part.get_text(" "))[:500]


def _text(tag: Tag) -> str:
    return plain(tag.get_text(" "))


def _name(tag: Tag) -> str:
    """What a screen reader calls it."""
    return plain(str(tag.get("aria-label") or tag.get_text(" ")))


def _is_shown(tag: Tag) -> bool:
    return not tag.has_attr("disabled") and tag.get("type") != "hidden"


def _distance(tag: Tag, words: str) -> int:
    """How much text the smallest part of the page has that holds both the thing and the words."""
    texts = (_text(parent) for parent in tag.parents)
    return next((len(text) for text in texts if words in text), FAR)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from value
    else:
        yield str(value)

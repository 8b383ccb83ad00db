"""Sending a document with a real browser: dropped, photographed, refused, cut off, and without scripts."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from core.models import User
from merchants.models import Document
from merchants.services import documents, signup
from tests.factories import make_user
from tests.fixtures_browser import DESK, PHONE, Watch
from tests.merchants import steps

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS = "/file/registration/"
FILE = "input[name=file]"
SEND = "Enregistrer et continuer"
#: Notes what is said while the file is on its way.
LISTEN = """() => {
  window.said = [];
  const state = document.querySelector("[data-ps-upload-state]");
  const note = () => window.said.push([
    state.querySelector("[role=status]").textContent, state.hidden, state.querySelector("progress").value,
  ]);
  new MutationObserver(note).observe(state, {
    attributes: true, childList: true, characterData: true, subtree: true,
  });
}"""
DROP = """([content, name]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const all = new DataTransfer();
  all.items.add(new File([bytes], name, { type: "application/pdf" }));
  const form = document.querySelector("form[data-ps-upload]");
  for (const type of ["dragenter", "dragover", "drop"]) {
    form.dispatchEvent(new DragEvent(type, { dataTransfer: all, bubbles: true, cancelable: true }));
  }
}"""


@pytest.fixture
def owner() -> User:
    owner = make_user()
    at = timezone.now()
    merchant = signup.open_file(user_id=owner.pk, at=at)
    steps.give_company(merchant, owner, at)
    return owner


@pytest.fixture
def open_page(
    new_context: Callable[..., BrowserContext], sign_in: Callable[..., None], owner: User
) -> Callable[..., Page]:
    """Open the page that asks for the certificate, in a browser with these traits."""

    def opened(**traits: Any) -> Page:
        context = new_context(**traits)
        sign_in(context, owner)
        page = context.new_page()
        page.goto(ADDRESS)
        return page

    return opened


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "kbis.pdf"
    path.write_bytes(steps.pdf().getvalue())
    return path


def fill_day(page: Page) -> None:
    page.fill("input[name=issued_on]", timezone.localdate().isoformat())


def names() -> list[str]:
    return documents.names_of(documents.files_of(Document.objects.get()))


def test_a_dropped_file_is_chosen_and_sent(open_page: Callable[..., Page], paper: Path, watch: Watch) -> None:
    page = open_page()
    page.evaluate(DROP, [base64.b64encode(paper.read_bytes()).decode(), "extrait.pdf"])

    assert page.eval_on_selector(FILE, "field => [...field.files].map((file) => file.name)") == [
        "extrait.pdf"
    ]
    assert not page.locator(".ps-over").count()
    fill_day(page)
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url("**/file/")

    assert names() == ["extrait.pdf"]
    assert watch.unexpected() == []


def test_progress_is_shown_and_a_refusal_is_said_in_words_with_all_kept(
    open_page: Callable[..., Page], tmp_path: Path, paper: Path, watch: Watch
) -> None:
    watch.expected.append("422")
    locked = tmp_path / "verrou.pdf"
    locked.write_bytes(steps.pdf(password="secret").getvalue())
    page = open_page()
    page.evaluate(LISTEN)
    page.set_input_files(FILE, locked)
    fill_day(page)

    page.get_by_role("button", name=SEND).click()
    summary = page.locator("#error-summary")
    expect(summary).to_contain_text("mot de passe")

    said = page.evaluate("window.said")
    words = [line[0] for line in said if not line[1]]
    assert words[0] == "Envoi en cours…" and any("nous le lisons" in one for one in words)
    assert max(line[2] for line in said) == 100
    expect(summary).to_be_focused()
    expect(page.locator(".ps-field .errorlist")).to_contain_text("mot de passe")
    assert page.title().startswith("Erreur")
    assert page.input_value("input[name=issued_on]") == timezone.localdate().isoformat()
    assert not Document.objects.exists()

    page.set_input_files(FILE, paper)
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url("**/file/")
    assert names() == ["kbis.pdf"]
    assert watch.unexpected() == []


def test_a_lost_network_loses_nothing_but_the_sending(
    open_page: Callable[..., Page], paper: Path, watch: Watch
) -> None:
    watch.expected.append("ERR_INTERNET_DISCONNECTED")
    page = open_page()
    page.set_input_files(FILE, paper)
    fill_day(page)

    page.context.set_offline(True)
    page.get_by_role("button", name=SEND).click()
    expect(page.locator("[data-ps-upload-state] [role=status]")).to_contain_text("connexion a été perdue")
    assert page.url.endswith(ADDRESS)
    assert page.input_value("input[name=issued_on]") == timezone.localdate().isoformat()
    assert not Document.objects.exists()

    page.context.set_offline(False)
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url("**/file/")
    assert names() == ["kbis.pdf"]
    assert watch.unexpected() == []


def test_a_telephone_offers_its_camera_and_a_desk_does_not(
    open_page: Callable[..., Page], tmp_path: Path, watch: Watch
) -> None:
    desk = open_page(viewport=DESK)
    expect(desk.locator("input[capture]")).to_be_hidden()

    phone = open_page(viewport=PHONE, is_mobile=True, has_touch=True)
    camera = phone.get_by_label("Prendre une photo")
    expect(camera).to_be_visible()
    assert (camera.get_attribute("capture"), camera.get_attribute("accept")) == ("environment", "image/*")
    photo = Path(steps.__file__).parent / "data" / "photo.heic"
    camera.set_input_files(photo)
    fill_day(phone)
    phone.get_by_role("button", name=SEND).click()
    phone.wait_for_url("**/file/")

    assert names() == ["photo.heic"]
    assert watch.unexpected() == []


def test_without_scripts_the_form_is_a_plain_one(
    open_page: Callable[..., Page], tmp_path: Path, paper: Path
) -> None:
    page = open_page(java_script_enabled=False)
    expect(page.locator("[data-ps-upload-state]")).to_be_hidden()
    page.set_input_files(FILE, [paper])
    page.get_by_role("button", name=SEND).click()
    expect(page.locator("#error-summary")).to_contain_text("Date du document")

    page.set_input_files(FILE, [paper])
    fill_day(page)
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url("**/file/")

    assert names() == ["kbis.pdf"]

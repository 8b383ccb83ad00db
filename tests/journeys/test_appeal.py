"""A file is refused, the merchant reads why and appeals, a third person decides: in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext

from core.models import User
from core.staff import StaffGroup
from merchants.models import Application, Merchant
from merchants.services import review, signup
from tests.fixtures_browser import DESK, PHONE, Watch
from tests.merchants import steps
from tests.web import personas
from tests.web.test_look import is_sideways, serious

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FACTS = "Le certificat joint a été modifié : la date ne correspond pas au registre."
APPEAL = "Le certificat vient du greffe ; nous le joignons avec son code de vérification."


@pytest.fixture
def refused(settings: Any, tmp_path: Path) -> tuple[User, Merchant]:
    settings.MEDIA_ROOT = tmp_path
    owner, maker, now = personas.person("claire@example.org"), personas.staff("m@example.org"), timezone.now()
    merchant = signup.open_file(user_id=owner.pk, at=now)
    steps.submit(merchant, owner, now)
    steps.take(merchant, maker, now)
    pk = merchant.application.pk
    review.reject(application_id=pk, reason="data_mismatch", text=FACTS, by=maker, at=now)
    return owner, merchant


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_refused_merchant_appeals_and_is_heard(
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[..., None],
    watch: Watch,
    refused: tuple[User, Merchant],
    viewport: dict[str, int],
    tmp_path: Path,
) -> None:
    owner, merchant = refused
    proof = tmp_path / "greffe.pdf"
    proof.write_bytes(steps.pdf().getvalue())
    theirs = new_context(viewport=viewport)
    sign_in(theirs, owner)
    page = theirs.new_page()

    def looked_at() -> None:
        assert not is_sideways(page), page.url
        assert serious(page) == [], page.url

    page.goto("/file/")
    page.get_by_role("link", name="Lire pourquoi, et comment former un recours").click()
    assert FACTS in page.locator("article").inner_text()
    looked_at()
    page.get_by_role("link", name="Recours", exact=True).click()
    looked_at()
    page.get_by_role("button", name="Envoyer le recours").click()
    assert page.locator("#error-summary").is_visible()
    page.get_by_label("Ce qui est erroné dans cette décision").fill(APPEAL)
    page.get_by_label("Documents", exact=True).set_input_files(proof)
    page.get_by_role("button", name="Envoyer le recours").click()
    page.wait_for_url("**/measures/*/")
    assert APPEAL in page.locator("main").inner_text()
    looked_at()

    ours = new_context()
    sign_in(ours, personas.staff("juge@example.org", StaffGroup.LEAD_REVIEWER))
    desk = ours.new_page()
    desk.goto("/admin/merchants/appeal/")
    desk.locator("#result_list a").first.click()
    desk.get_by_role("button", name="Examiner ce recours").click()
    desk.get_by_label("Issue").select_option("overturned")
    desk.get_by_label("Réponse, que le marchand lit mot pour mot").fill("Le certificat est authentique.")
    desk.get_by_role("button", name="Décider").click()
    desk.get_by_text("Le certificat est authentique.").wait_for()

    assert Application.objects.get(merchant=merchant).status == "submitted"
    page.reload()
    assert "Le certificat est authentique." in page.locator("main").inner_text()
    assert watch.unexpected() == []

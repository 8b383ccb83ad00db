"""Passkeys in a real browser: to sign up, to sign in, as second factor, to change the bank account."""

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.models import User
from merchants.enums import MerchantStatus
from merchants.models import BankAccount, Merchant
from merchants.services import signup
from tests.merchants.steps import pdf
from tests.web.personas import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "une-phrase-longue"


def give_authenticator(page: Page) -> None:
    """Put a device into the page that makes and answers passkeys, its owner's finger always on it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def use_device(page: Page, button: str) -> None:
    """Press a button that asks the device; before the page's scripts have run it would do nothing."""
    page.wait_for_load_state()
    page.get_by_role("button", name=button).click()


def code_in(message: mail.EmailMessage) -> str:
    found = re.search(r"^\d{6}$", str(message.body), re.M)
    assert found is not None
    return found[0]


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Se déconnecter").last.click()
    page.wait_for_url("**/")


def add_key(page: Page, *, passwordless: bool) -> None:
    """Register a key by the page; the password is asked once more, the recovery codes are shown."""
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_label("Me connecter avec cette seule clé").set_checked(passwordless)
    use_device(page, "Ajouter la clé")
    page.get_by_role("link", name="J’ai conservé mes codes").click()


def test_signing_up_by_passkey_then_in(page: Page) -> None:
    give_authenticator(page)
    page.goto("/accounts/signup/")
    page.get_by_role("link", name="Ouvrir un compte avec une clé d’accès").click()
    page.get_by_label("Prénom et nom").fill("Claire Montbrun")
    page.get_by_label("Adresse e-mail").fill("claire@example.org")
    page.get_by_role("button", name="Ouvrir un compte").click()
    page.get_by_label("Code").fill(code_in(mail.outbox[0]))
    page.get_by_role("button", name="Confirmer").click()
    use_device(page, "Créer la clé d’accès")

    codes = page.locator("#codes").inner_text().split()
    assert len(codes) == 10
    page.get_by_role("link", name="J’ai conservé mes codes").click()
    page.wait_for_url("**/start/")
    claire = User.objects.get()
    assert not claire.has_usable_password()
    assert set(claire.authenticator_set.values_list("type", flat=True)) == {"webauthn", "recovery_codes"}

    sign_out(page)
    page.goto("/accounts/login/")
    use_device(page, "Se connecter avec une clé d’accès")
    page.wait_for_url("**/start/")
    page.goto("/accounts/sessions/")
    expect(page.get_by_text("Cette session")).to_be_visible()


def test_an_invitation_is_not_lost_on_the_way(page: Page) -> None:
    give_authenticator(page)
    page.goto("/accounts/signup/passkey/?next=/accounts/sessions/")
    page.get_by_label("Prénom et nom").fill("Claire Montbrun")
    page.get_by_label("Adresse e-mail").fill("claire@example.org")
    page.get_by_role("button", name="Ouvrir un compte").click()
    page.get_by_label("Code").fill(code_in(mail.outbox[0]))
    page.get_by_role("button", name="Confirmer").click()
    use_device(page, "Créer la clé d’accès")
    page.get_by_role("link", name="J’ai conservé mes codes").click()

    page.wait_for_url("**/accounts/sessions/")


def test_recovery_codes_are_copied_and_downloaded(page: Page, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    give_authenticator(page)
    _sign_in(page, person("claire@example.org", PASSWORD))
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    use_device(page, "Ajouter la clé")

    codes = page.locator("#codes").inner_text().split()
    page.get_by_role("button", name="Copier").click()
    expect(page.get_by_text("copié")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").split() == codes
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger").click()
    download.value.save_as(tmp_path / "codes.txt")
    assert download.value.suggested_filename == "passerelle-codes-de-secours.txt"
    assert (tmp_path / "codes.txt").read_text().split() == codes


def test_a_key_is_the_second_factor_then_renamed_and_removed(page: Page) -> None:
    claire = person("claire@example.org", PASSWORD)
    give_authenticator(page)
    _sign_in(page, claire)
    add_key(page, passwordless=False)
    sign_out(page)

    _sign_in(page, claire)
    page.wait_for_url("**/2fa/authenticate/")
    use_device(page, "Utiliser ma clé")
    page.wait_for_url("**/start/")

    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Renommer").click()
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_label("Nom de la clé").fill("Clé du bureau")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Clé du bureau").first).to_be_visible()
    page.get_by_role("link", name="Retirer").click()
    page.get_by_role("button", name="Retirer la clé").click()
    expect(page.get_by_text("Aucune clé pour l’instant.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_the_bank_account_is_changed_with_the_passkey(page: Page, tmp_path: Path) -> None:
    merchant, owner = _store()
    give_authenticator(page)
    _sign_in(page, owner)
    add_key(page, passwordless=True)
    paper = tmp_path / "rib.pdf"
    paper.write_bytes(pdf().getvalue())

    page.goto("/file/bank/change/")
    page.wait_for_url("**/2fa/webauthn/reauthenticate/**")
    use_device(page, "Utiliser ma clé")
    page.wait_for_url("**/file/bank/change/")
    page.get_by_label("IBAN").fill("DE89370400440532013000")
    page.get_by_label("Titulaire").fill("Savonnerie Perdrelle")
    page.locator("input[type=file]").first.set_input_files(paper)
    page.get_by_role("button", name="Envoyer").click()

    page.wait_for_url("**/file/bank/")
    expect(page.get_by_text("DE89 … 3000").first).to_be_visible()
    asked = BankAccount.objects.get(merchant=merchant)
    assert (asked.state, asked.added_by) == ("pending", owner)


def _store() -> tuple[Merchant, User]:
    owner = person("claire@example.org", PASSWORD)
    merchant = signup.open_file(user_id=owner.pk, at=timezone.now())
    merchant.status, merchant.opened_at = MerchantStatus.ACTIVE, timezone.now()
    merchant.save(update_fields=["status", "opened_at"])
    return merchant, owner


def _sign_in(page: Page, user: User) -> None:
    cache.clear()
    page.goto("/accounts/login/")
    page.get_by_label("Adresse e-mail").fill(user.email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)

"""Companies of every kind, looked up by number and by name, in services and pages."""

from dataclasses import replace

import pytest
import responses
from django.db.utils import IntegrityError
from django.urls import reverse

from core.services import jobs
from merchants.enums import VatCheck
from merchants.models import Company, RegistryCheck
from merchants.services import company, requirements, vat_numbers
from merchants.services.company import Declared
from tests.merchants.conftest import AT
from tests.merchants.steps import PERDRELLE, give_company

MONACO_VAT = "FR40000099984"
URL = "merchants:company"


def kept(merchant):
    return Company.objects.for_merchant(merchant).get()


def item(merchant, code):
    return requirements.compute(merchant_id=merchant.pk, at=AT).item(code)


@pytest.mark.parametrize(
    ("siret", "country", "has_vat"),
    [
        ("99998017000016", "RE", True),
        ("99998018800018", "GP", True),
        ("99998035200010", "GF", False),
        ("99998036000013", "YT", False),
        ("99998038600018", "MC", True),
    ],
)
def test_where_a_company_is_settled_decides_its_vat(merchant, owner, siret, country, has_vat):
    give_company(merchant, owner, AT, siret)

    assert (kept(merchant).country, bool(kept(merchant).vat_number)) == (country, has_vat)


def test_an_association_keeps_its_rna_number_and_is_found_by_it(merchant, owner):
    give_company(merchant, owner, AT, "99998016200013")

    assert kept(merchant).rna_number == "W842009998"
    found = company.suggest(text="W842009998", user_id=owner.pk, at=AT)
    assert [one.siren for one in found.companies] == ["999980162"]


def test_a_sole_trader_is_named_without_the_trade_name(merchant, owner):
    give_company(merchant, owner, AT, "99998033700011")

    assert (kept(merchant).legal_name, kept(merchant).is_sole_trader) == ("AGATHE PERRIGNON", True)


def test_a_partly_disclosed_company_needs_its_address_only(merchant, owner):
    found = company.look_up(merchant_id=merchant.pk, number="99998034500014", at=AT)
    chosen = {"merchant_id": merchant.pk, "check_id": found.check.pk, "siret": "99998034500014", "by": owner}
    with pytest.raises(company.NameNeeded):
        company.choose(**chosen, at=AT)

    company.choose(**chosen, at=AT, declared=Declared("Autre nom", "4 quai Dujardin", "35000", "Rennes"))

    assert (kept(merchant).legal_name, kept(merchant).street, kept(merchant).is_disclosed) == (
        "LIBRAIRIE DU PONT NEUF",
        "4 quai Dujardin",
        False,
    )


def test_of_a_foreign_company_the_french_establishment_is_taken(merchant, owner):
    found = company.look_up(merchant_id=merchant.pk, number="999980394", at=AT)
    abroad, french = found.company.establishments
    chosen = {"merchant_id": merchant.pk, "check_id": found.check.pk, "by": owner, "at": AT}

    with pytest.raises(company.EstablishmentAbroad):
        company.choose(siret=abroad.siret, **chosen)
    company.choose(siret=french.siret, **chosen)

    assert (kept(merchant).city, kept(merchant).legal_form_code) == ("STRASBOURG", "3120")


def test_a_company_of_monaco_without_siren_is_declared_by_its_vat_number(merchant, owner):
    found = company.look_up(merchant_id=merchant.pk, number=MONACO_VAT, at=AT)
    assert (found.outcome, found.vat.name) == ("found", "CHANTIERS DU PORT HERCULE")

    typed = Declared("Chantiers du Port Hercule", "3 quai Antoine I", "98000", "Monaco")
    company.declare(merchant_id=merchant.pk, number=MONACO_VAT, declared=typed, by=owner, at=AT)
    jobs.run_pending()

    assert (kept(merchant).siren, kept(merchant).country, kept(merchant).vat_number) == ("", "MC", MONACO_VAT)
    assert kept(merchant).vat_check == VatCheck.VALID
    assert item(merchant, "company_identity").finding.reason == "company_of_monaco"


def test_elsewhere_a_company_has_a_siren(merchant, owner):
    give_company(merchant, owner, AT)

    with pytest.raises(IntegrityError, match="numbers_are_digits"):
        Company.objects.for_merchant(merchant).update(siren="", siret="")


class TestVat:
    def test_vies_is_asked_by_a_job_and_its_consultation_number_kept(self, merchant, owner):
        give_company(merchant, owner, AT)
        assert kept(merchant).vat_check == VatCheck.UNCHECKED
        assert item(merchant, "vat_number").finding.reason == "vies_unavailable"

        jobs.run_pending()

        evidence = RegistryCheck.objects.get(register="sample-vies")
        assert evidence.answer["answer"]["requestIdentifier"].startswith("WAPI")
        assert kept(merchant).vat_check == VatCheck.VALID
        assert item(merchant, "vat_number").state == "satisfied"

    def test_a_silent_vies_is_unverifiable_and_asked_again(self, merchant, owner):
        give_company(merchant, owner, AT, "99998041000016")

        for _ in range(2):
            with pytest.raises(vat_numbers.ViesSilent):
                vat_numbers.check(merchant_id=merchant.pk, at=AT)

        assert kept(merchant).vat_check == VatCheck.UNVERIFIABLE
        assert RegistryCheck.objects.filter(register="sample-vies").count() == 1
        assert item(merchant, "vat_number").finding.actor == "third_party"

    @responses.activate
    def test_what_was_valid_is_not_doubted_by_a_silence(self, merchant, owner, settings):
        give_company(merchant, owner, AT)
        vat_numbers.check(merchant_id=merchant.pk, at=AT)
        settings.REGISTERS = replace(settings.REGISTERS, vies_url="https://vies.example")
        responses.post("https://vies.example/check-vat-number", status=503)

        with pytest.raises(vat_numbers.ViesSilent):
            vat_numbers.check(merchant_id=merchant.pk, at=AT)

        assert (kept(merchant).vat_check, kept(merchant).vat_checked_at) == (VatCheck.VALID, AT)

    def test_a_number_of_another_company_is_refused(self, merchant, owner):
        give_company(merchant, owner, AT)

        with pytest.raises(vat_numbers.OtherCompany):
            vat_numbers.change(merchant_id=merchant.pk, number="FR44732829320", by=owner, at=AT)
        with pytest.raises(vat_numbers.OtherCompany):
            vat_numbers.change(merchant_id=merchant.pk, number=MONACO_VAT, by=owner, at=AT)

        assert kept(merchant).vat_number == "FR10999980048"


class TestPages:
    def test_a_name_leads_to_a_list_without_javascript(self, merchant, owner, sign_in):
        client = sign_in(owner)

        sent = client.post(reverse(URL), {"number": "tissages"})
        page = client.get(sent.headers["Location"]).content.decode()

        assert "TISSAGES DE LA BASTIDE" in page and 'value="999980329"' in page

    def test_suggestions_come_while_one_types(self, merchant, owner, sign_in):
        client, url = sign_in(owner), reverse("merchants:company_suggest")

        assert "SAVONNERIE" in client.get(url, {"number": "savonn"}).content.decode()
        assert "SAVONNERIE" not in client.get(url, {"number": "sa"}).content.decode()
        assert "Aucune entreprise" in client.get(url, {"number": "zzzzz"}).content.decode()
        assert client.get(url, {"number": "9999800"}).content.decode().strip() == ""

    def test_who_types_too_much_is_told_and_asks_nobody(self, merchant, owner, sign_in, monkeypatch):
        monkeypatch.setattr(company, "SUGGESTIONS", 1)
        client, url = sign_in(owner), reverse("merchants:company_suggest")
        client.get(url, {"number": "savonnerie"})

        assert "ne répond pas" in client.get(url, {"number": "tissages"}).content.decode()

    def test_establishments_are_listed_and_another_is_chosen(self, merchant, owner, sign_in):
        client = sign_in(owner)
        found = client.post(reverse(URL), {"number": "999980329"}).headers["Location"]
        page = client.get(found).content.decode()
        assert "TISSAGES TOULOUSE" in page and "?siret=99998032900034" in page

        assert "RUE MALPAS" in client.get(f"{found}?siret=99998032900034").content.decode()
        client.post(found, {"siret": "99998032900034"})

        assert (kept(merchant).siret, kept(merchant).city) == ("99998032900034", "TOULOUSE")

    def test_a_siret_of_another_company_shows_the_head_office(self, merchant, owner, sign_in):
        client = sign_in(owner)
        found = client.post(reverse(URL), {"number": "999980329"}).headers["Location"]

        client.post(found, {"siret": PERDRELLE})

        assert kept(merchant).siret == "99998032900018"

    def test_a_foreign_number_is_explained_at_its_field(self, merchant, owner, sign_in):
        answer = sign_in(owner).post(reverse(URL), {"number": "DE136695976"})

        assert answer.status_code == 422
        assert "établissement français" in answer.content.decode()
        assert not RegistryCheck.objects.exists()

    def test_monaco_is_declared_on_its_page(self, merchant, owner, sign_in):
        client = sign_in(owner)
        found = client.post(reverse(URL), {"number": MONACO_VAT}).headers["Location"]
        assert "CHANTIERS DU PORT HERCULE" in client.get(found).content.decode()

        typed = {"legal_name": "Chantiers", "street": "3 quai", "postcode": "98000", "city": "Monaco"}
        client.post(found, {"number": MONACO_VAT, **typed})

        assert kept(merchant).country == "MC"
        assert "RCI" in client.get(reverse("merchants:file")).content.decode()

    def test_the_vat_page_shows_the_verdict_and_asks_again(self, merchant, owner, sign_in):
        give_company(merchant, owner, AT)
        jobs.run_pending()
        client, url = sign_in(owner), reverse("merchants:vat_number")
        assert "WAPIAAAA999980048" in client.get(url).content.decode()

        assert client.post(url, {"number": "FR44732829320"}).status_code == 422
        assert client.post(url, {"number": "FR10 999 980 048"}).status_code == 302
        assert kept(merchant).vat_check == VatCheck.UNCHECKED

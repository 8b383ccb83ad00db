"""The register's client, by recorded answers of the published shape and by the embedded sample."""

import time
from dataclasses import replace

import pytest
import requests
import responses
from responses import matchers

from merchants.adapters import sample_registry
from merchants.adapters.recherche_entreprises import RechercheEntreprises
from merchants.adapters.registries import registry
from merchants.enums import CompanyState, RegistryOutcome

pytestmark = pytest.mark.django_db

URL = "https://recherche-entreprises.api.gouv.fr"
# The shape of ref_fr/recherche-entreprises-open-api.yml; the company is invented.
ANSWER = {
    "results": [
        {
            "siren": "999980048",
            "nom_complet": "SAVONNERIE PERDRELLE (PERDRELLE)",
            "nom_raison_sociale": "SAVONNERIE PERDRELLE",
            "sigle": "PERDRELLE",
            "nombre_etablissements": 3,
            "nombre_etablissements_ouverts": 2,
            "siege": {
                "activite_principale": "20.41Z",
                "adresse": "12 B RUE DES TANNEURS 04300 FORCALQUIER",
                "code_postal": "04300",
                "commune": "04088",
                "complement_adresse": "ZA LES CHALUS",
                "date_creation": "2019-04-11",
                "est_siege": True,
                "etat_administratif": "A",
                "indice_repetition": "B",
                "libelle_commune": "FORCALQUIER",
                "libelle_voie": "DES TANNEURS",
                "liste_enseignes": None,
                "numero_voie": "12",
                "siret": "99998004800014",
                "type_voie": "RUE",
            },
            "matching_etablissements": [
                {
                    "adresse": "3 PLACE DU BOURGUET 04300 FORCALQUIER",
                    "code_postal": "04300",
                    "commune": "04088",
                    "date_fermeture": "2024-01-31",
                    "est_siege": False,
                    "etat_administratif": "F",
                    "libelle_commune": "FORCALQUIER",
                    "liste_enseignes": ["LA BOUTIQUE"],
                    "siret": "99998004800022",
                }
            ],
            "activite_principale": "20.41Z",
            "categorie_entreprise": "PME",
            "date_creation": "2019-04-11",
            "date_fermeture": None,
            "dirigeants": [
                {
                    "nom": "MONTBRUN",
                    "prenoms": "CLAIRE",
                    "annee_de_naissance": "1984",
                    "date_de_naissance": "1984-05",
                    "qualite": "Président de SAS",
                    "nationalite": "Française",
                    "type_dirigeant": "personne physique",
                },
                {
                    "siren": "999980139",
                    "denomination": "VAL CLAIR PARTICIPATIONS",
                    "qualite": "Directeur général",
                    "type_dirigeant": "personne morale",
                },
            ],
            "etat_administratif": "A",
            "nature_juridique": "5710",
            "statut_diffusion": "O",
            "complements": {"est_entrepreneur_individuel": False, "est_association": False},
        }
    ],
    "total_results": 1,
    "page": 1,
    "per_page": 5,
    "total_pages": 1,
}


def client(**options) -> RechercheEntreprises:
    return RechercheEntreprises(URL, **options)


@responses.activate
def test_find_reads_a_company_with_its_places_and_officers():
    asked = matchers.query_param_matcher({"q": "99998004800022"}, strict_match=False)
    responses.get(f"{URL}/search", json=ANSWER, match=[asked])

    answer = client().find("999980048", "99998004800022")

    company = answer.company
    assert answer.outcome == RegistryOutcome.FOUND
    assert (company.legal_name, company.legal_form_code, company.naf_code) == (
        "SAVONNERIE PERDRELLE",
        "5710",
        "20.41Z",
    )
    assert (company.head.street, company.head.street2) == ("12 B RUE DES TANNEURS", "ZA LES CHALUS")
    shop = company.establishment("99998004800022")
    assert (shop.street, shop.city, shop.name, shop.is_open) == (
        "3 PLACE DU BOURGUET",
        "FORCALQUIER",
        "LA BOUTIQUE",
        False,
    )
    assert [(o.last_name, o.is_person, o.birth_month) for o in company.officers] == [
        ("MONTBRUN", True, "1984-05"),
        ("VAL CLAIR PARTICIPATIONS", False, ""),
    ]
    assert client().read(answer.raw, "999980048") == company


@responses.activate
def test_an_answer_about_other_companies_is_not_found():
    responses.get(f"{URL}/search", json={"results": [{"siren": "111111118"}], "total_results": 1})

    assert client().find("999980048").outcome == RegistryOutcome.NOT_FOUND


@responses.activate
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "headers": {"Retry-After": "3"}},
        {"status": 500},
        {"status": 503, "body": "down"},
        {"status": 400, "json": {"erreur": "Veuillez indiquer au moins un paramètre de recherche."}},
        {"body": "<html>maintenance</html>"},
        {"json": {"detail": "no results key"}},
        {"json": {"results": [{"siren": "999980048", "siege": [], "dirigeants": 3}]}},
        {"body": requests.ConnectTimeout()},
        {"body": requests.ReadTimeout()},
        {"body": requests.ConnectionError()},
    ],
)
def test_a_fault_of_the_register_is_unavailable_and_never_unknown(fault):
    responses.get(f"{URL}/search", **fault)

    answer = client().find("999980048")

    assert (answer.outcome, answer.company) == (RegistryOutcome.UNAVAILABLE, None)
    assert "error" in answer.raw


def test_every_number_of_the_sample_has_its_check_digits():
    from merchants.services import numbers

    for company in sample_registry.companies()["companies"]:
        for place in [company["siege"], *company["matching_etablissements"]]:
            assert numbers.parse(place["siret"]).siren == company["siren"]


@pytest.mark.parametrize(
    ("siren", "facts"),
    [
        ("999980196", {"state": CompanyState.CEASED}),
        ("999980154", {"is_disclosed": False, "is_sole_trader": True, "legal_name": ""}),
        ("999980162", {"is_association": True}),
        ("999980253", {"legal_form_code": "8888", "state": CompanyState.OPEN}),
    ],
)
def test_the_sample_has_companies_of_every_kind(siren, facts):
    company = registry().find(siren).company

    assert {name: getattr(company, name) for name in facts} == facts


@pytest.mark.parametrize(("siren", "country"), [("999980170", "RE"), ("999980188", "GP")])
def test_overseas_companies_have_the_country_of_their_postcode(siren, country):
    assert registry().find(siren).company.head.country == country


@pytest.mark.parametrize("siren", ["999980907", "999980923", "999980931"])
def test_the_sample_has_faults(siren):
    assert registry().find(siren).outcome == RegistryOutcome.UNAVAILABLE


def test_a_slow_register_is_left_at_the_time_out(settings):
    settings.REGISTERS = replace(settings.REGISTERS, timeout=0.2)
    started = time.monotonic()

    answer = registry().find("999980915")

    assert answer.outcome == RegistryOutcome.UNAVAILABLE
    assert time.monotonic() - started < 2


def test_the_open_establishments_of_a_company_are_listed():
    by_siren = registry().find("999980329").company
    assert [(e.siret[-5:], e.is_open, e.name) for e in by_siren.establishments] == [
        ("00018", True, ""),
        ("00026", True, "TISSAGES BOUTIQUE"),
        ("00034", True, "TISSAGES TOULOUSE"),
        ("00042", False, ""),
    ]

    by_siret = registry().find("999980329", "99998032900026").company
    assert [e.siret[-5:] for e in by_siret.establishments] == ["00018", "00026"]

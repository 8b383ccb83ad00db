"""INSEE's Sirene 3.11, by answers of its published shape; the companies are invented."""

from dataclasses import replace
from datetime import date

import pytest
import responses
from responses import matchers

from merchants.adapters import registries
from merchants.adapters.sirene import Sirene
from merchants.enums import CompanyState, RegistryOutcome
from merchants.models import RegistryCheck
from merchants.services import company
from tests.merchants.conftest import AT

pytestmark = pytest.mark.django_db

URL = "https://api.insee.fr/api-sirene/3.11"
FREE = "https://recherche-entreprises.api.gouv.fr"


def establishment(nic: str, *, state: str = "A", since: str = "2019-04-11", **fields):
    return {
        "siren": "999980048",
        "nic": nic,
        "siret": f"999980048{nic}",
        "statutDiffusionEtablissement": "O",
        "dateCreationEtablissement": "2019-04-11",
        "trancheEffectifsEtablissement": "NN",
        "etablissementSiege": nic == "00014",
        "uniteLegale": {
            "etatAdministratifUniteLegale": "A",
            "statutDiffusionUniteLegale": "O",
            "dateCreationUniteLegale": "2019-04-11",
            "categorieJuridiqueUniteLegale": "5710",
            "denominationUniteLegale": "SAVONNERIE PERDRELLE",
            "sigleUniteLegale": None,
            "nomUniteLegale": None,
            "prenom1UniteLegale": None,
            "identifiantAssociationUniteLegale": None,
            "activitePrincipaleUniteLegale": "20.41Z",
            "nomenclatureActivitePrincipaleUniteLegale": "NAFRev2",
            "categorieEntreprise": "PME",
        },
        "adresseEtablissement": {
            "complementAdresseEtablissement": None,
            "numeroVoieEtablissement": "12",
            "indiceRepetitionEtablissement": "B",
            "typeVoieEtablissement": "RUE",
            "libelleVoieEtablissement": "DES TANNEURS",
            "codePostalEtablissement": "04300",
            "libelleCommuneEtablissement": "FORCALQUIER",
            "codeCommuneEtablissement": "04088",
            "libelleCedexEtablissement": None,
            "codePaysEtrangerEtablissement": None,
        },
        "periodesEtablissement": [
            {
                "dateFin": None,
                "dateDebut": since,
                "etatAdministratifEtablissement": state,
                "enseigne1Etablissement": "LA BOUTIQUE",
                "activitePrincipaleEtablissement": "20.41Z",
            },
            {"dateFin": "2019-05-01", "dateDebut": "2019-04-11", "etatAdministratifEtablissement": "A"},
        ],
        **fields,
    }


def answer(*establishments):
    header = {"statut": 200, "message": "OK", "total": len(establishments), "debut": 0}
    return {"header": header, "etablissements": list(establishments)}


def client() -> Sirene:
    return Sirene(URL, "a key")


@responses.activate
def test_a_siren_is_read_with_its_establishments():
    responses.get(
        f"{URL}/siret",
        json=answer(establishment("00014"), establishment("00030", state="F", since="2023-09-30")),
        match=[
            matchers.query_param_matcher({"q": "siren:999980048", "nombre": "100"}),
            matchers.header_matcher({"X-INSEE-Api-Key-Integration": "a key"}),
        ],
    )

    found = client().find("999980048")

    assert found.outcome == RegistryOutcome.FOUND
    kept = found.company
    assert (kept.legal_name, kept.legal_form_code, kept.naf_code, kept.naf_nomenclature, kept.state) == (
        "SAVONNERIE PERDRELLE",
        "5710",
        "20.41Z",
        "NAFRev2",
        CompanyState.OPEN,
    )
    assert (kept.head.siret, kept.head.street, kept.head.city) == (
        "99998004800014",
        "12 B RUE DES TANNEURS",
        "FORCALQUIER",
    )
    closed = kept.establishment("99998004800030")
    assert (closed.is_open, closed.closed_on) == (False, date(2023, 9, 30))
    assert registries.read("sirene", found.raw, "999980048") == kept


@responses.activate
def test_a_sole_trader_who_hides_is_not_disclosed():
    hidden = establishment("00014", statutDiffusionEtablissement="P")
    hidden["uniteLegale"] |= {
        "statutDiffusionUniteLegale": "P",
        "categorieJuridiqueUniteLegale": "1000",
        "denominationUniteLegale": None,
        "nomUniteLegale": "[ND]",
        "prenom1UniteLegale": "[ND]",
    }
    hidden["adresseEtablissement"] |= {
        "numeroVoieEtablissement": "[ND]",
        "indiceRepetitionEtablissement": None,
        "typeVoieEtablissement": "[ND]",
        "libelleVoieEtablissement": "[ND]",
    }
    responses.get(f"{URL}/siret", json=answer(hidden))

    kept = client().find("999980048", "99998004800014").company

    assert (kept.is_disclosed, kept.is_sole_trader, kept.legal_name, kept.head.street) == (
        False,
        True,
        "",
        "",
    )


@responses.activate
@pytest.mark.parametrize("status", [301, 403, 404])
def test_unknown_merged_and_wholly_undisclosed_companies_are_not_found(status):
    responses.get(f"{URL}/siret", status=status, json={"header": {"statut": status, "message": "…"}})

    assert client().find("999980048").outcome == RegistryOutcome.NOT_FOUND


@responses.activate
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401},
        {"status": 429},
        {"status": 500},
        {"body": "<html>"},
        {"json": {"etablissements": "none"}},
        {"json": {"etablissements": [{"siren": "999980048"}]}},
    ],
)
def test_a_fault_is_unavailable(fault):
    responses.get(f"{URL}/siret", **fault)

    assert client().find("999980048").outcome == RegistryOutcome.UNAVAILABLE


@responses.activate
def test_sirene_answers_when_the_free_register_is_silent_and_both_are_kept(merchant, settings):
    settings.REGISTERS = replace(settings.REGISTERS, url=FREE, sirene_key="a key")
    responses.get(f"{FREE}/search", status=503)
    responses.get(f"{URL}/siret", json=answer(establishment("00014")))

    found = company.look_up(merchant_id=merchant.pk, number="999980048", at=AT)

    assert (found.outcome, found.company.legal_name) == ("found", "SAVONNERIE PERDRELLE")
    assert list(RegistryCheck.objects.order_by("pk").values_list("register", "outcome")) == [
        ("recherche-entreprises", "unavailable"),
        ("sirene", "found"),
    ]


@responses.activate
def test_without_a_key_only_the_free_register_is_asked(merchant, settings):
    settings.REGISTERS = replace(settings.REGISTERS, url=FREE, sirene_key="")
    responses.get(f"{FREE}/search", status=503)

    assert company.look_up(merchant_id=merchant.pk, number="999980048", at=AT).outcome == "unavailable"
    assert len(responses.calls) == 1

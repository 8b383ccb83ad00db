"""A register that says something else later: found on schedule, shown, settled."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.models import Job
from core.services import jobs
from merchants.adapters import sample_registry
from merchants.enums import CompanyState, MerchantStatus, RegisterChangeOutcome
from merchants.models import Company, Merchant, RegisterChange, RegistryCheck
from merchants.services import register_changes, requirements
from merchants.services.company import RegisterSilent
from tests.merchants.conftest import AT
from tests.merchants.steps import give_company

TISSAGES = "99998032900018"
LATER = AT + timedelta(days=31)


@pytest.fixture
def register(monkeypatch):
    """Rewrite what the sample says of a company: ``register(siren, change)``."""
    known = sample_registry.companies()

    def rewrite(change, siren="999980329"):
        companies = [
            change({**one, "siege": dict(one["siege"])}) if one["siren"] == siren else one
            for one in known["companies"]
        ]
        monkeypatch.setattr(sample_registry, "companies", lambda: {**known, "companies": companies})

    return rewrite


@pytest.fixture
def store(merchant, owner):
    give_company(merchant, owner, AT, TISSAGES)
    Merchant.objects.filter(pk=merchant.pk).update(status=MerchantStatus.ACTIVE, opened_at=AT)
    merchant.refresh_from_db()
    return merchant


def renamed(company):
    return {**company, "nom_complet": "TISSAGES DU TARN", "nom_raison_sociale": "TISSAGES DU TARN"}


def moved(company):
    company["siege"] |= {"numero_voie": "21", "adresse": "21 RUE DES DRAPIERS 81100 CASTRES"}
    return company


def ceased(company):
    return {**company, "etat_administratif": "C", "date_fermeture": "2026-11-30"}


def transferred(company):
    """The head office moves: the old establishment is closed, another one opened."""
    old = {**company["siege"], "est_siege": False, "etat_administratif": "F", "date_fermeture": "2026-12-01"}
    company["siege"] |= {"siret": "99998032900067", "numero_voie": "3", "libelle_voie": "DU PORT"}
    return {**company, "matching_etablissements": [*company["matching_etablissements"], old]}


def other_president(company):
    people = [{**company["dirigeants"][0], "nom": "ROUQUETTE", "prenoms": "LISE"}]
    return {**company, "dirigeants": [*people, *company["dirigeants"][1:]]}


def reformed(company):
    return {**company, "nature_juridique": "5599"}


def kinds(store):
    rows = RegisterChange.objects.for_merchant(store).filter(outcome=RegisterChangeOutcome.OPEN)
    return sorted(rows.values_list("kind", flat=True))


def check(store, at=LATER):
    register_changes.check(merchant_id=store.pk, at=at)


def item(store, code="company_identity", at=LATER):
    return requirements.compute(merchant_id=store.pk, at=at).item(code)


@pytest.mark.parametrize(
    ("change", "kind"),
    [(renamed, "name"), (moved, "address"), (reformed, "legal_form"), (other_president, "officers")],
)
def test_a_change_is_kept_with_its_deadline_and_taken_over(store, owner, register, change, kind):
    register(change)

    check(store)

    found = RegisterChange.objects.get()
    assert (found.kind, found.due_at, found.check_seen.asked_at) == (kind, LATER + timedelta(days=30), LATER)
    assert (item(store).state, item(store).finding.reason) == ("currently_due", "register_changed")
    register_changes.take_over(merchant_id=store.pk, by=owner, at=LATER)
    assert kinds(store) == []
    assert item(store).state == "satisfied"
    check(store, LATER + timedelta(days=30))
    assert kinds(store) == []


def test_what_is_as_before_opens_nothing_and_moves_the_date(store):
    check(store)

    kept = Company.objects.for_merchant(store).get()
    assert (kinds(store), kept.verified_at) == ([], LATER)


def test_a_change_seen_twice_stays_one_with_its_first_deadline(store, register):
    register(renamed)
    check(store)
    check(store, LATER + timedelta(days=1))

    found = RegisterChange.objects.get()
    assert (found.found_at, found.check_seen.asked_at) == (LATER, LATER + timedelta(days=1))


def test_a_register_that_returns_to_its_words_closes_the_change(store, register):
    register(renamed)
    check(store)
    register(lambda company: company)
    check(store, LATER + timedelta(days=1))

    assert RegisterChange.objects.get().outcome == RegisterChangeOutcome.GONE
    assert item(store).state == "satisfied"


def test_a_ceased_company_is_late_at_once_and_cannot_be_taken_over(store, owner, register):
    register(ceased)
    check(store)

    kept = Company.objects.for_merchant(store).get()
    assert (kinds(store), kept.state) == (["ceased"], CompanyState.CEASED)
    assert RegisterChange.objects.get().due_at == LATER
    assert item(store, "company_active").is_open
    with pytest.raises(register_changes.NotForYou):
        register_changes.take_over(merchant_id=store.pk, by=owner, at=LATER)


def test_a_moved_head_office_takes_the_place_of_the_closed_one(store, owner, register):
    register(transferred)
    check(store)
    assert "closed" in kinds(store)

    register_changes.take_over(merchant_id=store.pk, by=owner, at=LATER)

    kept = Company.objects.for_merchant(store).get()
    assert (kept.siret, kept.street) == ("99998032900067", "3 RUE DU PORT")


def test_a_company_that_the_register_no_longer_knows_is_told(store, register):
    register(lambda company: {**company, "siren": "999989999"})
    check(store)

    assert kinds(store) == ["unknown"]


def test_a_silent_register_opens_nothing_and_is_asked_again(store, settings):
    settings.REGISTERS = replace(settings.REGISTERS, url="https://127.0.0.1:9")

    with pytest.raises(RegisterSilent):
        check(store)
    with pytest.raises(RegisterSilent):
        check(store, LATER + timedelta(hours=1))

    assert kinds(store) == []
    assert RegistryCheck.objects.filter(outcome="unavailable").count() == 1


def test_nothing_to_take_is_refused(store, owner):
    with pytest.raises(register_changes.NothingToTake):
        register_changes.take_over(merchant_id=store.pk, by=owner, at=LATER)


def test_stores_that_are_due_are_chosen_once_and_spread(store):
    assert register_changes.ask_about_due(at=LATER) == 1
    assert register_changes.ask_about_due(at=LATER) == 0

    again = Company.objects.for_merchant(store).get().check_again_at
    assert timedelta(days=26) < again - LATER <= timedelta(days=30)
    assert Job.objects.filter(name=register_changes.CHECK_JOB).count() == 1


@pytest.mark.parametrize("status", [MerchantStatus.ONBOARDING, MerchantStatus.CLOSED])
def test_who_does_not_sell_is_not_checked(store, status):
    closed = AT if status == MerchantStatus.CLOSED else None
    Merchant.objects.filter(pk=store.pk).update(status=status, closed_at=closed)

    assert register_changes.ask_about_due(at=LATER) == 0


def test_the_job_finds_the_change(store, register):
    register(renamed)
    register_changes.ask_about_due(at=LATER)

    jobs.run_pending()

    assert kinds(store) == ["name"]

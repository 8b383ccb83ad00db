import pytest

from core.models import Job
from core.services import jobs
from merchants.enums import CompanySource, CompanyState, RegistryOutcome
from merchants.models import Company, RegistryCheck
from merchants.services import company, requirements
from merchants.services.company import Declared
from merchants.services.numbers import WrongNumber
from tests.merchants.conftest import AT
from tests.merchants.steps import PERDRELLE, give_company

TYPED = Declared("Savonnerie Perdrelle", "12 rue des Tanneurs", "04300", "Forcalquier")


def state_of(merchant, code="company_identity"):
    item = requirements.compute(merchant_id=merchant.pk, at=AT).item(code)
    return item.state, item.finding.reason, item.finding.actor


def test_choose_writes_what_the_register_said_and_the_vat_number(merchant, owner):
    give_company(merchant, owner, AT)

    kept = Company.objects.for_merchant(merchant).get()
    assert (kept.legal_name, kept.siret, kept.vat_number) == (
        "SAVONNERIE PERDRELLE",
        PERDRELLE,
        "FR10999980048",
    )
    assert (kept.source, kept.state, kept.verified_at) == (CompanySource.REGISTER, CompanyState.OPEN, AT)
    check = RegistryCheck.objects.get(register="sample")
    assert (check.query, check.outcome, check.asked_at) == (PERDRELLE, RegistryOutcome.FOUND, AT)
    assert check.answer["results"][0]["siren"] == "999980048"
    assert state_of(merchant)[0] == "satisfied"


def test_a_wrong_number_asks_nobody(merchant):
    with pytest.raises(WrongNumber):
        company.look_up(merchant_id=merchant.pk, number="99998004800015", at=AT)

    assert not RegistryCheck.objects.exists()


def test_an_unknown_number_is_told_and_may_be_declared(merchant, owner):
    found = company.look_up(merchant_id=merchant.pk, number="732829320", at=AT)
    assert (found.outcome, found.company) == (RegistryOutcome.NOT_FOUND, None)

    company.declare(merchant_id=merchant.pk, number="73282932000074", declared=TYPED, by=owner, at=AT)
    jobs.run_pending()

    assert Company.objects.get().source == CompanySource.DECLARED
    assert state_of(merchant) == ("pending_verification", "company_not_in_register", "platform")


def test_choose_takes_only_what_a_look_up_of_this_merchant_found(merchant, owner, make_user):
    from merchants.services import signup

    other = signup.open_file(user_id=make_user().pk, at=AT)
    found = company.look_up(merchant_id=other.pk, number=PERDRELLE, at=AT)

    with pytest.raises(RegistryCheck.DoesNotExist):
        company.choose(merchant_id=merchant.pk, check_id=found.check.pk, siret=PERDRELLE, by=owner, at=AT)
    with pytest.raises(company.NotInAnswer):
        company.choose(merchant_id=other.pk, check_id=found.check.pk, siret="99998011300016", by=owner, at=AT)
    assert not Company.objects.exists()


def test_a_closed_establishment_is_refused_with_its_date(merchant, owner):
    found = company.look_up(merchant_id=merchant.pk, number="99998004800030", at=AT)

    with pytest.raises(company.EstablishmentClosed) as refused:
        company.choose(
            merchant_id=merchant.pk, check_id=found.check.pk, siret="99998004800030", by=owner, at=AT
        )

    assert "999\u202f980\u202f048\u202f00030" in refused.value.message
    assert not Company.objects.exists()


def test_a_ceased_company_is_taken_and_its_requirement_says_so(merchant, owner):
    give_company(merchant, owner, AT, "99998019600011")

    assert state_of(merchant, "company_active") == ("currently_due", "company_ceased", "merchant")
    item = requirements.compute(merchant_id=merchant.pk, at=AT).item("company_active")
    assert "31 décembre 2025" in item.reason_text


def test_an_undisclosed_company_needs_a_name_that_a_reviewer_compares(merchant, owner):
    found = company.look_up(merchant_id=merchant.pk, number="99998015400010", at=AT)
    chosen = {"merchant_id": merchant.pk, "check_id": found.check.pk, "siret": "99998015400010", "by": owner}

    with pytest.raises(company.NameNeeded):
        company.choose(**chosen, at=AT)
    company.choose(**chosen, at=AT, declared=Declared("Lou Vasseur", "3 rue Basse", "59000", "Lille"))

    kept = Company.objects.get()
    assert (kept.legal_name, kept.street, kept.is_disclosed) == ("Lou Vasseur", "3 rue Basse", False)
    assert state_of(merchant) == ("pending_verification", "company_not_disclosed", "platform")


def test_when_the_register_is_down_the_merchant_declares_and_a_job_asks_again(merchant, owner):
    company.declare(merchant_id=merchant.pk, number="99998090700011", declared=TYPED, by=owner, at=AT)

    jobs.run_pending()

    job = Job.objects.get(name=company.CHECK_JOB)
    assert (job.state, job.attempts) == ("waiting", 1)
    assert RegistryCheck.objects.get(register="sample").outcome == RegistryOutcome.UNAVAILABLE
    assert state_of(merchant) == ("pending_verification", "register_unavailable", "third_party")


def test_the_job_fills_in_what_the_register_confirms(merchant, owner):
    company.declare(merchant_id=merchant.pk, number=PERDRELLE, declared=TYPED, by=owner, at=AT)

    jobs.run_pending()

    kept = Company.objects.get()
    assert (kept.source, kept.legal_form_code, kept.state) == (CompanySource.REGISTER, "5710", "open")
    assert kept.verified_at is not None
    assert kept.legal_name == "Savonnerie Perdrelle"
    assert state_of(merchant)[0] == "satisfied"


def test_the_job_keeps_differences_to_be_seen(merchant, owner):
    typed = Declared("Savonnerie du Sud", "12 rue des Tanneurs", "04300", "Forcalquier")
    company.declare(merchant_id=merchant.pk, number=PERDRELLE, declared=typed, by=owner, at=AT)

    jobs.run_pending()

    kept = Company.objects.get()
    assert (kept.source, kept.legal_name) == (CompanySource.DECLARED, "Savonnerie du Sud")
    found = company.found_by(RegistryCheck.objects.get(register="sample"))
    assert company.differences(kept, found) == ["legal_name"]
    assert state_of(merchant) == ("pending_verification", "company_differs", "platform")


def test_declaring_twice_leaves_one_job(merchant, owner):
    for _ in range(2):
        company.declare(merchant_id=merchant.pk, number=PERDRELLE, declared=TYPED, by=owner, at=AT)

    assert Job.objects.filter(name=company.CHECK_JOB).count() == 1


def test_a_file_with_the_reviewers_keeps_its_company(merchant, owner):
    from merchants.services import files
    from tests.merchants import steps

    steps.submit(merchant, owner, AT)

    with pytest.raises(files.FileWithUs):
        company.declare(merchant_id=merchant.pk, number=PERDRELLE, declared=TYPED, by=owner, at=AT)
    assert Company.objects.get().source == CompanySource.REGISTER

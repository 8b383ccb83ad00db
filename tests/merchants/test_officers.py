from merchants.services import requirements
from merchants.services.officers import proposed_officers
from tests.merchants.conftest import AT
from tests.merchants.steps import give_company


def file_of(merchant):
    return requirements.compute(merchant_id=merchant.pk, at=AT).file


def test_officers_are_proposed_without_the_auditor_and_a_holding_as_what_it_is(merchant, owner):
    give_company(merchant, owner, AT, "99998032900018")

    officers = proposed_officers(file_of(merchant))

    assert [(o.first_names, o.last_name, o.nationality, o.is_person) for o in officers] == [
        ("Marie Louise", "Escande", "FR", True),
        ("Pedro", "Domingues", "PT", True),
        ("", "BASTIDE PATRIMOINE", "", False),
    ]
    assert officers[0].birth_month == "1972-02"
    assert officers[2].siren == "999980303"


def test_a_sole_trader_is_their_own_representative(merchant, owner):
    give_company(merchant, owner, AT, "99998033700011")

    [only] = proposed_officers(file_of(merchant))

    assert (only.first_names, only.last_name, only.role) == ("Agathe", "Perrignon", "Entrepreneur individuel")


def test_nobody_is_proposed_before_the_register_answered(merchant):
    assert proposed_officers(file_of(merchant)) == []

import pytest

from merchants.services import numbers


@pytest.mark.parametrize(
    ("typed", "siren", "siret"),
    [
        ("999 980 048", "999980048", ""),
        ("999\u202f980\u202f048 00014", "999980048", "99998004800014"),
        ("999.980.048-00014", "999980048", "99998004800014"),
        ("35600000009075", "356000000", "35600000009075"),  # La Poste: digits sum to a multiple of five
        ("35600000000048", "356000000", "35600000000048"),
    ],
)
def test_parse_reads_numbers_as_people_type_them(typed, siren, siret):
    assert numbers.parse(typed) == numbers.CompanyNumber(siren, siret)


@pytest.mark.parametrize(
    ("typed", "found", "words"),
    [
        ("99998004", "length", "8 chiffres"),
        ("", "not_digits", "9 chiffres"),
        ("99998O048", "not_digits", "autre chose que des chiffres"),
        ("999980047", "check_digit", "SIREN 999\u202f980\u202f047"),
        ("99998004800015", "check_digit", "SIRET 999\u202f980\u202f048\u202f00015"),
        ("99998004700014", "check_digit", "SIREN"),
        ("35600000009076", "check_digit", "SIRET"),
        ("FR00732829320", "vat", "SIREN"),
        ("٩٩٩٩٨٠٠٤٨", "not_digits", "chiffres"),
    ],
)
def test_parse_says_what_is_wrong_and_what_to_do(typed, found, words):
    with pytest.raises(numbers.WrongNumber) as refused:
        numbers.parse(typed)

    assert refused.value.details == {"found": found}
    assert words in refused.value.message


def test_the_vat_number_follows_from_the_siren():
    assert numbers.CompanyNumber("732829320").vat_number == "FR44732829320"


@pytest.mark.parametrize(
    ("typed", "siren", "vat"),
    [
        ("FR44732829320", "732829320", "FR44732829320"),
        ("fr 44 732 829 320", "732829320", "FR44732829320"),
        ("FR40000099984", "", "FR40000099984"),  # Monaco: no SIREN
    ],
)
def test_parse_reads_french_vat_numbers(typed, siren, vat):
    number = numbers.parse(typed)

    assert (number.siren, number.siret, number.vat_number) == (siren, "", vat)


@pytest.mark.parametrize("typed", ["DE136695976", "be 0403.019.261", "GB 980 7806 84"])
def test_a_foreign_number_is_told_what_is_possible(typed):
    with pytest.raises(numbers.ForeignNumber, match="SIRET"):
        numbers.parse(typed)


@pytest.mark.parametrize(
    ("typed", "is_name"),
    [
        ("Savonnerie Perdrelle", True),
        ("3 Suisses", True),
        ("W842009998", True),
        ("BE Wood", True),
        ("SE", True),
        ("999 980 048", False),
        ("9999800480001X", False),
        ("FR44732829320", False),
        ("DE136695976", False),
        ("", False),
        ("99998", False),
    ],
)
def test_a_name_is_told_from_a_number(typed, is_name):
    assert numbers.is_name(typed) is is_name

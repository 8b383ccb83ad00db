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
        ("FR44732829320", "732829320", ""),
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

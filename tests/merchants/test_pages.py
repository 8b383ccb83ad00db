"""The portal's pages of a file, as a person in a browser sends them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from merchants.enums import AgreementKind, ApplicationStatus, Control, Role
from merchants.models import (
    AgreementText,
    BankAccount,
    Company,
    Document,
    DocumentView,
    Merchant,
    Person,
)
from merchants.services import notifications, people, review, signup
from tests.merchants import steps
from tests.merchants.conftest import AT

MEMBER_PAGES = [
    "file",
    "check",
    "company",
    "representative",
    "bank",
    "registration",
    "agreement",
    "self_certification",
    "store",
    "store_name",
    "contact",
    "notifications",
]


@pytest.fixture
def browser_of(sign_in):
    return sign_in


def url(name, *args):
    return reverse(f"merchants:{name}", args=args)


def test_a_person_without_store_is_led_to_open_one(make_user, sign_in):
    client = sign_in(make_user())

    assert client.get("/landing/")["Location"] == "/start/"
    assert "Créer ma boutique" in client.get("/start/").content.decode()
    answer = client.post("/start/")

    assert answer["Location"] == url("company")
    assert client.session["merchant"] == str(Merchant.objects.get().public_id)
    assert client.get("/landing/")["Location"] == url("file")


def test_a_double_click_opens_one_file(make_user, sign_in):
    client = sign_in(make_user())

    for _ in range(2):
        client.post("/start/")

    assert Merchant.objects.count() == 1


@pytest.mark.parametrize("name", MEMBER_PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_opens_empty_and_full_in_both_languages(name, language, owner, merchant, sign_in):
    client = sign_in(owner)
    client.cookies["django_language"] = language

    assert client.get(url(name)).status_code == 200
    steps.complete(merchant, owner, timezone.now())
    assert client.get(url(name)).status_code == 200


@pytest.mark.parametrize("name", [*MEMBER_PAGES, "team"])
def test_an_anonymous_visitor_is_asked_to_sign_in(name, client, db):
    answer = client.get(url(name))

    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={url(name)}")


@pytest.mark.parametrize("role", Role)
def test_roles_open_what_is_theirs(role, make_member, merchant, sign_in):
    client = sign_in(make_member(role))
    leads = role in {Role.OWNER, Role.ADMINISTRATOR}

    assert client.get(url("file")).status_code == 200
    assert ("Inviter une personne" in client.get(url("team")).content.decode()) == leads
    expected = 422 if leads else 403
    assert client.post(url("store_name"), {"store_name": ""}).status_code == expected


def test_the_whole_file_through_the_pages(owner, merchant, sign_in):
    client = sign_in(owner)
    today = timezone.localdate()

    found = client.post(url("company"), {"number": "999 980 048 00014"})
    page = client.get(found["Location"])
    assert "SAVONNERIE PERDRELLE" in page.content.decode()
    assert client.post(found["Location"])["Location"] == url("file")
    page = client.get(url("representative"))
    assert page.context["form"].initial["last_name"] == "Montbrun"
    sent = [
        (
            "representative",
            {
                "first_names": "Claire",
                "last_name": "Montbrun",
                "birth_date": "1984-05-12",
                "nationality": "FR",
                "residence": "FR",
                "signs": "on",
            },
        ),
        (
            "identity",
            {
                "document_type": "passport",
                "file": SimpleUploadedFile("passeport.pdf", steps.pdf().getvalue()),
                "expires_on": (today + timedelta(days=900)).isoformat(),
            },
        ),
        ("owners_declare", {"nobody": "1"}),
        ("statutes", {"file": SimpleUploadedFile("statuts.pdf", steps.pdf().getvalue())}),
        ("bank", {"iban": steps.IBAN, "holder": "Savonnerie Perdrelle"}),
        ("bank_proof", {"file": SimpleUploadedFile("rib.pdf", steps.pdf().getvalue())}),
        (
            "registration",
            {"file": SimpleUploadedFile("kbis.pdf", steps.pdf().getvalue()), "issued_on": today.isoformat()},
        ),
        ("trade_plan", {"families": ["food"], "markets": ["FR"], "turnover": "small"}),
        ("store_name", {"store_name": "Perdrelle"}),
        ("contact", {"email": "bonjour@perdrelle.example", "phone": "04 92 75 00 00"}),
    ]
    for name, data in sent:
        assert client.post(url(name), data).status_code == 302, name
    for name, kind in (
        ("agreement", AgreementKind.TERMS),
        ("self_certification", AgreementKind.SELF_CERTIFICATION),
    ):
        text = AgreementText.objects.get(kind=kind, language="fr")
        assert client.post(url(name), {"text_id": text.pk, "is_accepted": "on"}).status_code == 302
    summary = client.get(url("check")).content.decode()
    assert "FR76 … 0189" in summary and "Claire Montbrun" in summary

    client.post(url("send"))

    merchant.application.refresh_from_db()
    assert merchant.application.status == ApplicationStatus.SUBMITTED
    assert Merchant.objects.get().support_phone == "+33492750000"
    assert "Votre dossier est chez nous" in client.get(url("file")).content.decode()


def test_the_list_of_identities_is_shown_until_nobody_misses_theirs(owner, merchant, sign_in):
    now = timezone.now()
    steps.give_company(merchant, owner, now)
    who = {"merchant_id": merchant.pk, "by": owner, "at": now}
    claire = people.add_representative(data=steps.CLAIRE, signs=True, **who)
    yann = people.add_owner(
        data=people.PersonalData("Yann", "Montbrun", steps.CLAIRE.birth_date, "FR", "12 rue des Tanneurs"),
        share=people.Share(Control.DIRECT, Decimal(40)),
        **who,
    )
    client, until = sign_in(owner), (now + timedelta(days=900)).date().isoformat()

    landed = [
        client.post(
            url("person_identity", person.public_id),
            {
                "document_type": "passport",
                "file": SimpleUploadedFile("p.pdf", steps.pdf().getvalue()),
                "expires_on": until,
            },
        ).headers["Location"]
        for person in (claire, yann)
    ]

    assert landed == [url("identity"), url("file")]


def test_a_sole_trader_is_asked_for_an_account_in_their_own_name(owner, merchant, sign_in):
    steps.give_company(merchant, owner, timezone.now(), number="99998014700014")

    page = sign_in(owner).get(url("bank")).content.decode()

    assert "vos prénom et nom" in page and "et non une personne" not in page


@pytest.mark.parametrize(
    ("name", "data", "field", "words"),
    [
        ("company", {"number": "99998004800015"}, "number", "deux sont inversés"),
        ("bank", {"iban": "FR7630006000011234567890188", "holder": "X"}, "iban", "deux sont inversés"),
        ("contact", {"email": "claire@", "phone": "0492750000"}, "email", "nom@exemple.fr"),
        ("contact", {"email": "claire@example.fr", "phone": "12"}, "phone", "10 chiffres"),
        ("store_name", {"store_name": "Passerelle Officiel"}, "store_name", "réservé"),
    ],
)
def test_a_wrong_answer_is_explained_at_its_field_and_kept(
    name, data, field, words, owner, merchant, sign_in
):
    answer = sign_in(owner).post(url(name), data)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(words) >= 2  # in the summary and at the field
    assert "<title>Erreur" in page.replace("\n", "") and 'id="error-summary"' in page
    assert answer.context["form"][field].value() == data[field]
    assert f'href="#id_{field}"' in page


def test_a_register_that_is_down_stops_nobody(owner, merchant, sign_in):
    client = sign_in(owner)

    found = client.post(url("company"), {"number": "999980907"})
    page = client.get(found["Location"]).content.decode()
    typed = {
        "number": "99998090700018",
        "legal_name": "Maison Lente",
        "street": "1 rue Basse",
        "postcode": "59000",
        "city": "Lille",
    }
    from stdnum import luhn

    typed["number"] = "9999809070001" + luhn.calc_check_digit("9999809070001")
    answer = client.post(found["Location"], typed)

    assert "ne répond pas" in page
    assert answer["Location"] == url("file")
    assert Company.objects.get().legal_name == "Maison Lente"
    assert "En pause" in client.get(url("file")).content.decode()


def test_an_unknown_number_may_be_corrected_or_declared(owner, merchant, sign_in):
    client = sign_in(owner)

    found = client.post(url("company"), {"number": "732829320"})

    page = client.get(found["Location"]).content.decode()
    assert "ne connaît pas" in page and url("company") in page


def test_a_holder_that_is_not_the_company_is_asked_about_once(owner, merchant, sign_in):
    client = sign_in(owner)
    steps.give_company(merchant, owner, timezone.now())
    typed = {"iban": steps.IBAN, "holder": "Claire Montbrun"}

    asked = client.post(url("bank"), typed)
    assert asked.status_code == 422
    assert not BankAccount.objects.exists()
    assert 'type="checkbox" name="is_ours"' in asked.content.decode()
    assert client.post(url("bank"), {**typed, "is_ours": "on"}).status_code == 302
    assert BankAccount.objects.count() == 1


def test_a_refused_document_leaves_the_date_typed(owner, merchant, sign_in):
    file = SimpleUploadedFile("kbis.pdf", b"plain text")

    answer = sign_in(owner).post(url("registration"), {"file": file, "issued_on": "2026-11-01"})

    assert answer.status_code == 422
    assert "ni un PDF" in answer.content.decode()
    assert answer.context["form"]["issued_on"].value() == "2026-11-01"
    assert not Document.objects.exists()


@pytest.fixture
def stranger(make_user):
    user = make_user("stranger@example.fr")
    signup.open_file(user_id=user.pk, at=AT)
    return user


def test_another_merchants_objects_are_not_found(owner, merchant, stranger, sign_in, make_member):
    now = timezone.now()
    document = steps.give_registration(merchant, owner, now)
    found = sign_in(owner).post(url("company"), {"number": steps.PERDRELLE})
    member = merchant.memberships.get()
    client = sign_in(stranger)

    assert client.get(url("document", document.public_id)).status_code == 404
    assert client.get(found["Location"]).status_code == 404
    assert client.post(found["Location"]).status_code == 404
    assert client.get(url("team_remove", member.public_id)).status_code == 404
    assert client.get(url("team_role", member.public_id)).status_code == 404
    assert client.post(url("team_role", member.public_id), {"role": Role.READ_ONLY}).status_code == 404
    assert client.post(url("team_remove", member.public_id)).status_code == 404
    assert client.post(url("team_withdraw", member.public_id)).status_code == 404
    assert not DocumentView.objects.exists() and not Company.objects.exists()


def test_an_anonymous_visitor_gets_no_document(owner, merchant, client):
    document = steps.give_registration(merchant, owner, timezone.now())

    assert client.get(url("document", document.public_id)).status_code == 302
    assert not DocumentView.objects.exists()


def test_the_reviewers_words_are_read_word_for_word_and_only_that_page_opens(owner, merchant, maker, sign_in):
    now = timezone.now()
    steps.submit(merchant, owner, now)
    steps.take(merchant, maker, now)
    text = "L’extrait date du 18 juillet : envoyez-en un daté du 24 août ou après."
    review.request_information(
        application_id=merchant.application.pk,
        codes=["registration_document"],
        reason="document_too_old",
        text=text,
        by=maker,
        at=now,
    )
    client = sign_in(owner)

    page = client.get(url("file")).content.decode()
    assert text in page
    assert "délai habituel" not in page
    assert text in client.get(url("registration")).content.decode()
    assert '<form method="post" novalidate' in client.get(url("registration")).content.decode()
    closed = client.post(url("bank"), {"iban": steps.IBAN, "holder": "Savonnerie Perdrelle"})
    assert closed.status_code in {200, 422}
    assert BankAccount.objects.count() == 1
    assert Person.objects.count() == 1


def test_nobody_reads_on_in_a_refused_file(owner, merchant, maker, sign_in):
    now = timezone.now()
    steps.submit(merchant, owner, now)
    steps.take(merchant, maker, now)
    review.reject(
        application_id=merchant.application.pk, reason="other", text="Le fait, la règle.", by=maker, at=now
    )

    page = sign_in(owner).get(url("file")).content.decode()

    assert "Le fait, la règle." in page
    assert "Chez nous" not in page and "délai habituel" not in page and "préparez vos ventes" not in page


def test_the_bell_costs_the_same_with_one_and_three_lines(
    owner, merchant, sign_in, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(owner)
    client.get(url("notifications"))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            notifications.notify(merchant_id=merchant.pk, kind="x.y")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url("notifications")).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12


def test_marking_read_empties_the_bell(owner, merchant, sign_in):
    notifications.notify(merchant_id=merchant.pk, kind="x.y")
    client = sign_in(owner)

    client.post(url("notifications_read"))

    assert merchant.notifications.filter(read_at=None).count() == 0


def test_a_late_answer_is_said_to_be_late(owner, merchant, maker, sign_in):
    then = timezone.now() - timedelta(days=20)
    steps.submit(merchant, owner, then)
    steps.take(merchant, maker, then)
    review.request_information(
        application_id=merchant.application.pk,
        codes=["dsa_contact"],
        reason="other",
        text="Donnez un numéro joignable.",
        by=maker,
        at=then,
    )

    assert "En retard" in sign_in(owner).get(url("file")).content.decode()

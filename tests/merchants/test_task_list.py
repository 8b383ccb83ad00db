"""What the pages of the file tell: what is missing and why, whose turn it is, since when, and what waits."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import override

from merchants.enums import MeasureKind, MerchantStatus, Role
from merchants.models import Application, StorePage
from merchants.presentation import hours, tasks
from merchants.presentation.purposes import PURPOSES
from merchants.services import addresses, bank_changes, company, requirements, store_page
from merchants.services.requirements.definitions import CODES
from tests.factories import make_member, make_merchant
from tests.factories.measures import make_measure
from tests.merchants import steps
from tests.merchants.conftest import AT
from tests.merchants.trade.test_storefront import picture

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def shown(merchant, at=AT):
    return tasks.context(requirements.compute(merchant_id=merchant.pk, at=at))


def task(merchant, code, at=AT):
    return next(one for one in shown(merchant, at)["tasks"] if one.item.code == code)


def page(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def test_each_requirement_says_why_it_is_asked():
    assert set(PURPOSES) >= CODES


def test_what_nobody_began_says_why_it_is_asked_in_the_list_and_on_its_page(merchant, owner, sign_in):
    client = sign_in(owner)

    with override("fr"):
        why = str(PURPOSES["registration_document"])
        assert task(merchant, "registration_document").why == why
    assert "monidenum.fr" in page(client, "merchants:file")
    assert "monidenum.fr" in page(client, "merchants:registration")


def test_before_it_is_sent_nothing_is_with_us(merchant, owner):
    steps.complete(merchant, owner, AT)

    given = task(merchant, "registration_document", AT + 9 * DAY)

    assert (given.state, given.is_given, given.usual_on) == (tasks.DONE, True, None)
    assert tasks.WITH_US not in dict(shown(merchant)["tally"])


def test_the_usual_delay_counts_from_the_day_the_file_was_sent_and_being_late_is_said(
    merchant, owner, sign_in
):
    steps.complete(merchant, owner, AT)
    sent = AT + 7 * DAY
    with time_machine.travel(sent, tick=False):
        sign_in(owner).post(reverse("merchants:send"))

    read = task(merchant, "registration_document", sent)

    # Tuesday 17 November; two working days end on Thursday 19.
    assert (read.state, read.since, read.usual_on) == (tasks.WITH_US, sent, date(2026, 11, 19))
    assert not read.is_slow and task(merchant, "registration_document", sent + 3 * DAY).is_slow
    with time_machine.travel(sent + 3 * DAY, tick=False):
        assert "veuillez nous en excuser" in page(sign_in(owner), "merchants:file")


def test_what_may_wait_says_until_when_and_does_not_count(merchant, owner):
    steps.give_company(merchant, owner, AT)
    steps.give_trade(merchant, owner, AT)
    steps.trade.declare_plan(
        families=["toys"], markets=["FR", "DE"], turnover="small", merchant_id=merchant.pk, by=owner, at=AT
    )

    with override("fr"):
        german = task(merchant, "epr_de")
        assert german.state == tasks.LATER and "Allemagne" in german.needed_for
        assert "Emballages ménagers (01)" in german.why
    assert german not in shown(merchant)["asked"]


def test_what_is_only_not_complete_is_to_do_and_not_wrong(merchant, owner):
    steps.give_company(merchant, owner, AT)
    steps.people.add_representative(merchant_id=merchant.pk, data=steps.CLAIRE, by=owner, at=AT, signs=True)

    assert task(merchant, "beneficial_owners").state == tasks.TO_DO
    assert task(merchant, "identity_documents").state == tasks.TO_DO


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (MerchantStatus.SUSPENDED, "est suspendue : vos offres"),
        (MerchantStatus.CLOSED, "plus rien ne change"),
        (MerchantStatus.ACTIVE, "Votre boutique est ouverte"),
    ],
)
def test_the_page_says_first_where_the_store_stands(sign_in, status, told):
    store = make_merchant(status=status)
    Application.objects.create(merchant=store)
    text = page(sign_in(make_member(store)), "merchants:file").replace("\xa0", " ")

    assert told in text
    assert ("Votre boutique est ouverte" in text) == (status == MerchantStatus.ACTIVE)
    if status == MerchantStatus.CLOSED:
        assert "Votre prochaine action" not in text


def test_an_open_store_has_compliance_where_a_new_one_has_a_file(merchant, owner, sign_in):
    assert "Mon dossier" in page(sign_in(owner), "merchants:team")
    store = make_merchant()
    Application.objects.create(merchant=store)

    text = page(sign_in(make_member(store)), "merchants:team")

    assert "Conformité" in text and "Mon dossier" not in text


def test_the_page_of_the_money_says_what_holds_payouts(merchant, owner, maker, checker, sign_in, make_member):
    steps.submit(merchant, owner, AT)
    steps.approve(merchant, maker, checker, AT)
    merchant.refresh_from_db()
    client = sign_in(owner)
    title = "Vos versements sont suspendus pour l’instant"
    assert title not in page(client, "orders:balance")

    bank_changes.ask(
        merchant_id=merchant.pk,
        iban="DE89370400440532013000",
        holder="Savonnerie Perdrelle",
        proof=steps.pdf(),
        proof_name="rib.pdf",
        by=owner,
        at=AT,
    )
    text = page(client, "orders:balance")
    assert title in text and "Nous contrôlons ce que vous avez envoyé." in text and "Rien à faire." in text
    assert reverse("merchants:bank") in text
    measure = make_measure(merchant, MeasureKind.RESTRICTION, capability="payouts")
    assert reverse("merchants:measure", args=[measure.public_id]) in page(client, "orders:balance")
    # Finance reads why, without a way to pages that are not for it.
    assert title in page(sign_in(make_member(Role.FINANCE)), "orders:balance")


def test_the_officers_of_the_register_are_there_to_choose(merchant, owner, sign_in):
    found = company.look_up(merchant_id=merchant.pk, number="999980329", at=AT)
    company.choose(merchant_id=merchant.pk, check_id=found.check.pk, siret="99998032900018", by=owner, at=AT)
    client, add = sign_in(owner), reverse("merchants:representative_add")

    first = client.get(add).context["form"].initial["last_name"]
    second = client.get(add, {"officer": "1"}).context["form"].initial["last_name"]

    assert (first, second) == ("Escande", "Domingues")
    assert client.get(add, {"officer": "nobody"}).context["form"].initial["last_name"] == "Escande"


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (
            "Mo,Tu,We,Th,Fr 09:00-12:30,14:00-18:00; PH off",
            "du lundi au vendredi, 09:00–12:30 et 14:00–18:00, hors jours fériés",
        ),
        ("Mo-Fr 09:00-17:00; PH off", "du lundi au vendredi, 09:00–17:00, hors jours fériés"),
        ("Mo,Sa 10:00-12:00; PH off", "lundi, samedi, 10:00–12:00, hors jours fériés"),
        ("24/7", "24/7"),
    ],
)
def test_hours_are_said_in_words(stored, said):
    with override("fr"):
        assert hours.words(stored) == said


def test_a_logo_and_the_address_of_a_zone_are_taken_away_by_their_buttons(merchant, owner, sign_in):
    who = {"merchant_id": merchant.pk, "by": owner, "at": AT}
    store_page.set_logo(file=picture(), **who)
    shop = addresses.PostalAddress("Perdrelle", "3 rue des Lavandes", "04300", "Forcalquier")
    steps.give_trade(merchant, owner, AT)
    addresses.set_returns(zone="union", address=shop, **who)
    client = sign_in(owner)
    gone = reverse("merchants:returns_remove", args=["union"])
    assert gone in page(client, "merchants:returns")
    assert reverse("merchants:store_logo_remove") in page(client, "merchants:store_logo")

    client.post(reverse("merchants:store_logo_remove"))
    client.post(gone)
    kept = client.post(reverse("merchants:returns_remove", args=["default"]), follow=True)

    assert not StorePage.objects.get(merchant=merchant).logo
    assert list(merchant.returns_addresses.values_list("zone", flat=True)) == ["default"]
    assert "cette adresse se modifie" in kept.content.decode()

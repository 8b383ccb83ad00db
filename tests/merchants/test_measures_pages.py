"""Measures and appeals on the pages of the merchant and of the desk."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from catalog.services import offers, publication
from core.services import events, jobs
from core.staff import StaffGroup
from merchants.enums import MeasureKind, MerchantStatus, Role
from merchants.models import Appeal, Application, Letter, Measure, Merchant, Notification
from merchants.services import measures
from merchants.services.reasoning import ACCESS_AFTER
from orders.services import offers as order_offers
from tests.factories import make_market, make_member, make_merchant, make_offer, make_order
from tests.factories.measures import FACTS, make_measure
from tests.merchants import steps
from tests.web.personas import staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    merchant = make_merchant("Perdrelle")
    Application.objects.create(merchant=merchant)
    return merchant


@pytest.fixture
def speaker(store):
    return make_member(store)


def deliver():
    events.relay_all()
    jobs.run_pending()


def page(measure, name="measure"):
    return reverse(f"merchants:{name}", args=[measure.public_id])


def sold(variant, country="FR"):
    """Tell whether the feed shows the variant, and whether an order for it would be taken."""
    market, at = make_market(country), timezone.now()
    asked = order_offers.Asked(variant.merchant.public_id, variant.sku, market.pk, "fr", at)
    [found] = order_offers.find([asked])
    return offers.on_sale(market=market, at=at).filter(pk=variant.pk).exists(), found.is_on_sale


def test_a_suspended_store_leaves_the_feed_and_takes_no_order_but_sends_what_was_sold(
    store, speaker, sign_in
):
    variant = make_offer(store, stock=9)
    order = make_order((variant, 1))
    assert sold(variant) == (True, True)

    measure = make_measure(store)

    assert sold(variant) == (False, False)
    with pytest.raises(publication.PublicationRestricted) as refused:
        publication.publish(
            merchant_id=store.pk,
            product_ids=[variant.product_id],
            countries=["FR"],
            by=speaker,
            at=timezone.now(),
        )
    assert refused.value.details == {"measure": measure.reference}
    client = sign_in(speaker)
    assert client.post(reverse("orders:accept", args=[order.public_id])).status_code == 302
    order.refresh_from_db()
    assert order.status == "accepted"


def test_a_restricted_market_closes_that_market_only(store):
    variant, other = make_offer(store, stock=9), make_offer(make_merchant(), stock=9)
    german = make_offer(store, "DE-1", country="DE", stock=9)

    make_measure(store, MeasureKind.RESTRICTION, capability="market", country="DE")

    assert sold(variant) == (True, True) and sold(other) == (True, True)
    assert sold(german, "DE") == (False, False)


def test_the_merchant_is_told_by_mail_with_the_statement_and_under_the_bell(store, speaker):
    measure = make_measure(store)
    deliver()
    deliver()

    [message] = mail.outbox
    assert message.to == [speaker.email] and measure.reference in message.subject
    [(name, content, kind)] = message.attachments
    assert (name, kind) == (f"{measure.reference}.pdf", "application/pdf") and content.startswith(b"%PDF")
    line = Notification.objects.get()
    assert (line.kind, line.url) == ("measure.announced", page(measure))
    assert Letter.objects.get().attachments == [name]


def test_every_page_says_what_is_in_force_and_leads_to_it(store, speaker, sign_in):
    client = sign_in(speaker)
    announced = make_measure(store, MeasureKind.TERMINATION)
    assert page(announced) in client.get(reverse("merchants:store")).content.decode()

    suspension = make_measure(store)

    shown = client.get(reverse("merchants:store")).content.decode()
    assert "Votre boutique est suspendue." in shown and page(suspension) in shown
    statement = client.get(page(suspension)).content.decode()
    assert FACTS in statement and "Médiateur des entreprises" in statement
    pdf = client.get(page(suspension, "measure_statement"))
    assert (pdf["Content-Type"], b"".join(pdf.streaming_content)[:5]) == ("application/pdf", b"%PDF-")
    listed = client.get(reverse("merchants:measures")).content.decode()
    assert announced.reference in listed and suspension.reference in listed


def test_a_proposal_is_not_found(store, speaker, sign_in):
    measure = make_measure(store)
    Measure.objects.filter(pk=measure.pk).update(status="proposed", began_at=None)

    for name in ("measure", "measure_statement", "measure_appeal"):
        assert sign_in(speaker).get(page(measure, name)).status_code == 404


def test_an_owner_appeals_from_the_portal_and_errors_stand_at_their_field(store, speaker, sign_in):
    measure, client = make_measure(store), sign_in(speaker)

    empty = client.post(page(measure, "measure_appeal"), {"text": ""})
    broken = client.post(
        page(measure, "measure_appeal"), {"text": "Voici pourquoi.", "documents": [steps.pdf(password="x")]}
    )
    assert (empty.status_code, broken.status_code, Appeal.objects.count()) == (422, 422, 0)
    assert "Voici pourquoi." in broken.content.decode() and "mot de passe" in broken.content.decode()

    sent = client.post(
        page(measure, "measure_appeal"), {"text": "Voici pourquoi.", "documents": [steps.pdf(), steps.pdf(2)]}
    )

    assert (sent.status_code, sent.url) == (302, page(measure))
    appeal = Appeal.objects.get()
    assert appeal.document.parts.count() == 2
    assert "Voici pourquoi." in client.get(page(measure)).content.decode()
    again = client.post(page(measure, "measure_appeal"), {"text": "Encore."})
    assert again.status_code == 422 and "médiateur" in again.content.decode()


@pytest.mark.parametrize("role", [Role.ORDERS, Role.READ_ONLY])
def test_other_members_read_and_do_not_appeal(store, sign_in, role):
    measure, client = make_measure(store), sign_in(make_member(store, role))

    assert client.get(page(measure)).status_code == 200
    assert client.post(page(measure, "measure_appeal"), {"text": "Non."}).status_code == 403


def test_a_closed_store_is_read_for_a_time_and_changes_nothing(store, speaker, sign_in):
    measure = make_measure(store, MeasureKind.TERMINATION, notice_exception="legal_obligation")
    client = sign_in(speaker)

    assert client.get(reverse("catalog:products")).status_code == 200
    refused = client.post(reverse("merchants:store_name"), {"store_name": "Autre"}, follow=True)
    assert "plus rien ne change" in refused.content.decode()
    assert client.post(page(measure, "measure_appeal"), {"text": "Voici pourquoi."}).status_code == 302
    store.refresh_from_db()
    assert (store.status, store.store_name) == (MerchantStatus.CLOSED, "Perdrelle")

    Merchant.objects.filter(pk=store.pk).update(closed_at=timezone.now() - ACCESS_AFTER - timedelta(days=1))
    assert client.get(reverse("catalog:products")).status_code == 403


def test_the_desk_proposes_confirms_and_lifts_by_permission(store, sign_in):
    reviewer, lead = (
        staff("r@example.org", StaffGroup.REVIEWER),
        staff("l@example.org", StaffGroup.LEAD_REVIEWER),
    )
    form = reverse("admin:merchants_measure_propose", args=[store.pk])
    data = {
        "kind": "suspension",
        "reason": "fraud",
        "facts": "",
        "ground": "terms",
        "clause": "2",
        "source": "notice",
        "automated_means": "none",
    }
    client = sign_in(reviewer)
    assert client.get(form).status_code == 200
    assert client.post(form, data).status_code == 200 and not Measure.objects.exists()
    assert client.post(form, {**data, "facts": FACTS}).status_code == 302
    measure = Measure.objects.get()
    act = reverse("admin:merchants_measure_act", args=[measure.pk])
    shown = reverse("admin:merchants_measure_change", args=[measure.pk])

    assert client.post(act, {"act": "confirm"}).status_code == 403
    assert 'value="confirm"' not in client.get(shown).content.decode()
    client = sign_in(lead)
    assert FACTS in client.get(shown).content.decode()
    client.post(act, {"act": "confirm"})
    assert Merchant.objects.get(pk=store.pk).status == MerchantStatus.SUSPENDED
    assert "Dites pourquoi" in client.post(act, {"act": "lift"}, follow=True).content.decode()
    client.post(act, {"act": "lift", "text": "Preuves reçues."})
    assert Merchant.objects.get(pk=store.pk).status == MerchantStatus.ACTIVE


def test_the_desk_finds_a_merchant_by_name_or_not(store, sign_in):
    client = sign_in(staff("r@example.org", StaffGroup.REVIEWER))
    choose = reverse("admin:merchants_measure_choose")

    found = client.get(choose, {"merchant": "perdrelle"})
    assert found.url == reverse("admin:merchants_measure_propose", args=[store.pk])
    assert "Aucun marchand" in client.get(choose, {"merchant": "inconnu"}).content.decode()


def test_the_desk_decides_an_appeal_of_others(store, speaker, sign_in):
    lead, judge = (
        staff("l@example.org", StaffGroup.LEAD_REVIEWER),
        staff("j@example.org", StaffGroup.LEAD_REVIEWER),
    )
    measure = make_measure(store, checker=lead)
    sign_in(speaker).post(page(measure, "measure_appeal"), {"text": "Voici pourquoi."})
    appeal = Appeal.objects.get()
    take, decide = (reverse(f"admin:merchants_appeal_{n}", args=[appeal.pk]) for n in ("take", "decide"))

    assert "pris part" in sign_in(lead).post(take, follow=True).content.decode()
    client = sign_in(judge)
    client.post(take)
    wrong = client.post(decide, {"outcome": "partly", "answer": "Réduite.", "ends_at": ""})
    assert wrong.status_code == 200 and "Réduite." in wrong.content.decode()
    client.post(decide, {"outcome": "overturned", "answer": "Vous avez raison."})

    assert Merchant.objects.get(pk=store.pk).status == MerchantStatus.ACTIVE
    deliver()
    assert "Vous avez raison." in mail.outbox[-1].body
    assert "Vous avez raison." in sign_in(speaker).get(page(measure)).content.decode()


def test_late_appeals_are_marked(store, speaker, sign_in):
    measure = make_measure(store)
    sign_in(speaker).post(page(measure, "measure_appeal"), {"text": "Voici pourquoi."})
    Appeal.objects.update(decide_until=timezone.localdate() - timedelta(days=1))

    desk = sign_in(staff("j@example.org", StaffGroup.LEAD_REVIEWER))

    assert "en retard" in desk.get(reverse("admin:merchants_appeal_changelist")).content.decode()
    assert "est en retard" in sign_in(speaker).get(page(measure)).content.decode()


def test_a_lifted_measure_is_told_with_its_reason(store, speaker):
    measure = make_measure(store)
    measures.lift(measure_id=measure.pk, text="Preuves reçues.", by=speaker, at=timezone.now())
    deliver()

    assert {n.kind for n in Notification.objects.all()} == {"measure.announced", "measure.ended"}
    assert any("Preuves reçues." in m.body for m in mail.outbox)

"""The desk finds orders and acts through the services; merchants are told what concerns them."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core.services import events, jobs
from core.staff import StaffGroup
from core.web.desk import sidebar
from merchants.enums import Role
from merchants.models import Notification
from merchants.services import notifications
from orders.enums import OrderStatus
from orders.models import MerchantOrder
from orders.services import acceptance, checks, intake, notices
from tests.factories import (
    make_channel,
    make_member,
    make_merchant,
    make_offer,
    make_order,
    make_point,
    make_staff,
    make_user,
    new_order,
)
from tests.web.personas import give_second_factor

pytestmark = pytest.mark.django_db
LIST = "/admin/orders/merchantorder/"


@pytest.fixture
def desk(client):
    user = make_user(is_staff=True, is_superuser=True)
    give_second_factor(user)
    client.force_login(user)
    return client


@pytest.mark.parametrize("by", ["number", "order.number", "order.reference"])
def test_the_desk_finds_an_order_by_any_number(desk, by):
    wanted, other = make_order(), make_order()
    text = wanted
    for name in by.split("."):
        text = getattr(text, name)

    shown = desk.get(LIST, {"q": text}).content.decode()

    assert wanted.number in shown
    assert other.number not in shown


def test_the_desk_shows_the_whole_course_of_an_order(desk):
    order = make_order(status=OrderStatus.CLOSED)

    shown = desk.get(f"{LIST}{order.pk}/change/").content.decode()

    assert "order.delivered" in shown
    assert "channel:Grand Large" in shown
    assert order.lines.get().sku in shown


def test_the_desk_acts_through_the_services_and_says_what_is_refused(desk):
    waiting, refused = make_order(), make_order(status=OrderStatus.REFUSED)

    answered = desk.post(
        LIST, {"action": "accept", "_selected_action": [waiting.pk, refused.pk]}, follow=True
    ).content.decode()

    assert MerchantOrder.objects.get(pk=waiting.pk).status == OrderStatus.ACCEPTED
    assert MerchantOrder.objects.get(pk=refused.pk).status == OrderStatus.REFUSED
    assert waiting.number in answered and refused.number in answered


def test_nothing_of_an_order_or_the_ledger_can_be_typed_in(desk):
    order = make_order()

    assert desk.post(f"{LIST}{order.pk}/change/", {"status": "closed"}).status_code == 403
    assert desk.get("/admin/orders/entry/").status_code == 200
    assert desk.get("/admin/orders/account/").status_code == 200
    assert desk.get("/admin/orders/order/").status_code == 200
    assert desk.get("/admin/orders/entry/add/").status_code == 403


def test_support_may_act_and_finance_may_only_read():
    support, finance = make_staff(StaffGroup.SUPPORT), make_staff(StaffGroup.FINANCE)

    assert support.has_perm("orders.change_merchantorder")
    assert not support.has_perm("orders.view_entry")
    assert finance.has_perm("orders.view_entry")
    assert not finance.has_perm("orders.change_merchantorder")


def test_a_new_order_is_told_under_the_bell_and_by_mail_once():
    merchant = make_merchant()
    owner = make_member(merchant, Role.OWNER)
    make_member(merchant, Role.CATALOGUE)
    order = make_order((make_offer(merchant), 1))

    events.relay_all()
    jobs.run_pending(reraise=True)
    [job_mail] = mail.outbox
    notices.mail(merchant_order_id=order.pk, template="order_placed", key="again")
    notices.mail(merchant_order_id=order.pk, template="order_placed", key="again")

    line = Notification.objects.get(kind="order.placed")
    assert order.number in notifications.text_of(line)
    assert line.url == f"/orders/{order.public_id}/"
    assert job_mail.to == [owner.email]
    assert order.number in job_mail.subject and line.url in job_mail.body
    assert "Lotte" not in job_mail.body
    assert len(mail.outbox) == 2


def test_only_a_refusal_that_nobody_took_is_told():
    merchant = make_merchant()
    variant = make_offer(merchant)
    by_hand, forgotten = make_order((variant, 1)), make_order((variant, 1))
    acceptance.refuse(merchant_order_id=by_hand.pk, reason="out_of_stock", by=make_user(), at=timezone.now())
    acceptance.expire(at=forgotten.accept_until + timedelta(hours=1))

    events.relay_all()

    told = Notification.objects.filter(kind="order.refused").values_list("data__number", flat=True)
    assert list(told) == [forgotten.number]


def test_a_full_point_names_the_nearest_that_could_take_the_parcel():
    full = make_point(capacity=1, load=1)
    near = make_point(latitude=45.76, longitude=4.84, x=538787.0, y=5739836.0, name="Lyon Cordeliers")
    new = new_order((make_offer(make_merchant()), 1), point=full)

    with pytest.raises(checks.PickupPointUnavailable) as refusal:
        intake.place(channel=make_channel(), new=new, at=timezone.now())

    [other] = refusal.value.details["alternatives"]
    assert (other["id"], other["name"]) == (str(near.public_id), "Lyon Cordeliers")


@pytest.mark.parametrize(
    ("action", "reason", "foreign", "becomes"),
    [
        ("refuse", "price_error", "buyer_changed_mind", OrderStatus.REFUSED),
        ("cancel", "payment_failed", "price_error", OrderStatus.CANCELLED),
    ],
)
def test_the_desk_is_asked_why_before_an_order_ends(desk, action, reason, foreign, becomes):
    order = make_order()
    sent = {"action": action, "_selected_action": [order.pk]}

    asked = desk.post(LIST, sent)
    empty = desk.post(LIST, {**sent, "asked": "1"})
    wrong = desk.post(LIST, {**sent, "asked": "1", "reason": foreign})

    assert (asked.status_code, empty.status_code, wrong.status_code) == (200, 422, 422)
    assert order.number in asked.content.decode()
    assert MerchantOrder.objects.get(pk=order.pk).status == OrderStatus.WAITING_ACCEPTANCE
    done = desk.post(LIST, {**sent, "asked": "1", "reason": reason}, follow=True)
    ended = MerchantOrder.objects.get(pk=order.pk)
    assert (ended.status, ended.end_reason) == (becomes, reason)
    assert order.number in done.content.decode()


def test_every_state_is_written_in_words(desk):
    make_order(status=OrderStatus.ACCEPTED)

    shown = desk.get(LIST, HTTP_ACCEPT_LANGUAGE="fr").content.decode()

    assert "À expédier" in shown
    assert ">accepted<" not in shown.replace("\n", "").replace(" ", "")


def test_the_desk_s_navigation_places_every_page_of_ours(desk):
    sections = {line["title"]: line["items"] for line in sidebar(desk.get("/admin/").wsgi_request)}

    other = [item["link"] for item in sections.get("Autre", [])]
    ours = ("orders", "catalog", "partners")
    assert [link for link in other if link.split("/")[2] in ours] == []
    assert len(sections["Bureaux"]) >= 4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from merchants.enums import Role
from merchants.services import signup
from merchants.web.access import member_required
from merchants.web.middleware import MerchantMiddleware
from tests.merchants.conftest import AT


def seen_by(user, method="get", session=None, path="/somewhere/"):
    request = getattr(RequestFactory(), method)(path)
    request.user, request.session = user, session or {}
    MerchantMiddleware(lambda r: HttpResponse())(request)
    return request


@member_required(Role.ORDERS)
def orders_page(request):
    return HttpResponse("orders")


@member_required()
def open_page(request):
    return HttpResponse("open")


def test_middleware_gives_the_only_merchant(owner, merchant):
    request = seen_by(owner)

    assert (request.merchant, request.membership.role) == (merchant, Role.OWNER)


def test_middleware_gives_the_merchant_chosen_in_the_session(owner, merchant, make_user, make_member):
    other = signup.open_file(user_id=make_user().pk, at=AT)
    make_member(Role.FINANCE, of=other, user=owner)

    request = seen_by(owner, session={"merchant": str(other.public_id)})

    assert (request.merchant, request.membership.role) == (other, Role.FINANCE)
    assert len(request.memberships) == 2


def test_middleware_ignores_a_merchant_the_person_does_not_belong_to(owner, merchant, make_user):
    other = signup.open_file(user_id=make_user().pk, at=AT)

    request = seen_by(owner, session={"merchant": str(other.public_id)})

    assert request.merchant == merchant


def test_middleware_ignores_an_ended_membership(merchant, make_member):
    user = make_member(Role.ORDERS)
    user.memberships.update(ended_at=AT)

    request = seen_by(user)

    assert (request.merchant, request.membership, request.memberships) == (None, None, [])


def test_middleware_asks_nothing_for_the_api(owner, merchant, django_assert_num_queries):
    with django_assert_num_queries(0):
        request = seen_by(owner, path="/api/v1/orders/")

    assert request.merchant is None


def test_an_anonymous_visitor_is_asked_to_sign_in(db):
    answer = orders_page(seen_by(AnonymousUser()))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


def test_a_person_without_merchant_is_led_to_open_a_store(make_user):
    assert orders_page(seen_by(make_user()))["Location"] == "/start/"


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMINISTRATOR, Role.ORDERS])
def test_the_named_role_and_those_above_it_pass(make_member, role):
    assert orders_page(seen_by(make_member(role))).content == b"orders"


@pytest.mark.parametrize("role", [Role.CATALOGUE, Role.FINANCE, Role.READ_ONLY])
def test_another_role_is_refused(make_member, role):
    with pytest.raises(PermissionDenied):
        orders_page(seen_by(make_member(role)))


def test_a_read_only_member_reads_everything_and_sends_nothing(make_member):
    user = make_member(Role.READ_ONLY)

    assert open_page(seen_by(user)).content == b"open"
    with pytest.raises(PermissionDenied):
        open_page(seen_by(user, method="post"))


def test_switch_keeps_the_choice_in_the_session(owner, merchant, make_user, make_member, sign_in):
    other = signup.open_file(user_id=make_user().pk, at=AT)
    make_member(Role.FINANCE, of=other, user=owner)
    client = sign_in(owner)

    answer = client.post("/switch/", {"merchant": other.public_id, "next": "https://evil.example/"})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["merchant"] == str(other.public_id)


def test_switch_to_a_stranger_is_not_found(owner, merchant, make_user, sign_in):
    other = signup.open_file(user_id=make_user().pk, at=AT)
    client = sign_in(owner)

    assert client.post("/switch/", {"merchant": other.public_id}).status_code == 404
    assert "merchant" not in client.session

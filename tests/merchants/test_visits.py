"""Support looks at the portal as the merchant: read-only, for a reason, for a while, and all can see it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from merchants.enums import Role
from merchants.models import SupportPage, SupportVisit
from merchants.roles import VISITS
from merchants.services import visits
from tests.architecture.tenancy_world import BUYER, World, make_world
from tests.architecture.test_tenancy_walk import PUBLIC, SECRET_LINKS, SENT, addresses, owned_rows, place
from tests.factories import make_member, make_merchant
from tests.web.personas import staff

pytestmark = pytest.mark.django_db
REASON = "Ticket 4812 : la page des imports reste vide"


@pytest.fixture
def agent():
    return staff("support@passerelle.example", "support")


@pytest.fixture
def client(agent) -> Client:
    client = Client()
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def world(settings, tmp_path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make_world()


def begin(client, merchant, reason=REASON):
    return client.post(f"/admin/merchants/supportvisit/begin/{merchant.pk}/", {"reason": reason})


def test_a_visit_begins_with_a_reason_and_shows_the_merchants_portal(client, agent):
    merchant = make_merchant("Perdrelle")

    assert begin(client, merchant, "trop court"[:9]).status_code == 422
    assert not SupportVisit.objects.exists()
    assert begin(client, merchant)["Location"] == "/file/"
    page = client.get("/catalog/").content.decode()

    visit = SupportVisit.objects.get()
    assert "Perdrelle" in page and "Mettre fin à la visite" in page
    assert visits.reason_of(visit) == REASON
    assert REASON.encode() not in bytes(visit.reason)
    assert list(visit.pages.values_list("path", flat=True)) == ["/catalog/"]
    assert visit.trail.get(pgh_label="insert").pgh_context.metadata["reason"] == REASON


@pytest.mark.parametrize("group", ["reviewer", "finance", "auditor", "catalogue moderator"])
def test_only_whose_job_it_is_may_visit(group):
    client = Client()
    client.force_login(staff("autre@passerelle.example", group))

    assert begin(client, make_merchant()).status_code == 403
    assert not SupportVisit.objects.exists()


def test_everything_that_would_change_something_is_refused(client, world):
    begin(client, world.merchant)
    before, wrong = owned_rows(world), []

    for address in addresses():
        if address.is_api or address.name in {"merchants:visit_end", "choose_language", "choose_theme"}:
            continue
        sent = client.post(place(address, world), SENT.get(address.name, lambda _w: {})(world))
        if sent.status_code not in {403, 405}:
            wrong.append(f"{address.name}: {sent.status_code}")

    assert wrong == []
    after = owned_rows(world)
    assert {label for label in after if after[label] != before[label]} <= {"merchants.SupportPage"}


def test_every_page_opens_or_is_closed_and_none_names_a_buyer(client, world):
    begin(client, world.merchant)
    wrong, opened = [], 0

    for address in addresses():
        if address.is_api or address.name in PUBLIC | SECRET_LINKS.keys():
            continue
        answer = client.get(place(address, world))
        text = b"".join(answer).decode(errors="replace")
        opened += answer.status_code == 200
        if answer.status_code not in {200, 302, 403, 404, 405}:
            wrong.append(f"{address.name}: {answer.status_code}")
        if any(secret in text for secret in (BUYER.name, BUYER.email, BUYER.phone)):
            wrong.append(f"{address.name} names the buyer")
        if answer.status_code == 200 and "<html" in text and "Mettre fin à la visite" not in text:
            wrong.append(f"{address.name} has no banner")

    assert wrong == []
    assert opened > 15


@pytest.mark.parametrize("page", ["/file/check/", "/file/representative/", "/file/bank/", "/developers/"])
def test_people_and_secrets_stay_closed_to_who_may_not_see_them_on_the_desk(client, world, page):
    begin(client, world.merchant)

    assert client.get(page).status_code == 403


def test_a_visit_ends_by_itself_and_nothing_of_it_stays(client, agent):
    merchant = make_merchant("Perdrelle")
    begin(client, merchant)
    visit = SupportVisit.objects.get()

    with time_machine.travel(timezone.now() + visits.LASTS + timedelta(seconds=1), tick=False):
        answer = client.get("/catalog/")

    visit.refresh_from_db()
    assert answer["Location"] == "/admin/"
    assert visit.ended_at == visit.expires_at
    assert client.get("/catalog/")["Location"] == "/start/"
    assert SupportPage.objects.count() == 0


def test_it_ends_by_its_button_and_by_signing_out(client, agent):
    merchant = make_merchant()
    begin(client, merchant)
    assert (
        client.post("/security/visit/end/")["Location"] == f"/admin/merchants/merchant/{merchant.pk}/change/"
    )
    assert client.get("/catalog/")["Location"] == "/start/"
    begin(client, merchant)

    client.post("/accounts/logout/")

    assert not SupportVisit.objects.filter(ended_at=None).exists()
    assert SupportVisit.objects.count() == 2


def test_a_second_visit_ends_the_first(client, agent):
    begin(client, make_merchant())
    begin(client, make_merchant())

    assert [one.ended_at is None for one in SupportVisit.objects.order_by("pk")] == [False, True]


def test_who_loses_the_right_loses_the_visit(client, agent):
    begin(client, make_merchant())
    agent.groups.clear()

    assert client.get("/catalog/")["Location"] == "/admin/"
    assert not SupportVisit.objects.filter(ended_at=None).exists()


def test_a_visit_in_the_session_of_somebody_else_opens_nothing(client, agent):
    merchant = make_merchant()
    begin(client, merchant)
    session = client.session
    thief = Client()
    thief.force_login(staff("autre@passerelle.example", "support"))
    stolen = thief.session
    stolen["support_visit"] = session["support_visit"]
    stolen.save()

    assert thief.get("/catalog/")["Location"] == "/admin/"


def test_the_agents_own_store_is_not_touched(client, agent):
    own = make_merchant("Boutique de l’agent")
    make_member(own, Role.OWNER, agent)
    begin(client, make_merchant("Perdrelle"))
    assert client.get("/catalog/").context["request"].merchant.store_name == "Perdrelle"

    client.post("/security/visit/end/")

    assert client.get("/catalog/").context["request"].merchant == own


@pytest.mark.parametrize("role", [Role.OWNER, Role.ORDERS])
def test_the_merchant_sees_that_support_looked(client, role):
    merchant = make_merchant()
    begin(client, merchant)
    client.get("/catalog/")
    member = Client()
    member.force_login(make_member(merchant, role))

    shown = member.get("/security/visits/").content.decode()

    assert REASON in shown
    assert "support@passerelle.example" not in shown


def test_another_merchant_sees_nothing_of_it(client):
    begin(client, make_merchant())
    member = Client()
    member.force_login(make_member(make_merchant()))

    assert REASON not in member.get("/security/visits/").content.decode()


def test_the_list_costs_the_same_with_one_visit_and_with_three(client, agent, django_assert_num_queries):
    merchant = make_merchant()
    member = Client()
    member.force_login(make_member(merchant))
    counts = []
    for _visit in range(3):
        begin(client, merchant)
        member.get("/security/visits/")
        with django_assert_num_queries(12, exact=False) as queries:
            member.get("/security/visits/")
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_visits_name_areas_that_exist():
    from merchants.roles import AREAS

    assert VISITS.keys() <= {area.key for area in AREAS}

"""The demonstration world: what is in it, and when it is refused."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.models import ExchangeRate, Market
from core.models import Event, User
from core.services import events, jobs
from demo import people
from merchants.enums import ApplicationStatus
from merchants.models import Application as File
from merchants.models import Merchant, Requirement
from orders.models import Carrier, PickupNetwork
from partners.models import Application, Channel, Credential

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def load(**options) -> str:
    out = io.StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def test_the_small_world_twice_is_the_small_world():
    counts = []
    for _ in range(2):
        load(size="small")
        counts.append(
            {
                model.__name__: model.objects.count()
                for model in (User, Application, Credential, Channel, Market, ExchangeRate, PickupNetwork)
            }
        )

    assert counts[0] == counts[1]
    assert counts[0]["User"] == len(people.STAFF)
    assert sorted(Channel.objects.get().countries) == ["BE", "CN", "DE", "ES", "FR", "GB", "IT", "PL"]
    assert set(Market.objects.values_list("currency", flat=True)) - {"EUR"} == set(
        ExchangeRate.objects.values_list("currency", flat=True)
    )
    assert Carrier.objects.get(code="trajeo").application.name == people.partner_sign_in("Trajéo").name


def test_production_is_refused(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="never loaded in production"):
        load(size="small")

    assert not User.objects.exists()


def test_an_unknown_size_in_the_environment_is_a_sentence(monkeypatch):
    monkeypatch.setenv("DEMO_SIZE", "huge")

    with pytest.raises(CommandError, match="DEMO_SIZE is full or small, not 'huge'"):
        load()


def test_a_world_of_eight_merchants_has_a_file_in_every_state():
    out = load(size="full", merchants=8, products=0, orders=0, points=0)

    assert "merchants" in out
    states = set(File.objects.values_list("status", flat=True))
    assert states == set(ApplicationStatus)
    assert set(Merchant.objects.values_list("status", flat=True)) == {"active", "onboarding"}
    late = Requirement.objects.filter(merchant__status="active").exclude(state="satisfied")
    assert not late.exists()
    told = Event.objects.filter(type="merchant.approved").earliest("pk").occurred_at
    assert timezone.now() - told > timedelta(days=90)


def test_what_is_old_news_is_not_mailed(mailoutbox):
    load(size="full", merchants=2, products=0, orders=0, points=0)

    events.relay_all()
    jobs.run_pending()

    assert mailoutbox == []


def test_a_second_world_is_refused_and_changes_nothing():
    options = {"size": "full", "merchants": 1, "products": 0, "orders": 0, "points": 0}
    load(**options)
    before = Event.objects.count()

    with pytest.raises(CommandError, match="into an empty database only"):
        load(**options)

    assert Event.objects.count() == before


def test_a_real_register_is_not_asked_for_invented_companies(settings):
    settings.REGISTRY_URL = "https://register.example"

    with pytest.raises(CommandError, match="Unset REGISTRY_URL"):
        load(size="full")

    assert not User.objects.exists()


def test_sign_ins_name_the_owners_and_the_state_of_their_files():
    load(size="full", merchants=3, products=0, orders=0, points=0)
    out = io.StringIO()

    call_command("demo_sign_ins", stdout=out)

    assert "claire.montbrun@perdrelle.example" in out.getvalue()
    assert "paul.vuillemenot@horizon-horloger.example" in out.getvalue()
    owner = authenticate(email="claire.montbrun@perdrelle.example", password=people.PASSWORD)
    assert owner.memberships.get().role == "owner"

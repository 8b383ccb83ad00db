"""The demonstration world: what is in it, and when it is refused."""

import io

import pytest
from django.core.management import CommandError, call_command

from catalog.models import ExchangeRate, Market
from core.models import User
from demo import people
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

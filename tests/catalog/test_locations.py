"""Where merchants keep goods."""

import pytest
from django.utils import timezone

from catalog.enums import LocationKind
from catalog.models import Location
from catalog.services import locations
from tests.factories import make_merchant

pytestmark = pytest.mark.django_db


def test_orders_take_from_locations_in_the_order_they_were_added():
    merchant = make_merchant()
    for name in ("Entrepôt", "Boutique"):
        locations.add(merchant_id=merchant.pk, name=name, kind=LocationKind.SHOP, at=timezone.now())

    found = list(Location.objects.for_merchant(merchant).values_list("name", "priority"))
    assert found == [("Entrepôt", 0), ("Boutique", 1)]
    first = locations.first_or_new(merchant_id=merchant.pk, at=timezone.now())
    assert first.name == "Entrepôt"


def test_a_name_is_given_once_whatever_its_case():
    merchant = make_merchant()
    locations.add(merchant_id=merchant.pk, name="Entrepôt", kind=LocationKind.WAREHOUSE, at=timezone.now())

    with pytest.raises(locations.NameTaken):
        locations.add(merchant_id=merchant.pk, name="ENTREPÔT", kind=LocationKind.SHOP, at=timezone.now())

    assert Location.objects.for_merchant(merchant).count() == 1

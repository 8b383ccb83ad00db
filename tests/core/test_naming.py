"""Fields without a name of their own are called by what they hold."""

import pytest
from django.utils import translation

from orders.models import Parcel


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("merchant", "marchand"),
        ("merchant_order", "commande"),
        ("created_at", "créé le"),
        ("status", "état"),
    ],
)
def test_the_desk_names_every_field(field, name):
    with translation.override("fr"):
        assert str(Parcel._meta.get_field(field).verbose_name) == name


def test_no_migration_knows_of_it():
    *_kind, options = Parcel._meta.get_field("created_at").deconstruct()
    assert "verbose_name" not in options

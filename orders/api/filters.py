"""Filters of the lists of orders."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django_filters import rest_framework as filters

from orders.enums import OrderStatus
from orders.models import MerchantOrder


class OrderFilter(filters.FilterSet):
    """Orders with a part in that state, or a part that has moved since."""

    status = filters.ChoiceFilter(choices=OrderStatus.choices, method="of_part", label="State of a part.")
    updated_since = filters.IsoDateTimeFilter(method="of_part", label="A part has moved since.")
    reference = filters.CharFilter(label="Your reference.")

    def of_part(self, orders: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        lookup = {"status": "status", "updated_since": "updated_at__gte"}[name]
        return orders.filter(Exists(MerchantOrder.objects.filter(order=OuterRef("pk"), **{lookup: value})))


class MerchantOrderFilter(filters.FilterSet):
    status = filters.ChoiceFilter(choices=OrderStatus.choices)
    updated_since = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

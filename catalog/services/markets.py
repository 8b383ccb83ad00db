"""The markets in which merchants may publish."""

from collections.abc import Mapping, Sequence

from catalog.models import Market


def open_to(merchant_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """Return the countries of the open markets for each merchant: the same for all. One query."""
    countries = tuple(
        Market.objects.filter(is_open=True).order_by("country").values_list("country", flat=True)
    )
    return dict.fromkeys(merchant_ids, countries)

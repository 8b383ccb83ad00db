"""The catalogue's entries in the side navigation."""

from django.utils.translation import gettext_lazy as _

from core.web.navigation import Entry, register

register(
    Entry(
        key="catalog",
        section="sell",
        label=_("Catalogue"),
        icon="tags",
        url_name="catalog:products",
        letter="c",
        open_early=True,
    )
)
register(
    Entry(
        key="imports",
        section="sell",
        label=_("Imports"),
        icon="table-import",
        url_name="catalog:imports",
        letter="i",
        open_early=True,
    )
)
register(
    Entry(
        key="markets",
        section="sell",
        label=_("Markets and prices"),
        icon="world",
        url_name="catalog:markets",
        letter="m",
        open_early=True,
    )
)

"""The merchant's own entries of the portal's navigation."""

from django.utils.translation import gettext_lazy as _

from core.web.navigation import Entry, register

register(
    Entry(
        key="store",
        section="store",
        label=_("Store"),
        icon="building-store",
        url_name="merchants:store",
        open_early=True,
    )
)
register(
    Entry(
        key="file",
        section="store",
        label=_("My file"),
        open_label=_("Compliance"),
        icon="clipboard-list",
        url_name="merchants:file",
        letter="d",
        open_early=True,
        on_phone=True,
    )
)
register(
    Entry(
        key="team",
        section="store",
        label=_("Team"),
        icon="users",
        url_name="merchants:team",
        open_early=True,
    )
)
register(
    Entry(
        key="security",
        section="store",
        label=_("Security"),
        icon="shield-lock",
        url_name="mfa_index",
        open_early=True,
    )
)
register(
    Entry(
        key="developers",
        section="store",
        label=_("Developers"),
        icon="code",
        url_name="merchants:developers",
        roles=frozenset({"owner", "administrator"}),
        open_early=True,
    )
)

"""What the marketplace's staff may do with the catalogue."""

from core.staff import StaffGroup, grant

_SEEN = (
    "catalog.view_product",
    "catalog.view_producttext",
    "catalog.view_variant",
    "catalog.view_category",
    "catalog.view_market",
)

grant(
    StaffGroup.CATALOGUE_MODERATOR,
    *_SEEN,
    "catalog.view_moderationcase",
    "catalog.change_moderationcase",
    "catalog.change_category",
)
grant(StaffGroup.SUPPORT, *_SEEN, "catalog.view_import")
grant(StaffGroup.FINANCE, "catalog.view_vatrate", "catalog.view_exchangerate", "catalog.view_market")
grant(StaffGroup.CAMPAIGN_MANAGER, *_SEEN)

"""What the marketplace's staff may do with orders and their money."""

from core.staff import StaffGroup, grant

_READ = (
    "orders.view_order",
    "orders.view_merchantorder",
    "orders.view_parcel",
    "orders.view_pickuppoint",
)

grant(StaffGroup.SUPPORT, *_READ, "orders.change_merchantorder")
grant(StaffGroup.FINANCE, *_READ, "orders.view_entry", "orders.view_entryline", "orders.view_account")

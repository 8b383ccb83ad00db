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

_NETWORKS = (
    "orders.view_carrier",
    "orders.view_pickupnetwork",
    "orders.view_holdingperiod",
    "orders.view_pointrefresh",
    "orders.view_trackingevent",
)
grant(StaffGroup.SUPPORT, *_NETWORKS, "orders.change_pointrefresh")

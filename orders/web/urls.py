"""Pages about orders, their delivery and their money."""

from django.urls import path, re_path

from orders.web import balance, orders, parcels, search, today, tracking

app_name = "orders"
urlpatterns = [
    path("today/", today.today, name="today"),
    path("search/", search.search, name="search"),
    path("orders/", orders.order_list, name="list"),
    path("orders/accept/", orders.accept_many, name="accept_many"),
    path("orders/<uuid:order_id>/", orders.order_page, name="order"),
    path("orders/<uuid:order_id>/accept/", orders.accept, name="accept"),
    path("orders/<uuid:order_id>/refuse/", orders.refuse, name="refuse"),
    path("orders/<uuid:order_id>/cancel/", orders.cancel, name="cancel"),
    path("packing/", parcels.packing, name="packing"),
    path("packing/orders/<uuid:order_id>/", parcels.pack, name="pack"),
    path("packing/hand-over/", parcels.hand_over, name="hand_over"),
    path("parcels/<uuid:parcel_id>/", parcels.parcel, name="parcel"),
    path("parcels/<uuid:parcel_id>/label.pdf", parcels.label, name="parcel_label"),
    re_path(r"^t/(?P<token>[A-Za-z0-9_-]{43})/$", tracking.tracking, name="tracking"),
    path("finances/", balance.balance, name="balance"),
]

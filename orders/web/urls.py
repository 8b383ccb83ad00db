"""Pages about orders and their money."""

from django.urls import path

from orders.web import balance, orders, today

app_name = "orders"
urlpatterns = [
    path("today/", today.today, name="today"),
    path("orders/", orders.order_list, name="list"),
    path("orders/accept/", orders.accept_many, name="accept_many"),
    path("orders/<uuid:order_id>/", orders.order_page, name="order"),
    path("orders/<uuid:order_id>/accept/", orders.accept, name="accept"),
    path("orders/<uuid:order_id>/refuse/", orders.refuse, name="refuse"),
    path("orders/<uuid:order_id>/cancel/", orders.cancel, name="cancel"),
    path("finances/", balance.balance, name="balance"),
]

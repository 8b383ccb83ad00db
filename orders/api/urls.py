"""Addresses of the API about orders and their delivery."""

from django.urls import path

from orders.api.batch import BatchView
from orders.api.merchant_orders import AcceptView, MerchantOrdersView, MerchantOrderView, RefuseView
from orders.api.orders import CancelView, OrdersView, OrderView
from orders.api.parcels import ParcelsView, ParcelView
from orders.api.payments import PaymentsView
from orders.api.pickup_points import PickupPointsView, PickupPointView
from orders.api.tracking import TrackingEventsView

urlpatterns = [
    path("orders/", OrdersView.as_view(), name="orders"),
    path("orders/batch/", BatchView.as_view(), name="orders_batch"),
    path("orders/<uuid:order_id>/", OrderView.as_view(), name="order"),
    path("orders/<uuid:order_id>/payments/", PaymentsView.as_view(), name="order_payments"),
    path("orders/<uuid:order_id>/parts/<uuid:part_id>/cancel/", CancelView.as_view(), name="order_cancel"),
    path("merchant-orders/", MerchantOrdersView.as_view(), name="merchant_orders"),
    path("merchant-orders/<uuid:order_id>/", MerchantOrderView.as_view(), name="merchant_order"),
    path("merchant-orders/<uuid:order_id>/accept/", AcceptView.as_view(), name="merchant_order_accept"),
    path("merchant-orders/<uuid:order_id>/refuse/", RefuseView.as_view(), name="merchant_order_refuse"),
    path("parcels/", ParcelsView.as_view(), name="parcels"),
    path("parcels/<uuid:public_id>/", ParcelView.as_view(), name="parcel"),
    path("tracking-events/", TrackingEventsView.as_view(), name="tracking_events"),
    path("pickup-points/", PickupPointsView.as_view(), name="pickup_points"),
    path("pickup-points/<uuid:public_id>/", PickupPointView.as_view(), name="pickup_point"),
]

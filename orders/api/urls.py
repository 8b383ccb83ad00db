"""Addresses of the API about orders and their delivery."""

from django.urls import path

from orders.api.pickup_points import PickupPointsView, PickupPointView

urlpatterns = [
    path("pickup-points/", PickupPointsView.as_view(), name="pickup_points"),
    path("pickup-points/<uuid:public_id>/", PickupPointView.as_view(), name="pickup_point"),
]

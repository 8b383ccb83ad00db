"""Addresses of the catalogue's part of the API."""

from django.urls import path

from catalog.api.offers import OffersView, OfferView

urlpatterns = [
    path("offers/", OffersView.as_view(), name="offers"),
    path("offers/<uuid:public_id>/", OfferView.as_view(), name="offer"),
]

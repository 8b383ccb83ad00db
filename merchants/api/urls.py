"""Addresses of the API about merchants."""

from django.urls import path

from merchants.api.views import RequirementsView, TraderInformationView

urlpatterns = [
    path("merchants/me/requirements/", RequirementsView.as_view(), name="merchant_requirements"),
    path(
        "merchants/<uuid:public_id>/trader-information/",
        TraderInformationView.as_view(),
        name="trader_information",
    ),
]

"""Addresses of the API about the caller."""

from django.urls import path

from partners.api.views import MeView

urlpatterns = [path("me/", MeView.as_view(), name="me")]

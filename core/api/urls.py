"""Addresses of the API that belong to no app."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from core.api.docs import ReferenceView, TryView
from core.api.views import RateLimitsView, RootView

urlpatterns = [
    path("", RootView.as_view(), name="root"),
    path("rate-limits/", RateLimitsView.as_view(), name="rate_limits"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", TryView.as_view(), name="docs"),
    path("reference/", ReferenceView.as_view(), name="reference"),
]

"""Every door of Passerelle."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("core.health")),
    path("accounts/", include("allauth.urls")),
    path("", include("merchants.web.urls")),
]

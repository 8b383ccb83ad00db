"""Pages of a merchant's own affairs."""

from django.urls import path

from merchants.web import start

app_name = "merchants"
urlpatterns = [
    path("start/", start.start, name="start"),
    path("switch/", start.switch, name="switch"),
]

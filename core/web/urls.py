"""Addresses that belong to no app."""

from django.urls import path

from core.web.views import preferences, public, styleguide

urlpatterns = [
    path("", public.home, name="home"),
    path("language/", preferences.choose_language, name="choose_language"),
    path("theme/", preferences.choose_theme, name="choose_theme"),
    path("legal/", public.legal, name="legal"),
    path("privacy/", public.privacy, name="privacy"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("help/", public.help_page, name="help"),
    path("status/", public.status, name="status"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]

"""Addresses that belong to no app."""

from django.urls import path

from core.web.views import account, preferences, public, styleguide

urlpatterns = [
    path("", public.home, name="home"),
    path("language/", preferences.choose_language, name="choose_language"),
    path("theme/", preferences.choose_theme, name="choose_theme"),
    path("legal/", public.legal, name="legal"),
    path("privacy/", public.privacy, name="privacy"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("help/", public.help_page, name="help"),
    path("status/", public.status, name="status"),
    # In the place of allauth's, which config/urls.py includes after these.
    path("accounts/sessions/", account.sessions_page, name="usersessions_list"),
    path("accounts/2fa/webauthn/signup/", account.passkey_signup, name="mfa_signup_webauthn"),
    path("accounts/2fa/recovery-codes/", account.recovery_codes, name="mfa_view_recovery_codes"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]

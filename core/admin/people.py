"""People who sign in, and the history of what they may do."""

from allauth.idp.oidc.models import Client, Token
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

from core.admin.base import ReadOnlyAdmin
from core.models import User

# Secrets and tokens, as they lie: nobody's page. Services end them.
for model in (Authenticator, Client, Token, UserSession):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "full_name", "is_active", "is_staff", "joined_at", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email", "full_name")
    ordering = ("-id",)
    fields = (
        *("email", "full_name", "language", "is_active", "is_staff", "is_superuser"),
        *("groups", "user_permissions", "joined_at", "last_login"),
    )

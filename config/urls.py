"""Every door of Passerelle."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from core.api import docs
from partners.web import token
from partners.web.authorize import PkceAuthorizationView

api = [
    path("", include("core.api.urls")),
    path("", include("partners.api.urls")),
    path("", include("merchants.api.urls")),
    path("", include("catalog.api.urls")),
    path("", include("orders.api.urls")),
]

# The admin has no sign-in of its own: allauth's asks for the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("core.web.urls")),
    path("admin/", admin.site.urls),
    path("", include("core.health")),
    path("accounts/", include("allauth.urls")),
    path("", include("merchants.web.urls")),
    path("", include("catalog.web.urls")),
    path("", include("orders.web.urls")),
    path("identity/o/authorize", PkceAuthorizationView.as_view()),
    path("identity/o/api/token", token.ThrottledTokenView.as_view()),
    path("identity/o/api/revoke", token.ThrottledRevokeView.as_view()),
    path("identity/o/api/introspect", token.ThrottledIntrospectView.as_view()),
    path("identity/o/api/device/code", token.ThrottledDeviceCodeView.as_view()),
    path("", include("allauth.idp.urls")),
    path("api/v1/", include((api, "api"))),
    path("problems/", docs.problems, name="problems"),
    path("problems/<slug:code>/", docs.problem, name="problem"),
]

handler400 = "core.web.views.errors.bad_request"
handler403 = "core.web.views.errors.permission_denied"
handler404 = "core.web.views.errors.not_found"
handler500 = "core.web.views.errors.server_error"
handler429 = "core.web.views.errors.too_many_requests"

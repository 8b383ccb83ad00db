"""« Développeurs » : the merchant's own connected systems and their credentials."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.refusals import Refusal
from core.web.components.status import State
from merchants.enums import Role
from merchants.models import MerchantApplication
from merchants.services import developers
from merchants.web.access import member_required
from partners.enums import SCOPES_OF_KIND, ApplicationKind, Scope
from partners.models import Credential
from partners.services import credentials
from partners.services.credentials import Issued

_GRANTED = SCOPES_OF_KIND[ApplicationKind.SHOP_SYSTEM]
_SCOPES = [(scope.value, scope.label) for scope in Scope if scope in _GRANTED]


class CredentialForm(forms.Form):
    """What a credential may do."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("To recognize it later: the system or the machine that keeps the secret."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), choices=_SCOPES, widget=forms.CheckboxSelectMultiple
    )


class ApplicationForm(CredentialForm):
    """A system to connect, with its first credential."""

    contact_email = forms.EmailField(
        label=gettext_lazy("Technical contact"),
        help_text=gettext_lazy("Whom we write to when the API changes or a token misbehaves."),
    )
    field_order = ["name", "contact_email", "scopes"]


@require_safe
@member_required(Role.ADMINISTRATOR)
def show(request: HttpRequest) -> HttpResponse:
    """Show the connected systems with their credentials."""
    now = timezone.now()
    links = list(_links(request).order_by("application__name", "pk"))
    for link in links:
        for credential in link.application.credentials.all():
            credential.works = link.application.is_active and credential.works_at(now)
            credential.shown = _state(credential, link.application.is_active)
    return render(request, "merchants/developers.html", {"links": links})


@never_cache
@require_http_methods(["GET", "POST"])
@member_required(Role.ADMINISTRATOR)
def connect(request: HttpRequest) -> HttpResponse:
    """Add a system; the answer shows its secret, once."""
    form = ApplicationForm(request.POST or None, initial={"contact_email": request.user.email})
    issued: Issued | None = None
    if request.method == "POST" and form.is_valid():
        try:
            issued = developers.connect(
                merchant_id=request.merchant.pk, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _answer(request, form, issued, {"heading": _("Connect a system")})


@never_cache
@require_http_methods(["GET", "POST"])
@member_required(Role.ADMINISTRATOR)
def issue(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a system one more credential; the answer shows its secret, once."""
    link = get_object_or_404(_links(request), application__public_id=public_id)
    form = CredentialForm(request.POST or None)
    issued: Issued | None = None
    if request.method == "POST" and form.is_valid():
        try:
            issued = developers.issue(
                merchant_id=request.merchant.pk,
                application_id=link.application_id,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    heading = _("New credential for %(name)s") % {"name": link.application.name}
    return _answer(request, form, issued, {"heading": heading})


@require_http_methods(["GET", "POST"])
@member_required(Role.ADMINISTRATOR)
def revoke(request: HttpRequest, public_id: str, client_id: str) -> HttpResponse:
    """Confirm, then end a credential and its tokens at once."""
    link = get_object_or_404(_links(request), application__public_id=public_id)
    credential = get_object_or_404(link.application.credentials.all(), client_id=client_id)
    if request.method == "GET":
        context = {"application": link.application, "credential": credential}
        return render(request, "merchants/developers_revoke.html", context)
    credentials.revoke(credential_id=credential.pk, by=request.user, at=timezone.now())
    messages.success(request, _("Revoked. Its tokens have ended."))
    return redirect("merchants:developers")


def _answer(
    request: HttpRequest, form: forms.Form, issued: Issued | None, context: dict[str, Any]
) -> HttpResponse:
    if issued is not None:
        return render(request, "merchants/developers_secret.html", {"issued": issued})
    status = 422 if form.errors else 200
    return render(request, "merchants/developers_new.html", {"form": form, **context}, status=status)


def _links(request: HttpRequest) -> "QuerySet[MerchantApplication]":
    newest = Credential.objects.select_related("client").order_by("-created_at", "-pk")
    return (
        MerchantApplication.objects.for_merchant(request.merchant)
        .select_related("application")
        .prefetch_related(Prefetch("application__credentials", newest))
    )


def _state(credential: Credential, is_active: bool) -> State:
    if credential.revoked_at is not None:
        return State("off", _("Revoked"))
    if not is_active:
        return State("pause", _("Switched off"))
    if credential.expires_at is not None:
        over = credential.expires_at <= timezone.now()
        return State("off", _("Ended")) if over else State("soon", _("Being replaced"))
    return State("done", _("Works"))

"""Connected systems at the desk: applications, channels, and their credentials."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from core.admin import BaseAdmin, ReadOnlyAdmin
from core.refusals import Refusal
from partners.enums import SCOPES_OF_KIND, ApplicationKind, Scope
from partners.models import Application, Channel, Credential
from partners.services import applications, credentials


class CredentialForm(forms.Form):
    """What a new credential is for."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, widget=UnfoldAdminTextInputWidget)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"), widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    redirect_uris = forms.CharField(
        label=gettext_lazy("Redirect addresses"),
        help_text=gettext_lazy("Only when people consent in a browser; one a line, https."),
        required=False,
        widget=UnfoldAdminTextareaWidget,
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = SCOPES_OF_KIND[ApplicationKind(application.kind)]
        field: Any = self.fields["scopes"]
        field.choices = [(scope.value, scope.label) for scope in Scope if scope in allowed]


class CredentialInline(TabularInline):  # type: ignore[misc]
    model = Credential
    fields = ("client_id", "name", "created_at", "expires_at", "revoked_at")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CredentialPages:
    """Pages by which credentials are issued and ended, shared by the two admins below."""

    admin_site: Any
    model: Any

    def has_manage_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return bool(request.user.has_perm("partners.manage_credentials"))

    def page(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.model._meta, **context}
        return TemplateResponse(request, f"admin/partners/{template}.html", whole)

    @sensitive_variables()
    def secret_page(self, request: HttpRequest, issued: credentials.Issued) -> TemplateResponse:
        """Show a secret, the only time it can be."""
        application = issued.credential.application
        return self.page(
            request, "secret", title=_("New credential of %(name)s") % {"name": application}, issued=issued
        )


@admin.register(Application)
class ApplicationAdmin(CredentialPages, BaseAdmin):
    list_display = ("name", "kind", "shown_active", "created_at")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "=public_id", "=credentials__client")
    search_help_text = gettext_lazy("Name, identifier, or client identifier")
    ordering = ("name",)
    editable_fields = ("name", "contact_email", "rate_limits")
    inlines = (CredentialInline,)
    actions_detail = ("issue", "deactivate", "activate")

    @display(description=gettext_lazy("active"), ordering="is_active", boolean=True)  # type: ignore[untyped-decorator]
    def shown_active(self, application: Application) -> bool:
        return application.is_active

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Let the kind be chosen once, when the application is added."""
        fields = super().get_readonly_fields(request, obj)
        return fields if obj else tuple(name for name in fields if name != "kind")

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Issue a credential"), url_path="issue", permissions=["manage"], icon="key"
    )
    def issue(self, request: HttpRequest, object_id: int) -> HttpResponse:
        application = get_object_or_404(Application, pk=object_id)
        form = CredentialForm(request.POST or None, application=application)
        if request.method == "POST" and form.is_valid():
            try:
                return self.secret_page(
                    request,
                    credentials.issue(
                        application_id=application.pk,
                        scopes=form.cleaned_data["scopes"],
                        name=form.cleaned_data["name"],
                        redirect_uris=form.cleaned_data["redirect_uris"].splitlines(),
                        by=request.user,  # type: ignore[arg-type]
                        at=timezone.now(),
                    ),
                )
            except Refusal as refusal:
                form.add_error(None, refusal.message)
        title = _("Issue a credential to %(name)s") % {"name": application}
        back = reverse("admin:partners_application_change", args=[application.pk])
        return self.page(request, "issue", title=title, form=form, back=back)

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Deactivate"), url_path="deactivate", permissions=["manage"], icon="block"
    )
    def deactivate(self, request: HttpRequest, object_id: int) -> HttpResponse:
        question = _("Its tokens end at once, and its credentials open nothing until it is active again.")
        return self._switch(request, object_id, applications.deactivate, _("Deactivate %(name)s"), question)

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Activate"), url_path="activate", permissions=["manage"], icon="check"
    )
    def activate(self, request: HttpRequest, object_id: int) -> HttpResponse:
        question = _("Its credentials that were not revoked open the API again.")
        return self._switch(request, object_id, applications.activate, _("Activate %(name)s"), question)

    def _switch(
        self, request: HttpRequest, object_id: int, act: Callable[..., Application], title: str, question: str
    ) -> HttpResponse:
        application = get_object_or_404(Application, pk=object_id)
        back = reverse("admin:partners_application_change", args=[application.pk])
        if request.method != "POST":
            title = title % {"name": application}
            return self.page(request, "confirm", title=title, question=question, back=back)
        act(application_id=application.pk, by=request.user, at=timezone.now())
        messages.success(request, _("Done."))
        return redirect(back)


@admin.register(Credential)
class CredentialAdmin(CredentialPages, ReadOnlyAdmin):
    list_display = ("client_id", "application", "name", "created_at", "expires_at", "revoked_at")
    list_filter = ("application__kind",)
    list_select_related = ("application", "client")
    search_fields = ("=client__id", "application__name", "name")
    ordering = ("-created_at",)
    actions_detail = ("rotate", "revoke")

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Rotate"), url_path="rotate", permissions=["manage"], icon="autorenew"
    )
    def rotate(self, request: HttpRequest, object_id: int) -> HttpResponse:
        days = credentials.OVERLAP.days
        question = _("A new secret is issued; this one works %(days)d more days.") % {"days": days}

        def act(credential: Credential) -> HttpResponse:
            issued = credentials.rotate(
                credential_id=credential.pk,
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
            return self.secret_page(request, issued)

        return self._confirmed(request, object_id, _("Rotate %(name)s"), question, act)

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Revoke"), url_path="revoke", permissions=["manage"], icon="block"
    )
    def revoke(self, request: HttpRequest, object_id: int) -> HttpResponse:
        question = _("The secret and all its tokens end at once. This cannot be undone.")

        def act(credential: Credential) -> HttpResponse:
            credentials.revoke(
                credential_id=credential.pk,
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
            messages.success(request, _("The credential is revoked."))
            return redirect(reverse("admin:partners_credential_change", args=[credential.pk]))

        return self._confirmed(request, object_id, _("Revoke %(name)s"), question, act)

    def _confirmed(
        self,
        request: HttpRequest,
        object_id: int,
        title: str,
        question: str,
        act: Callable[[Credential], HttpResponse],
    ) -> HttpResponse:
        credential = get_object_or_404(Credential, pk=object_id)
        back = reverse("admin:partners_credential_change", args=[credential.pk])
        if request.method != "POST":
            title = title % {"name": credential}
            return self.page(request, "confirm", title=title, question=question, back=back)
        try:
            return act(credential)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect(back)


@admin.register(Channel)
class ChannelAdmin(BaseAdmin):
    list_display = ("name", "code", "application", "price_tolerance")
    list_select_related = ("application",)
    search_fields = ("name", "code")
    ordering = ("name",)
    autocomplete_fields = ("application",)
    editable_fields = ("name", "countries", "price_tolerance")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Let code and application be chosen once, when the channel is added."""
        fields = super().get_readonly_fields(request, obj)
        return fields if obj else tuple(name for name in fields if name not in ("code", "application"))

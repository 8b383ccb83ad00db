"""Bases of the admin's pages, dressed by unfold."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from core import trail
from core.models import SealedField


class TrailMixin:
    """Shows an object's history from the trail of the database instead of the admin's own log."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        admin: Any = self
        if trail.event_model(admin.model) is None:
            return super().history_view(request, object_id, extra_context)  # type: ignore[misc,no-any-return]
        instance = admin.get_object(request, unquote(object_id))
        if instance is None:
            return admin._get_obj_does_not_exist_redirect(  # type: ignore[no-any-return]
                request, admin.model._meta, object_id
            )
        if not admin.has_view_permission(request, instance):
            raise PermissionDenied
        entries = trail.of(instance)
        field, who = request.GET.get("field", ""), request.GET.get("who", "")
        fields, people = trail.choices(entries)
        context = {
            **admin.admin_site.each_context(request),
            "title": _("History: %(object)s") % {"object": instance},
            "subtitle": None,
            "entries": trail.choose(entries, field=field, who=who),
            "fields": fields,
            "people": people,
            "chosen": {"field": field, "who": who},
            "shown": trail.SHOWN,
            "object": instance,
            "opts": admin.model._meta,
            "preserved_filters": admin.get_preserved_filters(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/trail.html", context)


class BaseAdmin(TrailMixin, ModelAdmin):  # type: ignore[misc]
    """An admin page on which states, moments, identifiers and sealed data cannot be typed in: services change
    them. List in ``editable_fields`` what staff may change directly.
    """

    editable_fields: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        declared = tuple(super().get_readonly_fields(request, obj))
        fields = [*self.model._meta.fields, *self.model._meta.many_to_many]
        shown = (
            field.name for field in fields if not field.primary_key and not isinstance(field, SealedField)
        )
        locked = tuple(name for name in shown if name not in self.editable_fields)
        return tuple(dict.fromkeys((*declared, *locked)))

    def get_exclude(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        sealed = (field.name for field in self.model._meta.fields if isinstance(field, SealedField))
        return (*(super().get_exclude(request, obj) or ()), *sealed)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(BaseAdmin):
    """Looked at, never typed into; actions of the page call services."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

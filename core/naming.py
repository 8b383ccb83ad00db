"""Names of the fields that nobody named, for the desk: in the reader's language and without a migration.

Most tables have the same few: an identifier, moments, people, the row they belong to. A field that points to
a table of its own name is called what that table is called.
"""

from typing import Any, Final

from django.apps import apps
from django.db.models import Field
from django.utils.translation import gettext_lazy as _

NAMES: Final = {
    "added_by": _("added by"),
    "archived_at": _("archived"),
    "checked_by": _("checked by"),
    "client": _("client identifier"),
    "client_id": _("client identifier"),
    "created_at": _("created"),
    "data_key": _("data key"),
    "decided_by": _("decided by"),
    "iban_fingerprint": _("fingerprint of the IBAN"),
    "joined_at": _("registered"),
    "location": _("position"),
    "network": _("pickup network"),
    "next_line": _("next line"),
    "parent": _("above it"),
    "public_id": _("public identifier"),
    "reverses": _("reverses"),
    "reviewed_by": _("reviewed by"),
    "sha256": _("fingerprint (SHA-256)"),
    "source_hash": _("fingerprint of the source"),
    "submitted_by": _("submitted by"),
    "tracking_token": _("token of the tracking page"),
    "uploaded_by": _("sent by"),
}


def name_fields() -> None:
    """Name them, once all models are known. Migrations compare what a field was declared with: not this."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, Field) and field._verbose_name is None:  # type: ignore[attr-defined]
                _name(field)


def _name(field: "Field[object, object]") -> None:
    related: Any = field.related_model
    if field.name in NAMES:
        field.verbose_name = NAMES[field.name]
    elif field.is_relation and field.name.replace("_", "") == related._meta.model_name:
        field.verbose_name = related._meta.verbose_name

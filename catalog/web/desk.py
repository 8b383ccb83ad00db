"""Products, their moderation and the reference data among the desks of the staff."""

from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import ModerationCase
from core.web.desk import Page, Queue, add_page, add_queue

LINES: Final = (
    ("product", "reference", _("Products"), "sell", 20),
    ("market", "reference", _("Markets"), "public", 30),
    ("category", "reference", _("Categories"), "category", 40),
    ("exchangerate", "reference", _("Exchange rates"), "currency_exchange", 50),
    ("import", "health", _("Imports"), "upload_file", 50),
)


def waiting(request: HttpRequest) -> QuerySet[ModerationCase]:
    """Which products wait to be moderated, the oldest first."""
    return ModerationCase.objects.filter(decided_at=None).order_by("created_at", "pk")


add_page(
    Page(
        key="moderation",
        section="desks",
        title=_("Moderation"),
        icon="fact_check",
        url_name="admin:catalog_moderationcase_changelist",
        permission="catalog.view_moderationcase",
        order=20,
        waiting=waiting,
    )
)
for model, section, title, icon, order in LINES:
    add_page(
        Page(
            key=f"catalog.{model}",
            section=section,
            title=title,
            icon=icon,
            url_name=f"admin:catalog_{model}_changelist",
            permission=f"catalog.view_{model}",
            order=order,
        )
    )
add_queue(
    Queue(
        key="moderation",
        title=_("Products to moderate"),
        permission="catalog.change_moderationcase",
        waiting=waiting,
        url=lambda: reverse("admin:catalog_moderationcase_changelist"),
        # What merchants are told: usually one working day.
        within=timedelta(days=1),
        order=20,
    )
)

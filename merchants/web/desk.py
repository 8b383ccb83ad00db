"""The review desk's place among the desks of the staff."""

from datetime import timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.web.desk import Page, Queue, Waiting, add_page, add_queue
from merchants.enums import WAITING_FOR_US
from merchants.models import Application
from merchants.services.review import COUNTED


def count(request: HttpRequest) -> int:
    """How many files wait for us, counted up to ``COUNTED``."""
    return Application.objects.filter(status__in=WAITING_FOR_US)[:COUNTED].count()


def waiting(request: HttpRequest) -> Waiting:
    """How many files wait for us, and since when the one that is due first."""
    first = Application.objects.filter(status__in=WAITING_FOR_US).order_by("due_at", "pk")
    return Waiting(count(request), first.values_list("submitted_at", flat=True).first())


add_page(
    Page(
        key="applications",
        section="desks",
        title=_("Files to review"),
        icon="assignment_ind",
        url_name="admin:merchants_application_changelist",
        permission="merchants.view_application",
        order=10,
        count=count,
    )
)
add_page(
    Page(
        key="merchants",
        section="reference",
        title=_("Merchants"),
        icon="storefront",
        url_name="admin:merchants_merchant_changelist",
        permission="merchants.view_merchant",
        order=10,
    )
)
add_page(
    Page(
        key="letters",
        section="control",
        title=_("Letters"),
        icon="mail",
        url_name="admin:merchants_letter_changelist",
        permission="merchants.view_letter",
        order=30,
    )
)
add_page(
    Page(
        key="reasons",
        section="reference",
        title=_("Words of reasons"),
        icon="rate_review",
        url_name="admin:merchants_reasontext_changelist",
        permission="merchants.view_reasontext",
        order=20,
    )
)
add_queue(
    Queue(
        key="applications",
        title=_("Files to review"),
        permission="merchants.review_application",
        waiting=waiting,
        url=lambda: reverse("admin:merchants_application_changelist"),
        within=timedelta(days=2),
        order=10,
    )
)

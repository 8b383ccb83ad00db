"""The review desk's place among the desks of the staff."""

from datetime import timedelta

from django.db.models import Count, Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.web.desk import Page, Queue, Waiting, add_page, add_queue
from merchants.enums import ApplicationStatus
from merchants.models import Application

WAITING = (ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW, ApplicationStatus.PROPOSED)


def waiting(request: HttpRequest) -> Waiting:
    """How many files wait for us, and since when."""
    found = Application.objects.filter(status__in=WAITING).aggregate(
        count=Count("pk"), oldest=Min("submitted_at")
    )
    return Waiting(found["count"], found["oldest"])


add_page(
    Page(
        key="applications",
        section="desks",
        title=_("Files"),
        icon="assignment_ind",
        url_name="admin:merchants_application_changelist",
        permission="merchants.view_application",
        order=10,
        count=lambda request: waiting(request).count,
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

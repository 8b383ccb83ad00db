"""The machinery's place on the desk: jobs and deliveries given up, people and groups."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.enums import DeliveryState, JobState
from core.models import Delivery, Job
from core.web.desk import Page, Queue, add_page, add_queue


def _given_up_jobs(request: HttpRequest) -> QuerySet[Job]:
    return Job.objects.filter(state=JobState.FAILED).order_by("created_at", "pk")


def _dead_deliveries(request: HttpRequest) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.DEAD).order_by("pk")


def _changelist(model: str) -> str:
    return f"admin:core_{model}_changelist"


add_page(
    Page(
        key="jobs",
        section="health",
        title=_("Jobs"),
        icon="conveyor_belt",
        url_name=_changelist("job"),
        permission="core.view_job",
        order=30,
    )
)
add_page(
    Page(
        key="events",
        section="control",
        title=_("Events"),
        icon="history",
        url_name=_changelist("event"),
        permission="core.view_event",
        order=10,
    )
)
add_page(
    Page(
        key="deliveries",
        section="health",
        title=_("Deliveries of events"),
        icon="outbox",
        url_name=_changelist("delivery"),
        permission="core.view_delivery",
        order=40,
    )
)
add_page(
    Page(
        key="people",
        section="control",
        title=_("People"),
        icon="group",
        url_name=_changelist("user"),
        permission="core.view_user",
        order=20,
    )
)
add_page(
    Page(
        key="groups",
        section="control",
        title=_("Groups"),
        icon="shield_person",
        url_name="admin:auth_group_changelist",
        permission="auth.view_group",
        order=30,
    )
)
add_queue(
    Queue(
        key="jobs",
        title=_("Jobs given up"),
        permission="core.view_job",
        waiting=_given_up_jobs,
        url=lambda: f"{reverse(_changelist('job'))}?state__exact={JobState.FAILED}",
        order=900,
    )
)
add_queue(
    Queue(
        key="deliveries",
        title=_("Events not delivered"),
        permission="core.view_delivery",
        waiting=_dead_deliveries,
        since="event__occurred_at",
        url=lambda: f"{reverse(_changelist('delivery'))}?state__exact={DeliveryState.DEAD}",
        order=910,
    )
)

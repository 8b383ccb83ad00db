"""Events, their deliveries, and jobs: looked at, and started again when they were given up."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from core.admin.base import ReadOnlyAdmin
from core.enums import DeliveryState, JobState
from core.models import Delivery, Event, Job
from core.services import jobs, relay


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = (
        "occurred_at",
        "type",
        "subject_type",
        "subject_id",
        "merchant_id",
        "actor",
        "actor_label",
    )
    list_filter = ("subject_type",)
    list_select_related = ("actor",)
    search_fields = ("=subject_id", "=type", "=request_id", "=public_id")
    search_help_text = _("Identifier of the subject, type, request, or identifier of the event")
    ordering = ("-id",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("event", "consumer", "shown_state", "attempts", "next_try_at", "last_error")
    list_filter = ("state", "consumer")
    list_select_related = ("event",)
    search_fields = ("=subject_id", "=event__type")
    search_help_text = _("Identifier of the subject, or type of the event")
    ordering = ("-id",)
    actions = ("replay",)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label={DeliveryState.PENDING: "info", DeliveryState.DONE: "success", DeliveryState.DEAD: "danger"},
    )
    def shown_state(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.state, delivery.get_state_display()

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_delivery")

    @admin.action(description=_("Deliver again what was given up"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        now = timezone.now()
        pks = list(queryset.order_by("event_id").values_list("pk", flat=True))
        count = sum(relay.replay(delivery_id=pk, at=now) for pk in pks)
        text = ngettext(
            "%(count)d delivery will be tried again.", "%(count)d deliveries will be tried again.", count
        )
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "name",
        "shown_state",
        "progress",
        "attempts",
        "run_at",
        "finished_at",
        "actor",
    )
    list_filter = ("state", "name")
    list_select_related = ("actor",)
    search_fields = ("=public_id", "=key", "=request_id")
    search_help_text = _("Identifier, key, or request")
    ordering = ("-id",)
    actions = ("retry",)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label={
            JobState.WAITING: "info",
            JobState.RUNNING: "primary",
            JobState.DONE: "success",
            JobState.FAILED: "danger",
        },
    )
    def shown_state(self, job: Job) -> tuple[str, str]:
        return job.state, job.get_state_display()

    @display(description=_("progress"))  # type: ignore[untyped-decorator]
    def progress(self, job: Job) -> str:
        return f"{job.progress_done} / {job.progress_total}" if job.progress_total else "—"

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_job")

    @admin.action(description=_("Run failed jobs again"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        now = timezone.now()
        count = sum(jobs.retry(job_id=pk, at=now) for pk in list(queryset.values_list("pk", flat=True)))
        text = ngettext("%(count)d job will run again.", "%(count)d jobs will run again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)

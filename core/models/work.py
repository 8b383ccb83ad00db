"""Work to do outside the request."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.enums import JobState
from core.models.base import PublicModel


class Job(PublicModel):
    """A call to make in the background. This row is the memory; the broker's message only says "now"."""

    merchant_path: ClassVar[str | None] = None

    name = models.CharField(_("name"), max_length=80)
    arguments = models.JSONField(_("arguments"), default=dict, blank=True)
    key = models.CharField(_("key"), max_length=120, null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    run_at = models.DateTimeField(_("not before"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent on"), null=True, blank=True)
    lease_until = models.DateTimeField(_("held until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("attempts at most"), default=8)
    last_error = models.TextField(_("last error"), blank=True)
    progress_done = models.PositiveIntegerField(_("done"), default=0)
    progress_total = models.PositiveIntegerField(_("out of"), null=True, blank=True)
    actor = models.ForeignKey(
        "core.User",
        verbose_name=_("asked by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    started_at = models.DateTimeField(_("started on"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished on"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"],
                condition=Q(key__isnull=False, state__in=[JobState.WAITING, JobState.RUNNING]),
                name="core_job_once_unfinished",
            ),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="core_job_state"),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, lease_until__isnull=False)
                | ~Q(state=JobState.RUNNING) & Q(lease_until__isnull=True),
                name="core_job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[JobState.DONE, JobState.FAILED], finished_at__isnull=False)
                | Q(state__in=[JobState.WAITING, JobState.RUNNING], finished_at__isnull=True),
                name="core_job_finished_has_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run_at", "id"], name="core_job_waiting", condition=Q(state=JobState.WAITING)
            ),
            models.Index(
                fields=["lease_until"], name="core_job_running", condition=Q(state=JobState.RUNNING)
            ),
            models.Index(fields=["state", "-id"], name="core_job_by_state"),
            models.Index(
                fields=["state", "finished_at"],
                name="core_job_finished",
                condition=Q(finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.public_id}"

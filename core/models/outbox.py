"""What happened, and who still has to hear of it."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.enums import DeliveryState
from core.models.base import BaseModel, new_public_id
from core.models.trail import append_only_triggers


class Event(BaseModel):
    """Something that happened to a subject. Never changed, never removed; ``data`` holds ids and plain facts,
    no personal data.

    ``core`` knows no merchants, so ``merchant_id`` is a plain number: ``for_merchant`` works all the same.
    """

    merchant_path: ClassVar[str | None] = "merchant_id"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    type = models.CharField(_("type"), max_length=80)
    subject_type = models.CharField(_("subject"), max_length=40)
    subject_id = models.UUIDField(_("subject's identifier"))
    merchant_id = models.BigIntegerField(_("merchant"), null=True, blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)
    # No constraint: the row outlives the person's, and taking an order does not lock its actor.
    actor = models.ForeignKey(
        "core.User",
        verbose_name=_("person"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    actor_label = models.CharField(_("actor"), max_length=120, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    occurred_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="core_event_subject"),
            models.Index(
                fields=["merchant_id", "id"],
                name="core_event_merchant",
                condition=Q(merchant_id__isnull=False),
            ),
        ]
        triggers = [
            *append_only_triggers(),
            pgtrigger.Trigger(
                name="await_relay",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_events"),  # type: ignore[no-untyped-call]
                func="INSERT INTO core_undelivered (event_id) SELECT id FROM new_events; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_type} {self.subject_id}"


class Undelivered(BaseModel):
    """An event whose deliveries are not written yet. A trigger adds the row, the relay removes it."""

    merchant_path: ClassVar[str | None] = None

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )

    class Meta:
        verbose_name = _("event to relay")
        verbose_name_plural = _("events to relay")

    def __str__(self) -> str:
        return str(self.pk)


class Delivery(BaseModel):
    """An event on its way to a consumer; in the order of events for each consumer and subject."""

    merchant_path: ClassVar[str | None] = None

    event = models.ForeignKey(
        Event, verbose_name=_("event"), on_delete=models.PROTECT, related_name="deliveries"
    )
    consumer = models.CharField(_("consumer"), max_length=80)
    subject_id = models.UUIDField(_("subject's identifier"))
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    last_error = models.TextField(_("last error"), blank=True)
    done_at = models.DateTimeField(_("delivered on"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery of an event")
        verbose_name_plural = _("deliveries of events")
        constraints = [
            models.UniqueConstraint(fields=["event", "consumer"], name="core_delivery_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="core_delivery_state"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.DONE, done_at__isnull=False)
                | ~Q(state=DeliveryState.DONE) & Q(done_at__isnull=True),
                name="core_delivery_done_has_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["consumer", "subject_id", "event"],
                name="core_delivery_pending",
                condition=Q(state=DeliveryState.PENDING),
            ),
            models.Index(
                fields=["event"], name="core_delivery_next", condition=Q(state=DeliveryState.PENDING)
            ),
            models.Index(fields=["id"], name="core_delivery_dead", condition=Q(state=DeliveryState.DEAD)),
            models.Index(
                fields=["done_at"], name="core_delivery_done", condition=Q(state=DeliveryState.DONE)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.event_id}"

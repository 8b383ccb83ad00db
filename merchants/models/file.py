"""The merchant's file: the request to open a store, its documents and its decisions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, PublicModel
from core.models.trail import append_only_triggers
from merchants.enums import (
    WAITING_FOR_US,
    AgreementKind,
    ApplicationStatus,
    DecisionKind,
    DecisionReason,
    RequirementState,
)
from merchants.models.store import Merchant


@tracked
class Application(PublicModel):
    """The request to open a store. Two different members of staff approve it."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="application")
    status = models.CharField(
        _("status"), max_length=25, choices=ApplicationStatus, default=ApplicationStatus.DRAFT
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    held_since = models.DateTimeField(_("in review since"), null=True, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    due_at = models.DateTimeField(_("to be answered by"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("application to open a store")
        verbose_name_plural = _("applications to open a store")
        permissions = [
            ("review_application", "Can review applications: take, ask, propose, confirm, reject"),
            ("assign_application", "Can give an application to another reviewer"),
        ]
        indexes = [
            models.Index(fields=["status", "submitted_at"], name="merchants_application_queue"),
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(status__in=WAITING_FOR_US),
                name="merchants_application_due",
            ),
            models.Index(fields=["due_at", "id"], name="merchants_application_all"),
            models.Index(fields=["status", "due_at", "id"], name="merchants_application_state"),
            models.Index(
                fields=["submitted_at", "id"],
                condition=models.Q(status__in=WAITING_FOR_US),
                name="merchants_application_sent",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status=ApplicationStatus.IN_REVIEW)
                | models.Q(held_since__isnull=False, held_until__isnull=False),
                name="merchants_application_review_is_held",
            ),
            models.CheckConstraint(
                condition=models.Q(status=ApplicationStatus.DRAFT) | models.Q(submitted_at__isnull=False),
                name="merchants_application_submitted_has_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=[ApplicationStatus.PROPOSED, ApplicationStatus.APPROVED])
                | models.Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="merchants_application_proposed_has_maker",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=[ApplicationStatus.APPROVED, ApplicationStatus.REJECTED])
                | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="merchants_application_decided_has_author",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=ApplicationStatus.APPROVED)
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="merchants_application_checker_is_not_maker",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merchant} · {self.get_status_display()}"


class Decision(PublicModel):
    """What staff decided, with the text that the merchant reads word for word. Rows are only added."""

    merchant_path: ClassVar[str | None] = "application__merchant"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(_("decision"), max_length=25, choices=DecisionKind)
    reason = models.CharField(_("reason"), max_length=25, choices=DecisionReason)
    text = models.TextField(_("text for the merchant"), blank=True)
    requirements = models.JSONField(_("requirements reopened"), default=list)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return self.get_kind_display()


class Reopening(BaseModel):
    """A requirement that a reviewer opened again, until the merchant answers it."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="reopenings")
    code = models.CharField(_("requirement"), max_length=60)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reopenings")
    text = models.TextField(_("what is asked"), blank=True)
    due_at = models.DateTimeField(_("deadline"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("requirement opened again")
        verbose_name_plural = _("requirements opened again")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "code"],
                condition=models.Q(answered_at__isnull=True),
                name="merchants_reopening_once",
            )
        ]

    def __str__(self) -> str:
        return self.code


class Requirement(BaseModel):
    """Snapshot of one requirement of one merchant, refreshed by the function that computes it.

    ``asked_at``: since when a merchant whose store is open has had something to do about it; deadlines count
    from there. ``publication_held_from`` and ``payout_held_from`` are true at any moment, refreshed or not:
    where the deadline is still to come, they lie in the future. ``markets`` empty means all.
    ``changes_at``: when time alone makes another answer. ``reminded_days``: the last reminder sent before
    the deadline.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="requirements")
    code = models.CharField(_("code"), max_length=60)
    state = models.CharField(_("state"), max_length=25, choices=RequirementState)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    due_at = models.DateTimeField(_("deadline"), null=True, blank=True)
    since = models.DateTimeField(_("since"))
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    markets = models.JSONField(_("markets"), default=list, blank=True)
    publication_held_from = models.DateTimeField(_("publication held from"), null=True, blank=True)
    payout_held_from = models.DateTimeField(_("payouts held from"), null=True, blank=True)
    changes_at = models.DateTimeField(null=True, blank=True)
    reminded_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        indexes = [
            models.Index(
                fields=["since", "id"],
                condition=models.Q(state=RequirementState.PENDING_VERIFICATION),
                name="merchants_requirement_waiting",
            ),
            models.Index(
                fields=["changes_at"],
                condition=models.Q(changes_at__isnull=False),
                name="merchants_requirement_changes",
            ),
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="merchants_requirement_due"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="merchants_requirement_once")
        ]

    def __str__(self) -> str:
        return self.code


class AgreementText(PublicModel):
    """One version of a text, in one language. Never changed once published."""

    merchant_path: ClassVar[str | None] = None

    kind = models.CharField(_("kind"), max_length=20, choices=AgreementKind)
    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    body = models.TextField(_("text"))
    sha256 = models.CharField(max_length=64)
    effective_on = models.DateField(_("in force from"))

    class Meta:
        verbose_name = _("agreement text")
        verbose_name_plural = _("agreement texts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "version", "language"], name="merchants_agreementtext_once"
            )
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version} ({self.language})"


class AgreementAcceptance(BaseModel):
    """Proof that a merchant accepted a text: who, when, which, from where. Rows are only added."""

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="acceptances")
    text = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="acceptances")
    text_sha256 = models.CharField(max_length=64)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(_("accepted"))
    address = models.GenericIPAddressField(_("address"), null=True)

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        triggers = append_only_triggers()
        constraints = [
            models.UniqueConstraint(fields=["merchant", "text"], name="merchants_agreementacceptance_once")
        ]

    def __str__(self) -> str:
        return f"{self.text} · {self.accepted_by}"

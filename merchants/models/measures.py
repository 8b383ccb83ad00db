"""Measures against a merchant, what they were told of them, and their appeals."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.models import BaseModel, OwnedQuerySet, PublicModel, SealedField
from core.models.trail import append_only_triggers
from merchants.enums import (
    AppealOutcome,
    AppealStatus,
    AutomatedMeans,
    MeasureGround,
    MeasureKind,
    MeasureReason,
    MeasureSource,
    MeasureStatus,
    NoticeException,
    RestrictedCapability,
)
from merchants.models.file import AgreementText, Decision
from merchants.models.papers import Document
from merchants.models.store import Merchant
from merchants.transitions import OPEN

#: How long before it takes effect a termination is announced (regulation (EU) 2019/1150, article 4(2)).
NOTICE: Final = timedelta(days=30)
_UNTOLD = (MeasureStatus.PROPOSED, MeasureStatus.WITHDRAWN)
_ENDED = (MeasureStatus.LIFTED, MeasureStatus.EXPIRED, MeasureStatus.OVERTURNED, MeasureStatus.WITHDRAWN)
_TWO_PEOPLE = (MeasureKind.SUSPENSION, MeasureKind.TERMINATION)


class MeasureQuerySet(OwnedQuerySet):
    """Measures."""

    def in_force(self, at: datetime) -> Self:
        """Keep what takes effect at a moment: by the dates, whether or not the sweep has come by."""
        return self.filter(
            models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=at),
            status__in=[MeasureStatus.CONFIRMED, MeasureStatus.IN_FORCE],
            starts_at__lte=at,
        )

    def told(self) -> Self:
        """Keep what the merchant knows of."""
        return self.exclude(status__in=_UNTOLD)


def _author(name: Any, **options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=name, on_delete=models.PROTECT, related_name="+", **options
    )


@tracked
class Measure(PublicModel):
    """A restriction, suspension, termination or refusal. ``facts`` are sealed: they may name people.

    ``starts_at`` of a proposal is a wish, None for as soon as the law allows. ``taken`` holds what taking
    effect took away besides the status, so that overturning gives it back.
    """

    merchant_path: ClassVar[str | None] = "merchant"

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="measures")
    kind = models.CharField(_("kind"), max_length=12, choices=MeasureKind)
    capability = models.CharField(_("capability"), max_length=12, choices=RestrictedCapability, blank=True)
    country = models.CharField(_("market"), max_length=2, blank=True)
    holds_payouts = models.BooleanField(_("payouts are held"), default=False)
    status = models.CharField(
        _("status"), max_length=12, choices=MeasureStatus, default=MeasureStatus.PROPOSED
    )
    reason = models.CharField(_("reason"), max_length=25, choices=MeasureReason)
    facts = SealedField(_("facts and circumstances"))
    ground = models.CharField(_("ground"), max_length=6, choices=MeasureGround)
    clause = models.CharField(_("clause of the agreement"), max_length=200, blank=True)
    legal_reference = models.CharField(_("legal reference"), max_length=300, blank=True)
    agreement = models.ForeignKey(
        AgreementText,
        verbose_name=_("agreement relied on"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    source = models.CharField(_("where the facts come from"), max_length=20, choices=MeasureSource)
    automated_means = models.CharField(_("automated means"), max_length=10, choices=AutomatedMeans)
    notice_exception = models.CharField(
        _("why without notice"), max_length=25, choices=NoticeException, blank=True
    )
    starts_at = models.DateTimeField(_("takes effect"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    proposed_by = _author(_("proposed by"))
    confirmed_by = _author(_("confirmed by"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("announced"), null=True, blank=True)
    began_at = models.DateTimeField(_("took effect"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="measure"
    )
    taken = models.JSONField(_("taken away"), default=dict, blank=True)

    objects: ClassVar[Any] = models.Manager.from_queryset(MeasureQuerySet)()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        permissions = [
            ("propose_measure", "Can propose measures and withdraw one's proposals"),
            ("confirm_measure", "Can confirm and lift measures"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at"], name="merchants_measure_latest"),
            models.Index(fields=["status", "id"], name="merchants_measure_status"),
            models.Index(
                fields=["starts_at"],
                name="merchants_measure_to_begin",
                condition=models.Q(status="confirmed"),
            ),
            models.Index(
                fields=["ends_at"],
                name="merchants_measure_to_end",
                condition=models.Q(status="in_force", ends_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "capability", "country"],
                condition=models.Q(status__in=sorted(OPEN)),
                name="merchants_measure_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=MeasureKind.RESTRICTION) & ~models.Q(capability="")
                | ~models.Q(kind=MeasureKind.RESTRICTION) & models.Q(capability=""),
                name="merchants_measure_restriction_of_what",
            ),
            models.CheckConstraint(
                condition=models.Q(capability=RestrictedCapability.MARKET, country__regex="^[A-Z]{2}$")
                | ~models.Q(capability=RestrictedCapability.MARKET) & models.Q(country=""),
                name="merchants_measure_market_named",
            ),
            models.CheckConstraint(
                condition=models.Q(ground=MeasureGround.TERMS) & ~models.Q(clause="")
                | models.Q(ground=MeasureGround.LAW) & ~models.Q(legal_reference=""),
                name="merchants_measure_ground_named",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=_UNTOLD)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False, starts_at__isnull=False),
                name="merchants_measure_told_has_checker",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=_TWO_PEOPLE)
                | models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="merchants_measure_checker_is_not_maker",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=MeasureKind.TERMINATION)
                | models.Q(status__in=_UNTOLD)
                | ~models.Q(notice_exception="")
                | models.Q(starts_at__gte=models.F("confirmed_at") + NOTICE),
                name="merchants_measure_termination_has_notice",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=MeasureKind.TERMINATION) | models.Q(ends_at__isnull=True),
                name="merchants_measure_termination_has_no_end",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(starts_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="merchants_measure_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=MeasureStatus.IN_FORCE) | models.Q(began_at__isnull=False),
                name="merchants_measure_in_force_has_date",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=_ENDED, ended_at__isnull=False)
                | ~models.Q(status__in=_ENDED) & models.Q(ended_at__isnull=True),
                name="merchants_measure_ended_has_date",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=MeasureKind.REFUSAL, decision__isnull=False)
                | ~models.Q(kind=MeasureKind.REFUSAL) & models.Q(decision__isnull=True),
                name="merchants_measure_refusal_has_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.get_kind_display()}"

    @property
    def reference(self) -> str:
        """The number that people quote."""
        return f"M-{self.pk:06}"


class MeasureStep(BaseModel):
    """A step of a measure: from where, to where, who, when. Rows are only added. ``text`` is sealed."""

    merchant_path: ClassVar[str | None] = "measure__merchant"

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="steps")
    origin = models.CharField(_("from"), max_length=12, choices=MeasureStatus, blank=True)
    to = models.CharField(_("to"), max_length=12, choices=MeasureStatus)
    by = _author(_("by"), null=True, blank=True)
    at = models.DateTimeField(_("when"))
    text = SealedField(_("text"), null=True)

    class Meta:
        verbose_name = _("step of a measure")
        verbose_name_plural = _("steps of measures")
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.measure_id}: {self.to}"


class Statement(PublicModel):
    """The statement of reasons of a measure as it was sent. Rows are only added.

    ``content`` is the sealed JSON of ``merchants.services.statements.Content``; ``sha256`` is of the PDF.
    """

    merchant_path: ClassVar[str | None] = "measure__merchant"

    measure = models.OneToOneField(Measure, on_delete=models.CASCADE, related_name="statement")
    language = models.CharField(_("language"), max_length=10)
    content = SealedField(_("content"))
    file = models.FileField(_("file"), upload_to="", max_length=200)
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("statement of reasons")
        verbose_name_plural = _("statements of reasons")
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.measure_id} {self.sha256[:16]}"


@tracked
class Appeal(PublicModel):
    """A merchant's complaint against a measure: one a measure, decided by somebody who took no part in it.

    ``text`` and ``answer`` are sealed.
    """

    merchant_path: ClassVar[str | None] = "measure__merchant"

    measure = models.OneToOneField(Measure, on_delete=models.CASCADE, related_name="appeal")
    status = models.CharField(_("status"), max_length=10, choices=AppealStatus, default=AppealStatus.RECEIVED)
    text = SealedField(_("text"))
    document = models.OneToOneField(
        Document,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("document"),
        related_name="+",
    )
    submitted_by = _author(_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted"))
    decide_until = models.DateField(_("to decide before the end of"))
    assigned_to = _author(_("assigned to"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=AppealOutcome, blank=True)
    answer = SealedField(_("answer"), null=True)
    decided_by = _author(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        permissions = [("decide_appeal", "Can examine and decide appeals against measures of others")]
        indexes = [
            # Without an outcome it waits for us.
            models.Index(fields=["outcome", "decide_until", "id"], name="merchants_appeal_queue"),
            models.Index(fields=["decide_until", "id"], name="merchants_appeal_all"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    ~models.Q(outcome=""),
                    status=AppealStatus.DECIDED,
                    answer__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | ~models.Q(status=AppealStatus.DECIDED)
                & models.Q(outcome="", answer__isnull=True, decided_by__isnull=True, decided_at__isnull=True),
                name="merchants_appeal_decided_whole",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="decided_by_others",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=(
                    "IF EXISTS (SELECT 1 FROM merchants_measure WHERE id = NEW.measure_id "
                    "AND NEW.decided_by_id IN (proposed_by_id, confirmed_by_id)) THEN "
                    "RAISE EXCEPTION 'an appeal is decided by somebody who took no part in the measure' "
                    "USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure.reference} · {self.get_status_display()}"

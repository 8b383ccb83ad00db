"""What a merchant is told of a measure and of its appeal: a line under the bell, and letters."""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import sealed
from core.models import Event
from core.services import jobs
from merchants.enums import MeasureKind, MeasureStatus, Role
from merchants.models import Appeal, Measure, MeasureStep, Membership
from merchants.services import letters, notifications, reasoning

MAIL_JOB: Final = "merchants.mail_measure"


@dataclass(frozen=True, slots=True)
class News:
    """What is told of an event: the line, and the template of the letter."""

    line: Any
    template: str


NEWS: Final = {
    "measure.announced": News(_("We took a decision about your store: read why."), "measure_announced"),
    "measure.began": News(_("A decision about your store has taken effect."), "measure_began"),
    "measure.ended": News(_("A measure against your store has ended."), "measure_ended"),
    "appeal.received": News(_("We received your appeal."), "appeal_received"),
    "appeal.decided": News(_("Your appeal is decided: read our answer."), "appeal_decided"),
}
for _kind, _news in NEWS.items():
    notifications.register(_kind, _news.line)


def tell(event: Event) -> None:
    """Write the line under the bell, and ask for the letters; both once an event."""
    measure = Measure.objects.get(public_id=event.data["measure"])
    # What begins the moment it is announced is told once.
    if event.type == "measure.began" and measure.began_at == measure.confirmed_at:
        return
    notifications.notify(
        merchant_id=measure.merchant_id,
        kind=event.type,
        url=reverse("merchants:measure", args=[measure.public_id]),
        event_id=event.public_id,
    )
    jobs.enqueue(
        MAIL_JOB,
        key=str(event.public_id),
        max_attempts=letters.ATTEMPTS,
        merchant_id=measure.merchant_id,
        measure_id=measure.pk,
        kind=event.type,
        event_key=str(event.public_id),
    )


def mail(*, measure_id: int, kind: str, event_key: str) -> int:
    """Write to every owner and administrator in their language, once an event; returns to how many."""
    measure = Measure.objects.select_related("merchant", "statement").get(pk=measure_id)
    appeal = Appeal.objects.filter(measure=measure).first()
    attached = [statement_file(measure)] if kind == "measure.announced" else []
    leads = Membership.objects.for_merchant(measure.merchant_id).filter(
        ended_at=None, role__in=[Role.OWNER, Role.ADMINISTRATOR], user__is_active=True
    )
    members = list(leads.select_related("user").order_by("pk"))
    for member in members:
        with translation.override(member.user.language):
            context = _context(measure, appeal)
        letters.send(
            merchant_id=measure.merchant_id,
            kind=kind,
            template=f"merchants/{NEWS[kind].template}",
            to=member.user,
            language=member.user.language,
            context=context,
            attachments=attached,
            key=f"{kind}:{event_key}:{member.user_id}",
        )
    return len(members)


def statement_file(measure: Measure) -> letters.Attachment:
    """Return the statement's PDF as it was sent."""
    with measure.statement.file.open("rb") as file:
        return letters.Attachment(f"{measure.reference}.pdf", file.read(), "application/pdf")


def answer_of(appeal: Appeal) -> str:
    """Return what was answered to an appeal."""
    return sealed.unseal(appeal.answer) if appeal.answer else ""


def _context(measure: Measure, appeal: Appeal | None) -> dict[str, Any]:
    path = reverse("merchants:measure", args=[measure.public_id])
    last = MeasureStep.objects.filter(measure=measure).order_by("-pk").first()
    return {
        "reference": measure.reference,
        "measure": measure,
        "title": reasoning.title(measure),
        "decision": " ".join(reasoning.decision(measure)),
        "starts": reasoning.moment(measure.starts_at),
        "is_later": measure.starts_at and measure.confirmed_at and measure.starts_at > measure.confirmed_at,
        "is_over": measure.status in {MeasureStatus.EXPIRED, MeasureStatus.LIFTED, MeasureStatus.OVERTURNED},
        "closes": measure.kind == MeasureKind.TERMINATION,
        "appeal_until": date_format(reasoning.appeal_until(measure), reasoning.DAY),
        "text": sealed.unseal(last.text) if last and last.text else "",
        "outcome": appeal.get_outcome_display() if appeal else "",
        "answer": answer_of(appeal) if appeal else "",
        "decide_until": date_format(appeal.decide_until, reasoning.DAY) if appeal else "",
        "submitted": reasoning.moment(appeal.submitted_at) if appeal else "",
        "mediators": settings.REDRESS["mediators"],
        "url": f"{settings.PUBLIC_URL}{path}",
    }

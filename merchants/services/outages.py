"""Services of others that keep a file waiting, and since when. The file says so to the merchant and to the
reviewer; nobody is blocked, and each is asked again by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.enums import JobState
from core.models import Job
from merchants.enums import DocumentState, RegistryOutcome
from merchants.services import expiry, mails, measure_mails
from merchants.services.requirements import File

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: How long an antivirus may take before it is said to be late.
PATIENCE: Final = timedelta(minutes=10)
#: The jobs that write to the people of a merchant, by the argument ``merchant_id``.
MAILS: Final = (
    mails.DECISION_JOB,
    mails.BANK_JOB,
    mails.REMINDER_JOB,
    measure_mails.MAIL_JOB,
    expiry.MAIL_JOB,
)
REGISTER: Final = _("The register of companies does not answer.")
VIES: Final = _("VIES does not answer: the VAT number is not verified, and it is not doubted either.")
ANTIVIRUS: Final = _("The antivirus has not read every document yet: what it has not read stays closed.")
MAIL: Final = _("Some of our e-mails have not left yet: what they say stands here too.")


@dataclass(frozen=True, slots=True)
class Outage:
    """What does not answer, as both sides read it, and since when."""

    sentence: "_StrPromise"
    since: datetime


def unsent(merchant_id: int) -> QuerySet[Job]:
    """Return the mails to a merchant's people that a server has refused so far; they are tried again."""
    tried = Job.objects.filter(name__in=MAILS, state=JobState.WAITING, attempts__gt=0)
    return tried.filter(arguments__merchant_id=merchant_id).order_by("created_at", "pk")[:1]


def of(file: File, late: Iterable[Job]) -> list[Outage]:
    """Return what keeps a file waiting now; ``late`` are its mails of ``unsent``."""
    return [*_registers(file), *_antivirus(file), *(Outage(MAIL, job.created_at) for job in late)]


def _registers(file: File) -> Iterator[Outage]:
    vat = file.company.vat_number if file.company else ""
    of_company = file.last_check if file.company else next(iter(file.checks), None)
    of_vat = next((check for check in file.checks if vat and check.query == vat), None)
    for sentence, newest in ((REGISTER, of_company), (VIES, of_vat)):
        if newest is not None and newest.outcome == RegistryOutcome.UNAVAILABLE:
            yield Outage(sentence, newest.asked_at)


def _antivirus(file: File) -> Iterator[Outage]:
    waiting = [d.created_at for d in file.documents if d.state == DocumentState.QUARANTINED]
    if waiting and min(waiting) <= file.at - PATIENCE:
        yield Outage(ANTIVIRUS, min(waiting))

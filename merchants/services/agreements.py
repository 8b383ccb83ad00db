"""The texts a merchant accepts, and the proof that they did."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from core.services import events
from merchants.enums import AgreementKind
from merchants.models import AgreementAcceptance, AgreementText
from merchants.services import files, requirements

TEXTS = Path(__file__).resolve().parent.parent / "texts"
REQUIREMENT = {
    AgreementKind.TERMS: "agreement",
    AgreementKind.SELF_CERTIFICATION: "self_certification",
}


class TextChanged(Refusal):
    code = "agreement_text_changed"
    default_message = _("A published version never changes: publish a new one.")


class NotCurrent(Refusal):
    code = "agreement_not_current"
    default_message = _("This text has been replaced since you opened the page. Read the version in force.")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a version is written: ``texts/<kind>.<version>.<language>.md``."""

    kind: AgreementKind
    version: str
    language: str
    effective_on: date

    @property
    def path(self) -> Path:
        return TEXTS / f"{self.kind}.{self.version}.{self.language}.md"


SOURCES = tuple(
    Source(kind, "2026-11", language, date(2026, 11, 1))
    for kind in AgreementKind
    for language in ("fr", "en")
)


@transaction.atomic
def publish(
    *, kind: str, version: str, language: str, body: str, effective_on: date, at: datetime | None = None
) -> AgreementText:
    """Publish a text. The same text again changes nothing; another text for it raises ``TextChanged``.

    Who accepted an older version is asked at the next refresh, until it takes effect and at least 15 days.
    """
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    text: AgreementText
    text, _created = AgreementText.objects.get_or_create(
        kind=kind,
        version=version,
        language=language,
        defaults={
            "body": body,
            "sha256": sha256,
            "effective_on": effective_on,
            "created_at": at or timezone.now(),
        },
    )
    if text.sha256 != sha256:
        raise TextChanged(kind=kind, version=version, language=language)
    return text


def publish_all() -> None:
    """Publish the texts of this release that are not yet. ``migrate`` calls it."""
    for source in SOURCES:
        body = source.path.read_text(encoding="utf-8")
        publish(
            kind=source.kind,
            version=source.version,
            language=source.language,
            body=body,
            effective_on=source.effective_on,
        )


def current(*, kind: str, language: str, at: datetime) -> AgreementText:
    """Return the text in force in a language; in French, which is binding, where there is no other."""
    texts = AgreementText.objects.filter(kind=kind, effective_on__lte=timezone.localdate(at))
    newest = texts.order_by("-effective_on", "-version")
    found: AgreementText | None = (
        newest.filter(language=language).first() or newest.filter(language="fr").first()
    )
    if found is None:
        raise AgreementText.DoesNotExist(kind)
    return found


def to_accept(*, merchant_id: int, kind: str, language: str, at: datetime) -> AgreementText:
    """Return the text that the merchant reads next: the one in force, or, once accepted, the one to come."""
    in_force = current(kind=kind, language=language, at=at)
    accepted = AgreementAcceptance.objects.for_merchant(merchant_id).filter(text__kind=kind)
    if not accepted.filter(text__version=in_force.version).exists():
        return in_force
    return _to_come(kind, language, at) or in_force


def _to_come(kind: str, language: str, at: datetime) -> AgreementText | None:
    texts = AgreementText.objects.filter(kind=kind, effective_on__gt=timezone.localdate(at))
    newest = texts.order_by("-effective_on", "-version")
    found: AgreementText | None = (
        newest.filter(language=language).first() or newest.filter(language="fr").first()
    )
    return found


@transaction.atomic
def accept(
    *,
    merchant_id: int,
    kind: str,
    language: str,
    text_id: int,
    by: User,
    at: datetime,
    address: str | None,
) -> AgreementAcceptance:
    """Keep who accepted which text, when and from which address. A second call returns the first proof.

    ``kind`` and ``language`` say which agreement was shown. A text of another, or one that is not in force
    any more or never was, raises ``NotCurrent``.
    """
    text = AgreementText.objects.filter(pk=text_id, kind=kind, language=language).first()
    if text is None:
        raise NotCurrent
    known: AgreementAcceptance | None = (
        AgreementAcceptance.objects.for_merchant(merchant_id).filter(text=text).first()
    )
    if known is not None:
        return known
    if text.pk != to_accept(merchant_id=merchant_id, kind=kind, language=language, at=at).pk:
        raise NotCurrent(version=text.version)
    acceptance: AgreementAcceptance
    acceptance, _created = AgreementAcceptance.objects.get_or_create(
        merchant_id=merchant_id,
        text=text,
        defaults={
            "text_sha256": text.sha256,
            "accepted_by": by,
            "accepted_at": at,
            "address": address,
        },
    )
    files.answered(merchant_id=merchant_id, code=REQUIREMENT[AgreementKind(kind)], at=at)
    events.record(
        "agreement.accepted",
        text,
        merchant_id=merchant_id,
        by=by,
        data={"kind": text.kind, "version": text.version, "language": text.language},
    )
    requirements.refresh(merchant_id=merchant_id, at=at)
    return acceptance

"""EPR identifiers: declared by the merchant, read by a person where their shape is not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from merchants.enums import EprHolder, EprState
from merchants.models import EprIdentifier
from merchants.services import stores
from merchants.services.epr_registers import IDU, REGISTERS, code_of, normalized
from merchants.services.families import STREAMS


class WrongIdentifier(Refusal):
    """``field`` names the stream's field."""

    code = "wrong_epr_identifier"
    status = 422


class ReasonNeeded(Refusal):
    code = "epr_reason_needed"
    status = 422
    default_message = _("Say why, in words that the merchant reads.")


class Changed(Refusal):
    code = "epr_identifier_changed"
    default_message = _("The merchant has changed this identifier meanwhile: read it again.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One identifier as typed; an empty one takes the identifier away."""

    stream: str
    identifier: str
    held_by: str = EprHolder.OWN
    valid_until: date | None = None


@transaction.atomic
def declare(
    *, merchant_id: int, country: str, entries: Sequence[Entry], by: User, at: datetime
) -> list[EprIdentifier]:
    """Write the identifiers of a country, all of them or none. An identifier that changed is read again.

    A shape we do not know is kept for a person to read; refused (``WrongIdentifier``) is only what cannot be:
    another stream's French identifier, a stream the country does not ask for, a date that is past.
    """
    merchant = stores.lock(merchant_id)
    known = {
        row.stream: row for row in EprIdentifier.objects.for_merchant(merchant_id).filter(country=country)
    }
    kept = []
    for entry in entries:
        text = normalized(entry.identifier)
        row = known.get(entry.stream)
        if not text:
            if row is not None:
                row.delete()
            continue
        _check(country, entry, text, timezone.localdate(at))
        row = row or EprIdentifier(merchant=merchant, country=country, stream=entry.stream)
        if (row.identifier, row.held_by) != (text, entry.held_by):
            row.identifier, row.held_by, row.declared_at = text, entry.held_by, at
            row.state, row.checked_by, row.checked_at, row.refusal_text = EprState.DECLARED, None, None, ""
        row.valid_until = entry.valid_until
        row.save()
        kept.append(row)
    stores.changed(merchant, code_of(country), by=by, at=at, event="trade.changed")
    return kept


def held_streams(*, merchant_ids: Sequence[int], on: date) -> dict[int, set[tuple[str, str]]]:
    """Return, for each merchant, the countries and streams for which an identifier holds. One query."""
    rows = EprIdentifier.objects.filter(merchant__in=merchant_ids).exclude(state=EprState.REFUSED)
    held: dict[int, set[tuple[str, str]]] = {}
    for merchant_id, country, stream in rows.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on)
    ).values_list("merchant_id", "country", "stream"):
        held.setdefault(merchant_id, set()).add((country, stream))
    return held


@transaction.atomic
def verify(*, identifier_id: int, identifier: str, by: User, at: datetime) -> EprIdentifier:
    """Note that a person found the identifier in its register. Staff only; the caller has checked that.

    ``identifier`` is what that person read: ``Changed`` when the merchant has written another meanwhile.
    """
    return _decide(identifier_id, identifier, EprState.VERIFIED, "", by, at)


@transaction.atomic
def refuse(*, identifier_id: int, identifier: str, text: str, by: User, at: datetime) -> EprIdentifier:
    """Refuse an identifier with words that the merchant reads (``ReasonNeeded``). Staff only."""
    if not text.strip():
        raise ReasonNeeded
    return _decide(identifier_id, identifier, EprState.REFUSED, text.strip(), by, at)


def _decide(
    identifier_id: int, identifier: str, state: EprState, text: str, by: User, at: datetime
) -> EprIdentifier:
    merchant_id = EprIdentifier.objects.values_list("merchant", flat=True).get(pk=identifier_id)
    merchant = stores.lock(merchant_id)
    row: EprIdentifier | None = (
        EprIdentifier.objects.select_for_update().filter(pk=identifier_id, identifier=identifier).first()
    )
    if row is None:
        raise Changed
    row.state, row.checked_by, row.checked_at, row.refusal_text = state, by, at, text
    row.save()
    stores.changed(merchant, code_of(row.country), by=by, at=at, event="trade.checked")
    return row


def _check(country: str, entry: Entry, text: str, today: date) -> None:
    field = f"identifier_{entry.stream}"
    if entry.stream not in REGISTERS.get(country, {}) or entry.held_by not in EprHolder:
        raise WrongIdentifier(_("This country asks for no identifier of this stream."), field=field)
    if len(text) > 40:
        raise WrongIdentifier(_("An identifier has 40 characters at most."), field=field)
    if IDU.fullmatch(text) and country == "FR" and text[9:11] != entry.stream:
        raise WrongIdentifier(
            _("%(identifier)s is the identifier of stream %(other)s (%(name)s), not of this one.")
            % {
                "identifier": text,
                "other": text[9:11],
                "name": STREAMS.get(text[9:11], _("another stream")),
            },
            field=field,
        )
    if entry.valid_until is not None and entry.valid_until < today:
        raise WrongIdentifier(
            _("This registration has ended: renew it, then give its new date."),
            field=f"valid_until_{entry.stream}",
        )

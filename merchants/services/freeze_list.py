"""The national register of frozen assets, read from the file that the Treasury publishes.

The file (« Registre national des gels », DG Trésor, JSON): ``Publications.DatePublication`` and
``Publications.PublicationDetail[]`` of ``IdRegistre``, ``Nature``, ``Nom`` and ``RegistreDetail[]``, each a
``TypeChamp`` with its ``Valeur[]``: ``PRENOM``, ``ALIAS``, ``DATE_DE_NAISSANCE``, ``FONDEMENT_JURIDIQUE``…
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal
from core.services import jobs
from merchants.enums import PartyKind
from merchants.models import FreezeList, FrozenParty
from merchants.services.company import folded

SCREEN_JOB = "merchants.screen_everybody"
KINDS = {
    "personne physique": PartyKind.PERSON,
    "personne morale": PartyKind.ENTITY,
    "navire": PartyKind.SHIP,
}
# pg_advisory_xact_lock: two loads follow each other.
LOCK = 562_1


class NotTheList(Refusal):
    code = "not_the_freeze_list"
    status = 422
    default_message = _("This is not the register of frozen assets as the Treasury publishes it in JSON.")


class OlderList(Refusal):
    code = "freeze_list_older"


@transaction.atomic
def load(*, content: bytes, at: datetime) -> FreezeList:
    """Make the register what a publication says: a fixed number of statements, everybody screened afterwards.

    The same file again changes nothing. Raises ``NotTheList``; ``OlderList`` for one published before the
    one in force. Parties that are no longer listed stay, for the matches that name them.
    """
    published_on, parties = _read(content)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    current, digest = in_force(), hashlib.sha256(content).hexdigest()
    if current is not None and current.sha256 == digest:
        return current
    if current is not None and published_on < current.published_on:
        raise OlderList(
            _("This list was published on %(day)s, the one in force on %(current)s.")
            % {"day": published_on, "current": current.published_on}
        )
    FrozenParty.objects.bulk_create(
        parties,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["register_id"],
        update_fields=["kind", "name", "names", "births", "ground", "is_listed"],
    )
    FrozenParty.objects.exclude(register_id__in=[one.register_id for one in parties]).update(is_listed=False)
    loaded: FreezeList = FreezeList.objects.create(
        published_on=published_on, sha256=digest, count=len(parties), loaded_at=at
    )
    jobs.enqueue(SCREEN_JOB, key=f"list:{loaded.pk}")
    return loaded


def in_force() -> FreezeList | None:
    """Return the publication in force; None while none was loaded."""
    return FreezeList.objects.order_by("-pk").first()


def _read(content: bytes) -> tuple[date, list[FrozenParty]]:
    try:
        publication = json.loads(content)["Publications"]
        day = parse_date(str(publication["DatePublication"])[:10])
        parties = {one.register_id: one for one in map(_party, publication["PublicationDetail"])}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotTheList from error
    if day is None or not parties:
        raise NotTheList
    return day, list(parties.values())


def _party(entry: dict[str, Any]) -> FrozenParty:
    fields: dict[str, list[dict[str, Any]]] = {}
    for detail in entry.get("RegistreDetail") or []:
        fields.setdefault(detail["TypeChamp"], []).extend(detail["Valeur"] or [])
    last = str(entry["Nom"] or "").strip()
    firsts = [str(value.get("Prenom") or "") for value in fields.get("PRENOM", [])]
    aliases = [str(value.get("Alias") or "") for value in fields.get("ALIAS", [])]
    whole = [f"{first} {last}".strip() for first in firsts] or [last]
    return FrozenParty(
        register_id=int(entry["IdRegistre"]),
        kind=KINDS.get(str(entry["Nature"]).strip().lower(), PartyKind.ENTITY),
        name=whole[0][:300],
        names=list(dict.fromkeys(name for name in map(folded, [*whole, *aliases]) if name)),
        births=list(_births(fields.get("DATE_DE_NAISSANCE", []))),
        ground="; ".join(_grounds(fields.get("FONDEMENT_JURIDIQUE", []))),
        is_listed=True,
    )


def _births(values: list[dict[str, Any]]) -> Iterator[str]:
    """Give dates of birth as ``1962``, ``1962-05`` or ``1962-05-12``: what is known of them."""
    for value in values:
        parts = [str(value.get(name) or "").strip() for name in ("Annee", "Mois", "Jour")]
        if len(parts[0]) == 4 and parts[0].isdigit():
            known = [parts[0]]
            for part in parts[1:]:
                if not part.isdigit():
                    break
                known.append(part.zfill(2))
            yield "-".join(known)


def _grounds(values: list[dict[str, Any]]) -> Iterator[str]:
    for value in values:
        text = str(value.get("FondementJuridiqueLabel") or value.get("FondementJuridique") or "").strip()
        if text:
            yield text

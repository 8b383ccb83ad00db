"""Measures in the demonstration world: one of each kind, an appeal that waits, one that was right."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.models import User
from demo.world.merchants import Desk, Opened
from demo.world.moments import ago, then
from merchants.enums import (
    AppealOutcome,
    MeasureGround,
    MeasureKind,
    MeasureReason,
    MeasureSource,
    MerchantStatus,
    NoticeException,
    RestrictedCapability,
)
from merchants.models import Measure
from merchants.services import appeals, measures

UNSAFE = (
    "Le 4 de ce mois, un acheteur a signalé que la poignée d’une bouilloire vendue par votre boutique fond à "
    "l’usage. Deux autres signalements décrivent le même défaut. Vous n’avez pas transmis le rapport d’essai "
    "demandé sous cinq jours."
)
LABELS = (
    "Les fiches de quatorze produits vendus en Allemagne ne portent ni l’identité du fabricant ni les "
    "avertissements en allemand. Nous vous l’avons écrit deux fois en un mois."
)
LATE = (
    "Sur les soixante derniers jours, 41 % de vos commandes ont été remises au transporteur après le délai "
    "promis, et onze ne l’ont jamais été. Trois rappels sont restés sans effet."
)
TAX = (
    "Malgré deux rappels, à plus de soixante jours d’intervalle, vous n’avez pas fourni le numéro "
    "d’identification fiscale que la déclaration des plateformes demande."
)
COUNTERFEIT = (
    "Trois titulaires de marques ont établi que des sacs vendus par votre boutique sont contrefaits. Deux "
    "avertissements vous ont été adressés pour des faits semblables."
)
APPEAL = (
    "La bouilloire visée vient d’un lot que nous n’avons jamais vendu : le numéro gravé sur la "
    "photographie de "
    "l’acheteur n’est pas dans nos achats. Nous joignons le rapport d’essai de notre lot."
)
ANSWER = (
    "Vous aviez fourni le numéro le lendemain du second rappel ; il n’avait pas été rapproché de votre "
    "dossier. "
    "La restriction est annulée et vos versements reprennent."
)


def load(*, opened: Sequence[Opened], now: datetime) -> None:
    """Measure the last of the open stores; a small world, whose stores are few, keeps them all."""
    trading = [one for one in opened if one.merchant.status == MerchantStatus.ACTIVE][-5:]
    if len(opened) < 20 or len(trading) < 5:
        return
    desk = Desk()
    judge = User.objects.get(email="admin@passerelle.example")
    _measure(
        trading[0],
        desk,
        ago(now, 9, "10:20"),
        MeasureKind.RESTRICTION,
        MeasureReason.CONSUMER_RIGHTS,
        LABELS,
        capability=RestrictedCapability.MARKET,
        country="DE",
        clause="3",
    )
    suspended = _measure(
        trading[1],
        desk,
        ago(now, 4, "15:05"),
        MeasureKind.SUSPENSION,
        MeasureReason.UNSAFE_PRODUCT,
        UNSAFE,
        source=MeasureSource.NOTICE,
        holds_payouts=True,
        ends_at=now + timedelta(days=26),
        clause="3",
    )
    then(
        ago(now, 2, "09:12"),
        appeals.submit,
        measure_id=suspended.pk,
        text=APPEAL,
        attached=[],
        by=trading[1].owner,
    )
    held = _measure(
        trading[2],
        desk,
        ago(now, 24, "11:00"),
        MeasureKind.RESTRICTION,
        MeasureReason.TAX_REPORTING,
        TAX,
        capability=RestrictedCapability.PAYOUTS,
        ground=MeasureGround.LAW,
        clause="",
        legal_reference="article 1649 ter D du code général des impôts",
    )
    appeal = then(
        ago(now, 22, "17:40"),
        appeals.submit,
        measure_id=held.pk,
        text="Le numéro a été fourni.",
        attached=[],
        by=trading[2].owner,
    )
    then(ago(now, 17, "10:00"), appeals.take, appeal_id=appeal.pk, by=judge)
    then(
        ago(now, 16, "14:30"),
        appeals.decide,
        appeal_id=appeal.pk,
        outcome=AppealOutcome.OVERTURNED,
        answer=ANSWER,
        by=judge,
    )
    _measure(
        trading[3],
        desk,
        ago(now, 6, "16:45"),
        MeasureKind.TERMINATION,
        MeasureReason.LATE_SHIPPING,
        LATE,
        clause="5",
    )
    _measure(
        trading[4],
        desk,
        ago(now, 12, "09:30"),
        MeasureKind.TERMINATION,
        MeasureReason.COUNTERFEIT,
        COUNTERFEIT,
        source=MeasureSource.TRUSTED_FLAGGER,
        holds_payouts=True,
        clause="3",
        notice_exception=NoticeException.REPEATED_INFRINGEMENT,
    )


def _measure(
    of: Opened, desk: Desk, at: datetime, kind: str, reason: str, facts: str, **fields: Any
) -> Measure:
    """Propose a measure, and confirm it an hour later."""
    terms = measures.Terms(
        **{"kind": kind, "reason": reason, "facts": facts, "ground": MeasureGround.TERMS, **fields}
    )
    proposed = then(at, measures.propose, merchant_id=of.merchant.pk, terms=terms, by=desk.maker)
    return then(at + timedelta(hours=1), measures.confirm, measure_id=proposed.pk, by=desk.checker)

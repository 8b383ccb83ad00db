"""Whatever is done in whatever order: no suspension without a second person, no closing without notice."""

import itertools
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.refusals import Refusal
from merchants.enums import AppealOutcome, MeasureKind, MeasureStatus, MerchantStatus
from merchants.models import Appeal, Measure, Merchant, Statement
from merchants.models.measures import NOTICE
from merchants.services import appeals, effects, measures
from merchants.transitions import STEPS
from tests.factories import make_merchant, make_user
from tests.factories.measures import terms
from tests.merchants.conftest import AT

pytestmark = pytest.mark.django_db
TEXT = "Motif."
KINDS = (MeasureKind.RESTRICTION, MeasureKind.SUSPENSION, MeasureKind.TERMINATION)
ACTS = ("propose", "confirm", "withdraw", "lift", "wait", "appeal", "uphold", "overturn")
MOVES = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(KINDS), st.integers(0, 1), st.integers(1, 40)),
    max_size=9,
)


def play(store, people, act, kind, who, days, at):
    """Try one act; what is refused changes nothing."""
    by = people[who]
    newest = Measure.objects.for_merchant(store).filter(kind=kind).order_by("-pk").first()
    if act == "propose":
        ends_at = None if kind == MeasureKind.TERMINATION else at + timedelta(days=days)
        measures.propose(merchant_id=store.pk, terms=terms(kind, ends_at=ends_at), by=by, at=at)
    elif newest is None:
        return
    elif act == "confirm":
        measures.confirm(measure_id=newest.pk, by=by, at=at)
    elif act in {"withdraw", "lift"}:
        getattr(measures, act)(measure_id=newest.pk, text=TEXT, by=by, at=at)
    elif act == "appeal":
        appeals.submit(measure_id=newest.pk, text=TEXT, attached=[], by=people[2], at=at)
    elif (appeal := Appeal.objects.filter(measure=newest).first()) is not None:
        outcome = AppealOutcome.UPHELD if act == "uphold" else AppealOutcome.OVERTURNED
        judge = people[3] if days % 2 else by
        appeals.take(appeal_id=appeal.pk, by=judge, at=at)
        appeals.decide(appeal_id=appeal.pk, outcome=outcome, answer=TEXT, by=judge, at=at)


def check(store):
    table = {(origin, step.to) for step in STEPS for origin in step.origins}
    in_force = set()
    for measure in Measure.objects.for_merchant(store):
        steps = list(measure.steps.order_by("pk").values_list("origin", "to"))
        assert steps[0] == ("", MeasureStatus.PROPOSED) and steps[-1][1] == measure.status
        assert all(step in table for step in steps[1:])
        assert all(after[0] == before[1] for before, after in itertools.pairwise(steps))
        told = measure.status not in {MeasureStatus.PROPOSED, MeasureStatus.WITHDRAWN}
        assert Statement.objects.filter(measure=measure).exists() is told
        if told and measure.kind in measures.TWO_PEOPLE:
            assert measure.proposed_by_id != measure.confirmed_by_id
        if measure.kind == MeasureKind.TERMINATION and measure.began_at:
            assert measure.began_at >= measure.confirmed_at + NOTICE
        if measure.status == MeasureStatus.IN_FORCE:
            in_force.add(measure.kind)
    for appeal in Appeal.objects.filter(measure__merchant=store).select_related("measure"):
        assert appeal.decided_by_id not in {appeal.measure.proposed_by_id, appeal.measure.confirmed_by_id}
    expected = next((s for kind, s in effects.STATUS_OF.items() if kind in in_force), MerchantStatus.ACTIVE)
    assert Merchant.objects.get(pk=store.pk).status == expected


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=MOVES)
def test_no_order_of_acts_breaks_the_rules(db, moves):
    with transaction.atomic():
        store, at = make_merchant(opened_at=AT - timedelta(days=90)), AT
        people = [make_user(is_staff=True) for _ in range(4)]
        for act, kind, who, days in moves:
            at += timedelta(days=days) if act == "wait" else timedelta(minutes=1)
            measures.run_due(at=at)
            try:
                with transaction.atomic():
                    play(store, people, act, kind, who, days, at)
            except Refusal:
                pass
            check(store)
        transaction.set_rollback(True)

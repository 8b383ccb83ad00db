"""A requirement after the store has opened: asked with a notice, then due, then past due; what it holds."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Event
from merchants.enums import BankAccountState, CapabilityStatus, CompanyState
from merchants.models import BankAccount, Capability, Company, Merchant, Requirement
from merchants.services import requirements, signup
from merchants.services.requirements import Blocks, capabilities, life
from merchants.services.requirements.definitions.base import (
    Definition,
    Finding,
    Verified,
    done,
    to_do,
    with_us,
)
from merchants.services.requirements.facts import File, load
from tests.merchants import steps
from tests.merchants.conftest import AT

DAY = timedelta(days=1)


@pytest.fixture
def opened(merchant, owner, maker, checker) -> Merchant:
    steps.submit(merchant, owner, AT)
    steps.approve(merchant, maker, checker, AT)
    merchant.refresh_from_db()
    return merchant


def declared(finding: Finding, **fields) -> Definition:
    return Definition(
        **{
            "code": "proof",
            "section": "company",
            "title": "Proof",
            "url_name": "merchants:file",
            "check": lambda file: finding,
            "satisfied_by": "a proof",
            "verified": Verified.COMPUTED,
            "blocks": frozenset({Blocks.PUBLICATION, Blocks.PAYOUT}),
            **fields,
        }
    )


def at(merchant: Merchant, moment: datetime, *known: Requirement) -> File:
    return replace(load(merchant_id=merchant.pk, at=moment), snapshot=list(known))


def asked(**fields) -> Requirement:
    return Requirement(code="proof", **{"state": "currently_due", "asked_at": AT, "since": AT, **fields})


def test_what_is_missing_is_asked_with_a_notice_then_holds_what_it_blocks(opened):
    definition = declared(to_do(), notice=timedelta(days=45))

    states = {
        days: life.settle(definition, at(opened, AT + days * DAY, asked())).state
        for days in (0, 14, 15, 44, 45, 90)
    }
    late = life.settle(definition, at(opened, AT + 45 * DAY, asked()))
    before = life.settle(definition, at(opened, AT + 44 * DAY, asked()))

    assert states == {
        0: "eventually_due",
        14: "eventually_due",
        15: "currently_due",
        44: "currently_due",
        45: "past_due",
        90: "past_due",
    }
    assert late.finding.due_at == AT + 45 * DAY
    assert late.holds(Blocks.PAYOUT) and late.holds(Blocks.PUBLICATION)
    assert not before.holds(Blocks.PAYOUT) and before.held_from[Blocks.PAYOUT] == AT + 45 * DAY


def test_the_first_notice_begins_when_it_is_found(opened):
    item = life.settle(declared(to_do()), at(opened, AT + 3 * DAY))

    assert (item.state, item.asked_at, item.finding.due_at) == (
        "currently_due",
        AT + 3 * DAY,
        AT + 33 * DAY,
    )
    assert item.changes_at == AT + 33 * DAY


def test_without_notice_it_holds_from_the_first_moment(opened):
    item = life.settle(declared(to_do(), notice=None), at(opened, AT))

    assert (item.state, item.finding.due_at) == ("currently_due", None)
    assert item.holds(Blocks.PAYOUT)


@pytest.mark.parametrize(
    ("days", "state", "reason"),
    [
        (39, "satisfied", ""),
        (40, "eventually_due", "expires"),
        (70, "currently_due", "expires"),
        (100, "past_due", "expired"),
    ],
)
def test_what_expires_is_asked_before_it_ends(opened, days, state, reason):
    definition = declared(done(AT), valid_for=timedelta(days=100))

    item = life.settle(definition, at(opened, AT + days * DAY, asked(asked_at=AT + 40 * DAY)))

    assert (item.state, item.finding.reason) == (state, reason)


def test_what_expires_at_once_still_gives_the_notice(opened):
    definition = declared(done(AT - 100 * DAY, valid_until=AT))

    item = life.settle(definition, at(opened, AT))

    assert (item.state, item.finding.due_at) == ("currently_due", AT + 30 * DAY)


def test_before_the_opening_what_expired_is_to_do_and_nothing_is_late(merchant):
    definition = declared(done(AT - 100 * DAY, valid_until=AT - DAY), blocks=frozenset({Blocks.SUBMISSION}))

    item = life.settle(definition, at(merchant, AT))

    assert (item.state, item.finding.due_at, dict(item.held_from)) == ("currently_due", None, {})


def test_before_the_opening_what_does_not_block_it_is_for_later(merchant):
    item = life.settle(declared(to_do()), at(merchant, AT))

    assert item.state == "eventually_due"
    assert not item.is_due and not item.holds(Blocks.SUBMISSION)


def test_an_answer_given_late_releases_nothing_until_it_is_read(opened):
    late = asked(state="past_due", payout_held_from=AT, publication_held_from=AT)

    waiting = life.settle(declared(with_us(AT)), at(opened, AT + DAY, late))
    refused = life.settle(
        declared(to_do("document_refused", text="illisible")),
        at(
            opened,
            AT + 40 * DAY,
            asked(state="pending_verification", payout_held_from=AT, publication_held_from=AT),
        ),
    )
    satisfied = life.settle(declared(done(AT)), at(opened, AT + DAY, late))

    assert waiting.holds(Blocks.PAYOUT) and waiting.holds(Blocks.PUBLICATION)
    assert refused.state == "past_due"
    assert not satisfied.holds(Blocks.PAYOUT)


def test_an_answer_given_in_time_and_refused_after_the_deadline_can_be_mended_for_a_week(opened):
    pending = asked(state="pending_verification", due_at=None)

    item = life.settle(declared(to_do()), at(opened, AT + 40 * DAY, pending))

    assert (item.state, item.finding.due_at) == ("currently_due", AT + 47 * DAY)
    again = asked(due_at=item.finding.due_at)
    assert life.settle(declared(to_do()), at(opened, AT + 47 * DAY, again)).state == "past_due"


def test_an_account_that_waits_holds_payouts_only(opened, owner):
    BankAccount.objects.for_merchant(opened).update(state=BankAccountState.PENDING)

    assert not requirements.may_be_paid(merchant_id=opened.pk, at=AT)
    answer = requirements.refresh(merchant_id=opened.pk, at=AT)
    assert {c.code: c.status for c in capabilities.of(answer) if not c.market} == {
        "sell": CapabilityStatus.ACTIVE,
        "be_paid": CapabilityStatus.PENDING,
    }
    assert requirements.held_markets(merchant_id=opened.pk, markets=["FR"], at=AT) == {}


def test_a_merchant_is_paid_once_the_store_is_open(merchant, owner, opened):
    requirements.require_payable(merchant_id=opened.pk, at=AT)

    assert requirements.may_be_paid(merchant_id=opened.pk, at=AT)


def test_nobody_is_paid_before_the_opening(merchant, owner):
    steps.complete(merchant, owner, AT)

    assert not requirements.may_be_paid(merchant_id=merchant.pk, at=AT)
    with pytest.raises(requirements.PayoutHeld):
        requirements.require_payable(merchant_id=merchant.pk, at=AT)


def test_a_company_that_ceases_is_told_then_neither_sells_nor_is_paid(opened):
    Company.objects.for_merchant(opened).update(state=CompanyState.CEASED)
    requirements.refresh(merchant_id=opened.pk, at=AT)

    row = Requirement.objects.for_merchant(opened).get(code="company_active")
    due = AT + 30 * DAY
    assert (row.state, row.due_at, row.payout_held_from, row.changes_at) == ("currently_due", due, due, due)
    assert requirements.may_be_paid(merchant_id=opened.pk, at=due - DAY)
    # The snapshot is right the very moment after, though nobody has refreshed it.
    assert requirements.held_markets(merchant_id=opened.pk, markets=["FR"], at=due) == {
        "FR": ["company_active"]
    }
    assert requirements.refresh_due(at=due) == 1
    assert not requirements.may_be_paid(merchant_id=opened.pk, at=due)
    with pytest.raises(requirements.PayoutHeld) as refused:
        requirements.require_payable(merchant_id=opened.pk, at=due)
    assert refused.value.details["codes"] == ["company_active"]
    told = Event.objects.filter(type="capability.changed", data__capability="sell").last()
    assert (told.data["from"], told.data["to"], told.data["requirements"]) == (
        "active",
        "inactive",
        ["company_active"],
    )
    answer = requirements.compute(merchant_id=opened.pk, at=due)
    assert answer.disabled_reason == "requirements_past_due"


def test_only_the_market_that_is_concerned_is_held(opened):
    missing = declared(to_do(markets=frozenset({"DE"})), notice=None)
    file = at(opened, AT)
    answer = requirements.Answer(file, [life.settle(missing, file)])

    found = {(c.code, c.market): c.status for c in capabilities.of(answer)}

    assert found["publish", "DE"] == CapabilityStatus.INACTIVE
    assert found["sell", ""] == CapabilityStatus.ACTIVE
    assert answer.disabled_reason == ""
    Requirement.objects.create(
        merchant=opened,
        code="proof",
        state="currently_due",
        since=AT,
        markets=["DE"],
        publication_held_from=AT,
    )
    held = requirements.held_markets(merchant_id=opened.pk, markets=["DE", "FR"], at=AT)
    assert held == {"DE": ["proof"]}


def test_the_snapshot_tells_what_moved_once(opened):
    Company.objects.for_merchant(opened).update(state=CompanyState.CEASED)
    for _ in range(2):
        requirements.refresh(merchant_id=opened.pk, at=AT)

    told = Event.objects.filter(type="requirement.changed", data__requirement="company_active")
    assert [(e.data["from"], e.data["to"]) for e in told.order_by("pk")][-1] == ("satisfied", "currently_due")
    assert told.filter(data__to="currently_due", data__from="satisfied").count() == 1


def test_capabilities_wait_with_the_file(merchant, owner):
    requirements.refresh(merchant_id=merchant.pk, at=AT)
    assert set(Capability.objects.values_list("status", flat=True)) == {"inactive"}

    steps.submit(merchant, owner, AT)

    assert set(Capability.objects.values_list("status", flat=True)) == {"pending"}


def test_many_snapshots_cost_as_many_statements_as_one(merchant, owner, make_user):
    others = [signup.open_file(user_id=make_user().pk, at=AT) for _ in range(4)]
    steps.complete(merchant, owner, AT)
    Requirement.objects.all().delete()
    counts = []
    for files in ([merchant], others):
        with CaptureQueriesContext(connection) as statements:
            requirements.refresh_many(merchant_ids=[one.pk for one in files], at=AT)
        counts.append(len([q for q in statements if "SAVEPOINT" not in q["sql"]]))

    assert Requirement.objects.filter(merchant__in=others).exists()
    assert counts[1] <= counts[0]

"""Whatever people do in whatever order: no store opens without a checker, nobody is paid who must not be."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.models import User
from core.refusals import Refusal
from merchants.enums import (
    ApplicationStatus,
    BankAccountState,
    CompanyState,
    DecisionKind,
    MerchantStatus,
    RequirementState,
)
from merchants.models import Application, BankAccount, Company, Decision, Merchant
from merchants.services import application, files, requirements, review
from merchants.services.requirements import Blocks
from merchants.services.requirements.definitions.base import NOTICE
from tests.merchants import steps
from tests.merchants.conftest import AT

STAFF = st.sampled_from([0, 1])


class File(RuleBasedStateMachine):
    """Begins with a complete draft, which a subclass names, and leaves nothing behind."""

    merchant: Merchant
    owner: User
    staff: tuple[User, User]

    def __init__(self) -> None:
        super().__init__()
        self.at: datetime = AT
        self.asked_since: datetime | None = None
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def attempt(self, act: Callable[..., object], **arguments: object) -> None:
        try:
            act(**arguments, at=self.at)
        except Refusal:
            return

    def decide(self, act: Callable[..., object], by: int, **arguments: object) -> None:
        self.attempt(act, application_id=self.merchant.application.pk, by=self.staff[by], **arguments)

    @rule()
    def submit(self) -> None:
        self.attempt(application.submit, merchant_id=self.merchant.pk, by=self.owner)

    @rule(by=STAFF)
    def read_and_propose(self, by: int) -> None:
        self.decide(review.take, by)
        codes = [item.code for item in requirements.compute(merchant_id=self.merchant.pk, at=self.at).items]
        self.decide(review.accept, by, codes=codes)
        self.decide(review.propose, by)

    @rule(by=STAFF)
    def propose(self, by: int) -> None:
        self.decide(review.propose, by)

    @rule(by=STAFF)
    def confirm(self, by: int) -> None:
        self.decide(review.confirm, by)

    @rule(by=STAFF)
    def send_back(self, by: int) -> None:
        self.decide(review.send_back, by, text="À revoir.")

    @rule(by=STAFF)
    def reject(self, by: int) -> None:
        self.decide(review.reject, by, reason="other", text="Non.")

    @rule()
    def send_the_registration_again(self) -> None:
        try:
            steps.give_registration(self.merchant, self.owner, self.at)
        except (files.FileClosed, files.FileWithUs, files.NotAsked):
            return

    @rule(state=st.sampled_from([CompanyState.OPEN, CompanyState.CEASED]))
    def the_register_says(self, state: CompanyState) -> None:
        Company.objects.for_merchant(self.merchant).update(state=state)
        requirements.refresh(merchant_id=self.merchant.pk, at=self.at)
        opened = Merchant.objects.get(pk=self.merchant.pk).opened_at
        if state == CompanyState.OPEN or opened is None:
            self.asked_since = None
        elif self.asked_since is None:
            self.asked_since = self.at

    @rule(days=st.sampled_from([1, 10, 31, 93]))
    def wait(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule()
    def time_passes_over_the_snapshot(self) -> None:
        requirements.refresh_due(at=self.at)

    @rule()
    def pay(self) -> None:
        try:
            requirements.require_payable(merchant_id=self.merchant.pk, at=self.at)
        except requirements.PayoutHeld:
            return
        answer = requirements.compute(merchant_id=self.merchant.pk, at=self.at)
        assert answer.file.was_opened
        assert BankAccount.objects.for_merchant(self.merchant).get().state == BankAccountState.CONFIRMED
        assert not [
            item.code
            for item in answer.items
            if item.state == RequirementState.PAST_DUE and Blocks.PAYOUT in item.definition.blocks
        ]
        assert self.asked_since is None or self.at < self.asked_since + NOTICE

    @invariant()
    def no_store_opens_without_two_people(self) -> None:
        file = Application.objects.select_related("merchant").get(merchant=self.merchant)
        if file.merchant.status == MerchantStatus.ONBOARDING:
            assert file.merchant.opened_at is None and file.status != ApplicationStatus.APPROVED
            return
        assert (file.merchant.status, file.status) == (MerchantStatus.ACTIVE, ApplicationStatus.APPROVED)
        assert file.decided_by_id != file.proposed_by_id
        last = dict(
            Decision.objects.filter(application=file, kind__in=[DecisionKind.PROPOSE, DecisionKind.CONFIRM])
            .order_by("pk")
            .values_list("kind", "decided_by")
        )
        assert len(set(last.values())) == 2


def machine(merchant: Merchant, owner: User, staff: tuple[User, User]) -> type[File]:
    return type("OneFile", (File,), {"merchant": merchant, "owner": owner, "staff": staff})


@pytest.mark.django_db
def test_no_path_leads_to_an_open_store_or_a_payout_that_must_not_be(merchant, owner, maker, checker) -> None:
    steps.complete(merchant, owner, AT)

    run_state_machine_as_test(
        machine(merchant, owner, (maker, checker)),
        settings=settings(
            max_examples=8,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_the_machine_reaches_an_open_store_that_is_paid_then_held(merchant, owner, maker, checker) -> None:
    """The control: by the same steps a store opens, is paid, and is held when its notice has run out."""
    steps.complete(merchant, owner, AT)
    file = machine(merchant, owner, (maker, checker))()
    try:
        file.submit()
        file.read_and_propose(0)
        file.confirm(0)
        assert not requirements.may_be_paid(merchant_id=merchant.pk, at=AT)
        file.confirm(1)
        assert requirements.may_be_paid(merchant_id=merchant.pk, at=AT)
        file.the_register_says(CompanyState.CEASED)
        file.wait(31)
        assert not requirements.may_be_paid(merchant_id=merchant.pk, at=file.at)
        file.pay()
        file.no_store_opens_without_two_people()
    finally:
        file.teardown()

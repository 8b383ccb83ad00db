"""The review desk's place among the desks of the staff."""

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.web.desk import Page, Queue, add_page, add_queue
from merchants.enums import WAITING_FOR_US, BankAccountState, MeasureStatus
from merchants.models import Appeal, Application, BankAccount, Measure, Requirement
from merchants.services import bank_changes
from merchants.services.review import renewals


def waiting(request: HttpRequest) -> QuerySet[Application]:
    """Which files wait for us, the one that is due first on top."""
    return Application.objects.filter(status__in=WAITING_FOR_US).order_by("due_at", "pk")


def waiting_pieces(request: HttpRequest) -> QuerySet[Requirement]:
    """Which pieces that open stores sent again wait to be read, the oldest first."""
    return renewals.waiting()


def waiting_changes(request: HttpRequest) -> QuerySet[BankAccount]:
    """Which changes of bank account wait for us, the oldest first."""
    rows = BankAccount.objects.filter(
        state=BankAccountState.PENDING, merchant__status__in=bank_changes.OPENED
    )
    return rows.order_by("created_at", "pk")


add_page(
    Page(
        key="applications",
        section="desks",
        title=_("Files to review"),
        icon="assignment_ind",
        url_name="admin:merchants_application_changelist",
        permission="merchants.view_application",
        order=10,
        waiting=waiting,
    )
)
add_page(
    Page(
        key="renewals",
        section="desks",
        title=_("Pieces of open stores"),
        icon="fact_check",
        url_name="admin:merchants_requirement_changelist",
        permission="merchants.view_requirement",
        order=12,
        waiting=waiting_pieces,
    )
)
add_queue(
    Queue(
        key="renewals",
        title=_("Pieces of open stores to read"),
        permission="merchants.review_application",
        waiting=waiting_pieces,
        since="since",
        url=lambda: reverse("admin:merchants_requirement_changelist"),
        within=timedelta(days=2),
        order=12,
    )
)
add_page(
    Page(
        key="bank_accounts",
        section="desks",
        title=_("Bank accounts"),
        icon="account_balance",
        url_name="admin:merchants_bankaccount_changelist",
        permission="merchants.view_bankaccount",
        order=15,
        waiting=waiting_changes,
    )
)
add_page(
    Page(
        key="merchants",
        section="reference",
        title=_("Merchants"),
        icon="storefront",
        url_name="admin:merchants_merchant_changelist",
        permission="merchants.view_merchant",
        order=10,
    )
)


def measures_waiting(request: HttpRequest) -> QuerySet[Measure]:
    """Which proposals wait for a second person, the oldest first."""
    return Measure.objects.filter(status=MeasureStatus.PROPOSED).order_by("created_at", "pk")


def appeals_waiting(request: HttpRequest) -> QuerySet[Appeal]:
    """Which appeals wait for their answer, the one that is due first on top."""
    return Appeal.objects.filter(outcome="").order_by("decide_until", "pk")


add_page(
    Page(
        key="measures",
        section="desks",
        title=_("Measures"),
        icon="gavel",
        url_name="admin:merchants_measure_changelist",
        permission="merchants.view_measure",
        order=20,
        waiting=measures_waiting,
    )
)
add_page(
    Page(
        key="appeals",
        section="desks",
        title=_("Appeals"),
        icon="balance",
        url_name="admin:merchants_appeal_changelist",
        permission="merchants.view_appeal",
        order=21,
        waiting=appeals_waiting,
    )
)
add_queue(
    Queue(
        key="measures",
        title=_("Measures to confirm"),
        permission="merchants.confirm_measure",
        waiting=measures_waiting,
        url=lambda: reverse("admin:merchants_measure_changelist") + "?status__exact=proposed",
        within=timedelta(days=2),
        order=20,
    )
)
add_queue(
    Queue(
        key="appeals",
        title=_("Appeals to decide"),
        permission="merchants.decide_appeal",
        waiting=appeals_waiting,
        since="submitted_at",
        url=lambda: reverse("admin:merchants_appeal_changelist") + "?state=waiting",
        # Fifteen working days are three weeks.
        within=timedelta(days=21),
        order=21,
    )
)
add_page(
    Page(
        key="letters",
        section="control",
        title=_("Letters"),
        icon="mail",
        url_name="admin:merchants_letter_changelist",
        permission="merchants.view_letter",
        order=30,
    )
)
add_page(
    Page(
        key="epr",
        section="control",
        title=_("EPR identifiers"),
        icon="recycling",
        url_name="admin:merchants_epridentifier_changelist",
        permission="merchants.view_epridentifier",
        order=40,
    )
)
add_page(
    Page(
        key="reasons",
        section="reference",
        title=_("Words of reasons"),
        icon="rate_review",
        url_name="admin:merchants_reasontext_changelist",
        permission="merchants.view_reasontext",
        order=20,
    )
)
add_queue(
    Queue(
        key="applications",
        title=_("Files to review"),
        permission="merchants.review_application",
        waiting=waiting,
        since="submitted_at",
        url=lambda: reverse("admin:merchants_application_changelist"),
        within=timedelta(days=2),
        order=10,
    )
)
add_page(
    Page(
        key="visits",
        section="control",
        title=_("Visits by support"),
        icon="visibility",
        url_name="admin:merchants_supportvisit_changelist",
        permission="merchants.view_supportvisit",
        order=60,
    )
)
add_queue(
    Queue(
        key="bank_accounts",
        title=_("Bank accounts to confirm"),
        permission="merchants.confirm_bankaccount",
        waiting=waiting_changes,
        url=lambda: reverse("admin:merchants_bankaccount_changelist") + "?state__exact=pending",
        within=timedelta(days=2),
        order=15,
    )
)

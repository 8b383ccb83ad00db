"""The desk with ten thousand files in its queue: few statements a page, and none that reads a whole table."""

import json
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import sealed
from core.staff import StaffGroup
from merchants.admin import filters
from merchants.enums import MerchantStatus
from merchants.models import Application, Document, Merchant
from merchants.services import appeals, review
from merchants.services.review import notes
from tests.factories.crowd import make_crowd
from tests.factories.measures import make_measure
from tests.merchants import steps
from tests.web.personas import staff

QUERIES = 12
#: What a statement may read of one table: enough to count a thousand where a sixth of the rows fits.
ROWS = 6 * review.COUNTED + 100
FEW, MANY = 100, 10_000
LIST = reverse("admin:merchants_application_changelist")


@pytest.fixture
def lead(db):
    return staff("maurel@example.org", StaffGroup.LEAD_REVIEWER)


@pytest.fixture
def sent(merchant, owner, lead):
    """Return a merchant with something of everything that the desk shows."""
    now = timezone.now()
    steps.submit(merchant, owner, now)
    steps.take(merchant, lead, now)
    review.accept(application_id=merchant.application.pk, codes=["registration_document"], by=lead, at=now)
    notes.write(application_id=merchant.application.pk, text="À voir avec la banque.", by=lead, at=now)
    measure(merchant, owner, now)
    return merchant


def measure(merchant, owner, now) -> None:
    """Give the merchant measures and an appeal: as if the store had been open for a moment."""
    Merchant.objects.filter(pk=merchant.pk).update(status=MerchantStatus.ACTIVE, opened_at=now)
    for kind in ("suspension", "restriction"):
        taken = make_measure(merchant, kind, at=now)
    appeals.submit(measure_id=taken.pk, text="Tout est en règle.", attached=[], by=owner, at=now)
    Merchant.objects.filter(pk=merchant.pk).update(status=MerchantStatus.ONBOARDING, opened_at=None)


def pages(merchant) -> Iterator[str]:
    """Every list of the desk with every filter, searches, and the pages of one file."""
    yield from (reverse("admin:index"), LIST)
    of_files = (filters.StateFilter, filters.HandsFilter, filters.LateFilter, filters.FormFilter)
    for kind in (*of_files, filters.CountryFilter, filters.RiskFilter):
        for value, _title in kind.lookups(kind, None, None):
            yield f"{LIST}?{kind.parameter_name}={value}"
    yield from (f"{LIST}?q={words}" for words in ("100000017", "10000001700014", "Epeire 1", "atelier", "zz"))
    yield from (f"{LIST}?o={column}" for column in ("-3", "3", "6", "-6"))
    measures_, appeals_ = (reverse(f"admin:merchants_{name}_changelist") for name in ("measure", "appeal"))
    yield from (measures_, f"{measures_}?status__exact=proposed", f"{measures_}?q=lande", appeals_)
    yield from (f"{appeals_}?state={state}" for state in ("late", "all", "upheld"))
    documents = reverse("admin:merchants_document_changelist")
    yield from (
        documents,
        f"{documents}?state__exact=pending",
        reverse("admin:merchants_merchant_changelist"),
    )
    file = reverse("admin:merchants_application_change", args=[merchant.application.pk])
    yield from (file, f"{file}?piece=company_identity", f"{file}?piece=statutes&reason=document_too_old")
    yield from (
        reverse("admin:merchants_document_change", args=[document.pk])
        for document in Document.objects.for_merchant(merchant).order_by("pk")[:1]
    )


def plans(sql: str) -> Iterator[tuple[str, int]]:
    """Run a statement; yield each table it reads, and how many of its rows."""
    for statement in sql.split(";\n"):
        if not re.match(r"\s*SELECT\b", statement) or "set_config" in statement or "FOR UPDATE" in statement:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, FORMAT JSON) {statement}")
            [answer] = cursor.fetchone()
        todo = [(json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]]
        while todo:
            node = todo.pop()
            todo += node.get("Plans", [])
            if "Relation Name" in node:
                read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                yield f"{node['Node Type']} {node['Relation Name']}", round(read * node["Actual Loops"])


def look(client: Client, merchant) -> dict[str, tuple[int, int]]:
    """Open every page; return its statements, and the most rows that one reads of a table."""
    found = {}
    for url in pages(merchant):
        sealed._cache.forget()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200, url
        read = [(rows, table) for query in queries for table, rows in plans(query["sql"])]
        found[url] = (len(queries), max(read))
    return found


@pytest.mark.slow
def test_no_page_of_the_desk_grows_with_its_queue(sent, lead, sign_in, monkeypatch):
    # A slow machine reads a key twice on one page.
    monkeypatch.setattr(sealed, "TRUST_SECONDS", 600.0)
    client = sign_in(lead)
    client.get(LIST)
    with connection.cursor() as cursor:
        # As on solid-state disks (docs/deploy.md); by default whole tables of this size are read by choice.
        cursor.execute("SET LOCAL random_page_cost = 1.1")
    costs = {}
    for first, last in ((1, FEW), (FEW + 1, MANY)):
        make_crowd(sent, last - first + 1, reviewer=lead.pk, first=first)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        costs[last] = look(client, sent)
    assert Application.objects.count() == MANY + 1

    few, many = costs[FEW], costs[MANY]
    assert {url: n for url, (n, _read) in many.items() if n > QUERIES} == {}
    assert {url: (few[url][0], n) for url, (n, _read) in many.items() if n != few[url][0]} == {}
    grown = [f"{url}: {read}" for url, (_n, read) in many.items() if read[0] > ROWS]
    assert not grown, "\n".join(grown)

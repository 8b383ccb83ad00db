"""A network's points become those of its source: all of them, or nothing."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from core.models import Event
from orders.adapters.points import BrokenSource, PointDraft
from orders.enums import PointStatus, RefreshStatus
from orders.models import PickupNetwork, PickupPoint, PointRefresh
from orders.services import points
from tests.factories import make_staff
from tests.orders.delivery.drafts import draft, north
from tests.orders.delivery.test_point_sources import LAPOSTE_HEADER, LAPOSTE_ROW

pytestmark = pytest.mark.django_db


def refresh(drafts: list[PointDraft], at: datetime, **options: bool) -> PointRefresh:
    return points.refresh(
        network_code="relais-escale",
        drafts=drafts,
        source="test",
        at=at,
        **options,  # type: ignore[arg-type]
    )


def counts(report: PointRefresh) -> tuple[int, int, int, int, int]:
    return report.read, report.opened, report.changed, report.closed, report.refused


def statuses() -> dict[str, str]:
    return dict(PickupPoint.objects.values_list("code", "status"))


def ten() -> list[PointDraft]:
    return [north(f"R{number}", number * 100) for number in range(10)]


def test_refresh_opens_changes_and_closes(network: PickupNetwork, at: datetime) -> None:
    refresh(ten(), at)

    report = refresh([*ten()[2:], draft("R1", name="Tabac du Pont"), draft("NEW")], at + timedelta(days=1))

    assert counts(report) == (10, 1, 1, 1, 0)
    gone = PickupPoint.objects.get(code="R0")
    assert (gone.status, gone.closed_at) == (PointStatus.CLOSED, at + timedelta(days=1))
    assert PickupPoint.objects.get(code="R1").name == "Tabac du Pont"


def test_refresh_repeated_changes_nothing(network: PickupNetwork, at: datetime) -> None:
    refresh(ten(), at)
    before = list(PickupPoint.objects.order_by("pk").values())

    report = refresh(ten(), at + timedelta(days=1))

    assert counts(report) == (10, 0, 0, 0, 0)
    assert list(PickupPoint.objects.order_by("pk").values()) == before


def test_a_point_that_comes_back_is_the_same_point(network: PickupNetwork, at: datetime) -> None:
    refresh(ten(), at)
    known = PickupPoint.objects.get(code="R0").public_id
    refresh(ten()[1:], at)

    report = refresh(ten(), at)

    reopened = PickupPoint.objects.get(code="R0")
    assert counts(report) == (10, 1, 0, 0, 0)
    assert (reopened.public_id, reopened.status, reopened.closed_at) == (known, PointStatus.OPEN, None)


def test_how_full_a_point_is_survives_a_refresh(network: PickupNetwork, at: datetime) -> None:
    refresh(ten(), at)
    PickupPoint.objects.filter(code="R0").update(load=4)

    refresh([draft("R0", name="Autre nom"), *ten()[1:]], at)

    assert PickupPoint.objects.get(code="R0").load == 4


def test_refresh_that_closes_over_a_fifth_asks_first(network: PickupNetwork, at: datetime) -> None:
    refresh(ten(), at)

    report = refresh(ten()[3:], at + timedelta(days=1))

    assert report.status == RefreshStatus.TO_CONFIRM
    assert report.closed == 3
    assert set(statuses().values()) == {PointStatus.OPEN}
    network.refresh_from_db()
    assert network.refreshed_at == at


def test_confirming_applies_what_was_read_then(network: PickupNetwork, at: datetime) -> None:
    refresh(ten(), at)
    asked = refresh([*ten()[3:], draft("NEW")], at)

    report = points.confirm(refresh_id=asked.pk, by=make_staff(), at=at + timedelta(hours=1))

    assert (report.status, report.opened, report.closed) == (RefreshStatus.APPLIED, 1, 3)
    assert sorted(code for code, status in statuses().items() if status == PointStatus.CLOSED) == [
        "R0",
        "R1",
        "R2",
    ]
    assert not report.kept
    with pytest.raises(points.NothingToConfirm):
        points.confirm(refresh_id=asked.pk, by=make_staff(), at=at)


def test_an_outdated_refresh_cannot_be_confirmed(network: PickupNetwork, at: datetime) -> None:
    refresh(ten(), at)
    asked = refresh(ten()[3:], at)
    refresh(ten(), at)

    with pytest.raises(points.NothingToConfirm):
        points.confirm(refresh_id=asked.pk, by=make_staff(), at=at)

    assert set(statuses().values()) == {PointStatus.OPEN}


def test_dismissing_keeps_the_points(network: PickupNetwork, at: datetime) -> None:
    refresh(ten(), at)
    asked = refresh(ten()[3:], at)

    report = points.dismiss(refresh_id=asked.pk, by=make_staff(), at=at)

    assert (report.status, bool(report.kept)) == (RefreshStatus.REFUSED, False)
    assert set(statuses().values()) == {PointStatus.OPEN}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"latitude": 0.0, "longitude": 0.0}, "coordinates_zero"),
        ({"latitude": None}, "coordinates_missing"),
        ({"latitude": float("nan")}, "coordinates_outside_country"),
        ({"latitude": 2.3522, "longitude": 48.8566}, "coordinates_outside_country"),
        ({"country": "XX"}, "coordinates_outside_country"),
        ({"name": ""}, "name_missing"),
        ({"name": "x" * 121}, "name_too_long"),
        ({"name": "a\x00b"}, "text_unusable"),
        ({"capacity": 2**40}, "number_out_of_range"),
    ],
)
def test_an_absurd_point_is_refused_and_named(
    network: PickupNetwork, at: datetime, wrong: dict[str, object], reason: str
) -> None:
    report = refresh([draft("GOOD"), draft("BAD", line=7, **wrong)], at)

    assert counts(report) == (2, 1, 0, 0, 1)
    assert report.refusals == [{"line": 7, "code": "BAD", "reason": reason}]
    assert list(statuses()) == ["GOOD"]


def test_a_known_point_whose_row_is_refused_stays_as_it_is(network: PickupNetwork, at: datetime) -> None:
    refresh([draft("A"), draft("B")], at)

    report = refresh([draft("A"), draft("B", latitude=None)], at)

    assert counts(report) == (2, 0, 0, 0, 1)
    assert statuses() == {"A": PointStatus.OPEN, "B": PointStatus.OPEN}


def test_a_repeated_code_is_taken_once(network: PickupNetwork, at: datetime) -> None:
    report = refresh([draft("A"), draft("A", name="Autre")], at)

    assert counts(report) == (2, 1, 0, 0, 1)
    assert PickupPoint.objects.get(code="A").name == "Tabac de la Gare"


def test_unreadable_hours_become_unknown_and_are_reported(network: PickupNetwork, at: datetime) -> None:
    report = refresh([draft("A", opening_hours="quand on veut")], at)

    assert report.refusals == [{"line": 2, "code": "A", "reason": "opening_hours_unreadable"}]
    assert PickupPoint.objects.get(code="A").opening_hours == ""


def test_a_source_that_breaks_half_way_changes_nothing(network: PickupNetwork, at: datetime) -> None:
    refresh(ten(), at)

    def broken() -> Iterator[PointDraft]:
        yield draft("NEW")
        raise BrokenSource("cut", line=3)

    with pytest.raises(points.SourceBroken) as refusal:
        points.refresh(network_code="relais-escale", drafts=broken(), source="test", at=at)

    assert refusal.value.details["line"] == 3
    assert "NEW" not in statuses()
    latest = PointRefresh.objects.latest("pk")
    assert (latest.status, latest.refusals) == (
        RefreshStatus.REFUSED,
        [{"line": 3, "code": "", "reason": "cut"}],
    )


def test_a_source_without_one_good_point_changes_nothing(network: PickupNetwork, at: datetime) -> None:
    refresh(ten(), at)

    with pytest.raises(points.SourceBroken):
        refresh([], at, confirmed=True)

    assert len(statuses()) == 10


def test_refresh_takes_as_many_statements_for_many_points_as_for_few(
    network: PickupNetwork, at: datetime
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        refresh([north("A", 1)], at)
    with CaptureQueriesContext(connection) as many:
        refresh([north(f"B{number}", number) for number in range(200)], at, confirmed=True)

    assert len(many) <= len(few) + 1  # the closing of A


def test_refresh_is_told_to_those_who_listen(network: PickupNetwork, at: datetime) -> None:
    refresh([draft("A")], at)

    assert Event.objects.filter(type="network.refreshed").count() == 1


def test_the_command_loads_a_file_and_says_what_it_did(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "points.csv"
    path.write_text(f"{LAPOSTE_HEADER}\n{LAPOSTE_ROW}\n", encoding="utf-8")

    call_command("import_pickup_points", "laposte", path)

    assert PickupPoint.objects.get(network__code="laposte").city == "SARTROUVILLE"
    assert "opened       1" in capsys.readouterr().out


def test_the_command_refuses_a_broken_file_in_one_sentence(db: None, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("nonsense\n", encoding="utf-8")

    with pytest.raises(CommandError, match="line 1"):
        call_command("import_pickup_points", "laposte", path)
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_pickup_points", "laposte", tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match="--network"):
        call_command("import_pickup_points", "csv", path)


POINTS = f"{LAPOSTE_HEADER}\n" + "".join(
    LAPOSTE_ROW.replace("15015A", f"1501{number}A").replace("SARTROUVILLE PRINCIPAL", "Évry côté Œuvre")
    + "\n"
    for number in range(4)
)


@hypothesis(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman"]),
    cut=st.integers(0, 2000),
    places=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=3),
)
@example(encoding="utf-8", cut=2000, places=[(400, 0)])
@example(encoding="utf-8", cut=2000, places=[])
def test_a_mangled_source_is_read_whole_or_changes_nothing(
    db: None, tmp_path: Path, encoding: str, cut: int, places: list[tuple[int, int]]
) -> None:
    data = bytearray(POINTS.encode(encoding, errors="replace")[:cut])
    for place, byte in places:
        if place < len(data):
            data[place] = byte
    path = tmp_path / "points.csv"
    path.write_bytes(data)

    with transaction.atomic():
        try:
            call_command("import_pickup_points", "laposte", path, stdout=io.StringIO())
        except CommandError as error:
            assert str(error)
            assert not PickupPoint.objects.exists()
        else:
            report = PointRefresh.objects.get()
            assert report.read == report.opened + report.refused
            assert PickupPoint.objects.count() == report.opened
        transaction.set_rollback(True)

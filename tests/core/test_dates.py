"""Working hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.dates import (
    PARIS,
    add_working_days,
    add_working_hours,
    has_calendar,
    is_working_day,
    working_hours_between,
)

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
HOURS = st.integers(0, 400)


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (paris(2026, 11, 24, 10, 30), paris(2026, 11, 25, 10, 30)),  # Tuesday to Wednesday
        (paris(2026, 11, 27, 15, 0), paris(2026, 11, 30, 15, 0)),  # over a weekend
        (paris(2026, 11, 28, 9, 0), paris(2026, 12, 1, 0, 0)),  # Saturday: Monday's 24 hours
        (paris(2026, 7, 13, 18, 0), paris(2026, 7, 15, 18, 0)),  # over 14 July
        (paris(2026, 12, 24, 12, 0), paris(2026, 12, 28, 12, 0)),  # Christmas, a Friday, and the weekend
    ],
)
def test_a_day_of_working_hours_ends_where_a_person_expects(start, end):
    assert add_working_hours(start, 24) == end


def test_the_days_when_the_clock_changes_are_no_working_days_in_france():
    # Sundays: Friday noon and 24 hours is Monday noon, whatever the clock did between.
    assert add_working_hours(paris(2026, 3, 27, 12, 0), 24) == paris(2026, 3, 30, 12, 0)
    assert add_working_hours(paris(2026, 10, 23, 12, 0), 24) == paris(2026, 10, 26, 12, 0)


def test_counts_by_the_clock_of_paris_not_of_utc():
    # 23:30 UTC on Sunday is 00:30 on Monday in Paris.
    start = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert add_working_hours(start, 1) == start + timedelta(hours=1)


def test_public_holidays_are_those_of_the_country():
    assert not is_working_day(date(2026, 7, 14), "FR")
    assert is_working_day(date(2026, 7, 14), "DE")
    assert not is_working_day(date(2026, 10, 1), "CN")
    assert add_working_hours(
        datetime(2026, 7, 13, 12, tzinfo=ZoneInfo("Europe/Berlin")), 24, "DE", ZoneInfo("Europe/Berlin")
    ) == datetime(2026, 7, 14, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def test_refuses_negative_hours():
    with pytest.raises(ValueError, match="negative"):
        add_working_hours(paris(2026, 1, 5, 12), -1)


@given(start=MOMENTS, hours=HOURS)
def test_counting_back_gives_the_hours_that_were_added(start, hours):
    end = add_working_hours(start, hours)

    assert working_hours_between(start, end) == pytest.approx(hours)
    assert end >= start + timedelta(hours=hours)


@given(start=MOMENTS, first=HOURS, second=HOURS)
def test_adding_twice_is_adding_the_sum(start, first, second):
    assume(first and second)

    assert add_working_hours(add_working_hours(start, first), second) == add_working_hours(
        start, first + second
    )


@given(start=MOMENTS, later=st.integers(0, 10**6), hours=HOURS)
def test_who_starts_later_never_ends_earlier(start, later, hours):
    assume(hours)

    after = start + timedelta(seconds=later)
    assert add_working_hours(start, hours) <= add_working_hours(after, hours)


@given(start=MOMENTS, hours=st.integers(1, 400))
def test_ends_within_a_working_day(start, hours):
    end = add_working_hours(start, hours) - timedelta(microseconds=1)

    assert is_working_day(end.astimezone(PARIS).date())


@pytest.mark.parametrize(
    ("day", "days", "country", "expected"),
    [
        (date(2026, 11, 24), 0, "FR", date(2026, 11, 24)),
        (date(2026, 11, 24), 2, "FR", date(2026, 11, 26)),
        (date(2026, 11, 27), 1, "FR", date(2026, 11, 30)),  # over a weekend
        (date(2026, 11, 10), 1, "FR", date(2026, 11, 12)),  # over 11 November
        (date(2026, 11, 10), 1, "DE", date(2026, 11, 11)),  # which Germany does not keep
        (date(2026, 12, 24), 2, "DE", date(2026, 12, 29)),  # 25 is a holiday, then the weekend
    ],
)
def test_working_days_pass_weekends_and_the_country_s_holidays(day, days, country, expected):
    assert add_working_days(day, days, country) == expected


def test_days_do_not_go_backwards():
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2026, 11, 24), -1)


def test_calendars_that_are_known():
    assert [has_calendar(code) for code in ("FR", "PL", "CN", "XX", "")] == [True, True, True, False, False]

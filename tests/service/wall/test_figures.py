"""The service level, and the hours of a day."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from handoff_service.wall.figures import Asked, Level, by_hour, level, midnight

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
TARGET = dt.timedelta(seconds=60)
HOUR_AGO = NOW - dt.timedelta(hours=1)


def asked(ago: float, answered: float | None = None, ended: float | None = None) -> Asked:
    """So many seconds ago; answered and ended so many seconds after that."""
    at = NOW - dt.timedelta(seconds=ago)

    def after(seconds: float | None) -> dt.datetime | None:
        return None if seconds is None else at + dt.timedelta(seconds=seconds)

    return Asked(at, after(answered), after(ended), None)


@pytest.mark.parametrize(
    ("handoff", "in_time", "counted"),
    [
        (asked(600, answered=60), 1, 1),
        (asked(600, answered=60, ended=300), 1, 1),
        (asked(600, answered=61), 0, 1),
        (asked(61), 0, 1),  # still unanswered, and late already
        (asked(60), 0, 0),  # still in time
        (asked(600, ended=60), 0, 0),  # gave up before anybody was late
        (asked(600, ended=61), 0, 1),
        (asked(3600, answered=1), 1, 1),
        (asked(3601, answered=1), 0, 0),  # before the period
    ],
)
def test_what_counts(handoff: Asked, in_time: int, counted: int) -> None:
    assert level([handoff], HOUR_AGO, NOW, TARGET) == Level(in_time, counted)


def test_a_day_begins_on_the_clock_of_the_zone_and_has_the_hours_that_have_begun() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    now = dt.datetime(2026, 3, 2, 18, 30, tzinfo=dt.UTC)  # half past two in the morning there

    begun = midnight(now, shanghai)

    assert begun == dt.datetime(2026, 3, 2, 16, tzinfo=dt.UTC)
    handoffs = [Asked(begun + dt.timedelta(minutes=m), None, None, None) for m in (-1, 0, 59, 60, 149)]
    assert [number for _, number in by_hour(handoffs, begun, now)] == [2, 1, 1]


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_the_days_on_which_the_clock_is_changed_have_fewer_or_more_hours(
    day: tuple[int, int, int], hours: int
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = dt.datetime(*day, 23, 59, tzinfo=berlin)

    assert len(by_hour([], midnight(now, berlin), now.astimezone(dt.UTC))) == hours

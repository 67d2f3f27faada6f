"""Open or not is a function of the moment alone, on the zone's own clock."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_service.hours.business_hours import (
    BusinessHours,
    Calendar,
    parse_business_hours,
    parse_time_zone,
)
from handoff_service.settings import Settings

SHANGHAI, BERLIN = parse_time_zone("Asia/Shanghai"), parse_time_zone("Europe/Berlin")
OFFICE = parse_business_hours("Mon-Fri 09:00-12:00 13:00-18:00, Sat 10:00-16:00")


def at(text: str, zone: dt.tzinfo = dt.UTC) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02 08:59", False),  # a Monday
        ("2026-03-02 09:00", True),
        ("2026-03-02 11:59", True),
        ("2026-03-02 12:00", False),
        ("2026-03-02 17:59", True),
        ("2026-03-02 18:00", False),
        ("2026-03-07 10:30", True),
        ("2026-03-08 10:30", False),
    ],
)
def test_days_and_times(moment: str, is_open: bool) -> None:
    assert Calendar(OFFICE, SHANGHAI).open_at(at(moment, SHANGHAI)) is is_open


def test_the_same_moment_is_another_time_elsewhere() -> None:
    moment = at("2026-03-02 02:00")  # 10:00 in Shanghai, 03:00 in Berlin

    assert Calendar(OFFICE, SHANGHAI).open_at(moment)
    assert not Calendar(OFFICE, BERLIN).open_at(moment)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-06 21:59", False),  # a Friday
        ("2026-03-06 22:00", True),
        ("2026-03-07 01:59", True),
        ("2026-03-07 02:00", False),
        ("2026-03-06 01:00", False),
        ("2026-03-07 22:30", False),
    ],
)
def test_over_midnight(moment: str, is_open: bool) -> None:
    assert Calendar(parse_business_hours("Fri 22:00-02:00"), dt.UTC).open_at(at(moment)) is is_open


def test_the_night_of_sunday_ends_on_monday() -> None:
    assert Calendar(parse_business_hours("sun 20:00-06:00"), dt.UTC).open_at(at("2026-03-09 05:00"))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-29 00:59", False),  # 01:59 winter time; the clock then jumps to 03:00
        ("2026-03-29 01:00", True),
        ("2026-10-24 23:30", False),  # 01:30 summer time
        ("2026-10-25 00:30", True),  # 02:30, for the first time
        ("2026-10-25 01:30", True),  # 02:30 again, an hour later
        ("2026-10-25 02:00", False),  # 03:00
    ],
)
def test_when_the_clock_is_put_forward_and_back(moment: str, is_open: bool) -> None:
    hours = "Sun 03:00-12:00" if moment < "2026-06" else "Sun 02:00-03:00"

    assert Calendar(parse_business_hours(hours), BERLIN).open_at(at(moment)) is is_open


def test_a_range_may_go_over_the_end_of_the_week() -> None:
    hours = parse_business_hours("Sat-Mon 00:00-24:00")

    assert [Calendar(hours, dt.UTC).open_at(at(f"2026-03-0{day} 12:00")) for day in (2, 3, 6, 7, 8)] == [
        True,
        False,
        False,
        True,
        True,
    ]


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1), timezones=st.just(dt.UTC)))
def test_nothing_given_is_always_open_and_so_is_the_whole_week(moment: dt.datetime) -> None:
    assert Calendar(parse_business_hours(" "), SHANGHAI).open_at(moment)
    assert Calendar(parse_business_hours("Mon-Sun 00:00-24:00"), BERLIN).open_at(moment)
    assert Calendar(parse_business_hours("Mon-Sun 07:00-07:00"), BERLIN).open_at(moment)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mon-Fri", "should be days and times"),
        ("Mo-Fr 09:00-18:00", "are no days"),
        ("Mon-Fry 09:00-18:00", "are no days"),
        ("Mon 9-18", "is no time; expected HH:MM-HH:MM"),
        ("Mon 09:00-25:00", "is no time of a day"),
        ("Mon 24:00-25:00", "is no time of a day"),
        ("Mon 09:61-10:00", "is no time of a day"),
        ("Mon 09:00-18:00; Tue 09:00-18:00", "'09:00-18:00;' in"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"for example|00:00 to 24:00") as error:
        parse_business_hours(f"Sun 09:00-10:00, {text}")

    assert told in str(error.value)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_business_hours, parse_time_zone):
        try:
            assert parse(text) is not None
        except ValueError:
            continue


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Asia"])
def test_an_unknown_time_zone_is_told(name: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        parse_time_zone(name)


def test_they_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HANDOFF_SERVICE_KEY", "HANDOFF_TOKEN_SECRET", "RASA_JWT_SECRET"):
        monkeypatch.setenv(name, "x" * 40)
    assert Settings().business_hours == BusinessHours()  # type: ignore[call-arg]
    monkeypatch.setenv("HANDOFF_BUSINESS_HOURS", "Mon-Fri 09:00-18:00")
    monkeypatch.setenv("HANDOFF_TIME_ZONE", "Asia/Shanghai")

    settings = Settings()  # type: ignore[call-arg]
    calendar = Calendar(settings.business_hours, settings.time_zone)
    assert calendar.open_at(at("2026-03-02 01:00"))
    assert not calendar.open_at(at("2026-03-02 00:59"))


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


@pytest.mark.parametrize(
    ("text", "begin", "length", "end"),
    [
        ("", "2026-03-06 17:00", 24, "2026-03-07 17:00"),
        ("Mon-Fri 09:00-18:00", "2026-03-02 10:00", 1, "2026-03-02 11:00"),
        ("Mon-Fri 09:00-18:00", "2026-03-02 07:00", 9, "2026-03-02 18:00"),
        ("Mon-Fri 09:00-18:00", "2026-03-06 17:00", 2, "2026-03-09 10:00"),
        ("Mon-Fri 09:00-18:00", "2026-03-07 12:00", 24, "2026-03-11 15:00"),
        ("Mon-Fri 09:00-12:00 13:00-18:00", "2026-03-02 11:30", 1, "2026-03-02 13:30"),
        ("Mon 09:00-12:00, Mon 10:00-14:00", "2026-03-02 09:00", 6, "2026-03-09 10:00"),
        ("Fri 22:00-02:00", "2026-03-07 01:00", 2, "2026-03-13 23:00"),
        ("Mon-Sun 00:00-24:00", "2026-03-06 17:00", 24, "2026-03-07 17:00"),
    ],
)
def test_a_span_of_business_hours_ends_when_it_was_open_for_so_long(text, begin, length, end):
    at, until = (dt.datetime.fromisoformat(each).replace(tzinfo=SHANGHAI) for each in (begin, end))
    assert Calendar(parse_business_hours(text), SHANGHAI).after(at, hours(length)) == until


def test_a_night_with_the_clock_put_forward_is_an_hour_shorter():
    night = parse_business_hours("Sat 22:00-06:00")
    at = dt.datetime(2026, 3, 28, 22, 0, tzinfo=BERLIN)
    assert Calendar(night, BERLIN).after(at, hours(7)) == dt.datetime(2026, 3, 29, 6, 0, tzinfo=BERLIN)


def test_a_holiday_does_not_count():
    closed = {dt.date(2026, 3, 6): ()}
    calendar = Calendar(parse_business_hours("Mon-Fri 09:00-18:00"), SHANGHAI, closed)
    begin, until = (dt.datetime(2026, 3, day, 17, 0, tzinfo=SHANGHAI) for day in (5, 9))
    assert calendar.after(begin, hours(9)) == until


def test_what_never_opens_long_enough_is_due_as_if_always_open():
    closed = {dt.date(2026, 3, 2) + dt.timedelta(days=n): () for n in range(-1, 400)}
    begin = dt.datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)
    assert Calendar(OFFICE, SHANGHAI, closed).after(begin, hours(1)) == begin + hours(1)


HOLIDAYS = {
    dt.date(2026, 10, 1): (),  # a Thursday that is a holiday
    dt.date(2026, 10, 10): ((9 * 60, 18 * 60),),  # a Saturday worked in lieu
    dt.date(2026, 10, 5): ((22 * 60, 26 * 60),),  # the night shift before a Tuesday
}


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-10-01 10:00", False),
        ("2026-10-02 10:00", True),
        ("2026-10-10 17:00", True),  # on ordinary Saturdays it closes at 16:00
        ("2026-10-05 10:00", False),
        ("2026-10-05 23:00", True),
        ("2026-10-06 01:59", True),
        ("2026-10-06 02:00", False),
    ],
)
def test_holidays_and_other_days(moment: str, is_open: bool) -> None:
    assert Calendar(OFFICE, SHANGHAI, HOLIDAYS).open_at(at(moment, SHANGHAI)) is is_open


def test_a_holiday_closes_what_is_always_open() -> None:
    always = Calendar(BusinessHours(), SHANGHAI, HOLIDAYS)

    assert not always.open_at(at("2026-10-01 10:00", SHANGHAI))
    assert always.next_opening(at("2026-10-01 10:00", SHANGHAI)) == at("2026-10-02 00:00", SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-09-30 18:00", "2026-10-02 09:00"),  # over the holiday
        ("2026-10-02 12:30", "2026-10-02 13:00"),
        ("2026-10-03 16:00", "2026-10-05 22:00"),
        ("2026-10-02 10:00", None),  # open now
    ],
)
def test_when_it_opens_next(moment: str, opens: str | None) -> None:
    expected = at(opens, SHANGHAI) if opens else None

    assert Calendar(OFFICE, SHANGHAI, HOLIDAYS).next_opening(at(moment, SHANGHAI)) == expected


def test_what_never_opens_again_says_so() -> None:
    closed = {dt.date(2026, 3, 2) + dt.timedelta(days=n): () for n in range(400)}

    assert Calendar(OFFICE, SHANGHAI, closed).next_opening(at("2026-03-02 10:00", SHANGHAI)) is None


@given(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC)))
def test_at_its_next_opening_it_is_open_and_shortly_before_it_is_not(moment: dt.datetime) -> None:
    calendar = Calendar(OFFICE, BERLIN, HOLIDAYS)
    opening = calendar.next_opening(moment)

    assert (opening is None) == calendar.open_at(moment)
    if opening is not None:
        assert calendar.open_at(opening)
        assert not calendar.open_at(opening - dt.timedelta(minutes=1))

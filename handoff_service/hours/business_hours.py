"""Business hours as operators write them, and whether a moment falls within them. Pure.

`Mon-Fri 09:00-18:00, Sat 10:00-16:00`: entries apart by commas, each days and one or more times. Days are
`Mon`, `Mon-Fri` or `Sat-Mon`; a time whose end is not after its beginning ends on the next day
(`Fri 22:00-02:00`). Nothing at all means always open. The times are those on the clock of the time zone,
also on the days when that clock is put forward or back.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EXAMPLE = "for example Mon-Fri 09:00-18:00, Sat 10:00-16:00"
MIDNIGHT = 24 * 60
# Further ahead than the longest closure; a desk that is closed for a year says nothing of its next day.
LOOK_AHEAD = dt.timedelta(days=366)

Spans = tuple[tuple[int, int], ...]
"""From and to in minutes after a day's midnight; `to` may lie on the next day."""

_DAYS = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?", re.IGNORECASE)
_TIMES = re.compile(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)")


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """`spans`: weekday (0 is Monday), and from and to in minutes after its midnight; `to` may lie on the next
    day. Without any it is always open."""

    spans: tuple[tuple[int, int, int], ...] = ()

    def of(self, weekday: int) -> Spans:
        """The hours that begin on this weekday."""
        if not self.spans:
            return ((0, MIDNIGHT),)
        return tuple((begin, end) for day, begin, end in self.spans if day == weekday)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Business hours on the clock of a time zone, and the days on which others hold: a holiday has none, a
    working day in lieu has some."""

    hours: BusinessHours = BusinessHours()
    zone: dt.tzinfo = dt.UTC
    exceptions: Mapping[dt.date, Spans] = field(default_factory=dict)

    def open_at(self, moment: dt.datetime) -> bool:
        """Whether the (aware) moment is within the hours as the zone's clock shows them."""
        local = moment.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        yesterday = local.date() - dt.timedelta(days=1)
        return any(begin <= minute < end for begin, end in self._of(local.date())) or any(
            minute < end - MIDNIGHT for _, end in self._of(yesterday)
        )

    def next_opening(self, moment: dt.datetime) -> dt.datetime | None:
        """When it opens next, on the zone's clock; None while it is open, or when that is not in sight."""
        if self.open_at(moment):
            return None
        local = moment.astimezone(self.zone)
        for days in range(LOOK_AHEAD.days):
            day = local.date() + dt.timedelta(days=days)
            for begin, _ in sorted(self._of(day)):
                midnight = dt.datetime.combine(day, dt.time(), self.zone)
                opening = midnight + dt.timedelta(minutes=begin)  # wall time: what the clock shows
                if opening > local:
                    return opening
        return None

    def after(self, moment: dt.datetime, open_for: dt.timedelta) -> dt.datetime:
        """The moment by which it will have been open for that long, counted from the (aware) `moment`; as if
        always open where that is not in sight."""
        left, counted_to = open_for, moment
        first = moment.astimezone(self.zone).date() - dt.timedelta(days=1)
        for days in range(LOOK_AHEAD.days):
            midnight = dt.datetime.combine(first + dt.timedelta(days=days), dt.time(), self.zone)
            for begin, end in sorted(self._of(midnight.date())):
                opens, closes = (
                    (midnight + dt.timedelta(minutes=minute)).astimezone(dt.UTC) for minute in (begin, end)
                )
                opens = max(opens, counted_to)  # spans may overlap; no minute counts twice
                if closes <= opens:
                    continue
                if closes - opens >= left:
                    return opens + left
                left -= closes - opens
                counted_to = closes
        return moment + open_for

    def _of(self, day: dt.date) -> Spans:
        return self.exceptions[day] if day in self.exceptions else self.hours.of(day.weekday())


def parse_business_hours(text: str) -> BusinessHours:
    """Raises ValueError with the entry that is wrong."""
    spans: list[tuple[int, int, int]] = []
    for entry in filter(None, map(str.strip, text.split(","))):
        days, *times = entry.split()
        if not times:
            raise ValueError(f"{entry!r} should be days and times, {EXAMPLE}")
        spans += [(day, *_times(time, entry)) for day in _days(days, entry) for time in times]
    return BusinessHours(tuple(sorted(spans)))


def parse_time_zone(text: str) -> dt.tzinfo:
    """An IANA name, e.g. `Asia/Shanghai`. Raises ValueError."""
    if text == "UTC":
        return dt.UTC  # needs no time zone data
    try:
        return ZoneInfo(text)
    except (OSError, ValueError) as error:  # what is not found is a KeyError
        raise ValueError(f"{text!r} is no name of a time zone") from error
    except KeyError as error:
        raise ValueError(
            f"{text!r} is no time zone known here; expected an IANA name, for example Asia/Shanghai"
        ) from error


def _days(text: str, entry: str) -> list[int]:
    found = _DAYS.fullmatch(text)
    names = [name.lower() for name in found.groups() if name] if found else []
    if not names or any(name not in DAYS for name in names):
        raise ValueError(f"{text!r} in {entry!r} are no days; expected Mon … Sun or a range, {EXAMPLE}")
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    return [(first + n) % 7 for n in range((last - first) % 7 + 1)]


def _times(text: str, entry: str) -> tuple[int, int]:
    found = _TIMES.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} in {entry!r} is no time; expected HH:MM-HH:MM, {EXAMPLE}")
    hours_from, minutes_from, hours_to, minutes_to = map(int, found.groups())
    begin, end = hours_from * 60 + minutes_from, hours_to * 60 + minutes_to
    if minutes_from > 59 or minutes_to > 59 or begin >= MIDNIGHT or end > MIDNIGHT:
        raise ValueError(f"{text!r} in {entry!r} is no time of a day; they go from 00:00 to 24:00")
    return begin, end if end > begin else end + MIDNIGHT

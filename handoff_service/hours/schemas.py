"""Business hours, as they are shown and set."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from handoff_service.hours.business_hours import MIDNIGHT, Spans, parse_time_zone
from handoff_service.schemas import Body, Text

MAX_EXCEPTIONS = 500  # some twenty years of holidays

_Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]


class Span(Body):
    """`HH:MM` on the clock of the calendar's zone. What ends no later than it begins ends on the next day."""

    opens: _Time
    closes: _Time

    @model_validator(mode="after")
    def _begins_on_its_day(self) -> Self:
        if self.opens == "24:00":
            raise ValueError("a day's hours begin before 24:00")
        return self

    def minutes(self) -> tuple[int, int]:
        begin, end = _minutes(self.opens), _minutes(self.closes)
        return begin, end if end > begin else end + MIDNIGHT

    @classmethod
    def of(cls, span: tuple[int, int]) -> Self:
        begin, end = span
        return cls(opens=_text(begin), closes=_text(end if end <= MIDNIGHT else end - MIDNIGHT))


def _apart(spans: list[Span]) -> list[Span]:
    """In order; the hours of a day may touch and not overlap."""
    ordered = sorted(spans, key=Span.minutes)
    ends = 0
    for begin, end in map(Span.minutes, ordered):
        if begin < ends:
            raise ValueError("the hours of one day overlap")
        ends = end
    return ordered


DaySpans = Annotated[list[Span], Field(max_length=10), AfterValidator(_apart)]


class OtherDay(Body):
    """A day on which other hours hold: none on a holiday, some on a working day in lieu."""

    date: dt.date
    name: Annotated[Text, Field(max_length=100)] = ""
    spans: DaySpans = Field(default_factory=list)


def _zone(name: str) -> str:
    parse_time_zone(name)
    return name


def _each_day_once(exceptions: list[OtherDay]) -> list[OtherDay]:
    ordered = sorted(exceptions, key=lambda each: each.date)
    if len({each.date for each in ordered}) < len(ordered):
        raise ValueError("a date is listed twice")
    return ordered


class Hours(Body):
    """`weekly`: seven days from Monday on, each with its hours; None: open at all times."""

    time_zone: Annotated[Text, Field(max_length=100), AfterValidator(_zone)]
    weekly: Annotated[list[DaySpans], Field(min_length=7, max_length=7)] | None
    exceptions: Annotated[
        list[OtherDay], Field(max_length=MAX_EXCEPTIONS), AfterValidator(_each_day_once)
    ] = Field(default_factory=list)

    @model_validator(mode="after")
    def _open_at_some_time(self) -> Self:
        if self.weekly is not None and not any(self.weekly):
            raise ValueError("weekly: open on one day at least; null means open at all times")
        return self

    def exception_spans(self) -> dict[dt.date, Spans]:
        return {each.date: tuple(span.minutes() for span in each.spans) for each in self.exceptions}


class HoursIn(Hours):
    """`revision`: of the hours that were changed; 409 when somebody has changed them since."""

    revision: int


class HoursOut(BaseModel):
    """`source`: `settings` until they are kept here, then `stored`. `next_opening` is None while open."""

    source: Literal["settings", "stored"]
    revision: int
    time_zone: str
    weekly: list[list[Span]] | None
    exceptions: list[OtherDay]
    open_now: bool
    next_opening: dt.datetime | None


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"

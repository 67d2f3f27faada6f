"""What the wall counts, and how. Pure.

Service level: of the handoffs that customers asked for in a period, the share that an agent first answered
within the target. Counted are those answered, in time or late, and those that have waited, or had waited
when they ended, for longer than the target. Not counted are those that are still within it, and those that
ended within it unanswered: nobody was late. What agents took up by themselves was not asked for, and what
people elsewhere answer is not ours.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A handoff that a customer asked for. `team_id`: of who held it last, else of the queue it waits in."""

    requested_at: dt.datetime
    answered_at: dt.datetime | None
    ended_at: dt.datetime | None
    team_id: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """`in_time` of `counted`; without any there is no share."""

    in_time: int
    counted: int


def level(handoffs: Iterable[Asked], since: dt.datetime, now: dt.datetime, target: dt.timedelta) -> Level:
    """The service level of what was asked for from `since` on."""
    in_time = counted = 0
    for asked in handoffs:
        if asked.requested_at < since:
            continue
        waited = (asked.answered_at or asked.ended_at or now) - asked.requested_at
        if asked.answered_at is not None and waited <= target:
            in_time += 1
            counted += 1
        elif waited > target:
            counted += 1
    return Level(in_time, counted)


def midnight(now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """When the day of `now` began on the zone's clock; in UTC."""
    local = now.astimezone(zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(dt.UTC)


def by_hour(handoffs: Iterable[Asked], since: dt.datetime, now: dt.datetime) -> list[tuple[dt.datetime, int]]:
    """How many were asked for in each hour that has begun since then; oldest first."""
    numbers = [0] * ((now - since) // HOUR + 1)
    for asked in handoffs:
        if since <= asked.requested_at <= now:
            numbers[(asked.requested_at - since) // HOUR] += 1
    return [(since + hour * HOUR, number) for hour, number in enumerate(numbers)]

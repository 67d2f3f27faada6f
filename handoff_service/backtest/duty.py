"""How much of a desk there was, in sum."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handoff_service.backtest.history import Duty


@dataclass(frozen=True, slots=True)
class Staff:
    """`agents`: who could be given anything at some moment. `places`: the most conversations that they could
    hold at one time. `hours`: how long they were on duty, added up."""

    agents: int
    places: int
    hours: float


def staff(changes: Iterable[Duty], until: datetime) -> Staff:
    """`changes` in the order of time, all before `until`. Memory: one entry for each agent."""
    on_duty: dict[str, Duty] = {}
    seen: set[str] = set()
    places, total = 0, timedelta(0)
    for change in changes:
        before = on_duty.pop(change.agent_id, None)
        if before is not None:
            total += change.at - before.at
        if change.online and change.capacity:
            on_duty[change.agent_id] = change
            seen.add(change.agent_id)
            places = max(places, sum(each.capacity for each in on_duty.values()))
    total += sum((until - each.at for each in on_duty.values()), timedelta(0))
    return Staff(len(seen), places, round(total.total_seconds() / 3600, 1))

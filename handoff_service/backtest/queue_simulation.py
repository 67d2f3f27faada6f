"""What a stream of handoffs means for the desk: who would have waited how long.

The real routing decides who takes what, among those who were on duty. Handling times come from history. Who
goes off duty ends what they hold, as at the desk. The figures are no forecast, they are there to be compared
with each other.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from handoff_service.backtest.distribution import Distribution
from handoff_service.backtest.history import Duty
from handoff_service.routing.assign import assign
from handoff_service.routing.model import AgentState, Assignment, Policy, Waiting


@dataclass(frozen=True, slots=True)
class Arrival:
    """A handoff on its way to the desk. `patience`: how long the customer waited before giving up."""

    waiting: Waiting
    handling: timedelta
    patience: timedelta | None = None


def simulate(arrivals: Iterable[Arrival], changes: Iterable[Duty], policy: Policy) -> dict[str, Any]:
    """Waiting times (seconds) and load of one stream of handoffs, earliest first.

    `changes`: who was on duty, also in the order of time; after the last it stays as it is. Memory grows with
    the agents and with those who wait at the same time, not with how many come.
    """
    desk = _Desk(changes, policy)
    for arrival in arrivals:
        desk.run_until(arrival.waiting.queued_at)
        desk.arrive(arrival)
    desk.run_until(None)
    return desk.summary()


class _Desk:
    """Those who wait, those who help, and what is due by time alone."""

    def __init__(self, changes: Iterable[Duty], policy: Policy) -> None:
        self._changes = iter(changes)
        self._change = next(self._changes, None)
        self._agents: dict[str, AgentState] = {}
        self._policy = policy
        # Who waits, by what they want. Within a kind the oldest is always served first and has given up at
        # least as many requirements, so the routing needs to be shown only the first of each kind.
        self._kinds: dict[tuple[object, ...], dict[str, Arrival]] = {}
        self._due: list[tuple[datetime, int, str, str]] = []  # moment, order, what, whom
        self._order = 0
        self._waits, self._handled = Distribution(), Distribution()
        self._came = self._at_once = self._left = self._now_waiting = self._most_waiting = 0

    def arrive(self, arrival: Arrival) -> None:
        waiting = arrival.waiting
        now = waiting.queued_at
        self._came += 1
        self._kinds.setdefault(_kind(waiting), {})[waiting.conversation_id] = arrival
        self._now_waiting += 1
        if arrival.patience is not None:
            self._schedule(now + arrival.patience, "leave", arrival)
        self._assign(now)
        if waiting.conversation_id in self._kinds.get(_kind(waiting), {}):
            self._most_waiting = max(self._most_waiting, self._now_waiting)
            # All preferred skills fall together, the required ones one by one. Never later than so, but maybe
            # sooner: who is in the house, and with it what is waited for, may change.
            for step in range(1, len(waiting.required) + bool(waiting.preferred) + 1):
                self._schedule(now + step * self._policy.relax_after, "relax", arrival)
        else:
            self._at_once += 1

    def run_until(self, moment: datetime | None) -> None:
        """Everything due before `moment`, and at it; None: until nothing is due any more."""
        while (now := self._next()) is not None and (moment is None or now <= moment):
            if self._change is not None and self._change.at == now:
                self._take_over(self._change)
                self._change = next(self._changes, None)
            else:
                _, _, what, whom = heapq.heappop(self._due)
                if what == "free":
                    agent = self._agents[whom]
                    self._agents[whom] = replace(agent, load=agent.load - 1, idle_since=now)
                elif what == "leave":
                    self._leave(whom)
            self._assign(now)

    def summary(self) -> dict[str, Any]:
        return {
            "handoffs": self._came,
            "served": len(self._waits),
            "served_at_once": self._at_once,
            "gave_up": self._left,
            "never_served": self._now_waiting,
            "wait_seconds": self._waits.summary(),
            "most_waiting": self._most_waiting,
            "agent_hours": round(self._handled.total / 3600, 1),
        }

    def _next(self) -> datetime | None:
        moments = [self._change.at] if self._change is not None else []
        return min(moments + [due[0] for due in self._due[:1]], default=None)

    def _take_over(self, change: Duty) -> None:
        """Who comes online counts as idle from then on; what they hold stays with them in any case."""
        known = self._agents.get(change.agent_id)
        stays = known is not None and (known.online or not change.online)
        self._agents[change.agent_id] = AgentState(
            id=change.agent_id,
            skills=change.skills,
            capacity=change.capacity,
            load=known.load if known else 0,
            online=change.online,
            idle_since=known.idle_since if known and stays else change.at,
        )

    def _schedule(self, moment: datetime, what: str, arrival: Arrival) -> None:
        self._order += 1
        heapq.heappush(self._due, (moment, self._order, what, arrival.waiting.conversation_id))

    def _assign(self, now: datetime) -> None:
        while self._kinds and any(agent.online and agent.free for agent in self._agents.values()):
            heads = [next(iter(kind.values())).waiting for kind in self._kinds.values()]
            given = assign(heads, list(self._agents.values()), self._policy, now)
            if not given:
                return
            # One at a time: behind a head that is served comes the next of its kind, who may precede others.
            self._give(given[0], heads, now)

    def _give(self, assignment: Assignment, heads: Sequence[Waiting], now: datetime) -> None:
        waiting = next(head for head in heads if head.conversation_id == assignment.conversation_id)
        arrival = self._remove(waiting)
        agent = self._agents[assignment.agent_id]
        self._agents[agent.id] = replace(agent, load=agent.load + 1, idle_since=now)
        self._waits.add((now - waiting.queued_at).total_seconds())
        self._handled.add(arrival.handling.total_seconds())
        self._order += 1
        heapq.heappush(self._due, (now + arrival.handling, self._order, "free", agent.id))

    def _leave(self, conversation_id: str) -> None:
        for kind in self._kinds.values():
            if conversation_id in kind:
                self._remove(kind[conversation_id].waiting)
                self._left += 1
                return

    def _remove(self, waiting: Waiting) -> Arrival:
        kind = self._kinds[_kind(waiting)]
        arrival = kind.pop(waiting.conversation_id)
        if not kind:
            del self._kinds[_kind(waiting)]
        self._now_waiting -= 1
        return arrival


def _kind(waiting: Waiting) -> tuple[object, ...]:
    return (waiting.priority, waiting.required, waiting.preferred, waiting.strict, waiting.language)

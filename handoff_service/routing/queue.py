"""The queue as seen from outside: its order, a place in it, how long it may take, when to look again."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from handoff_service.routing.model import AgentState, Policy, Waiting
from handoff_service.routing.needs import Needs, house_of, needs_of


def effective_priority(waiting: Waiting, policy: Policy, now: datetime) -> int:
    """Priority raised by one for each `age_step` waited, without a ceiling.

    Without a ceiling the raised keep their order among themselves: of two that wait equally long, the more
    urgent one stays in front.
    """
    return waiting.priority + max(0, (now - waiting.queued_at) // policy.age_step)


def queue_order(waiting: Sequence[Waiting], policy: Policy, now: datetime) -> list[Waiting]:
    """Who is served first: effective priority, then arrival, then id."""
    return sorted(
        waiting, key=lambda w: (-effective_priority(w, policy, now), w.queued_at, w.conversation_id)
    )


def giver_from(waiting: Waiting, policy: Policy) -> datetime | None:
    """From when on the last who passed it on is a candidate again; None where nobody did. Straight back would
    make nonsense of passing it on; later they beat more waiting, and may be all there are."""
    return waiting.queued_at + policy.relax_after if waiting.passed_on_by else None


def may_have(waiting: Waiting, agent: AgentState, policy: Policy, at: datetime) -> bool:
    """Whether it may go to this agent at that moment, their skills aside."""
    since = giver_from(waiting, policy)
    return since is None or at >= since or agent.id != waiting.passed_on_by[-1]


def places(
    waiting: Sequence[Waiting],
    agents: Sequence[AgentState],
    policy: Policy,
    now: datetime,
    mean_handling: timedelta,
    of: Collection[str],
) -> dict[str, tuple[int, timedelta | None]]:
    """The place of each conversation of those ids that waits, from 1, and how long until somebody takes it;
    None when nobody online can.

    Zero when somebody could take it now. Else each place of the agents who can serve it frees, on average,
    every `mean_handling`, and those ahead who want the same agents go first. Where waiting for a relaxation
    opens more agents sooner, that is counted. An average, not a promise.
    """
    house = house_of(agents)
    desk = _Desk(agents)
    ahead: Counter[frozenset[str]] = Counter()  # of those in front, how many insist on which skills
    found: dict[str, tuple[int, timedelta | None]] = {}
    for position, each in enumerate(queue_order(waiting, policy, now), start=1):
        if len(found) == len(of):
            break
        needs = needs_of(each, house)
        if each.conversation_id in of:
            found[each.conversation_id] = position, _wait(needs, ahead, desk, policy, now, mean_handling)
        ahead[needs.insisted(needs.taken(policy, now))] += 1
    return found


class _Places(NamedTuple):
    capacity: int
    free: int

    def plus(self, agent: AgentState, sign: int = 1) -> "_Places":
        return _Places(self.capacity + sign * agent.capacity, self.free + sign * agent.free)


class _Desk:
    """Who is online, counted by their skills: hundreds of people have few kinds of them."""

    def __init__(self, agents: Iterable[AgentState]) -> None:
        self.agents = {agent.id: agent for agent in agents if agent.online and agent.capacity > 0}
        self._kinds: dict[frozenset[str], _Places] = {}
        for agent in self.agents.values():
            self._kinds[agent.skills] = self._kinds.get(agent.skills, _Places(0, 0)).plus(agent)

    def able(self, insisted: frozenset[str], but: AgentState | None) -> dict[frozenset[str], _Places]:
        """The places of those who can serve, by their skills; one agent may be left out."""
        kinds = {skills: places for skills, places in self._kinds.items() if insisted <= skills}
        if but is not None and but.skills in kinds:
            kinds[but.skills] = kinds[but.skills].plus(but, -1)
        return {skills: places for skills, places in kinds.items() if places.capacity}


def _wait(
    mine: Needs,
    ahead: Counter[frozenset[str]],
    desk: _Desk,
    policy: Policy,
    now: datetime,
    mean_handling: timedelta,
) -> timedelta | None:
    me = mine.waiting
    moments = {
        max(now, mine.due(step, policy)) for step in range(mine.taken(policy, now), len(mine.steps) + 1)
    }
    since = giver_from(me, policy)
    if since is not None and since > now:
        moments.add(since)
    giver = desk.agents.get(me.passed_on_by[-1]) if me.passed_on_by else None
    found = []
    for moment in moments:
        insisted = mine.insisted(mine.taken(policy, moment))
        but = giver if giver is not None and not may_have(me, giver, policy, moment) else None
        able = desk.able(insisted, but)
        if able:
            rivals = sum(count for wanted, count in ahead.items() if any(wanted <= each for each in able))
            found.append(max(moment - now, _until_free(able.values(), rivals, mean_handling)))
    return min(found, default=None)


def next_change(
    waiting: Sequence[Waiting], agents: Sequence[AgentState], policy: Policy, now: datetime
) -> datetime | None:
    """The first moment after `now` at which time alone may let somebody be assigned who was not at `now`.

    Such are a relaxation and the return of who passed it on to the candidates. Ageing is none: it changes
    whose turn is next, but gives nobody an agent who could have had none before.
    None when only an event (a new conversation, an agent's place or presence) can change anything.
    """
    if not any(agent.online and agent.free for agent in agents):
        return None
    house = house_of(agents)
    moments = [needs_of(w, house).next_step(policy, now) for w in waiting]
    moments += [since for w in waiting if (since := giver_from(w, policy)) is not None and since > now]
    return min((moment for moment in moments if moment is not None), default=None)


def _until_free(able: Iterable[_Places], ahead: int, mean_handling: timedelta) -> timedelta:
    """The mean time until `ahead` + 1 of these places have become free."""
    capacity, free = map(sum, zip(*able, strict=True))
    return max(0, ahead + 1 - free) * mean_handling / capacity

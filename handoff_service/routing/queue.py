"""The queue as seen from outside: its order, a place in it, how long it may take, when to look again."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

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


def position(conversation_id: str, waiting: Sequence[Waiting], policy: Policy, now: datetime) -> int | None:
    """The place in the queue, from 1; None when the conversation is not in it."""
    ids = [w.conversation_id for w in queue_order(waiting, policy, now)]
    return ids.index(conversation_id) + 1 if conversation_id in ids else None


def waits(
    waiting: Sequence[Waiting],
    agents: Sequence[AgentState],
    policy: Policy,
    now: datetime,
    mean_handling: timedelta,
) -> list[tuple[Waiting, timedelta | None]]:
    """Everybody in their order, with how long until somebody takes them; None when nobody online can.

    Zero when somebody could take it now. Else each place of the agents who can serve it frees, on average,
    every `mean_handling`, and those ahead who want the same agents go first. Where waiting for a relaxation
    opens more agents sooner, that is counted. An average, not a promise.
    """
    house = house_of(agents)
    serving = [agent for agent in agents if agent.online and agent.capacity > 0]
    ahead: Counter[frozenset[str]] = Counter()  # of those in front, how many insist on which skills
    found = []
    for each in queue_order(waiting, policy, now):
        needs = needs_of(each, house)
        found.append((each, _wait(needs, ahead, serving, policy, now, mean_handling)))
        ahead[needs.insisted(needs.taken(policy, now))] += 1
    return found


def estimated_wait(
    conversation_id: str,
    waiting: Sequence[Waiting],
    agents: Sequence[AgentState],
    policy: Policy,
    now: datetime,
    mean_handling: timedelta,
) -> timedelta | None:
    """The wait of one of them; None also when it is not waiting."""
    for each, wait in waits(waiting, agents, policy, now, mean_handling):
        if each.conversation_id == conversation_id:
            return wait
    return None


def _wait(
    mine: Needs,
    ahead: Counter[frozenset[str]],
    serving: Sequence[AgentState],
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
    found = []
    for moment in moments:
        insisted = mine.insisted(mine.taken(policy, moment))
        able = [
            agent for agent in serving if insisted <= agent.skills and may_have(me, agent, policy, moment)
        ]
        if able:
            skills = {agent.skills for agent in able}
            rivals = sum(count for wanted, count in ahead.items() if any(wanted <= each for each in skills))
            found.append(max(moment - now, _until_free(able, rivals, mean_handling)))
    return min(found, default=None)


def next_change(
    waiting: Sequence[Waiting], agents: Sequence[AgentState], policy: Policy, now: datetime
) -> datetime | None:
    """The first moment after `now` at which time alone may change who is assigned or the order of the queue.

    Such are a relaxation, the return of who passed it on to the candidates, and an ageing step; the
    latter not for the first in the queue, who cannot rise.
    None when only an event (a new conversation, an agent's place or presence) can change anything.
    """
    house = house_of(agents)
    moments = [needs_of(w, house).next_step(policy, now) for w in waiting]
    moments += [since for w in waiting if (since := giver_from(w, policy)) is not None and since > now]
    for w in queue_order(waiting, policy, now)[1:]:
        steps = max(0, (now - w.queued_at) // policy.age_step)
        moments.append(w.queued_at + (steps + 1) * policy.age_step)
    return min((moment for moment in moments if moment is not None), default=None)


def _until_free(able: Sequence[AgentState], ahead: int, mean_handling: timedelta) -> timedelta:
    """The mean time until `ahead` + 1 places have become free among these agents."""
    places, free = sum(agent.capacity for agent in able), sum(agent.free for agent in able)
    return max(0, ahead + 1 - free) * mean_handling / places

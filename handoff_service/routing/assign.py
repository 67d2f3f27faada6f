"""Giving waiting conversations to agents."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from handoff_service.routing.model import AgentState, Assignment, Policy, Waiting
from handoff_service.routing.needs import house_of, needs_of
from handoff_service.routing.queue import effective_priority, may_have, queue_order

PREFERENCES = (
    "not_the_giver",
    "not_lapsed",
    "last_agent",
    "required_skills",
    "preferred_skills",
    "least_loaded",
    "longest_idle",
    "id",
)
"""What decides between two candidates, first to last; the words of `explanation["chosen_for"]`."""


def assign(
    waiting: Sequence[Waiting], agents: Sequence[AgentState], policy: Policy, now: datetime
) -> list[Assignment]:
    """Who takes what, in queue order; whoever cannot be served now is passed over and stays waiting.

    `agents` holds all active agents: those offline say what the house can serve at all. Loads are updated
    on the way, so nobody is given more than their capacity. The order of the two inputs does not matter.

    Each explanation holds: `chosen_for` (the first of `PREFERENCES` that set the chosen apart from the
    second best, or `only_candidate`), `candidates` (how many there were), `load` and `capacity` before,
    `effective_priority`, `waited_seconds`, and `lacking` (skill → `nobody_has_it` or `waited_for`).
    """
    house = house_of(agents)
    open_agents = {agent.id: agent for agent in agents if agent.online and agent.free}
    assignments = []
    for conversation in queue_order(waiting, policy, now):
        needs = needs_of(conversation, house)
        taken = needs.taken(policy, now)
        insisted = needs.insisted(taken)
        able = (
            agent
            for agent in open_agents.values()
            if insisted <= agent.skills and may_have(conversation, agent, policy, now)
        )
        ranked = _ranked(conversation, able)
        if not ranked:
            continue
        chosen = ranked[0]
        relaxed = tuple(skill for skill in needs.fallen(taken) if skill not in chosen.skills)
        assignments.append(
            Assignment(
                conversation_id=conversation.conversation_id,
                agent_id=chosen.id,
                relaxed=relaxed,
                explanation={
                    "chosen_for": _chosen_for(conversation, ranked),
                    "candidates": len(ranked),
                    "load": chosen.load,
                    "capacity": chosen.capacity,
                    "effective_priority": effective_priority(conversation, policy, now),
                    "waited_seconds": max(0, int((now - conversation.queued_at).total_seconds())),
                    "lacking": {
                        skill: "nobody_has_it" if skill in needs.never else "waited_for" for skill in relaxed
                    },
                },
            )
        )
        if chosen.free > 1:
            open_agents[chosen.id] = replace(chosen, load=chosen.load + 1, idle_since=now)
        else:
            del open_agents[chosen.id]
    return assignments


def _preference(conversation: Waiting, agent: AgentState) -> tuple[object, ...]:
    """Sorts the best candidate first; one part for each of `PREFERENCES`."""
    return (
        conversation.passed_on_by.index(agent.id) + 1 if agent.id in conversation.passed_on_by else 0,
        agent.id in conversation.lapsed_agent_ids,
        agent.id != conversation.last_agent_id,
        -len(agent.skills.intersection(conversation.required)),
        -len(agent.skills.intersection(conversation.preferred)),
        agent.load / agent.capacity,
        agent.idle_since,
        agent.id,
    )


def _ranked(conversation: Waiting, candidates: Iterable[AgentState]) -> list[AgentState]:
    return sorted(candidates, key=lambda agent: _preference(conversation, agent))


def _chosen_for(conversation: Waiting, ranked: Sequence[AgentState]) -> str:
    if len(ranked) == 1:
        return "only_candidate"
    best, second = (_preference(conversation, agent) for agent in ranked[:2])
    return next(name for name, a, b in zip(PREFERENCES, best, second, strict=True) if a != b)

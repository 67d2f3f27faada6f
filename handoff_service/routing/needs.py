"""Which skills a waiting conversation still insists on, and when the next of them falls away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain

from handoff_service.routing.model import AgentState, Policy, Waiting

type House = frozenset[frozenset[str]]
"""The skill sets that the house has at all: one for each kind of agent, online or not."""


def house_of(agents: Iterable[AgentState]) -> House:
    """An agent without any capacity can never serve and is left out."""
    return frozenset(agent.skills for agent in agents if agent.capacity > 0)


@dataclass(frozen=True, slots=True)
class Needs:
    """The way in which a conversation's wishes fall away.

    `never`: skills that fall at once, because nobody in the house has them together with the more
    important ones. `steps`: what falls after each further `relax_after`, first to last: all preferred
    skills together, then the required ones one by one, the least important first and the language last.
    """

    waiting: Waiting
    never: tuple[str, ...]
    strict: frozenset[str]
    steps: tuple[tuple[str, ...], ...]

    def taken(self, policy: Policy, now: datetime) -> int:
        """How many steps have fallen away by `now`."""
        return min(len(self.steps), max(0, (now - self.waiting.queued_at) // policy.relax_after))

    def insisted(self, taken: int) -> frozenset[str]:
        """The skills that an agent must have once that many steps are taken."""
        return self.strict.union(*self.steps[taken:])

    def fallen(self, taken: int) -> tuple[str, ...]:
        """The skills no longer insisted on, in the order in which they fell."""
        return self.never + tuple(chain.from_iterable(self.steps[:taken]))

    def due(self, step: int, policy: Policy) -> datetime:
        """When that many steps are taken."""
        return self.waiting.queued_at + step * policy.relax_after

    def next_step(self, policy: Policy, now: datetime) -> datetime | None:
        """When the next step falls away; None when none is left."""
        taken = self.taken(policy, now)
        return self.due(taken + 1, policy) if taken < len(self.steps) else None


def needs_of(waiting: Waiting, house: House) -> Needs:
    """What the conversation wants, measured against what the house has."""
    return Needs(
        waiting,
        *_falling(waiting.required, waiting.preferred, waiting.strict, waiting.language, house),
    )


@lru_cache(maxsize=1024)  # thousands who wait have few kinds of wishes
def _falling(
    required: tuple[str, ...],
    preferred: tuple[str, ...],
    strict: frozenset[str],
    language: str | None,
    house: House,
) -> tuple[tuple[str, ...], frozenset[str], tuple[tuple[str, ...], ...]]:
    """`never`, `strict` and `steps` of `Needs`.

    Wishes are taken most important first (strict, language, required, preferred); each is kept if somebody
    in the house has it together with those kept so far. What nobody could ever serve is not waited for.
    """
    wanted = set(required)
    firm = frozenset(strict & wanted)
    tongue = [language] if language in wanted - firm else []
    others = [s for s in dict.fromkeys(required) if s not in firm and s not in tongue]
    wishes = [s for s in dict.fromkeys(preferred) if s not in wanted]
    kept, never = set(firm), []
    for skill in (*tongue, *others, *wishes):
        if any(skills >= kept | {skill} for skills in house):
            kept.add(skill)
        else:
            never.append(skill)
    soft = tuple(skill for skill in reversed(wishes) if skill in kept)
    one_by_one = [(skill,) for skill in (*reversed(others), *tongue) if skill in kept]
    return tuple(reversed(never)), firm, ((soft,) if soft else ()) + tuple(one_by_one)

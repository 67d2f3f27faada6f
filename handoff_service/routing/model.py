"""What assigning works on. All times are timezone-aware."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handoff_service.decision.priority import Priority

__all__ = ["AgentState", "Assignment", "Policy", "Priority", "Waiting", "is_membership", "membership"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation in the queue; its id is unique there.

    `required` lists skills most important first, `preferred` likewise. Those in `strict` never fall away.
    `language` names the required skill that is the customer's language: it falls away last.
    `passed_on_by`: agents who gave it away on purpose, the last of them last, who is no candidate for the
    first `relax_after` in the queue. To be for one team alone is a requirement like others: `membership`.
    """

    conversation_id: str
    queued_at: datetime
    priority: Priority = Priority.normal
    required: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    strict: frozenset[str] = frozenset()
    language: str | None = None
    last_agent_id: str | None = None
    lapsed_agent_ids: frozenset[str] = frozenset()
    passed_on_by: tuple[str, ...] = ()


def membership(team_id: str) -> str:
    """Being in the team, said as a skill. It begins with a blank, which no skill of an agent's may."""
    return f" team:{team_id}"


def is_membership(skill: str) -> bool:
    return skill.startswith(" ")


@dataclass(frozen=True, slots=True)
class AgentState:
    """An active agent, online or not. Languages and membership of a team are skills too. `load` counts the
    conversations held."""

    id: str
    skills: frozenset[str]
    capacity: int
    load: int
    online: bool
    idle_since: datetime

    @property
    def free(self) -> int:
        """How many more conversations the agent can take if online."""
        return max(0, self.capacity - self.load)


@dataclass(frozen=True, slots=True)
class Policy:
    """How long to wait for what.

    `relax_after`: a customer notices two minutes; after that a colleague with fewer of the wanted skills
    beats more waiting. `age_step`: each full step in the queue counts as one level of priority. At ten
    minutes a normal conversation overtakes newly arrived urgent ones after twenty: long enough for fraud
    to stay in front of ordinary traffic, short enough that nobody waits for ever.
    """

    relax_after: timedelta = timedelta(seconds=120)
    age_step: timedelta = timedelta(minutes=10)

    def __post_init__(self) -> None:
        if self.relax_after <= timedelta(0) or self.age_step <= timedelta(0):
            raise ValueError("relax_after and age_step must be longer than nothing")


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who takes the conversation.

    `relaxed`: the wanted skills that this agent lacks, in the order in which they fell away.
    `explanation`: JSON data from which a sentence can be made in any language; `assign` lists its keys.
    """

    conversation_id: str
    agent_id: str
    relaxed: tuple[str, ...]
    explanation: Mapping[str, object] = field(hash=False)

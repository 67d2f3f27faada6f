"""Conversations and agents for routing tests."""

from datetime import UTC, datetime, timedelta

from handoff_service.routing.model import AgentState, Policy, Priority, Waiting

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
POLICY = Policy()


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def conversation(
    name: str = "c",
    *,
    waited: timedelta = timedelta(0),
    priority: Priority = Priority.normal,
    required: tuple[str, ...] = ("zh",),
    preferred: tuple[str, ...] = (),
    strict: tuple[str, ...] = (),
    last_agent: str | None = None,
    lapsed: tuple[str, ...] = (),
    passed_on_by: tuple[str, ...] = (),
) -> Waiting:
    """A conversation that has waited since `NOW - waited`; the language is the first of the required if it
    is one."""
    return Waiting(
        conversation_id=name,
        queued_at=NOW - waited,
        priority=priority,
        required=required,
        preferred=preferred,
        strict=frozenset(strict),
        language=next((skill for skill in required if skill in ("zh", "en")), None),
        last_agent_id=last_agent,
        lapsed_agent_ids=frozenset(lapsed),
        passed_on_by=passed_on_by,
    )


def agent(
    name: str,
    *skills: str,
    capacity: int = 1,
    load: int = 0,
    online: bool = True,
    idle: timedelta = timedelta(0),
) -> AgentState:
    """An agent who speaks Chinese unless skills are given."""
    return AgentState(name, frozenset(skills or ("zh",)), capacity, load, online, NOW - idle)

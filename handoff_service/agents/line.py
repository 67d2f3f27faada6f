"""Whether an agent's desk is there at all: a stream of theirs is open, in whatever tab, at whatever replica.

Only those are missed who had one since they came online: programs may do without.
"""

import datetime as dt

from handoff_service.agents import repository
from handoff_service.context import Context
from handoff_service.unit import Unit

NOTED_EVERY = dt.timedelta(seconds=20)
"""Streams look after each other's notes every 30 seconds: several tabs write no more than one."""


def note(context: Context, agent_id: str) -> None:
    """A stream of theirs is open at this moment."""
    now = context.clock()
    with context.database.reading() as session:
        agent = repository.get(session, agent_id)
        noted = agent is None or (agent.line_at is not None and now - agent.line_at < NOTED_EVERY)
    if not noted:
        with context.database.transaction() as session:
            repository.note_line(session, agent_id, now)


def give_time(unit: Unit) -> None:
    """Nobody could have a stream while no service was running: all have time to open it again."""
    repository.give_lines_time(unit.session, unit.now)

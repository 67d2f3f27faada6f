"""What a running service consists of; kept on `app.state.context` and reached through `context_of`."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Request

from handoff_service.agents.activity import acted
from handoff_service.conversations.view import publish_touched
from handoff_service.db import Database
from handoff_service.settings import Settings
from handoff_service.unit import Unit


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(slots=True)
class Context:
    settings: Settings
    database: Database
    clock: Callable[[], dt.datetime] = utc_now

    @contextmanager
    def work(
        self, actor: str = "service", correlation_id: str | None = None, *, acting: bool = True
    ) -> Iterator[Unit]:
        """One transaction: commits when the block ends, changes nothing when it raises.

        `acting`: it shows that the actor, if an agent, is at the desk; not what a page does by itself.
        """
        with self.database.transaction() as session:
            unit = Unit(session, self.clock(), self.settings, actor, correlation_id)
            yield unit
            if acting:
                acted(unit)
            publish_touched(unit)
            unit.write_stream()


def context_of(request: Request) -> Context:
    context: Context = request.app.state.context
    return context

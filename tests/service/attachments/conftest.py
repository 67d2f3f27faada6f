"""A held conversation, and who may send files there."""

import pytest
from fastapi import FastAPI

from handoff_service.attachments.storage import Storage
from handoff_service.attachments.sweeper import Sweeper
from handoff_service.context import Context
from tests.service.callers import AgentCaller, Agents
from tests.service.desk import Desk


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def held(desk: Desk, lin: AgentCaller) -> str:
    desk.asks("s")
    return desk.conversation("s").id


@pytest.fixture
def storage(app: FastAPI) -> Storage:
    storage: Storage = app.state.storage
    return storage


@pytest.fixture
def sweeper(context: Context, storage: Storage) -> Sweeper:
    return Sweeper(context, storage)

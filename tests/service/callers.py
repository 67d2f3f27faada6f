"""Whom tests call the API as."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi.testclient import TestClient

from handoff_service.agents.schemas import AgentIn
from handoff_service.agents.service import create, set_presence
from handoff_service.auth import tokens
from handoff_service.auth.passwords import Passwords, fingerprint
from handoff_service.context import Context
from handoff_service.models import Agent

API = "/api/v1"
PASSWORD = "a password for tests"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, **duration: float) -> dt.datetime:
        """`advance(seconds=5)`; returns the new time."""
        self.now += dt.timedelta(**duration)
        return self.now


@dataclass
class Caller:
    """Calls the API below /api/v1 with fixed headers and without cookies: `caller.get("/me")`."""

    client: TestClient
    headers: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {**self.headers, **given.pop("headers", {})}
        return self.client.request(method, f"{API}{path}", headers=headers, **given)

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.request("POST", path, **given)

    def put(self, path: str, **given: Any) -> httpx.Response:
        return self.request("PUT", path, **given)

    def patch(self, path: str, **given: Any) -> httpx.Response:
        return self.request("PATCH", path, **given)

    def delete(self, path: str, **given: Any) -> httpx.Response:
        return self.request("DELETE", path, **given)


@dataclass
class AgentCaller(Caller):
    """An agent who is logged in. `agent` is the row as it was when they were made."""

    agent: Agent = field(default_factory=Agent)

    @property
    def id(self) -> str:
        return self.agent.id

    @property
    def email(self) -> str:
        return self.agent.email


class Agents:
    """`as_agent("lin", skills=["zh", "refund"])` makes an agent who is logged in and, by default, online."""

    def __init__(self, context: Context, client: TestClient, passwords: Passwords) -> None:
        self._context = context
        self._client = client
        self._hash = passwords.hash(PASSWORD)

    def __call__(
        self,
        name: str,
        *,
        skills: Iterable[str] = ("zh",),
        role: str = "agent",
        capacity: int = 5,
        presence: str = "online",
    ) -> AgentCaller:
        given = AgentIn.model_validate(
            {
                "email": f"{name.lower()}@example.com",
                "name": name.capitalize(),
                "password": PASSWORD,
                "role": role,
                "skills": list(skills),
                "capacity": capacity,
            }
        )
        with self._context.work("service") as unit:
            agent = create(unit, given, self._hash)
            set_presence(unit, agent.id, presence)  # type: ignore[arg-type]
        return AgentCaller(self._client, self.headers(agent), agent)

    def headers(self, agent: Agent) -> dict[str, str]:
        token = tokens.issue(
            self._context.settings, agent.id, fingerprint(agent.password_hash), self._context.clock()
        )
        return {"Authorization": f"Bearer {token}"}

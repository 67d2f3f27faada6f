"""What endpoints declare: who may call, and under which correlation id."""

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from handoff_service.auth import tokens
from handoff_service.auth.passwords import Passwords, fingerprint
from handoff_service.context import Context, context_of
from handoff_service.errors import Forbidden, NotAuthenticated, NotFound
from handoff_service.models import Agent, Team

COOKIE = "baton_session"
CSRF_HEADER = "X-Baton"  # a page of another origin cannot send it without our leave
SUPERVISING = ("supervisor", "admin")
_READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Principal:
    """The agent who is calling, as the database knows them at this moment."""

    id: str
    name: str
    email: str
    role: str
    team_id: str | None = None
    leads: str | None = None  # the team, if they lead it

    @property
    def supervises(self) -> bool:
        return self.role in SUPERVISING


def bearer(request: Request) -> str | None:
    """The bearer token of the Authorization header, None without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def principal_of(request: Request) -> Principal:
    """Reads the agent's row each time: who was deactivated or got a new password is out at once."""
    token = bearer(request)
    if token is None and "authorization" not in request.headers:
        token = request.cookies.get(COOKIE)
        if token and request.method not in _READING and request.headers.get(CSRF_HEADER) != "1":
            raise Forbidden(
                f"Calls that change something and rely on the cookie need the header {CSRF_HEADER}: 1."
            )
    context = context_of(request)
    claims = tokens.read(context.settings, token, context.clock()) if token else None
    if claims is None:
        raise NotAuthenticated()
    with context.database.reading() as session:
        agent = _agent(session, claims)
        team = session.get(Team, agent.team_id) if agent is not None and agent.team_id else None
    if agent is None:
        raise NotAuthenticated()
    leads = team.id if team is not None and team.lead_id == agent.id else None
    return Principal(agent.id, agent.name, agent.email, agent.role, agent.team_id, leads)


def _agent(session: Session, claims: tokens.Claims) -> Agent | None:
    agent = session.get(Agent, claims.agent_id)
    valid = agent is not None and agent.active and fingerprint(agent.password_hash) == claims.fingerprint
    return agent if valid else None


SignedIn = Annotated[Principal, Depends(principal_of)]


def _supervisor(who: SignedIn) -> Principal:
    if not who.supervises:
        raise NotFound()
    return who


Supervising = Annotated[Principal, Depends(_supervisor)]


def _carries_service_key(request: Request) -> bool:
    key = context_of(request).settings.service_key.get_secret_value()
    return hmac.compare_digest((bearer(request) or "").encode(), key.encode())


async def _assistant(request: Request) -> None:  # async: no thread has to be found for it
    if not _carries_service_key(request):
        raise NotAuthenticated("This call needs the service key.")


FromAssistant = Annotated[None, Depends(_assistant)]


def _assistant_or_supervisor(request: Request) -> str:
    return "assistant" if _carries_service_key(request) else f"agent:{_supervisor(principal_of(request)).id}"


AssistantOrSupervisor = Annotated[str, Depends(_assistant_or_supervisor)]
"""The actor: `assistant` for the service key, `agent:<id>` for a supervisor."""


async def _correlation_id(request: Request) -> str:
    given: str = request.state.correlation_id
    return given


CorrelationId = Annotated[str, Depends(_correlation_id)]


async def _context(request: Request) -> Context:
    return context_of(request)


InContext = Annotated[Context, Depends(_context)]


def _passwords(request: Request) -> Passwords:
    passwords: Passwords = request.app.state.passwords
    return passwords


WithPasswords = Annotated[Passwords, Depends(_passwords)]

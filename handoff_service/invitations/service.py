"""Giving out a link, and taking it up once. The password in use stays until then, so that a link that is
never followed locks nobody out."""

import hashlib
import secrets

from handoff_service.agents.repository import get
from handoff_service.agents.schemas import AgentChange
from handoff_service.agents.service import allow, set_password
from handoff_service.auth.dependencies import Principal
from handoff_service.auth.passwords import Passwords
from handoff_service.context import Context
from handoff_service.errors import Conflict, NotFound
from handoff_service.invitations import repository
from handoff_service.invitations.schemas import InvitationAccept, InvitationOut, InvitedOut
from handoff_service.models import Invitation
from handoff_service.unit import Unit


class NoInvitation(NotFound):
    title = "This link does not work any more; ask for a new one"


class Deactivated(Conflict):
    title = "This agent is deactivated"


def invite(unit: Unit, agent_id: str, *, by: Principal) -> InvitationOut:
    """A new link; links given out earlier end."""
    agent = get(unit.session, agent_id)
    if agent is None:
        raise NotFound("No such agent.")
    allow(by, agent, AgentChange())
    if not agent.active:
        raise Deactivated()
    repository.end_all_of(unit.session, agent.id, unit.now)
    secret = secrets.token_urlsafe(32)
    expires_at = unit.now + unit.settings.invitation_lifetime
    unit.session.add(Invitation(agent_id=agent.id, secret_hash=_hash(secret), expires_at=expires_at))
    unit.audit("agent.invite", agent_id=agent.id, new=agent.invited)
    return InvitationOut(secret=secret, expires_at=expires_at)


def look(context: Context, secret: str) -> InvitedOut:
    """Raises `NoInvitation` for a link that is unknown, used, replaced or too old."""
    with context.database.reading() as session:
        found = repository.open_one(session, _hash(secret), context.clock())
        if found is None:
            raise NoInvitation()
        invitation, agent = found
        return InvitedOut(name=agent.name, email=agent.email, expires_at=invitation.expires_at)


def accept(context: Context, passwords: Passwords, given: InvitationAccept, correlation_id: str) -> None:
    """Sets the password, once. The slow hashing is only done for links that work, outside of transactions."""
    look(context, given.secret)
    password_hash = passwords.hash(given.password)
    with context.work("service", correlation_id) as unit:
        found = repository.open_one(unit.session, _hash(given.secret), unit.now)
        if found is None:
            raise NoInvitation()
        invitation, agent = found
        if not repository.end(unit.session, invitation.id, unit.now):
            raise NoInvitation()
        unit.actor = f"agent:{agent.id}"
        set_password(unit, agent, password_hash)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

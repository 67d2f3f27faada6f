"""Logging in: a password for a token. Guessing is limited, across restarts and all replicas."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from handoff_service.auth import repository, tokens
from handoff_service.auth.passwords import Passwords, fingerprint
from handoff_service.context import Context
from handoff_service.errors import NotAuthenticated, Problem
from handoff_service.models import Agent, LoginAttempt
from handoff_service.models.base import new_id
from handoff_service.unit import Unit

MAX_FAILURES = 10  # more than a person who has forgotten theirs tries, far fewer than guessing needs
WINDOW = dt.timedelta(minutes=5)


class WrongCredentials(NotAuthenticated):
    title = "E-mail or password is wrong"


class TooManyAttempts(Problem):
    status = 429
    title = "Too many failed log-ins"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    agent: Agent
    token: str


def normal_email(email: str) -> str:
    """E-mails are compared and stored in this form."""
    return email.strip().lower()


def log_in(
    context: Context, passwords: Passwords, email: str, password: str, *, address: str, correlation_id: str
) -> LoggedIn:
    """Raises `WrongCredentials` or `TooManyAttempts`.

    An attempt is counted before the password is looked at and struck out when it was right, so that
    callers in parallel cannot try more often; the slow hashing happens outside of any transaction.
    """
    email = normal_email(email)
    with context.work("service", correlation_id) as unit:
        reserved = _reserve(unit, [f"email:{_digest(email)}", f"address:{address}"])
    with context.database.reading() as session:
        agent = repository.agent_by_email(session, email)
    right = passwords.matches(password, agent.password_hash if agent else None)
    if agent is None or not right or not agent.active:
        raise WrongCredentials()
    with context.work(f"agent:{agent.id}", correlation_id) as unit:
        repository.forget_attempts(unit.session, reserved)
        unit.audit("agent.login", agent_id=agent.id)
    token = tokens.issue(context.settings, agent.id, fingerprint(agent.password_hash), context.clock())
    return LoggedIn(agent, token)


def _reserve(unit: Unit, subjects: list[str]) -> list[str]:
    since = unit.now - WINDOW
    repository.forget_attempts_before(unit.session, since)
    for subject in subjects:
        count, earliest = repository.attempts(unit.session, subject, since)
        if count >= MAX_FAILURES and earliest is not None:
            seconds = max(1, round((earliest + WINDOW - unit.now).total_seconds()))
            raise TooManyAttempts(f"Try again in {seconds} seconds.", retry_after=seconds)
    ids = []
    for subject in subjects:
        ids.append(new_id())
        unit.session.add(LoginAttempt(id=ids[-1], subject=subject, at=unit.now))
    return ids


def _digest(email: str) -> str:
    """What is typed here may be anything, a password in the wrong field too: it is not kept readable."""
    return hashlib.sha256(email.encode()).hexdigest()[:32]

"""A link sets one password, once, for the one it was made for."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.models import AuditEntry, Invitation
from tests.service.callers import API, PASSWORD, AgentCaller, Agents, Clock

NEW = "a new password"


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor")


def invited(vera: AgentCaller, **given: object) -> tuple[str, str]:
    """Id and link of a new agent."""
    made = vera.post("/agents", json={"email": "new@example.com", "name": "New", **given}).json()
    return made["id"], vera.post(f"/agents/{made['id']}/invitation").json()["secret"]


def accept(client: TestClient, secret: str, password: str = NEW) -> int:
    given = {"secret": secret, "password": password}
    return client.post(f"{API}/invitations/accept", json=given).status_code


def log_in(client: TestClient, email: str, password: str) -> int:
    given = {"email": email, "password": password}
    return client.post(f"{API}/auth/login", json=given).status_code


def test_who_is_invited_logs_in_with_their_own_password(vera: AgentCaller, client: TestClient) -> None:
    agent_id, secret = invited(vera)
    assert vera.get(f"/agents/{agent_id}").json()["invited"] is True
    assert log_in(client, "new@example.com", "") == 422
    assert log_in(client, "new@example.com", "x") == 401

    seen = client.post(f"{API}/invitations/look", json={"secret": secret})
    assert (seen.json()["name"], seen.json()["email"]) == ("New", "new@example.com")
    assert seen.headers["Cache-Control"] == "no-store"
    assert accept(client, secret) == 204

    assert log_in(client, "new@example.com", NEW) == 200
    assert vera.get(f"/agents/{agent_id}").json()["invited"] is False


def test_a_link_works_once(vera: AgentCaller, client: TestClient) -> None:
    _, secret = invited(vera)
    assert accept(client, secret) == 204

    assert accept(client, secret, "somebody else's") == 404
    assert client.post(f"{API}/invitations/look", json={"secret": secret}).status_code == 404
    assert log_in(client, "new@example.com", NEW) == 200


def test_two_at_once_set_one_password(vera: AgentCaller, client: TestClient) -> None:
    _, secret = invited(vera)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: accept(client, secret, f"password {n}"), range(4)))

    assert sorted(answers) == [204, 404, 404, 404]
    assert log_in(client, "new@example.com", f"password {answers.index(204)}") == 200


def test_a_reset_keeps_the_old_password_until_it_is_taken_up(
    vera: AgentCaller, as_agent: Agents, client: TestClient
) -> None:
    lin = as_agent("lin")
    secret = vera.post(f"/agents/{lin.id}/invitation").json()["secret"]
    assert log_in(client, lin.email, PASSWORD) == 200
    client.cookies.clear()

    assert accept(client, secret) == 204

    assert (log_in(client, lin.email, PASSWORD), log_in(client, lin.email, NEW)) == (401, 200)
    client.cookies.clear()
    assert lin.get("/me").status_code == 401  # the sessions that there were have ended


def test_a_later_link_ends_the_earlier(vera: AgentCaller, client: TestClient) -> None:
    agent_id, first = invited(vera)
    second = vera.post(f"/agents/{agent_id}/invitation").json()["secret"]

    assert (accept(client, first), accept(client, second)) == (404, 204)


def test_a_link_dies(vera: AgentCaller, client: TestClient, clock: Clock) -> None:
    _, secret = invited(vera)
    clock.advance(days=3)

    assert accept(client, secret) == 404


def test_nobody_is_let_in_who_was_deactivated_meanwhile(vera: AgentCaller, client: TestClient) -> None:
    agent_id, secret = invited(vera)
    assert vera.patch(f"/agents/{agent_id}", json={"active": False}).status_code == 200

    assert accept(client, secret) == 404
    assert vera.post(f"/agents/{agent_id}/invitation").status_code == 409


def test_supervisors_invite_agents_and_admins_everybody(vera: AgentCaller, as_agent: Agents) -> None:
    lin, root = as_agent("lin"), as_agent("root", role="admin")

    assert lin.post(f"/agents/{lin.id}/invitation").status_code == 404
    assert vera.post(f"/agents/{root.id}/invitation").status_code == 403
    assert root.post(f"/agents/{vera.id}/invitation").status_code == 201
    assert vera.post("/agents/nobody/invitation").status_code == 404


@pytest.mark.parametrize("secret", ["", "x", "密码" * 10, "x" * 500])
def test_rubbish_is_refused(secret: str, client: TestClient) -> None:
    assert accept(client, secret) in (404, 422)


def test_the_secret_is_kept_nowhere(vera: AgentCaller, context: Context) -> None:
    agent_id, secret = invited(vera)
    with context.database.reading() as session:
        kept = session.scalars(select(Invitation)).one()
        told = [entry for entry in session.scalars(select(AuditEntry)) if entry.action == "agent.invite"]

    assert secret not in (kept.id, kept.secret_hash)
    assert [entry.details for entry in told] == [{"agent_id": agent_id, "new": True}]

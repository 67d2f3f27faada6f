"""Logging in, and what a log-in is worth."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import func, select

from handoff_service.auth.dependencies import COOKIE
from handoff_service.auth.passwords import Passwords
from handoff_service.context import Context
from handoff_service.models import AuditEntry, LoginAttempt
from handoff_service.settings import Settings
from tests.service.callers import API, PASSWORD, Agents, Caller, Clock


def log_in(client: TestClient, email: str = "lin@example.com", password: str = PASSWORD) -> Response:
    return client.post(f"{API}/auth/login", json={"email": email, "password": password})


def test_the_right_password_gives_a_token_that_works(as_agent: Agents, client: TestClient) -> None:
    lin = as_agent("lin")

    answer = log_in(client, " LIN@example.com ")

    assert answer.status_code == 200
    given = answer.json()
    assert given["token_type"] == "bearer"
    assert given["expires_in"] == 36_000
    assert given["agent"]["id"] == lin.id
    client.cookies.clear()
    me = client.get(f"{API}/me", headers={"Authorization": f"Bearer {given['access_token']}"})
    assert me.json() == given["agent"]


def test_the_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere(
    as_agent: Agents, client: TestClient
) -> None:
    as_agent("lin")

    cookie = log_in(client).headers["set-cookie"]

    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Path=/", "SameSite=strict", "Max-Age=36000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


@pytest.mark.parametrize("settings_overrides", [{"cookie_secure": True}])
def test_behind_https_the_cookie_is_secure(as_agent: Agents, client: TestClient) -> None:
    as_agent("lin")

    assert "Secure" in log_in(client).headers["set-cookie"].split("; ")


def test_the_cookie_alone_may_look_but_not_change(as_agent: Agents, client: TestClient) -> None:
    as_agent("lin")
    log_in(client)

    assert client.get(f"{API}/me").status_code == 200
    refused = client.put(f"{API}/me/presence", json={"status": "away"})
    allowed = client.put(f"{API}/me/presence", json={"status": "away"}, headers={"X-Baton": "1"})

    assert (refused.status_code, allowed.status_code) == (403, 200)


def test_logging_out_forgets_the_cookie(as_agent: Agents, client: TestClient) -> None:
    as_agent("lin")
    log_in(client)

    assert client.post(f"{API}/auth/logout").status_code == 403
    assert client.post(f"{API}/auth/logout", headers={"X-Baton": "1"}).status_code == 204

    assert COOKIE not in client.cookies
    assert client.get(f"{API}/me").status_code == 401


@pytest.mark.parametrize(
    ("email", "password"),
    [("lin@example.com", "not her password"), ("nobody@example.com", PASSWORD), ("lin@example.com", "0")],
)
def test_a_wrong_password_and_an_unknown_account_look_the_same(
    as_agent: Agents, client: TestClient, email: str, password: str
) -> None:
    as_agent("lin")

    answer = log_in(client, email, password)

    assert answer.status_code == 401
    assert answer.json() == {
        "type": "urn:baton:problem:wrong-credentials",
        "title": "E-mail or password is wrong",
        "status": 401,
    }
    assert "set-cookie" not in answer.headers


def test_an_unknown_account_costs_the_same_work_as_a_known_one() -> None:
    verified: list[str] = []

    class Counting:
        def hash(self, password: str) -> str:
            return f"hash of {password}"

        def verify(self, password_hash: str, password: str) -> bool:
            verified.append(password_hash)
            return True

    passwords = Passwords(Counting())  # type: ignore[arg-type]

    assert passwords.matches("anything", "her hash")
    assert not passwords.matches("anything", None)
    assert len(verified) == 2


def test_a_password_is_stored_as_argon2_only(as_agent: Agents) -> None:
    lin = as_agent("lin")

    assert lin.agent.password_hash.startswith("$argon2id$")
    assert PASSWORD not in lin.agent.password_hash


class TestGuessing:
    def test_after_ten_failures_an_account_has_to_wait(
        self, as_agent: Agents, client: TestClient, clock: Clock
    ) -> None:
        as_agent("lin")
        for _ in range(10):
            assert log_in(client, password="guess").status_code == 401
            clock.advance(seconds=1)

        refused = log_in(client)

        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "290"
        clock.advance(seconds=289)
        assert log_in(client).status_code == 429
        clock.advance(seconds=1)
        assert log_in(client).status_code == 200

    def test_an_address_has_to_wait_whatever_accounts_it_tries(
        self, as_agent: Agents, client: TestClient
    ) -> None:
        as_agent("lin")
        for n in range(10):
            assert log_in(client, f"somebody{n}@example.com", "guess").status_code == 401

        assert log_in(client).status_code == 429

    def test_logging_in_rightly_is_never_counted(self, as_agent: Agents, client: TestClient) -> None:
        as_agent("lin")

        assert [log_in(client).status_code for _ in range(12)] == [200] * 12

    def test_guessing_in_parallel_gives_no_more_tries(
        self, as_agent: Agents, client: TestClient, context: Context
    ) -> None:
        as_agent("lin")

        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(lambda n: log_in(client, password=f"guess {n}").status_code, range(24)))

        assert sorted(codes) == [401] * 10 + [429] * 14

    def test_what_was_typed_is_not_kept_readable(
        self, as_agent: Agents, client: TestClient, context: Context
    ) -> None:
        log_in(client, "my password by mistake", "guess")

        with context.database.reading() as session:
            subjects = session.scalars(select(LoginAttempt.subject)).all()
        assert len(subjects) == 2
        assert not any("password" in subject for subject in subjects)

    def test_old_attempts_are_forgotten(self, client: TestClient, context: Context, clock: Clock) -> None:
        log_in(client, password="guess")
        clock.advance(minutes=5)
        log_in(client, "other@example.com", "guess")

        with context.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 2


def test_a_log_in_is_audited(as_agent: Agents, client: TestClient, context: Context) -> None:
    lin = as_agent("lin")

    client.post(
        f"{API}/auth/login",
        json={"email": lin.email, "password": PASSWORD},
        headers={"X-Correlation-ID": "log-in-7"},
    )

    with context.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "agent.login")).one()
        assert (entry.actor, entry.correlation_id) == (f"agent:{lin.id}", "log-in-7")


class TestTokens:
    def test_an_expired_token_is_refused(self, as_agent: Agents, clock: Clock) -> None:
        lin = as_agent("lin")
        clock.advance(hours=10, seconds=-1)
        assert lin.get("/me").status_code == 200

        clock.advance(seconds=1)

        refused = lin.get("/me")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"

    def test_a_deactivated_agent_is_out_at_once(self, as_agent: Agents) -> None:
        vera, lin = as_agent("vera", role="supervisor"), as_agent("lin")

        assert vera.patch(f"/agents/{lin.id}", json={"active": False}).status_code == 200

        assert lin.get("/me").status_code == 401

    def test_a_deactivated_agent_cannot_log_in(self, as_agent: Agents, client: TestClient) -> None:
        vera, lin = as_agent("vera", role="supervisor"), as_agent("lin")
        vera.patch(f"/agents/{lin.id}", json={"active": False})

        assert log_in(client).status_code == 401

    def test_a_new_password_ends_the_old_sessions(self, as_agent: Agents, client: TestClient) -> None:
        vera, lin = as_agent("vera", role="supervisor"), as_agent("lin")

        vera.patch(f"/agents/{lin.id}", json={"password": "a new password"})

        assert lin.get("/me").status_code == 401
        assert log_in(client).status_code == 401
        assert log_in(client, password="a new password").status_code == 200

    def test_foreign_tokens_are_refused(
        self, as_agent: Agents, client: TestClient, settings: Settings, clock: Clock
    ) -> None:
        lin = as_agent("lin")
        secret = settings.token_secret.get_secret_value()
        good = jwt.decode(
            lin.headers["Authorization"][7:],
            secret,
            algorithms=["HS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
        )

        def status(claims: dict[str, Any], key: str = secret, algorithm: str = "HS256") -> int:
            token = jwt.encode(claims, key, algorithm=algorithm)
            return client.get(f"{API}/me", headers={"Authorization": f"Bearer {token}"}).status_code

        assert status(good) == 200
        assert status(good, "another secret of thirty-two bytes") == 401
        assert status(good, "", "none") == 401
        assert status(good, secret * 2, "HS512") == 401
        assert status({**good, "iss": "somebody else"}) == 401
        assert status({**good, "aud": "rasa"}) == 401
        assert status({**good, "sub": "nobody"}) == 401
        assert status({**good, "sub": 7}) == 401
        assert status({**good, "exp": "soon"}) == 401
        assert status({**good, "exp": 10**30}) == 401
        assert status({**good, "key": "another"}) == 401
        for missing in ("sub", "key", "exp"):
            assert status({name: value for name, value in good.items() if name != missing}) == 401

    @pytest.mark.parametrize(
        "header",
        ["Bearer", "Bearer ", "Bearer nonsense", "Basic bGluOmxpbg==", "", "Bearer \xff", "Bearer a b"],
    )
    def test_nonsense_is_refused(self, as_agent: Agents, client: TestClient, header: str) -> None:
        answer = client.get(f"{API}/me", headers={"Authorization": header.encode("latin-1")})

        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"

    def test_a_bad_bearer_token_is_not_made_up_for_by_the_cookie(
        self, as_agent: Agents, client: TestClient
    ) -> None:
        as_agent("lin")
        log_in(client)

        assert client.get(f"{API}/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401

    def test_the_service_key_is_no_agent_and_an_agent_is_not_the_assistant(
        self, as_agent: Agents, assistant: Caller
    ) -> None:
        lin = as_agent("lin", role="admin")

        assert assistant.get("/me").status_code == 401
        assert lin.post("/ingest", json={"events": []}).status_code == 401
        assert assistant.post("/ingest", json={"events": []}).status_code == 200


def test_the_token_says_when_it_ends(as_agent: Agents, settings: Settings, clock: Clock) -> None:
    lin = as_agent("lin")

    claims = jwt.decode(lin.headers["Authorization"][7:], options={"verify_signature": False})

    assert dt.datetime.fromtimestamp(claims["exp"], dt.UTC) == clock() + settings.token_lifetime

"""What happens to every request: its id, its size, its headers, its line in the log."""

import logging
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.middleware import content_security_policy
from handoff_service.models import AuditEntry
from tests.service.callers import API, Agents, Caller
from tests.service.desk import Desk

SMALL = {"max_body_bytes": 1000}


class TestCorrelation:
    def test_a_given_id_comes_back_and_goes_into_the_audit(self, as_agent: Agents, context: Context) -> None:
        lin = as_agent("lin", presence="offline")

        answer = lin.put(
            "/me/presence", json={"status": "online"}, headers={"X-Correlation-ID": "abc-1.2:3_4"}
        )

        assert answer.headers["x-correlation-id"] == "abc-1.2:3_4"
        with context.database.reading() as session:
            ids = session.scalars(select(AuditEntry.correlation_id))
            assert "abc-1.2:3_4" in list(ids)

    @pytest.mark.parametrize("given", [None, "", "a b", "x" * 101, "<script>", "-x", "é"])
    def test_without_a_sane_one_it_is_made_up(self, client: TestClient, given: str | None) -> None:
        headers = {"X-Correlation-ID": given.encode("latin-1")} if given is not None else {}

        answers = [client.get("/healthz", headers=headers) for _ in range(2)]

        ids = {answer.headers["x-correlation-id"] for answer in answers}
        assert len(ids) == 2
        assert given not in ids


@pytest.mark.parametrize("settings_overrides", [SMALL])
class TestBodies:
    def test_a_body_that_is_announced_as_too_long(self, client: TestClient) -> None:
        answer = client.post(f"{API}/auth/login", json={"email": "a@b", "password": "x" * 1000})

        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] == "At most 1000 bytes."

    def test_a_body_that_turns_out_to_be_too_long(self, client: TestClient) -> None:
        def chunks() -> Iterator[bytes]:
            yield b'{"email": "a@b", "password": "'
            for _ in range(20):
                yield b"x" * 100
            yield b'"}'

        answer = client.post(
            f"{API}/auth/login", content=chunks(), headers={"Content-Type": "application/json"}
        )

        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("how", ["Content-Length: 1002", "Transfer-Encoding: chunked"])
    def test_the_rest_is_not_waited_for(self, live_url: str, how: str) -> None:
        url = urlsplit(live_url)
        with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
            lines = [
                f"POST {API}/auth/login HTTP/1.1",
                "Host: x",
                "Content-Type: application/json",
                how,
                "",
                "",
            ]
            start = b"3E9\r\n" if "chunked" in how else b""
            connection.sendall("\r\n".join(lines).encode() + start + b"x" * 1001)  # and never the end of it

            assert connection.recv(12) == b"HTTP/1.1 413"

    def test_a_body_within_the_limit_is_read(self, client: TestClient) -> None:
        answer = client.post(f"{API}/auth/login", json={"email": "a@b", "password": "x" * 150})

        assert answer.status_code == 401

    @pytest.mark.parametrize("length", ["9" * 30, "1001"])
    def test_a_length_that_nobody_could_send(self, client: TestClient, length: str) -> None:
        answer = client.post(f"{API}/auth/login", content=b"{}", headers={"Content-Length": length})

        assert answer.status_code == 413


def test_a_megabyte_of_text_is_refused_where_people_write(as_agent: Agents) -> None:
    vera = as_agent("vera", role="supervisor")

    answer = vera.patch(f"/agents/{vera.id}", json={"name": "长" * 1_000_000})

    assert answer.status_code == 422
    assert len(answer.content) < 1000


class TestHeaders:
    @pytest.mark.parametrize("path", ["/healthz", f"{API}/me", "/nothing", "/config.json"])
    def test_every_answer_carries_them(self, client: TestClient, path: str) -> None:
        headers = client.get(path).headers

        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; connect-src 'self' http://127.0.0.1:5005; ")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy

    @pytest.mark.parametrize(
        ("url", "sources"),
        [
            ("https://chat.example.com/rasa", "'self' https://chat.example.com"),
            ("http://[::1]:5005", "'self' http://[::1]:5005"),
            ("", "'self'"),
            ("javascript:alert(1)", "'self'"),
        ],
    )
    def test_pages_may_talk_to_the_webchat(self, url: str, sources: str) -> None:
        assert f"connect-src {sources};" in content_security_policy(url)

    def test_the_policy_has_no_place_for_a_second_directive(self) -> None:
        assert "script-src" not in content_security_policy("http://a; script-src *")


class TestLog:
    def test_a_request_leaves_one_line_without_its_query(
        self, as_agent: Agents, caplog: pytest.LogCaptureFixture
    ) -> None:
        lin = as_agent("lin")

        with caplog.at_level(logging.INFO):
            lin.get("/conversations", params={"q": "my card number"}, headers={"X-Correlation-ID": "c-1"})

        lines = [record.__dict__ for record in caplog.records if record.message == "request"]
        assert len(lines) == 1
        assert lines[0]["path"] == "/api/v1/conversations"
        assert (lines[0]["method"], lines[0]["status"], lines[0]["correlation_id"]) == ("GET", 200, "c-1")
        ours = [
            record.__dict__ for record in caplog.records if record.name != "httpx"
        ]  # that is the test's own
        assert "card" not in str(ours)

    def test_nobodys_words_get_into_the_log(
        self, as_agent: Agents, assistant: Caller, context: Context, caplog: pytest.LogCaptureFixture
    ) -> None:
        lin = as_agent("lin", skills=["en"])
        desk = Desk(context)
        turn: dict[str, Any] = desk.turn_in("rest:1", "my wish is secret", asks_human=True).model_dump(
            mode="json"
        )

        with caplog.at_level(logging.DEBUG, logger="handoff_service"):
            conversation_id = assistant.post("/turns", json=turn).json()["conversation_id"]
            lin.post(
                f"/conversations/{conversation_id}/messages",
                json={"text": "so is my reply", "client_id": "1"},
            )

        told = str([record.__dict__ for record in caplog.records])
        assert "secret" not in told
        assert "so is my reply" not in told
        assert "/api/v1/turns" in told

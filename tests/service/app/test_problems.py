"""Whatever goes wrong leaves as a problem document, and never says more than it should."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from handoff_service.errors import Conflict
from tests.service.callers import API, Agents, Caller


def document(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status"} <= body.keys()
    assert body["status"] == status
    return body


@pytest.mark.parametrize(
    "path", ["/nothing", f"{API}/nothing", f"{API}/me/", "/static/../settings.py", "/%2e%2e/x"]
)
def test_unknown_paths(client: TestClient, path: str) -> None:
    assert document(client.get(path), 404)["title"] == "Not Found"


def test_a_wrong_method_says_which_are_right(client: TestClient) -> None:
    answer = client.delete(f"{API}/me")

    document(answer, 405)
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("body", [b"{", b"", b"nonsense", b'{"email": "a", }', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json(client: TestClient, body: bytes) -> None:
    answer = client.post(f"{API}/auth/login", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422)
    document(answer, answer.status_code)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_json_under_another_name_is_refused(client: TestClient, kind: str) -> None:
    answer = client.post(
        f"{API}/auth/login", content=b'{"email":"a@b","password":"x"}', headers={"Content-Type": kind}
    )

    document(answer, 422)


def test_wrong_values_are_named_but_not_echoed(client: TestClient) -> None:
    secret = "s3cr3t " * 100
    answer = client.post(f"{API}/auth/login", json={"email": 7, "password": [secret], secret: secret})

    body = document(answer, 422)
    assert ["body", "email"] in [error["loc"] for error in body["errors"]]
    assert all(error.keys() == {"loc", "msg"} for error in body["errors"])
    assert len(answer.content) < 2_000


def test_hundreds_of_mistakes_are_not_all_listed(assistant: Caller) -> None:
    answer = assistant.put("/customers/c-1", json={"identities": [{"sender": "x"}] * 100})

    assert len(document(answer, 422)["errors"]) == 20


@pytest.mark.parametrize("text", ["\\ud800", "\\udfff tail", "a\\u0000b"])
def test_what_no_database_takes_is_refused(as_agent: Agents, text: str) -> None:
    vera = as_agent("vera", role="supervisor")

    answer = vera.patch(
        f"/agents/{vera.id}",
        content=f'{{"name": "{text}"}}'.encode(),
        headers={"Content-Type": "application/json"},
    )

    assert document(answer, 422)["errors"][0]["loc"] == ["body", "name"]


def test_a_lone_surrogate_as_a_key_is_refused_readably(as_agent: Agents) -> None:
    vera = as_agent("vera", role="supervisor")

    answer = vera.patch(
        f"/agents/{vera.id}", content=b'{"\\ud800": 1}', headers={"Content-Type": "application/json"}
    )

    document(answer, 422)


@pytest.mark.parametrize("path", [f"{API}/agents/%00", f"{API}/customers/a%00b", f"{API}/audit?actor=%00"])
def test_nul_in_the_url_is_refused(as_agent: Agents, path: str) -> None:
    vera = as_agent("vera", role="supervisor")

    document(vera.client.get(path, headers=vera.headers), 400)


@pytest.mark.parametrize(
    "path", [f"{API}/agents/%ff%fe", f"{API}/agents/%ED%A0%80", f"{API}/agents/{'x' * 4000}"]
)
def test_odd_ids_are_not_found(as_agent: Agents, path: str) -> None:
    vera = as_agent("vera", role="supervisor")

    document(vera.client.get(path, headers=vera.headers), 404)


@pytest.fixture
def crashing(app: FastAPI) -> FastAPI:
    def crash() -> None:
        raise RuntimeError("the password is 1234")

    def refuse() -> None:
        raise Conflict("Twice.", number=7)

    app.add_api_route("/crash", crash)
    app.add_api_route("/refuse", refuse)
    return app


def test_a_mistake_of_ours_says_nothing_but_where_to_look(
    crashing: FastAPI, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client.get("/crash", headers={"X-Correlation-ID": "find-me"})

    body = document(answer, 500)
    assert body["correlation_id"] == "find-me"
    assert "1234" not in answer.text
    assert "RuntimeError" not in answer.text
    record = next(record for record in caplog.records if record.message == "request.crashed")
    assert record.__dict__["correlation_id"] == "find-me"
    assert "RuntimeError" in str(record.__dict__["exception"])
    assert answer.headers["content-security-policy"]


def test_a_refusal_carries_what_it_knows_and_is_no_crash(
    crashing: FastAPI, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        body = document(client.get("/refuse"), 409)

    assert body == {
        "type": "urn:baton:problem:conflict",
        "title": "Somebody was faster, or the state has changed",
        "status": 409,
        "detail": "Twice.",
        "number": 7,
    }
    assert not caplog.records


def test_the_description_tells_of_problem_documents_and_of_every_call(client: TestClient) -> None:
    description = client.get(f"{API}/openapi.json").json()

    assert description["info"]["title"] == "Baton handoff service"
    for path, operations in description["paths"].items():
        for operation in operations.values():
            if path.startswith(API):
                assert list(operation["responses"]["4XX"]["content"]) == ["application/problem+json"]
            assert "HTTPValidationError" not in str(operation)
    ids = [operation["operationId"] for each in description["paths"].values() for operation in each.values()]
    assert len(ids) == len(set(ids))


def test_there_are_no_pages_that_load_scripts_from_elsewhere(client: TestClient) -> None:
    for path in ("/docs", "/redoc", f"{API}/docs"):
        assert client.get(path).status_code == 404

"""Every call of the API, by somebody who may not make it."""

import re

import pytest
from fastapi.testclient import TestClient

from tests.service.callers import API, Agents

OPEN = {
    ("post", "/auth/login"),
    ("post", "/auth/logout"),
    ("post", "/invitations/look"),
    ("post", "/invitations/accept"),
}
"""What needs no credentials: the body has them."""


@pytest.fixture
def calls(client: TestClient) -> list[tuple[str, str]]:
    paths = client.get(f"{API}/openapi.json").json()["paths"]
    return [
        (method, re.sub(r"\{\w+\}", "x", path.removeprefix(API)))
        for path, operations in paths.items()
        for method in operations
        if path.startswith(API) and (method, path.removeprefix(API)) not in OPEN
    ]


def test_nobody_gets_anything_without_credentials(client: TestClient, calls: list[tuple[str, str]]) -> None:
    assert len(calls) > 80
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": "Bearer "},
        {"Cookie": "baton_session=x"},
    ):
        given = {**headers, "X-Baton": "1"}
        answers = {
            (method, path): client.request(method, API + path, headers=given, json={}).status_code
            for method, path in calls
        }
        assert {call: status for call, status in answers.items() if status != 401} == {}


def test_an_agent_finds_nothing_of_the_channels(
    client: TestClient, as_agent: Agents, calls: list[tuple[str, str]]
) -> None:
    lin = as_agent("lin")
    answers = {
        (method, path): lin.request(method, path, json={}).status_code
        for method, path in calls
        if path.startswith(("/visits", "/turns", "/ingest"))
    }
    assert len(answers) > 10
    assert set(answers.values()) == {401}


@pytest.mark.parametrize(
    "path",
    ["/wall", "/audit", "/ratings", "/ratings/summary", "/alerts", "/customers/x", "/agents"],
)
def test_what_supervisors_read_does_not_exist_for_agents(as_agent: Agents, path: str) -> None:
    assert as_agent("lin").get(path).status_code == 404

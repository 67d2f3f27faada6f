"""Nonsense for every call that the API describes: refused as a problem document, never a crash."""

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from handoff_service.context import Context
from tests.service import hypothesis_settings  # noqa: F401 -- loads the profile
from tests.service.callers import API, Agents, Caller
from tests.service.desk import Desk

SURROGATES = st.sampled_from(["\ud800", "a\udfffb"])
TEXTS = st.one_of(
    st.sampled_from(["", "x", "\x00", "a\x00b", "😀", "\u202eabc", "me", "-1", "1" * 30, "x" * 600]),
    SURROGATES,
)
NUMBERS = st.sampled_from([0, 1, -1, 2**31, 2**63, 10**40, 0.5, 1e308, float("nan"), float("inf")])
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


def values(schema: dict[str, Any], components: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly of the described shape, so that it gets past the first check; else anything."""
    if "$ref" in schema:
        return values(components[schema["$ref"].rsplit("/", 1)[1]], components)
    return st.one_of(_shaped(schema, components), _shaped(schema, components), JUNK)


def _shaped(schema: dict[str, Any], components: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([values(each, components) for each in schema["anyOf"]])
    match schema.get("type"):
        case "object":
            fields = {name: values(each, components) for name, each in schema.get("properties", {}).items()}
            if not fields:
                return st.dictionaries(TEXTS, JUNK, max_size=3)
            required = {name: each for name, each in fields.items() if name in schema.get("required", ())}
            rest = {name: each for name, each in fields.items() if name not in required}
            return st.fixed_dictionaries(required, optional=rest)
        case "array":
            return st.lists(values(schema.get("items", {}), components), max_size=3)
        case "string" if schema.get("format") == "date-time":
            return st.sampled_from(
                ["2026-03-02T09:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "now"]
            )
        case "string":
            return st.one_of(st.text(min_size=1, max_size=20), TEXTS)
        case "integer" | "number":
            return st.one_of(st.integers(-5, 300), NUMBERS)
        case "boolean":
            return st.booleans()
    return JUNK


@pytest.fixture
def operations(client: TestClient) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every call but the streams, which have no end."""
    described = client.get(f"{API}/openapi.json").json()["paths"]
    found = [
        (method, path, operation)
        for path, operations in described.items()
        for method, operation in operations.items()
        if not path.endswith("/stream")
    ]
    assert len(found) > 15
    return found


def test_nothing_crashes_the_api(
    client: TestClient,
    as_agent: Agents,
    assistant: Caller,
    desk_ids: dict[str, str],
    operations: list[tuple[str, str, dict[str, Any]]],
) -> None:
    components = client.get(f"{API}/openapi.json").json()["components"]["schemas"]
    callers = [as_agent("ada", role="admin", skills=["en"]).headers, assistant.headers, {}]

    @settings(
        max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        method, path, operation = data.draw(st.sampled_from(operations))
        query, headers = {}, dict(data.draw(st.sampled_from(callers)))
        for parameter in operation.get("parameters", ()):
            value = data.draw(values(parameter["schema"], components))
            text = str(value).encode("utf-8", "replace").decode()
            match parameter["in"]:
                case "path":
                    known = desk_ids.get(parameter["name"], "x")
                    text = data.draw(st.sampled_from([known, known, text]))
                    path = path.replace(f"{{{parameter['name']}}}", _quoted(text) or "x")
                case "query" if data.draw(st.booleans()):
                    query[parameter["name"]] = text
                case "header":
                    headers[parameter["name"]] = (
                        text.encode("ascii", "ignore").decode().replace("\x00", "") or "x"
                    )
        content = None
        if "requestBody" in operation:
            bodies = operation["requestBody"]["content"]
            kind = data.draw(st.sampled_from(sorted(bodies)))
            content = json.dumps(data.draw(values(bodies[kind]["schema"], components))).encode()
            headers["Content-Type"] = kind
        answer = client.request(method, path, params=query, headers=headers, content=content)

        assert answer.status_code < 500, (method, path, query, content)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == answer.status_code

    run()


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.fixture
def desk_ids(client: TestClient, context: Context) -> dict[str, str]:
    """Ids that exist, by the name of the path's parameter."""
    desk = Desk(context)
    desk.asks("rest:1")
    agent_id = desk.agent("lin", "en")
    return {
        "conversation_id": desk.conversation("rest:1").id,
        "agent_id": agent_id,
        "customer_id": "c-1",
        "version": "1",
    }

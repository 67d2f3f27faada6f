"""Every place of every body, in turn, holds what nobody expects there: refused or mended, never a crash."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from handoff_service.context import Context
from tests.service.callers import Agents, Caller
from tests.service.desk import Desk, bot, user

NASTY = ["\ud800", "a\x00b", "", float("nan"), float("inf"), 10**40, -1, [], {"\ud800": "\x00"}, None, True]
TURN = {
    "sender_id": "rest:9",
    "channel": "rest",
    "message_id": "m-1",
    "sent_at": "2026-03-02T09:00:00Z",
    "text": "I want a human",
    "signals": {
        "version": "1",
        "language": "en",
        "intent": "request_human",
        "confidence": 0.9,
        "sentiment": -0.5,
        "asks_human": True,
        "topic": "refund",
        "question": "refund how",
        "why": {"asks_human": "a human"},
    },
    "tail": [{"event": "user"}],
}
EVENTS = {
    "events": [
        {"id": 1, "sender_id": "rest:9", "event": {**user("hi", "u-1"), "timestamp": 1772442000.5}},
        {
            "id": 2,
            "sender_id": "rest:9",
            "reply_to": "u-1",
            "n": 0,
            "event": {**bot("hello", message_id="b-1"), "timestamp": 1772442001.0},
        },
    ]
}
AGENT = {"name": "Bo", "email": "bo@example.com", "password": "long enough", "skills": ["en"], "capacity": 2}
CUSTOMER = {"name": "Bo", "tier": "gold", "tags": ["a"], "identities": [{"channel": "x", "sender_id": "y"}]}
ENDING = {"epoch": 1, "note": "n", "outcome": "solved", "category_id": "refund", "mark": "needed"}
CANNED = {"title": "Hi", "category": "c", "shortcut": "hi", "texts": {"en": "Hello {{agent.name}}"}}
CATEGORY = {"parent_id": "refund", "names": {"en": "Points"}, "topics": ["refund"]}
HANDOFF = {"sender_id": "rest:8", "channel": "rest", "reason": "asked", "skills": ["en"], "language": "en"}


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def spoiled(body: Any) -> Iterator[Any]:
    """The body with each nasty value, and a megabyte of text, in each of its places."""
    for path in places(body):
        for nasty in [*NASTY, "x" * 1_000_000]:
            changed = copy.deepcopy(body)
            inner = changed
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = nasty
            yield changed
    yield from NASTY


@pytest.mark.parametrize(
    ("who", "method", "path", "body"),
    [
        ("assistant", "POST", "/turns", TURN),
        ("assistant", "POST", "/ingest", EVENTS),
        ("assistant", "POST", "/handoffs", HANDOFF),
        ("assistant", "PUT", "/customers/c-1", CUSTOMER),
        ("lin", "PUT", "/me/presence", {"status": "online"}),
        ("lin", "POST", "/conversations/{conversation}/claim", {"epoch": 1}),
        ("lin", "POST", "/conversations/{conversation}/messages", {"text": "hello", "client_id": "1"}),
        (
            "lin",
            "POST",
            "/conversations/{conversation}/return",
            ENDING,
        ),
        (
            "lin",
            "POST",
            "/conversations/{conversation}/resolve",
            ENDING,
        ),
        ("lin", "POST", "/canned", CANNED),
        ("ada", "POST", "/closing/categories", CATEGORY),
        ("ada", "POST", "/agents", AGENT),
        ("ada", "PATCH", "/agents/{lin}", {"name": "Lin", "skills": ["en"], "capacity": 3}),
        ("ada", "POST", "/auth/login", {"email": "lin@example.com", "password": "x"}),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("/") else "",
)
def test_nothing_crashes_a_call(
    as_agent: Agents, assistant: Caller, context: Context, who: str, method: str, path: str, body: Any
) -> None:
    lin, ada = as_agent("lin", skills=["en"]), as_agent("ada", role="admin", presence="offline")
    desk = Desk(context)
    desk.asks("rest:1")
    path = path.format(conversation=desk.conversation("rest:1").id, lin=lin.id)
    caller = {"lin": lin, "ada": ada, "assistant": assistant}[who]

    for number, given in enumerate(spoiled(body)):
        answer = caller.request(
            method,
            path,
            content=json.dumps(given).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": f"key-{number:06}"},
        )
        assert answer.status_code < 500, f"{given!r:.500}"
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert len(answer.content) < 10_000

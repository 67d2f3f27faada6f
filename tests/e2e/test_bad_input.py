"""Rubbish on the channel and on the API: refused clearly or kept whole, and nobody else is held up."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.e2e.waiting import eventually

STRANGE = [
    "😀👩‍👩‍👧‍👦🏳️‍🌈",
    "‮تجاوز مرحبا‬ abc",
    "nul \x00 inside",
    "lone \ud800 surrogate",
    "  \n\t  spaces around  ",
    "<script>alert(1)</script>",
    "'; DROP TABLE messages; --",
    "x" * 10_000,
]


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_a_strange_message_is_kept_and_answered(text, rest, stack):
    customer = rest()
    body = f'{{"sender": "{customer.sender_id}", "message": {_json(text)}}}'
    answer = httpx.post(
        f"{stack.settings.rasa_url}/webhooks/rest/webhook",
        content=body.encode(),
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    assert answer.status_code == 200
    assert answer.json(), "the bot says something"
    users = [e for e in stack.tracker_events(customer.sender_id) if e["event"] == "user"]
    assert len(users) == 1


def _json(text: str) -> str:
    import json

    return json.dumps(text)


@pytest.mark.parametrize("text", ["nul \x00 inside", "lone \ud800 surrogate"])
def test_unstorable_characters_reach_the_desk_as_replacements(text, rest, desk, stack, owned):
    customer = rest()
    httpx.post(
        f"{stack.settings.rasa_url}/webhooks/rest/webhook",
        content=f'{{"sender": "{customer.sender_id}", "message": {_json(text)}}}'.encode(),
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    conversation = owned(customer.sender_id, "bot")
    assert "�" in desk.vera.messages(conversation["id"])[0]["text"]


def test_a_body_of_a_negative_length_holds_nobody_up(rest, stack):
    rasa = urlsplit(stack.settings.rasa_url)
    with socket.create_connection((rasa.hostname, rasa.port), timeout=10) as line:
        line.sendall(b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello")
        assert line.recv(1000).startswith(b"HTTP/1.1 400 ")
    assert rest().says("hello")


def test_a_megabyte_of_text_holds_nobody_up(rest, desk, owned):
    long, short = rest(), rest()
    long.says("退款 " * 250_000)
    assert short.says("hello")
    owned(short.sender_id, "bot")
    conversation = owned(long.sender_id, "bot")
    (first, *_) = desk.vera.messages(conversation["id"])
    assert len(first["text"]) >= 700_000


@pytest.mark.parametrize(
    "payload",
    [
        {"text": 17},
        {"text": None},
        {"text": ""},
        {"text": "x" * 10_001},
        {"text": "hi", "client_id": ["list"]},
        {"text": "hi", "client_id": "y" * 65},
    ],
    ids=["number", "nothing", "empty", "too long", "list id", "long id"],
)
def test_the_web_chat_refuses_rubbish_and_goes_on(payload, web):
    customer = web()
    refusal = customer.sends(payload["text"], payload.get("client_id"))
    assert refusal.status_code in (400, 413)
    assert refusal.json()["error"]["code"]
    assert refusal.json()["error"]["message"]
    customer.says("hello")
    customer.answered(1)


def test_a_foreign_token_opens_no_session(web):
    owner, thief = web(), web()
    owner.says("hello")
    guessed = owner.token[:-4] + "AAAA"
    bearer = {"Authorization": f"Bearer {guessed}"}
    for answer in (
        thief.http.post("/session", json={"token": guessed}),
        thief.http.get("/messages", headers=bearer),
        thief.http.post("/messages", json={"client_id": "x", "text": "I am the owner"}, headers=bearer),
    ):
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "invalid_token"


def test_a_poisoned_event_holds_nobody_back(stack, rest, desk, owned):
    key = {"Authorization": f"Bearer {stack.settings.secrets['HANDOFF_SERVICE_KEY']}"}
    poison = [
        {"id": 1, "sender_id": "poisoned", "event": {"event": "user", "timestamp": "yesterday"}},
        {"id": 2, "sender_id": "poisoned", "event": "not an object"},
        {"id": 3, "sender_id": 7, "event": {}},
        "not an item",
    ]
    answer = httpx.post(
        f"{stack.settings.handoff_url}/api/v1/ingest", json={"events": poison}, headers=key, timeout=30
    )
    assert [r["status"] for r in answer.json()["results"]] == ["rejected"] * 4
    customer = rest()
    customer.says("hello")
    conversation = owned(customer.sender_id, "bot")
    eventually(lambda: len(desk.vera.messages(conversation["id"])) == 2, "both sides' words at the desk")

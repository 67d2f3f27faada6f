"""The customer protocol on a real web server with a real store, spoken to by a plain HTTP client."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered

from channels import customer_api
from tests.assistant.channel_fakes import ORIGIN, FakeAgent, run, serving
from tests.assistant.customer_client import Client, client, stranger


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "webchat.db"


def rows(db: Path, query: str) -> list[tuple[Any, ...]]:
    """What another process would read of the file at this moment: only what is committed."""
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nothing announces; the test's own limit ends it."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]


def test_a_message_is_on_disk_before_it_is_acknowledged(db: Path) -> None:
    async def test() -> None:
        agent = FakeAgent()
        agent.loaded = False  # nobody handles it: what is on disk was put there by the acknowledgement
        async with serving(db, agent) as server, client(server) as lin:
            answer = await lin.say("我的订单到哪了", "c1")
            assert answer.status == 202
            assert rows(db, "SELECT message_id, client_id, text, status FROM inbox") == [
                (answer.body["id"], "c1", "我的订单到哪了", "queued")
            ]
            assert rows(db, "SELECT number, id FROM timeline") == [(answer.body["number"], answer.body["id"])]

    run(test())


def test_the_same_client_id_is_answered_the_same_and_handled_once(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin:
            answers = await asyncio.gather(*(lin.say("hello", "c1") for _ in range(5)))
            assert len({json.dumps(answer.body) for answer in answers}) == 1
            await lin.say("the next", "c2")
            assert texts(await lin.sees(4)) == ["hello", "echo hello", "the next", "echo the next"]
            assert server.agent.handled == ["hello", "the next"]

    run(test())


def test_a_stream_brings_the_state_and_each_message_once_with_its_number(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin, lin.stream() as stream:
            await stream.until(lambda: stream.states)
            assert stream.states[0]["owner"] == "bot"
            await lin.say("hello", "c1")
            await lin.say("again", "c2")
            messages = await stream.sees(4)
            assert [message["number"] for message in messages] == [1, 2, 3, 4]
            assert messages[0] == {
                "number": 1,
                "id": messages[0]["id"],
                "author": "customer",
                "client_id": "c1",
                "text": "hello",
                "sent_at": messages[0]["sent_at"],
            }
            assert len(stream.states) == 1, "a state that has not changed is not told again"
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["cache-control"] == "no-store"

    run(test())


def test_stream_and_long_poll_resume_by_number(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin:
            await lin.say("hello")
            await lin.sees(2)
            push = BotUttered("您好", metadata={"message_id": "m1", "author": "agent", "author_name": "林"})
            for _ in range(2):  # the service may repeat an unclear send
                await server.channel.get_output_channel().send_response(lin.conversation, push.message())
            async with lin.stream(after=2) as stream:
                (message,) = await stream.sees(1)
                assert (message["number"], message["id"], message["author_name"]) == (3, "m1", "林")
            answer = (await lin.messages(after=2)).body
            assert (texts(answer["messages"]), answer["last"]) == (["您好"], 3)
            assert (await lin.messages(after=3)).body["messages"] == []

    run(test())


def test_a_long_poll_answers_when_something_is_said(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin, client(server, lin.token) as other_tab:
            waiting = asyncio.create_task(other_tab.messages(0, 20))
            await asyncio.sleep(0.1)
            assert not waiting.done()
            await lin.say("hello")
            assert texts((await waiting).body["messages"])[0] == "hello"
            await lin.sees(2)
            assert (await other_tab.messages(2, 1)).body["messages"] == [], "it ends without news, too"

    run(test())


def test_a_silent_stream_shows_that_it_lives(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_api, "HEARTBEAT_SECONDS", 0.05)

    async def test() -> None:
        async with serving(db) as server, client(server) as lin, lin.stream() as stream:
            await stream.until(lambda: stream.comments >= 3)

    run(test())


def test_a_stopping_server_ends_streams_and_polls_at_once(db: Path) -> None:
    async def test() -> None:
        async with aiohttp.ClientSession() as http, serving(db) as server:
            lin = Client(server.url, http)
            await lin.open()
            polling = asyncio.create_task(lin.messages(0, 25))
            async with lin.stream() as stream:
                await stream.until(lambda: stream.states)
                server.channel._feed.close()
                await stream.until(lambda: stream.ended)
                assert (await polling).status == 200

    run(test(), limit=10)


def test_who_goes_away_leaves_nothing_behind(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin:
            async with lin.stream() as stream:
                await stream.until(lambda: stream.states)
                assert server.channel._feed.listeners(lin.conversation) == 1
            await until(lambda: not server.channel._feed.conversations())

    run(test(), limit=10)


def test_one_customer_cannot_hold_connections_without_end(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin, client(server) as sam:
            polls = [asyncio.create_task(lin.messages(0, 20)) for _ in range(customer_api.MAX_LISTENERS)]
            await until(
                lambda: server.channel._feed.listeners(lin.conversation) == customer_api.MAX_LISTENERS
            )
            refused = await lin.messages(0, 20)
            assert (refused.status, refused.code) == (429, "slow_down")
            assert int(refused.headers["retry-after"]) > 0
            assert (await sam.messages(0)).status == 200
            await lin.say("hello")
            await asyncio.gather(*polls)

    run(test())


def test_nobody_reads_or_writes_another_conversation(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin, client(server) as sam:
            await lin.say("a secret")
            await lin.sees(2)
            # naming it in any way changes nothing: the token alone says whose conversation it is
            await sam.say("hi", sender_id=lin.conversation, visitor=lin.visitor)
            seen = await sam.call(
                "GET", f"/messages?after=0&visitor={lin.visitor}&sender_id={lin.conversation}"
            )
            assert "a secret" not in texts(seen.body["messages"])
            assert texts(await lin.sees(2)) == ["a secret", "echo a secret"]

    run(test())


@pytest.mark.parametrize("token", ["", "guess", "A" * 43, "A" * 5000, "%00"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/messages"), ("GET", "/events"), ("POST", "/messages")]
)
def test_without_a_good_token_there_is_nothing(db: Path, token: str, method: str, path: str) -> None:
    async def test() -> None:
        async with serving(db) as server, stranger(server) as nobody:
            nobody.token = token
            answer = await nobody.call(
                method, path, {"client_id": "a", "text": "x"} if method == "POST" else None
            )
            assert (answer.status, answer.code) == (401, "invalid_token")
            assert (await nobody.open(token=token)).code == "invalid_token"

    run(test())


RUBBISH = [
    (400, "invalid_payload", b"{"),
    (400, "invalid_payload", b"\xff\xfe\x00"),
    (400, "invalid_payload", b"null"),
    (400, "invalid_payload", b"[]"),
    (400, "invalid_payload", b'"text"'),
    (400, "invalid_payload", b"[" * 100_000),
    (400, "invalid_payload", b"{}"),
    (400, "invalid_payload", b'{"client_id": "a"}'),
    (400, "invalid_payload", b'{"client_id": "a", "text": null}'),
    (400, "invalid_payload", b'{"client_id": "a", "text": {"x": []}}'),
    (400, "invalid_payload", b'{"client_id": "", "text": "x"}'),
    (400, "invalid_payload", b'{"client_id": 7, "text": "x"}'),
    (400, "invalid_payload", b'{"client_id": "a\\u0000", "text": "x"}'),
    (400, "invalid_payload", b'{"client_id": "\\ud800", "text": "x"}'),
    (400, "invalid_payload", b'{"client_id": "a", "payload": 5}'),
    (400, "empty", b'{"client_id": "a", "text": " \\n\\t\\u3000"}'),
    (413, "too_long", json.dumps({"client_id": "a", "text": "x" * 10_001}).encode()),
    (413, "too_long", json.dumps({"client_id": "a", "text": "😀" * 10_001}).encode()),
    (413, "too_large", b'{"client_id": "a", "text": "' + b"x" * 1_000_000 + b'"}'),
]


def test_rubbish_is_refused_with_a_reason_and_leaves_nothing(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin:
            for status, code, body in RUBBISH:
                answer = await lin.call("POST", "/messages", data=body)
                assert (answer.status, answer.code) == (status, code), body[:60]
                assert answer.body["error"]["message"]
                assert answer.headers["access-control-allow-origin"] == ORIGIN
            for query in ("after=-1", "after=x", "after=1.5", "wait=26", "after=9" + "9" * 20, "after=%00"):
                assert (await lin.call("GET", f"/messages?{query}")).code == "invalid_payload", query
            assert rows(db, "SELECT * FROM inbox") == rows(db, "SELECT * FROM timeline") == []
            assert (await lin.say("still here")).status == 202

    run(test())


def test_what_is_not_there_is_a_404_in_the_same_shape(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin:
            for method, path in (
                ("GET", "/nothing"),
                ("DELETE", "/messages"),
                ("PUT", "/session"),
                ("GET", "/"),
            ):
                answer = await lin.call(method, path)
                assert (answer.status, answer.code) == (404, "not_found"), path

    run(test())


def test_only_a_button_that_was_shown_may_command(db: Path) -> None:
    async def offer(message: UserMessage) -> None:
        buttons = [{"title": "Track it", "payload": "/track"}]
        await message.output_channel.send_text_with_buttons(message.sender_id, "What now?", buttons)

    async def test() -> None:
        async with serving(db, FakeAgent(offer)) as server, client(server) as lin:
            await lin.call("POST", "/messages", {"client_id": "1", "payload": "/restart"})
            await lin.sees(2)
            assert server.agent.handled[0].startswith("\u2060"), "words, not a command"
            await lin.call("POST", "/messages", {"client_id": "2", "payload": "/track"})
            seen = await lin.sees(4)
            assert server.agent.handled[1] == "/track"
            assert seen[2]["text"] == "Track it"

    run(test())


def test_pages_of_other_origins_are_refused_and_get_no_leave_to_read(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin:
            for origin in ("http://evil.example", "null", ORIGIN + ".evil.example", ORIGIN.upper()):
                async with stranger(server, origin=origin) as page:
                    page.token = lin.token
                    for answer in (await page.messages(), await page.open(), await page.say("x")):
                        assert (answer.status, answer.code) == (403, "origin_refused")
                        assert "access-control-allow-origin" not in answer.headers
            async with client(server, lin.token, origin=None) as app:  # an app is no page and names no origin
                assert (await app.messages()).status == 200

    run(test())


def test_preflights_name_the_origin_exactly_whatever_rasa_allows(db: Path) -> None:
    async def test() -> None:
        async with serving(db, cors="*") as server, stranger(server) as page:
            asks = {"Access_Control_Request_Method": "POST"}
            answer = await page.call("OPTIONS", "/messages", **asks)
            assert answer.headers["access-control-allow-origin"] == ORIGIN
            assert "Authorization" in answer.headers["access-control-allow-headers"]
            assert "access-control-allow-credentials" not in answer.headers
            page.origin = "http://evil.example"
            refused = await page.call("OPTIONS", "/messages", **asks)
            called = await page.call("POST", "/session", {})
            lost = await page.call("GET", "/nothing")
            for response in (refused, called, lost):
                assert "access-control-allow-origin" not in response.headers
                assert response.headers["vary"] == "Origin"
            page.origin = ORIGIN
            allowed = await page.open()
            assert allowed.headers.getall("access-control-allow-origin") == [ORIGIN]
            async with page.stream() as stream:
                assert stream.headers.getall("access-control-allow-origin") == [ORIGIN]

    run(test())

"""Notices to an app's server: signed, repeated until they are taken, and only where nobody has the news."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from channels import push
from channels.push import Receiver
from examples.mobile_client import is_genuine
from tests.assistant.channel_fakes import run, serving
from tests.assistant.customer_client import client

SECRET = "s" * 32


class AppServer:
    """Takes notices. `refuse`: so many are answered with 503 first."""

    def __init__(self) -> None:
        self.notices: list[dict[str, Any]] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.refuse = 0
        self.url = ""

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append((dict(request.headers), body))
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=503)
        self.notices.append(json.loads(body))
        return web.Response(status=204)

    async def gets(self, condition: Callable[["AppServer"], bool]) -> None:
        while not condition(self):  # noqa: ASYNC110 -- a server in the same loop, no event to wait for
            await asyncio.sleep(0.005)

    @property
    def receiver(self) -> Receiver:
        return Receiver(self.url, SECRET.encode())


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(push, "AFTER_SECONDS", 0.01)
    monkeypatch.setattr(push, "LOOK_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(push, "BACKOFF", (0.01,))


@asynccontextmanager
async def app_server() -> AsyncIterator[AppServer]:
    server = AppServer()
    app = web.Application()
    app.router.add_post("/push", server._take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/push"
    try:
        yield server
    finally:
        await runner.cleanup()


async def agent_says(channel: Any, conversation: str, message_id: str, text: str) -> None:
    message = {"text": text, "message_id": message_id, "author": "agent", "author_name": "林"}
    await channel.get_output_channel().send_response(conversation, message)


def test_who_is_not_there_is_told_of_once_with_a_signature(tmp_path):
    async def scenario() -> None:
        async with app_server() as app, serving(tmp_path / "w.db", push=app.receiver) as server:
            async with client(server) as lin:
                pass
            await agent_says(server.channel, lin.conversation, "a1", "您好" * 200)
            await app.gets(lambda it: bool(it.notices))
            (notice,) = app.notices
            (shown,) = notice.pop("messages")
            assert notice == {
                "id": f"{lin.visitor}.1",
                "type": "messages",
                "site": "default",
                "visitor": lin.visitor,
                "count": 1,
            }
            assert (shown["id"], shown["author_name"], shown["text"]) == ("a1", "林", "您好" * 100)
            ((headers, body),) = app.requests
            given = (headers["X-Baton-Timestamp"], body, headers["X-Baton-Signature"])
            now = float(headers["X-Baton-Timestamp"])
            assert is_genuine(SECRET, *given, now + 299)
            assert not is_genuine(SECRET, *given, now + 301)
            assert not is_genuine("t" * 32, *given, now)
            assert not is_genuine(SECRET, given[0], body + b" ", given[2], now)
            await agent_says(server.channel, lin.conversation, "a2", "and now?")
            await app.gets(lambda it: len(it.notices) == 2)
            assert [each["id"] for each in app.notices[1]["messages"]] == ["a2"]

    run(scenario())


def test_who_has_got_it_is_not_told_of(tmp_path):
    async def scenario() -> None:
        async with app_server() as app, serving(tmp_path / "w.db", push=app.receiver) as server:
            async with client(server) as lin, lin.stream() as stream:
                await lin.say("hello")
                await stream.until(lambda: len(stream.messages) == 2)
                await lin.call("POST", "/received", {"number": 2})
                await settled(server.channel)
            async with client(server) as sam:
                pass
            await agent_says(server.channel, sam.conversation, "a1", "anybody there?")
            await app.gets(lambda it: bool(it.notices))
            assert [each["visitor"] for each in app.notices] == [sam.visitor]

    run(scenario())


def test_a_connection_that_is_dead_without_knowing_is_waited_for(tmp_path):
    async def scenario() -> None:
        async with app_server() as app, serving(tmp_path / "w.db", push=app.receiver) as server:
            async with client(server) as lin, lin.stream() as stream:
                await agent_says(server.channel, lin.conversation, "a1", "hello")
                await stream.until(lambda: bool(stream.messages))
                assert app.notices == []
            await app.gets(lambda it: bool(it.notices))

    run(scenario())


def test_a_notice_is_repeated_until_it_is_taken_also_by_the_next_process(tmp_path):
    async def scenario() -> None:
        async with app_server() as app:
            app.refuse = 10**6
            async with serving(tmp_path / "w.db", push=app.receiver) as server:
                async with client(server) as lin:
                    pass
                await agent_says(server.channel, lin.conversation, "a1", "one")
                await app.gets(lambda it: len(it.requests) >= 3)
                await agent_says(server.channel, lin.conversation, "a2", "two")
            app.refuse = 1
            async with serving(tmp_path / "w.db", push=app.receiver) as server:
                await app.gets(lambda it: bool(it.notices))
                assert [each["id"] for each in app.notices[0]["messages"]] == ["a1", "a2"]
                await settled(server.channel)
            assert len(app.notices) == 1

    run(scenario())


def test_what_was_taken_back_in_time_is_not_told(tmp_path, monkeypatch):
    monkeypatch.setattr(push, "_IDLE_SECONDS", 0.01)
    clock = [1_800_000_000.0]

    async def scenario() -> None:
        async with (
            app_server() as app,
            serving(tmp_path / "w.db", push=app.receiver, now=lambda: clock[0]) as server,
        ):
            async with client(server) as lin:
                pass
            await agent_says(server.channel, lin.conversation, "a1", "a mistake")
            await server.channel.recall(lin.conversation, "a1")
            clock[0] += 1
            await settled(server.channel)
            assert app.notices == []

    run(scenario())


async def settled(channel: Any) -> None:
    while channel.store._db.execute("SELECT 1 FROM push").fetchone():  # noqa: ASYNC110
        await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("url", "secret", "named"),
    [
        ("http://app.example/push", SECRET, "https"),
        ("ftp://127.0.0.1/", SECRET, "https"),
        ("https://app.example/push", "short", "SECRET"),
        ("https://app.example/push", "", "SECRET"),
    ],
)
def test_settings_that_cannot_be_are_named(url, secret, named):
    with pytest.raises(ValueError, match=named):
        Receiver.from_environment({"WEBCHAT_PUSH_URL": url, "WEBCHAT_PUSH_SECRET": secret})


def test_no_receiver_no_notices():
    assert Receiver.from_environment({}) is None
    assert Receiver.from_environment(
        {"WEBCHAT_PUSH_URL": "http://localhost/p", "WEBCHAT_PUSH_SECRET": SECRET}
    )

"""A provider that cannot be reached has got nothing, so that nothing is in doubt and the message waits."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import aiohttp
import pytest
from aiohttp import test_utils, web

from channels.lanying_api import TEXT, Lanying
from channels.sending import Later, Refused, Unsure
from channels.tencent import TencentApi, Token
from channels.whatsapp_api import Graph, sending_error
from tests.assistant.channel_fakes import run

Send = Callable[[str, aiohttp.ClientSession], Awaitable[object]]


async def tencent(url: str, http: aiohttp.ClientSession) -> None:
    async def token(_force: bool) -> tuple[str, float]:
        return "token", 7200.0

    api = TencentApi(url, lambda: http, lambda _: http)
    api.token = Token(token, lambda: 0.0)
    await api.deliver("/cgi-bin/message/custom/send", {}, {})


async def whatsapp(url: str, http: aiohttp.ClientSession) -> None:
    try:
        await Graph(url, "token", lambda: http, lambda _: http).post("messages", {})
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        raise sending_error(error, 0) from error


async def lanying(url: str, http: aiohttp.ClientSession) -> None:
    await Lanying(url, "app", "token", 1, lambda: http, lambda _: http).send(2, TEXT, "hello")


@contextmanager
def nobody() -> Iterator[int]:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield closed.getsockname()[1]


@contextmanager
def nobody_who_answers() -> Iterator[int]:
    """A port whose queue is full: whoever connects to it waits."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        try:
            yield full.getsockname()[1]
        finally:
            for each in waiting:
                each.close()


@pytest.mark.parametrize("send", [tencent, whatsapp, lanying])
@pytest.mark.parametrize("there", [nobody, nobody_who_answers])
def test_what_found_no_connection_is_sent_later(send: Send, there: Callable[[], contextmanager]) -> None:
    async def scenario() -> None:
        patience = aiohttp.ClientTimeout(total=15, connect=0.2)
        async with aiohttp.ClientSession(timeout=patience) as http:
            with there() as port, pytest.raises(Later):
                await send(f"http://127.0.0.1:{port}", http)

    run(scenario())


@pytest.mark.parametrize(("status", "meant"), [(429, Later), (502, Unsure), (413, Refused)])
def test_what_stands_between_meta_and_us_may_refuse_for_now_or_for_good(
    status: int, meant: type[Exception]
) -> None:
    async def answers(_request: web.Request) -> web.Response:
        return web.Response(status=status, text="<html>")

    async def scenario() -> None:
        app = web.Application()
        app.router.add_post("/messages", answers)
        async with test_utils.TestServer(app) as server, aiohttp.ClientSession() as http:
            with pytest.raises(meant):
                await whatsapp(str(server.make_url("")).rstrip("/"), http)

    run(scenario())

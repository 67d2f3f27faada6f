"""Which addresses of a provider's answers are fetched from, and how much of an answer is read."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from channels.answers import PLAIN, NotJson, TooMuch, answered, rows, whole_answer
from channels.outside import Outside, Within
from tests.emulators.steering import served

OWN = "http://127.0.0.1:9/api"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/file",
        "http://files.internal/x",
        "https://93.184.216.34/x",
        "https://lookaside.example/x",  # looked up when the connection is made
    ],
)
def test_the_provider_hosts_of_the_settings_and_public_addresses_are_fetched_from(address: str) -> None:
    async def scenario() -> None:
        outside = Outside(OWN, ["files.internal"], lambda: ours)
        outside.open()
        try:
            assert outside.towards(address) is not None
            assert (outside.towards(address) is ours) == (":9/" in address or "internal" in address)
        finally:
            await outside.close()

    ours: Any = object()
    asyncio.run(scenario())


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x",
        "http://127.0.0.1:10/x",
        "https://127.0.0.1:9/x",
        "http://127.0.0.1:9@10.0.0.1/x",
        "http://10.1.2.3/x",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.100.100.200/latest/meta-data/",
        "http://[::1]/x",
        "http://[::ffff:10.0.0.1]/x",
        "http://[fe80::1%25eth0]/x",
        "http://224.0.0.1/x",
        "http://0.0.0.0/x",
        "file:///etc/passwd",
        "ftp://93.184.216.34/x",
        "//10.0.0.1/x",
        "http://",
        "http://[/x",
        "",
    ],
)
def test_nothing_within_is_fetched_from(address: str) -> None:
    with pytest.raises(Within):
        Outside(OWN, [], lambda: pytest.fail("known")).towards(address)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1"])
def test_a_name_that_leads_within_is_noticed_when_the_connection_is_made(host: str) -> None:
    async def scenario() -> None:
        async with answering(says("secret")) as url:
            outside = Outside(OWN, [], lambda: pytest.fail("known"))
            outside.open()
            address = url.replace("127.0.0.1", host)
            with pytest.raises(aiohttp.ClientConnectorError):
                await outside.towards(address).get(address)
            await outside.close()

    asyncio.run(scenario())


def test_hosts_are_a_list() -> None:
    with pytest.raises(ValueError, match="file_hosts"):
        Outside(OWN, "files.internal", lambda: pytest.fail("known"))


def says(body: str | bytes, **headers: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers=headers)

    return answer


@asynccontextmanager
async def answering(handler: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with served(app) as address:
        yield f"{address}/"


def test_an_answer_is_read_up_to_its_limit_packed_or_not() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 1_000)

    async def scenario() -> None:
        options: dict[str, Any] = {"headers": PLAIN, "auto_decompress": False}
        packed = gzip.compress(b" " * 10_000_000)
        async with aiohttp.ClientSession(**options) as http:
            async with answering(endless) as url, http.get(url) as answer:
                with pytest.raises(TooMuch):
                    await whole_answer(answer, 100_000)
            async with answering(says("x" * 1_000)) as url, http.get(url) as answer:
                assert await whole_answer(answer, 1_000) == b"x" * 1_000
            async with (
                answering(says(packed, **{"Content-Encoding": "gzip"})) as url,
                http.get(url) as answer,
            ):
                assert await whole_answer(answer) == packed
            for body in ("", "[]", "null", "<html>", "[" * 100_000):
                async with answering(says(body)) as url, http.get(url) as answer:
                    with pytest.raises(NotJson):
                        await answered(answer)
            async with answering(says('{"a": "\\ud800"}')) as url, http.get(url) as answer:
                assert await answered(answer) == {"a": "\ufffd"}

    asyncio.run(scenario())


def test_of_a_list_only_objects_are_taken() -> None:
    assert rows({"list": [1, {"a": 1}, None, []]}, "list") == [{"a": 1}]
    for odd in (None, [], {"list": None}, {"list": {"a": 1}}, {"list": "x"}, {}):
        assert rows(odd, "list") == []

"""A webhook's body: as it came, and never more of it than is meant to come."""

import asyncio

import aiohttp
import pytest
from sanic import Blueprint, response
from sanic.exceptions import PayloadTooLarge
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import bodies
from channels.bodies import Limited, raw_body
from channels.durable import DurableInput
from tests.assistant.channel_fakes import Server, run, serving_channel
from tests.assistant.raw_http import Answer, Sent, ask, repeated

MOST = 1000


class Counting(DurableInput):
    @classmethod
    def name(cls) -> str:
        return "counting"

    def blueprint(self, on_new_message) -> Blueprint:
        blueprint = Blueprint("counting", __name__)
        self.listen(blueprint, on_new_message)

        @blueprint.route("/", methods=["POST"], stream=True)
        async def take(request: Request) -> HTTPResponse:
            body = await raw_body(request, MOST)
            return response.raw(b"", 413) if body is None else response.raw(body)

        return blueprint


def test_a_body_comes_as_it_is_and_a_long_one_is_refused_unread(tmp_path):
    async def chunks(count: int):
        for _ in range(count):
            yield b"x" * 100

    async def scenario() -> None:
        async with serving_channel(Counting(tmp_path / "x.db")) as server, aiohttp.ClientSession() as http:
            url = f"{server.url}/webhooks/counting/"
            for given, status in (
                (b"\x00\xff \xf0\x9f\x98\x80", 200),
                (b"x" * MOST, 200),
                (b"", 200),
                (b"x" * (MOST + 1), 413),
                (b"x" * 10_000_000, 413),
                (b"after it", 200),
            ):
                try:
                    async with http.post(url, data=given) as answer:
                        assert answer.status == status
                        assert await answer.read() == (given if status == 200 else b"")
                except (aiohttp.ClientError, OSError):
                    assert len(given) > MOST, "only who sends too much may be hung up on"
            async with http.post(url, data=chunks(MOST // 100)) as answer:
                assert answer.status == 200
            try:
                async with http.post(url, data=chunks(MOST // 100 + 1)) as answer:
                    assert answer.status == 413
            except (aiohttp.ClientError, OSError):
                pass

    run(scenario())


async def framed(server: Server, *framing: str, body: bytes = b"hello world") -> Answer:
    port = int(server.url.rpartition(":")[2])
    return await ask(port, Sent("POST", "/webhooks/counting/", body=body), framing=framing)


@pytest.mark.parametrize(
    "framing",
    [
        ("Content-Length: -5",),  # Sanic alone never comes back from it, nor serves anybody else
        ("Content-Length: ",),
        ("Content-Length: eleven",),
        ("Content-Length: 1_1",),
        ("Content-Length: １１",),
        ("Content-Length: " + "9" * 5_000,),
        ("Content-Length: 11", "Content-Length: 11"),
        ("Content-Length: 11", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: gzip",),
        ("Transfer-Encoding: Chunked",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    ],
)
def test_a_body_whose_length_is_not_clear_is_refused_and_others_are_served(tmp_path, framing):
    async def scenario() -> None:
        async with serving_channel(Counting(tmp_path / "x.db")) as server:
            assert (await framed(server, *framing)).status == 400
            assert await framed(server, "Content-Length: 11") == Answer(200, b"hello world")

    run(scenario())


def test_a_body_that_stops_in_the_middle_is_waited_for_no_longer(tmp_path, monkeypatch):
    monkeypatch.setattr(bodies, "READ_SECONDS", 0.1)

    async def scenario() -> None:
        async with serving_channel(Counting(tmp_path / "x.db")) as server:
            assert (await framed(server, "Content-Length: 12")).status == 413

    run(scenario())


def test_what_is_handed_on_ends_at_the_limit_and_says_why():
    async def breaks_off():
        yield b"x"
        raise ValueError("of its own")

    async def scenario() -> None:
        whole = Limited(repeated(b"x" * 100, 10), MOST)
        assert b"".join([piece async for piece in whole.pieces()]) == b"x" * MOST
        assert whole.failed is None
        for pieces, error in ((repeated(b"x" * 100, 11), PayloadTooLarge), (breaks_off(), ValueError)):
            limited = Limited(pieces, MOST)
            with pytest.raises(error):
                _ = [piece async for piece in limited.pieces()]
            assert isinstance(limited.failed, error)

    asyncio.run(scenario())

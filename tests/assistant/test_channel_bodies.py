"""A webhook's body: as it came, and never more of it than is meant to come."""

import aiohttp
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.bodies import raw_body
from channels.durable import DurableInput
from tests.assistant.channel_fakes import run, serving_channel

MOST = 1000


class Counting(DurableInput):
    @classmethod
    def name(cls) -> str:
        return "counting"

    def blueprint(self, on_new_message) -> Blueprint:
        blueprint = Blueprint("counting", __name__)

        @blueprint.route("/", methods=["POST"], stream=True)
        async def take(request: Request) -> HTTPResponse:
            body = await raw_body(request, MOST)
            return response.raw(b"", 413) if body is None else response.raw(body)

        return blueprint


def test_a_body_comes_as_it_is_and_a_long_one_is_refused_unread():
    async def chunks(count: int):
        for _ in range(count):
            yield b"x" * 100

    async def scenario() -> None:
        async with serving_channel(Counting()) as server, aiohttp.ClientSession() as http:
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

"""The example of a mobile client, run as its users run it, against the real connector."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.assistant.channel_fakes import FakeAgent, Server, run, serving
from tests.assistant.customer_client import BASE

EXAMPLE = Path(__file__).parents[2] / "examples" / "mobile_client.py"


class App:
    """The program in a terminal; `state` is what its phone keeps."""

    def __init__(self, process: Process, state: Path) -> None:
        self._process = process
        self.state = state

    async def types(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n".encode())
        await self._process.stdin.drain()

    async def shows(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().rstrip("\n")

    async def is_killed(self) -> None:
        self._process.kill()
        await self._process.wait()

    def kept(self) -> dict:
        return json.loads(self.state.read_text(encoding="utf-8"))

    async def keeps(self, **values: object) -> None:
        while not values.items() <= {**self.kept(), "outbox": None}.items():  # noqa: ASYNC110 -- of a file
            await asyncio.sleep(0.01)


@asynccontextmanager
async def started(server: Server, state: Path) -> AsyncIterator[App]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(EXAMPLE), server.url + BASE, "--state", str(state), stdin=PIPE, stdout=PIPE
    )
    try:
        yield App(process, state)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def test_a_conversation_goes_on_where_it_was_when_the_app_was_killed(tmp_path):
    async def scenario() -> None:
        agent = FakeAgent()
        async with serving(tmp_path / "w.db", agent) as server:
            async with started(server, tmp_path / "phone.json") as app:
                await app.types("您好")
                assert await app.shows() == "bot: echo 您好"
                await app.types("where is my order?")
                assert await app.shows() == "bot: echo where is my order?"
                await app.keeps(shown=4)  # what is shown is noted a moment later
                await app.is_killed()
            (conversation,) = agent.saved
            message = {
                "text": "Your parcel is here",
                "message_id": "a1",
                "author": "agent",
                "author_name": "林",
            }
            await server.channel.get_output_channel().send_response(conversation, message)
            async with started(server, tmp_path / "phone.json") as app:
                assert await app.shows() == "林: Your parcel is here", "nothing twice"
                await app.types("thanks")
                assert await app.shows() == "bot: echo thanks"
            assert agent.handled == ["您好", "where is my order?", "thanks"]
            assert (tmp_path / "phone.json").stat().st_mode & 0o077 == 0, "the token is nobody else's"

    run(scenario())


def test_who_was_away_for_too_long_begins_anew(tmp_path):
    async def scenario() -> None:
        phone = tmp_path / "phone.json"
        phone.write_text(json.dumps({"token": "long forgotten", "shown": 7, "outbox": []}), encoding="utf-8")
        async with serving(tmp_path / "w.db") as server, started(server, phone) as app:
            await app.types("hello")
            assert await app.shows() == "bot: echo hello"

    run(scenario())


def test_what_was_typed_without_a_network_is_sent_when_it_is_back(tmp_path):
    async def scenario() -> None:
        agent = FakeAgent()
        phone = tmp_path / "phone.json"
        async with serving(tmp_path / "w.db", agent) as server, started(server, phone) as app:
            await app.types("first")
            await app.shows()
            await app.keeps(shown=2)
        kept = app.kept()
        kept["outbox"] = [{"client_id": "c1", "text": "second"}, {"client_id": "c2", "text": "third"}]
        phone.write_text(json.dumps(kept), encoding="utf-8")
        for _ in range(2):  # the second time as after a crash before the answer was written down
            phone.write_text(json.dumps(kept), encoding="utf-8")
            async with serving(tmp_path / "w.db", agent) as server, started(server, phone) as app:
                assert [await app.shows() for _ in range(2)] == ["bot: echo second", "bot: echo third"]
        assert agent.handled == ["first", "second", "third"]

    run(scenario())

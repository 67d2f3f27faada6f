"""Connectors on Rasa's kind of web server, in a process of its own whose memory and log are looked at from
outside.

The process reads its apps as JSON from its standard input, each a list of [class, settings] as in
credentials.yml, and prints the port and the routes of each.
"""

import asyncio
import json
import logging
import os
import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import uvloop
from rasa.core.channels.channel import UserMessage, register
from rasa.shared.core.events import UserUttered
from rasa.shared.utils.common import class_from_module_path
from sanic import Sanic

from tests.assistant.channel_fakes import started

START_SECONDS = 60.0
RESPONSE_TIMEOUT = 3600  # as `rasa run` has it
_TURNS, _LOG = "turns.db", "server.log"
# Nothing that goes on by itself writes there.
_BY_WEBHOOKS = ("conversation", "inbox", "session", "upload", "bell", "known_as", "address")


class Assistant:
    """Notes each message on disk and answers it; who asks for a file gets one."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("CREATE TABLE turn (conversation, message_id, text)")
        self.tracker_store = SimpleNamespace(retrieve_full_tracker=self._tracker)

    def is_ready(self) -> bool:
        return True

    async def handle_message(self, message: UserMessage) -> None:
        turn = (message.sender_id, message.message_id, message.text)
        self._db.execute("INSERT INTO turn VALUES (?, ?, ?)", turn)
        answer: dict[str, Any] = {"text": "noted"}
        if "file please" in message.text:
            answer["attachments"] = [{"id": "f1", "name": "a.png", "type": "image/png"}]
        await message.output_channel.send_response(message.sender_id, answer)

    async def _tracker(self, conversation: str) -> Any:
        rows = self._db.execute("SELECT text, message_id FROM turn WHERE conversation = ?", (conversation,))
        return SimpleNamespace(events=[UserUttered(text, message_id=message_id) for text, message_id in rows])


async def serve(apps: Sequence[Sequence[tuple[str, dict[str, Any]]]], folder: Path) -> None:
    Sanic.test_mode = True  # several apps in one process
    agent = Assistant(folder / _TURNS)
    told = []
    for number, channels in enumerate(apps):
        app = Sanic(f"webhooks_{number}", configure_logging=False)
        app.config.ACCESS_LOG = False
        app.config.RESPONSE_TIMEOUT = RESPONSE_TIMEOUT
        app.ctx.agent = agent
        inputs = [class_from_module_path(name).from_credentials(given) for name, given in channels]
        register(inputs, app, route="/webhooks/")
        _, port = await started(app)
        routes = [[method, f"/{route.path}"] for route in app.router.routes for method in route.methods]
        told.append([port, sorted(routes)])
    print(json.dumps(told), flush=True)
    await asyncio.Event().wait()


class Process:
    """The server from outside. `ports` and `routes`: of each app."""

    def __init__(self, pid: int, folder: Path, told: list[Any]) -> None:
        self.pid = pid
        self.folder = folder
        self.ports = [port for port, _ in told]
        self.routes = [{(method, path) for method, path in routes} for _, routes in told]

    def memory(self) -> tuple[float, float]:
        """Megabytes it holds now, and at most."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB$", status, re.MULTILINE))
        return int(found["VmRSS"]) / 1024, int(found["VmHWM"]) / 1024

    @contextmanager
    def within(self, megabytes: float) -> Iterator[None]:
        """What happens needs no more memory than that beside what is held before."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")  # the peak begins anew
        before, _ = self.memory()
        yield
        after, most = self.memory()
        print(f"memory {before:.0f} MB, at most {most:.0f} MB, after it {after:.0f} MB")
        assert most - before < megabytes

    def mistakes(self) -> list[str]:
        """What it has logged with a traceback."""
        entries = re.split(r"^(?=[A-Z]+:\w)", (self.folder / _LOG).read_text(errors="replace"), flags=re.M)
        # Of an address that is no text, before it hangs up, Sanic tells as of a mistake.
        known = "ERROR:sanic.error:protocol.connection_task uncaught"
        return [each for each in entries if "Traceback" in each and not each.startswith(known)]

    def turns(self) -> list[tuple[str, str]]:
        """(conversation, text) of each message that the assistant got, in order."""
        with closing(sqlite3.connect(self.folder / _TURNS)) as db:
            return db.execute("SELECT conversation, text FROM turn ORDER BY rowid").fetchall()

    def heard(self, words: str) -> int:
        """How often the assistant has got it."""
        return [text for _, text in self.turns()].count(words)

    def kept(self) -> dict[str, int]:
        """How much webhooks have left on disk: rows by channel and table."""
        counts = {}
        for path in sorted(self.folder.glob("*.db")):
            if path.name == _TURNS:
                continue
            with closing(sqlite3.connect(path)) as db:
                for table in _BY_WEBHOOKS:
                    (count,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
                    counts[f"{path.stem}.{table}"] = count
        return counts


class Visited:
    """The server as a test's own loop calls it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, process: Process) -> None:
        self.process = process
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, Any], limit: float = 120.0) -> Any:
        return self._loop.run_until_complete(asyncio.wait_for(work, limit))

    async def until(self, condition: Callable[[], object]) -> None:
        while not condition():  # noqa: ASYNC110 -- what another process has on disk
            await asyncio.sleep(0.02)


@contextmanager
def own_loop() -> Iterator[tuple[asyncio.AbstractEventLoop, AsyncExitStack]]:
    """A loop for several tests, and what is entered in it."""
    loop, stack = asyncio.new_event_loop(), AsyncExitStack()
    try:
        yield loop, stack
    finally:
        loop.run_until_complete(stack.aclose())
        loop.close()


@asynccontextmanager
async def serving_apart(
    folder: Path, apps: Sequence[Sequence[tuple[str, dict[str, Any]]]], environ: Mapping[str, str]
) -> AsyncIterator[Process]:
    with (folder / _LOG).open("w") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__, str(folder)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={**os.environ, "BATON_DATA_DIR": str(folder), "PYTHONWARNINGS": "ignore", **environ},
        )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(json.dumps(apps).encode())
        process.stdin.write_eof()
        told = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        assert told, (folder / _LOG).read_text()
        yield Process(process.pid, folder, json.loads(told))
    finally:
        process.kill()
        await process.wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    uvloop.install()  # as `rasa run` does
    asyncio.run(serve(json.loads(sys.stdin.read()), Path(sys.argv[1])))

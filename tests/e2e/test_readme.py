"""The README's commands, run in their order by bash against the real thing, with a customer beside it."""

import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.settings import ROOT
from tests.e2e.stack import Stack
from tests.e2e.waiting import PATIENCE, eventually
from tests.service.docs.pages import blocks

STEPS = [block.body for block in blocks("README.md", "bash take-over")]
END = "--- end of the step ---"


class Bash:
    """One shell for all steps, as a reader has it: what one sets is there in the next. Ends at an error."""

    def __init__(self, stack: Stack) -> None:
        self._process = subprocess.Popen(
            ["bash", "-eu", "-o", "pipefail"],
            cwd=ROOT,
            env={
                **os.environ,
                "BATON_URL": stack.settings.handoff_url,
                "BATON_DATA_DIR": str(stack.settings.data_dir),
                "RASA_URL": stack.settings.rasa_url,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def runs(self, step: str) -> str:
        """What the step prints."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{step}\nprintf '\\n%s\\n' '{END}'\n")
        self._process.stdin.flush()
        printed = ""
        while (line := self._lines.get(timeout=PATIENCE)) != f"{END}\n":
            assert line is not None, f"ended in\n{step}\n{printed}"
            printed += line
        return printed.strip()

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)  # what runs in the background, too
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)


@pytest.fixture
def bash(stack: Stack) -> Iterator[Bash]:
    bash = Bash(stack)
    yield bash
    bash.close()


def test_the_first_conversation(bash):
    (step,) = (block.body for block in blocks("README.md", "bash first-conversation"))

    (answer,) = json.loads(bash.runs(step))

    assert "10023" in answer["text"]


def test_taking_over_by_api(bash, web, desk, owned):
    log_in, listen, take, answer, give_back, resolve, go_home = STEPS
    customer = web()
    customer.says("I want a human")
    waiting = owned(customer.sender_id, "queue")
    customer.answered(1)

    bash.runs(log_in)
    bash.runs(listen)
    stream = Path(bash.runs('echo "$HEADERS.events"'))
    eventually(stream.read_text, "the stream open")

    queued, claimed, mei = map(json.loads, bash.runs(take).splitlines())
    assert [conversation["id"] for conversation in queued["items"]] == [waiting["id"]]
    assert (claimed["owner"], claimed["assignee"]["name"]) == ("agent", "Mei")
    assert mei["presence"] == "online"
    assert "Mei" in customer.answered(1, "system")[0]

    history, said = map(json.loads, bash.runs(answer).splitlines())
    assert "I want a human" in [message["text"] for message in history["items"]]
    assert customer.answered(1, "agent") == [said["text"]]

    returned = json.loads(bash.runs(give_back))
    assert returned["owner"] == "bot"
    assert "order 10025" in customer.answered(2, "system")[-1]
    customer.says("how much is shipping")
    assert "shipping" in customer.answered(2)[-1].lower(), "the bot answers again"

    claimed, resolved = map(json.loads, bash.runs(resolve).splitlines())
    assert claimed["owner"] == "agent"
    assert resolved["status"] == "resolved"

    eventually(lambda: resolved["updated_at"] in stream.read_text(), "all of it on the stream")
    gone, events = bash.runs(go_home).split("\n", 1)
    assert json.loads(gone)["presence"] == "offline"
    assert "event: message.added" in events
    assert said["id"] in events

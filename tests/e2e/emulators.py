"""Providers' emulators, each a process in the assistant's environment, steered over HTTP."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from scripts.settings import ASSISTANT_PYTHON, ROOT

PATIENCE = 240.0
"""Seconds: what a customer writes is brought until Rasa has started again, which can take minutes."""


class Emulator:
    """`/test/…` is for tests: `credentials` of the connector, `messages` that customers got, what a
    `customer` writes."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/test", timeout=PATIENCE)
        self.credentials: dict[str, Any] = self._http.get("/credentials").raise_for_status().json()

    def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._http.get("/messages").raise_for_status().json()
        return found

    def writes(self, rasa_url: str, **message: Any) -> None:
        """A customer's message is brought to the connector, and acknowledged."""
        answer = self._http.post("/customer", json={"rasa_url": rasa_url, **message}).raise_for_status()
        assert answer.json() == 200, answer.text


@contextmanager
def emulated(name: str) -> Iterator[Emulator]:
    process = subprocess.Popen(
        [str(ASSISTANT_PYTHON), "-m", f"tests.emulators.{name}"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield Emulator(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(15)

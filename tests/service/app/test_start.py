"""Starting and stopping."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff_service import app as application
from handoff_service.app import create_app
from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.settings import Settings
from tests.service.callers import Clock
from tests.service.live import wait_until

ROOT = Path(__file__).resolve().parents[3]


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """As operators start it, with nothing in the environment but what is given."""
    return subprocess.run(
        [sys.executable, "-m", "uvicorn", "--factory", "handoff_service.app:create_app", "--port", "0"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


SECRETS = {
    "HANDOFF_SERVICE_KEY": "k" * 32,
    "HANDOFF_TOKEN_SECRET": "t" * 32,
    "RASA_JWT_SECRET": "r" * 32,
}


def test_missing_secrets_are_named_in_one_sentence() -> None:
    ended = start(HANDOFF_SERVICE_KEY="k" * 32, HANDOFF_TOKEN_SECRET="tiny")

    assert ended.returncode != 0
    assert "HANDOFF_TOKEN_SECRET is too short; RASA_JWT_SECRET is not set" in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr + ended.stdout
    assert "tiny" not in ended.stderr + ended.stdout


def test_a_database_that_was_not_migrated_ends_in_one_sentence(tmp_path: Path) -> None:
    ended = start(**SECRETS, BATON_DATA_DIR=str(tmp_path))

    assert ended.returncode != 0
    assert "run ./handoff migrate first" in ended.stdout
    assert "Traceback" not in ended.stderr + ended.stdout


def test_a_database_that_does_not_answer_ends_in_one_sentence() -> None:
    ended = start(**SECRETS, HANDOFF_DATABASE_URL="postgresql://baton:hush@127.0.0.1:9/baton")

    assert ended.returncode != 0
    assert "postgresql://baton:***@127.0.0.1:9/baton cannot be used" in ended.stdout
    assert "hush" not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr + ended.stdout


class TestWorkers:
    @pytest.fixture
    def made(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """Stands in for the outbox's worker: counts how often it was run and woken."""
        made: list[Any] = []

        class Worker:
            def __init__(self, context: Context) -> None:
                self.context = context
                self.runs = self.wakes = 0
                self.cancelled = False
                made.append(self)

            def wake(self) -> None:
                self.wakes += 1

            async def run(self) -> None:
                self.runs += 1
                if self.runs == 1:
                    raise RuntimeError("the first run crashes")
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    self.cancelled = True
                    raise

        monkeypatch.setattr(application, "OutboxWorker", Worker)
        monkeypatch.setattr(application, "RESTART_AFTER", 0)
        return made

    def test_they_run_are_woken_by_commits_started_again_and_stopped(
        self, made: list[Any], settings: Settings, database: Database, clock: Clock
    ) -> None:
        app = create_app(settings, database=database, clock=clock)
        with TestClient(app):
            (worker,) = made
            wait_until(lambda: worker.runs == 2)
            before = worker.wakes
            with app.state.context.work() as unit:
                unit.audit("nothing")
            assert worker.wakes > before

        assert worker.cancelled

    def test_they_can_be_left_out(self, made: list[Any], client: TestClient) -> None:
        assert made == []

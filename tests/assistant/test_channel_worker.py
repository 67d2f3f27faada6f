"""How the inbox is worked off: in order, with patience, and honestly when it does not work."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import UserUttered

from channels.worker import MAX_ATTEMPTS, InboxWorker, RasaAssistant
from tests.assistant.channel_fakes import SilentChannel, run

NOW = 1_800_000_000.0
LIN = "shop:default:lin"


class Channel(SilentChannel):
    def __init__(self, path: Path) -> None:
        super().__init__(path, lambda: NOW)
        self.store.open_conversation(LIN)

    def said(self) -> list[tuple[str, str]]:
        return [(message["author"], message["text"]) for message in self.store.since(LIN, 0)]

    def statuses(self) -> list[str]:
        return [status for (status,) in self.store._db.execute("SELECT status FROM inbox ORDER BY position")]


class Assistant:
    """Rasa, scripted: `turn` may speak and may raise; what ends without an exception is in the tracker."""

    def __init__(self, turn: Callable[[UserMessage, int], Awaitable[None]]) -> None:
        self.turn = turn
        self.is_ready = self.is_working = True
        self.tracker: list[str] = []
        self.begun: list[str] = []
        self.passed_on: list[str] = []

    def ready(self) -> bool:
        return self.is_ready

    async def has(self, conversation: str, message_id: str) -> bool:
        return message_id in self.tracker

    async def handle(self, message: UserMessage) -> None:
        self.begun.append(message.text)
        await self.turn(message, self.begun.count(message.text))
        self.tracker.append(message.message_id)

    async def works(self, conversation: str) -> bool:
        return self.is_working

    def pass_on(self, message: UserMessage) -> None:
        self.passed_on.append(message.text)


async def finished(channel: Channel) -> None:
    """Wait until nothing is left in the inbox."""

    async def wait() -> None:
        while channel.store.next_unfinished(LIN) is not None:  # noqa: ASYNC110 (the disk signals no event)
            await asyncio.sleep(0.001)

    await asyncio.wait_for(wait(), 15)


def worker(channel: Channel, assistant: Assistant) -> InboxWorker:
    return InboxWorker(channel, assistant, retry_delays=(0.0, 0.0))


async def take(channel: Channel, *texts: str) -> list[str]:
    return [(await channel.accept(LIN, text, text)).message_id for text in texts]


async def answer(message: UserMessage, attempt: int) -> None:
    await message.output_channel.send_response(message.sender_id, {"text": f"{message.text}: first"})
    await message.output_channel.send_response(message.sender_id, {"text": f"{message.text}: second"})


def test_what_an_earlier_process_left_is_handled_in_order(tmp_path: Path) -> None:
    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        await take(channel, "one", "two", "three")
        assistant = Assistant(answer)
        worker(channel, assistant).recover()
        await finished(channel)
        assert assistant.begun == ["one", "two", "three"]
        assert channel.statuses() == ["done"] * 3

    run(test())


def test_a_turn_that_had_ended_before_the_crash_is_not_handled_again(tmp_path: Path) -> None:
    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        ended, interrupted = await take(channel, "ended", "interrupted")
        channel.store.begin(ended)
        channel.store.begin(interrupted)
        assistant = Assistant(answer)
        assistant.tracker = [ended]
        worker(channel, assistant).recover()
        await finished(channel)
        assert assistant.begun == ["interrupted"]
        assert channel.statuses() == ["done", "done"]

    run(test())


def test_output_written_before_the_crash_is_not_said_again(tmp_path: Path) -> None:
    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        (message_id,) = await take(channel, "hi")
        channel.store.begin(message_id)
        output = channel.turn_output(message_id)
        await output.send_response(LIN, {"text": "hi: first"})
        worker(channel, Assistant(answer)).recover()
        await finished(channel)
        assert channel.said() == [("customer", "hi"), ("bot", "hi: first"), ("bot", "hi: second")]

    run(test())


def test_an_empty_output_keeps_its_place_in_the_turn(tmp_path: Path) -> None:
    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        (message_id,) = await take(channel, "hi")
        for _ in range(2):
            output = channel.turn_output(message_id)
            await output.send_response(LIN, {"text": None})
            await output.send_response(LIN, {"text": "second"})
        assert channel.said() == [("customer", "hi"), ("bot", "second")]

    run(test())


def test_words_after_the_end_of_a_turn_are_new(tmp_path: Path) -> None:
    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        (message_id,) = await take(channel, "remind me")
        output = channel.turn_output(message_id)
        await output.send_text_message(LIN, "I will")
        output.end()
        await output.send_text_message(LIN, "here is your reminder")
        await output.send_text_message(LIN, "here is your reminder")
        assert len(channel.said()) == 4

    run(test())


def test_every_way_of_speaking_gives_one_message(tmp_path: Path) -> None:
    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        output = channel.get_output_channel()
        buttons = [{"title": "Yes", "payload": "/affirm"}]
        await output.send_text_message(LIN, "one\n\ntwo")
        await output.send_image_url(LIN, "a.png")
        await output.send_attachment(LIN, "b.pdf")
        await output.send_text_with_buttons(LIN, "sure?", buttons)
        await output.send_quick_replies(LIN, "really?", buttons)
        await output.send_elements(LIN, iter([{"title": "Kettle"}]))
        await output.send_custom_json(LIN, {"map": 1})
        await output.send_response(
            LIN, {"text": "all", "buttons": buttons, "image": "c.png", "custom": {"x": 1}}
        )
        said = channel.store.since(LIN, 0)
        assert [message["text"] for message in said] == [
            "one\n\ntwo",
            "",
            "b.pdf",
            "sure?",
            "really?",
            "Kettle",
            "",
            "all",
        ]
        assert said[7]["buttons"] == buttons
        assert (said[7]["image"], said[7]["custom"]) == ("c.png", {"x": 1})

    run(test())


def test_a_turn_that_fails_is_tried_again_and_says_nothing_twice(tmp_path: Path) -> None:
    async def turn(message: UserMessage, attempt: int) -> None:
        await message.output_channel.send_text_message(message.sender_id, "looking")
        if attempt < 3:
            raise ConnectionError("the tracker store is away")
        await message.output_channel.send_text_message(message.sender_id, "found")

    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        await take(channel, "hi")
        assistant = Assistant(turn)
        worker(channel, assistant).recover()
        await finished(channel)
        assert assistant.begun == ["hi"] * 3
        assert channel.said() == [("customer", "hi"), ("bot", "looking"), ("bot", "found")]
        assert channel.statuses() == ["done"]

    run(test())


def test_a_failure_after_the_tracker_was_saved_is_no_second_turn(tmp_path: Path) -> None:
    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        assistant = Assistant(answer)
        handle = assistant.handle

        async def saved_and_then_failed(message: UserMessage) -> None:
            await handle(message)
            raise OSError("after saving")

        assistant.handle = saved_and_then_failed  # type: ignore[method-assign]
        await take(channel, "hi")
        worker(channel, assistant).recover()
        await finished(channel)
        assert assistant.begun == ["hi"]
        assert channel.statuses() == ["done"]

    run(test())


def test_a_message_that_never_works_ends_honestly_and_the_next_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def turn(message: UserMessage, attempt: int) -> None:
        if message.text == "poison":
            try:
                raise ValueError("quoting the customer: poison")
            except ValueError as error:
                raise RuntimeError("quoting the customer, too") from error
        await answer(message, attempt)

    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        await take(channel, "poison", "fine")
        assistant = Assistant(turn)
        worker(channel, assistant).recover()
        await finished(channel)
        assert assistant.begun == ["poison"] * 3 + ["fine"]
        assert assistant.passed_on == ["poison"]
        assert channel.statuses() == ["failed", "done"]
        authors = [author for author, _ in channel.said()]
        assert authors == ["customer", "customer", "system", "bot", "bot"]
        assert "could not process" in channel.said()[2][1]

    with caplog.at_level("INFO", logger="channels"):
        run(test())
    assert "error=RuntimeError < ValueError at test_channel_worker.py:" in caplog.text
    assert "quoting the customer" not in caplog.text


def test_while_rasa_cannot_work_the_message_waits_and_the_desk_hears_of_it_once(tmp_path: Path) -> None:
    tries = MAX_ATTEMPTS + 10

    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")

        async def turn(message: UserMessage, attempt: int) -> None:
            assistant.is_working = attempt >= tries
            if attempt < tries:
                raise ConnectionError("the lock store is away")
            await answer(message, attempt)

        assistant = Assistant(turn)
        (message_id,) = await take(channel, "hi")
        worker(channel, assistant).recover()
        await finished(channel)
        assert assistant.begun == ["hi"] * tries
        assert assistant.passed_on == ["hi"]
        assert channel.said() == [("customer", "hi"), ("bot", "hi: first"), ("bot", "hi: second")]
        query = "SELECT status, attempts FROM inbox WHERE message_id = ?"
        # Of one process: however long it waits, it has not died of the message.
        assert channel.store._db.execute(query, (message_id,)).fetchone() == ("done", 1)

    run(test())


def test_a_message_that_kills_the_process_each_time_is_given_up(tmp_path: Path) -> None:
    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        (deadly,) = await take(channel, "deadly")
        for _ in range(MAX_ATTEMPTS):
            channel.store.begin(deadly)
        assistant = Assistant(answer)
        worker(channel, assistant).recover()
        await finished(channel)
        assert (assistant.begun, assistant.passed_on) == ([], ["deadly"])
        assert channel.said()[-1][0] == "system"

    run(test())


def test_messages_wait_until_rasa_is_ready(tmp_path: Path) -> None:
    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        assistant = Assistant(answer)
        assistant.is_ready = False
        await take(channel, "early")
        working = worker(channel, assistant)
        working.recover()
        await asyncio.sleep(0)
        assert (assistant.begun, channel.statuses()) == ([], ["queued"])
        assistant.is_ready = True
        await finished(channel)
        assert assistant.begun == ["early"]

    run(test())


def test_a_stopping_server_lets_the_turn_end_and_begins_no_other(tmp_path: Path) -> None:
    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        in_turn, go_on = asyncio.Event(), asyncio.Event()

        async def turn(message: UserMessage, attempt: int) -> None:
            in_turn.set()
            await go_on.wait()

        assistant = Assistant(turn)
        await take(channel, "one", "two")
        working = worker(channel, assistant)
        working.recover()
        await in_turn.wait()
        stopping = asyncio.create_task(working.stop())
        await asyncio.sleep(0)
        go_on.set()
        await stopping
        assert channel.statuses() == ["done", "queued"]

    run(test())


def test_a_locked_file_delays_the_message_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.per_conversation._AGAIN", (0.0,))

    async def test() -> None:
        channel = Channel(tmp_path / "shop.db")
        await take(channel, "hi")
        begin, failures = channel.store.begin, 3

        def locked(message_id: str) -> None:
            nonlocal failures
            if failures:
                failures -= 1
                raise sqlite3.OperationalError("database is locked")
            begin(message_id)

        channel.store.begin = locked  # type: ignore[method-assign]
        assistant = Assistant(answer)
        worker(channel, assistant).recover()
        await finished(channel)
        assert (assistant.begun, channel.statuses()) == (["hi"], ["done"])

    run(test())


class TrackerStore:
    def __init__(self, events: list[UserUttered] | Exception | None) -> None:
        self.events = events

    async def retrieve_full_tracker(self, conversation: str) -> SimpleNamespace | None:
        if isinstance(self.events, Exception):
            raise self.events
        return None if self.events is None else SimpleNamespace(events=self.events)


def rasa(events: list[UserUttered] | Exception | None) -> RasaAssistant:
    agent = SimpleNamespace(tracker_store=TrackerStore(events), is_ready=lambda: True)
    return RasaAssistant(SimpleNamespace(ctx=SimpleNamespace(agent=agent)), None)  # type: ignore[arg-type]


def test_rasa_is_asked_for_the_message_in_all_sessions() -> None:
    async def test() -> None:
        events = [UserUttered("old", message_id="m1"), UserUttered("new", message_id="m2")]
        assert await rasa(events).has(LIN, "m1") is True
        assert await rasa(events).has(LIN, "m3") is False
        assert await rasa(None).has(LIN, "m1") is False

    run(test())


def test_a_tracker_store_that_fails_does_not_look_like_an_unknown_message() -> None:
    async def test() -> None:
        with pytest.raises(OSError, match="away"):
            await rasa(OSError("away")).has(LIN, "m1")

    run(test())


@pytest.mark.parametrize("agent", [None, SimpleNamespace(is_ready=lambda: False)])
def test_a_server_without_a_model_is_not_ready(agent: SimpleNamespace | None) -> None:
    app = SimpleNamespace(ctx=SimpleNamespace(agent=agent))
    assert RasaAssistant(app, None).ready() is False  # type: ignore[arg-type]
    assert RasaAssistant(SimpleNamespace(ctx=SimpleNamespace()), None).ready() is False  # type: ignore[arg-type]

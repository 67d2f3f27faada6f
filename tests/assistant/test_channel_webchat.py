"""The web chat connector on a real web server, with customers whose pages are open."""

import asyncio
import contextlib
import json
import logging
import sqlite3
import uuid
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered

from channels.taking import RATE_MESSAGES
from channels.visitors import IDLE_LIFETIME
from channels.webchat import WebchatInput
from tests.assistant.channel_fakes import ORIGIN, FakeAgent, run, serving
from tests.assistant.customer_client import Page, page, stranger


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "webchat.db"


def rows(db: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What another process would read of the file at this moment: only what is committed."""
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def contents(folder: Path) -> bytes:
    """All that is on disk."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def send_raw(url: str, request: bytes) -> bytes:
    """Send bytes as they are and wait until the server ends the connection; what it answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    try:
        with contextlib.suppress(ConnectionError):  # it may hang up before it has heard everything
            writer.write(request)
            await writer.drain()
            writer.write_eof()
            return await reader.read()
        return b""
    finally:
        writer.close()


def test_health_answers_without_a_session(db: Path) -> None:
    async def test() -> None:
        async with (
            serving(db) as server,
            aiohttp.ClientSession() as http,
            http.get(f"{server.url}/webhooks/webchat/") as answer,
        ):
            assert (answer.status, await answer.json()) == (200, {"status": "ok"})

    run(test())


def test_two_visitors_may_use_the_same_client_id(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, page(server) as lin, page(server) as sam:
            assert (await lin.say("from lin", "1")).body["id"] != (await sam.say("from sam", "1")).body["id"]
            assert await lin.shows(2) == ["from lin", "echo from lin"]
            assert await sam.shows(2) == ["from sam", "echo from sam"]

    run(test())


def test_a_burst_of_three_is_handled_in_order_one_at_a_time(db: Path) -> None:
    running = 0

    async def turn(message: UserMessage) -> None:
        nonlocal running
        running += 1
        assert running == 1
        await asyncio.sleep(0)
        await message.output_channel.send_text_message(message.sender_id, f"echo {message.text}")
        running -= 1

    async def test() -> None:
        async with serving(db, FakeAgent(turn)) as server, page(server) as lin:
            answers = await asyncio.gather(*(lin.say(text, text) for text in ("one", "two", "three")))
            assert [answer.status for answer in answers] == [202] * 3
            await lin.shows(6)
            numbers = {lin.shown[answer.body["number"]]["text"]: answer.body["number"] for answer in answers}
            asked = sorted(("one", "two", "three"), key=numbers.__getitem__)
            assert server.agent.handled == asked, "in the order of their acknowledgements"
            assert lin.arrivals == [1, 2, 3, 4, 5, 6]
            echoed = [text for text in lin.texts if text.startswith("echo")]
            assert echoed == [f"echo {text}" for text in asked]

    run(test())


def test_one_conversation_does_not_wait_for_another(db: Path) -> None:
    async def test() -> None:
        released = asyncio.Event()

        async def turn(message: UserMessage) -> None:
            if message.text == "slow":
                await released.wait()
            await message.output_channel.send_text_message(message.sender_id, "answer")

        async with serving(db, FakeAgent(turn)) as server, page(server) as lin, page(server) as sam:
            await lin.say("slow")
            await sam.say("fast")
            assert await sam.shows(2) == ["fast", "answer"]
            assert lin.texts == ["slow"]
            released.set()
            assert await lin.shows(2) == ["slow", "answer"]

    run(test())


def test_rasa_gets_the_conversation_the_message_id_and_the_channel(db: Path) -> None:
    seen: list[UserMessage] = []

    async def turn(message: UserMessage) -> None:
        seen.append(message)
        await message.output_channel.send_text_message(message.sender_id, "answer")

    async def test() -> None:
        sites = {"shop": {"origins": [ORIGIN]}}
        async with (
            serving(db, FakeAgent(turn), account="shop", sites=sites) as server,
            page(server) as lin,
        ):
            answer = await lin.say("hi")
            await lin.shows(2)
            assert seen[0].sender_id == f"webchat:shop:{lin.visitor}"
            assert (seen[0].message_id, seen[0].input_channel) == (answer.body["id"], "webchat")
            assert seen[0].output_channel.name() == "webchat"

    run(test())


def test_what_was_said_while_away_is_replayed_from_the_last_number_seen(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server:
            async with page(server) as lin:
                await lin.say("hello")
                await lin.shows(2)
            push = BotUttered(
                "Lin here", metadata={"message_id": "m1", "author": "agent", "author_name": "Lin"}
            )
            await server.channel.get_output_channel().send_response(lin.conversation, push.message())
            async with page(server, lin.token, after=2) as back:
                assert back.visitor == lin.visitor
                await back.say("and on")
                assert await back.shows(3) == ["Lin here", "and on", "echo and on"]
                assert back.arrivals == [3, 4, 5], "from the next number on, each once"
            async with page(server, lin.token) as anew:
                assert await anew.shows(5) == ["hello", "echo hello", "Lin here", "and on", "echo and on"]
                assert anew.arrivals == [1, 2, 3, 4, 5]

    run(test())


def test_the_service_speaks_once_per_message_id_and_by_name(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, page(server) as lin:
            output = server.channel.get_output_channel()
            push = {"message_id": "m1", "author": "agent", "author_name": "Lin"}
            for text in ("您好", "您好"):
                await output.send_response(lin.conversation, BotUttered(text, metadata=dict(push)).message())
            await output.send_response(lin.conversation, {"text": "the bot", "author": "nobody known"})
            assert await lin.shows(2) == ["您好", "the bot"]
            spoken = {key: lin.shown[1].get(key) for key in ("id", "author", "author_name")}
            assert spoken == {"id": "m1", "author": "agent", "author_name": "Lin"}
            assert lin.shown[2]["author"] == "bot"

    run(test())


def test_a_message_taken_back_is_told_once_and_later_comers_never_get_its_words(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, page(server) as lin:
            output = server.channel.get_output_channel()
            said = {"message_id": "m1", "author": "agent", "author_name": "Lin"}
            recalled = {"message_id": "recall:m1", "author": "agent", "recalls": "m1"}
            await output.send_response(lin.conversation, BotUttered("secret", metadata=said).message())
            await lin.shows(1)
            for _ in range(2):
                await output.send_response(lin.conversation, BotUttered("", metadata=recalled).message())
            await output.send_response(lin.conversation, {"text": "after"})
            assert await lin.shows(3) == ["secret", "", "after"]
            assert (lin.shown[2]["replaces"], lin.shown[2]["recalled"]) == ("m1", True)
            async with page(server, lin.token) as later:
                assert await later.shows(3) == ["", "", "after"]
                assert (later.shown[1]["id"], later.shown[1]["recalled"]) == ("m1", True)

    run(test())


def test_nobody_can_speak_to_a_customer_who_never_came(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server:
            with pytest.raises(LookupError):
                await server.channel.get_output_channel().send_text_message("webchat:default:ghost", "hello?")
            assert rows(db, "SELECT * FROM timeline") == []

    run(test())


def test_two_tabs_of_a_visitor_see_the_same_messages(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, page(server) as first:
            async with page(server, first.token) as second:
                await first.say("hello", "c1")
                await first.shows(2)
                await second.shows(2)
                assert second.shown == first.shown
                assert second.shown[1] == {
                    "number": 1,
                    "id": second.shown[1]["id"],
                    "author": "customer",
                    "client_id": "c1",
                    "text": "hello",
                    "sent_at": second.shown[1]["sent_at"],
                }
            await first.say("the other tab is closed")
            assert len(await first.shows(4)) == 4

    run(test())


def test_a_stranger_sees_nothing(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, page(server) as lin, page(server) as sam:
            await lin.say("secret")
            await lin.shows(2)
            await sam.say("hi")
            await sam.shows(2)
            assert "secret" not in "".join(sam.texts)

    run(test())


@pytest.mark.parametrize(
    "token", ["", "guess", "A" * 43, "A" * 5000, "令牌", 7, {"a": 1}, ["x"], True, "\x00"]
)
def test_a_foreign_or_malformed_token_gets_no_session(db: Path, token: Any) -> None:
    async def test() -> None:
        async with serving(db) as server, stranger(server) as nobody:
            answer = await nobody.open(token=token)
            assert (answer.status, answer.code) == (401, "invalid_token")
            assert "token" not in answer.body
            assert (await nobody.say("am I somebody?")).code == "invalid_token"
            assert (await nobody.open()).status == 200

    run(test())


def test_a_token_dies_after_thirty_idle_days_and_lives_on_when_used(db: Path) -> None:
    now = 1_800_000_000.0
    nearly = IDLE_LIFETIME.total_seconds() - 60

    async def test() -> None:
        nonlocal now
        async with serving(db, now=lambda: now) as server:
            async with page(server) as lin:
                pass
            for _ in range(2):  # twice almost a month: only the use in between keeps it alive
                now += nearly
                async with page(server, lin.token) as back:
                    assert back.visitor == lin.visitor
            now += nearly + 120
            async with stranger(server) as late:
                assert (await late.open(token=lin.token)).code == "invalid_token"

    run(test())


def test_the_token_is_kept_as_a_hash_only(db: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        with caplog.at_level("DEBUG", logger="channels"):
            async with serving(db) as server, page(server) as lin:
                await lin.say("words that are nobody's business")
                await lin.shows(2)
                assert len(lin.token) == 43  # 32 bytes
                assert lin.token.encode() not in contents(db.parent)
                assert lin.token not in caplog.text
                assert "nobody's business" not in caplog.text
                assert f"correlation_id={lin.shown[1]['id']}" in caplog.text

    run(test())
    assert db.stat().st_mode & 0o077 == 0


def test_a_message_before_a_session_is_refused(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, stranger(server) as nobody:
            assert (await nobody.say("hello")).code == "invalid_token"
            assert rows(db, "SELECT * FROM inbox") == []

    run(test())


def test_the_longest_message_passes_whatever_its_characters(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, page(server) as lin:
            assert (await lin.say("😀" * 10_000)).status == 202
            assert (await lin.shows(2))[0] == "😀" * 10_000

    run(test())


def test_characters_that_nobody_can_store_are_replaced(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, page(server) as lin:
            text = "a\x00b\ud800c 😀 مرحبا \u202e"
            assert (await lin.say(text)).status == 202
            await lin.shows(2)
            await server.channel.get_output_channel().send_response(
                lin.conversation, {"text": "x\ud800\x00", "buttons": [{"title": "\udfff", "payload": "\x00"}]}
            )
            await lin.shows(3)
            assert lin.shown[1]["text"] == "a\ufffdb\ufffdc 😀 مرحبا \u202e"
            assert server.agent.handled == ["a\ufffdb\ufffdc 😀 مرحبا \u202e"]
            assert lin.shown[3]["text"] == "x\ufffd\ufffd"
            assert lin.shown[3]["buttons"] == [{"title": "\ufffd", "payload": "\ufffd"}]

    run(test())


POST = b"POST /webhooks/webchat/v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n"
BAD_CHUNKS = POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
MALFORMED = {
    "no HTTP": b"x\r\n\r\n",
    "nothing but zeros": b"\x00" * 1000,
    "another protocol": b"GET /webhooks/webchat/v1/events HTTP/9\r\n\r\n",
    "headers without end": POST + b"X: " + b"x" * 100_000,
    "a header that is none": POST + b"nonsense\r\n\r\n",
    "a length that is no number": POST + b"Content-Length: many\r\n\r\n{}",
    "a body that breaks off": POST + b'Content-Length: 1000\r\n\r\n{"client_id"',
    "chunks that are none": BAD_CHUNKS,
    "chunks that break off": POST + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n{}",
    "a million bytes": POST + b"Content-Length: 1000000\r\n\r\n" + b"x" * 1_000_000,
    "more than the web server takes": POST + b"Content-Length: 200000000\r\n\r\n" + b"x" * 2_000_000,
}


@pytest.mark.parametrize("request_", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_ends_its_own_connection_and_no_other(
    db: Path, request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        async with serving(db) as server, page(server) as lin:
            answer = await send_raw(server.url, request_.replace(b"TOKEN", lin.token.encode()))
            assert b" 20" not in answer.partition(b"\r\n")[0]
            await lin.say("hello")
            assert await lin.shows(2) == ["hello", "echo hello"]
            assert rows(db, "SELECT count(*) FROM inbox") == [(1,)]

    run(test())
    if request_ is not BAD_CHUNKS:  # Sanic 21.12 logs these itself, whatever the address
        assert "Traceback" not in caplog.text


def test_a_flood_is_slowed_down_and_nothing_of_it_is_stored(db: Path) -> None:
    now = 1_800_000_000.0

    async def test() -> None:
        nonlocal now
        async with serving(db, now=lambda: now) as server, page(server) as lin, page(server) as sam:
            answers = [await lin.say(f"{number}", f"c{number}") for number in range(RATE_MESSAGES + 3)]
            assert [answer.status for answer in answers] == [202] * RATE_MESSAGES + [429] * 3
            assert answers[-1].code == "slow_down"
            assert rows(db, "SELECT count(*) FROM inbox") == [(RATE_MESSAGES,)]
            assert (await lin.say("0", "c0")).body == answers[0].body, "a resend is no new message"
            assert (await sam.say("others are not slowed down")).status == 202
            now += int(answers[-1].headers["retry-after"]) + 1
            assert (await lin.say("slower", f"c{RATE_MESSAGES}")).status == 202

    run(test())


def test_a_backlog_has_an_end(db: Path) -> None:
    now = 1_800_000_000.0

    async def test() -> None:
        nonlocal now
        agent = FakeAgent()
        agent.loaded = False
        async with serving(db, agent, now=lambda: now) as server, page(server) as lin:
            refused = None
            for _ in range(60):
                now += 1
                answer = await lin.say("hello?")
                refused = refused or answer.code
            assert refused == "slow_down"
            assert rows(db, "SELECT count(*) FROM inbox") == [(50,)]
            agent.loaded = True
            await lin.until(lambda: len(lin.shown) == 100)
            assert (await lin.say("there you are")).status == 202

    run(test())


def test_a_typed_slash_is_words_and_an_offered_button_is_a_command(db: Path) -> None:
    async def turn(message: UserMessage) -> None:
        buttons = [{"title": "是的", "payload": '/affirm{"order":"10023"}'}]
        await message.output_channel.send_response(message.sender_id, {"text": "对吗？", "buttons": buttons})

    async def test() -> None:
        async with serving(db, FakeAgent(turn)) as server, page(server) as lin, page(server) as sam:
            await lin.say("/restart")
            await lin.shows(2)
            await lin.say('/affirm{"order":"10023"}')
            await lin.shows(4)
            await sam.say('  /affirm{"order":"10023"}')
            await sam.shows(2)
            assert server.agent.handled == [
                "\u2060/restart",
                '/affirm{"order":"10023"}',
                '\u2060  /affirm{"order":"10023"}',
            ]
            assert lin.texts[0] == "/restart", "the customer sees what they typed"
            assert lin.texts[2] == "是的", "and what they pressed"
            assert lin.shown[2]["buttons"] == [{"title": "是的", "payload": '/affirm{"order":"10023"}'}]
            metadata = rows(db, "SELECT metadata FROM inbox ORDER BY position")
            assert [json.loads(value) for (value,) in metadata] == [{}, {"button_title": "是的"}, {}]

    run(test())


def test_a_live_line_that_breaks_does_not_fail_the_turn(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with serving(db) as server, page(server) as lin:

            def broken(*_: Any) -> None:
                raise OSError("the network is down")

            with monkeypatch.context() as patched:
                patched.setattr(server.channel._feed, "ring", broken)
                assert (await lin.say("hello")).status == 202
            async with page(server, lin.token) as back:
                assert await back.shows(2) == ["hello", "echo hello"]

    run(test())


def test_a_file_that_cannot_be_written_is_an_answer_and_not_a_lost_message(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, page(server) as lin:
            blocker = sqlite3.connect(db, isolation_level=None)
            server.channel.store._db.execute("PRAGMA busy_timeout=0")
            blocker.execute("BEGIN IMMEDIATE")
            client_id = uuid.uuid4().hex
            assert (await lin.say("hello", client_id)).code == "unavailable"
            blocker.execute("ROLLBACK")
            blocker.close()
            assert (await lin.say("hello", client_id)).status == 202
            assert await lin.shows(2) == ["hello", "echo hello"]

    run(test())


def test_a_stopping_server_hangs_up_and_leaves_no_task_behind(db: Path) -> None:
    async def test() -> None:
        async with aiohttp.ClientSession() as http, AsyncExitStack() as open_pages:
            async with serving(db) as server:
                lin = Page(server.url, http)
                await lin.open()
                await open_pages.enter_async_context(lin.listening())
            await lin.until(lambda: lin.gone)
            left = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]
            assert not [name for name in left if name.startswith(("HttpProtocol", "InboxWorker", "Visits"))]

    run(test())


def test_log_lines_keep_rasas_level_when_a_library_raises_the_roots(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, rasas = logging.getLogger("channels"), logging.getLogger("rasa")
    monkeypatch.setattr(ours, "level", logging.NOTSET)
    monkeypatch.setattr(rasas, "level", logging.INFO)
    monkeypatch.setattr(logging.getLogger(), "level", logging.WARNING)

    async def test() -> None:
        async with serving(db):
            assert logging.getLogger("channels.durable").getEffectiveLevel() == logging.INFO

    run(test())


def test_an_account_that_would_break_the_conversation_name_stops_the_start() -> None:
    with pytest.raises(ValueError, match="name"):
        WebchatInput.from_credentials({"account": "shop:1"})

"""The web chat connector on a real web server, spoken to by the real Socket.IO client."""

import asyncio
import json
import logging
import sqlite3
import uuid
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered

from channels.taking import RATE_MESSAGES
from channels.visitors import IDLE_LIFETIME
from channels.webchat import WebchatInput
from tests.assistant.channel_fakes import ORIGIN, PATH, Customer, FakeAgent, customer, run, serving


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


async def ask_raw(url: str, frames: list[str]) -> None:
    """Send raw websocket frames and wait until the server ends the connection."""
    async with aiohttp.ClientSession() as http:
        socket_url = f"{url.replace('http', 'ws')}{PATH}/?EIO=4&transport=websocket"
        async with http.ws_connect(socket_url) as ws:
            await ws.receive()
            for frame in frames:
                await ws.send_str(frame)
            async for _ in ws:
                pass


def test_health_answers_without_a_session(db: Path) -> None:
    async def test() -> None:
        async with (
            serving(db) as server,
            aiohttp.ClientSession() as http,
            http.get(f"{server.url}/webhooks/webchat/") as answer,
        ):
            assert (answer.status, await answer.json()) == (200, {"status": "ok"})

    run(test())


def test_a_message_is_on_disk_before_it_is_acknowledged(db: Path) -> None:
    async def test() -> None:
        agent = FakeAgent()
        agent.loaded = False  # nobody handles it: what is on disk was put there by the acknowledgement
        async with serving(db, agent) as server, customer(server) as lin:
            answer = await lin.say("我的订单到哪了", "c1")
            assert answer["ok"] is True
            assert rows(db, "SELECT message_id, client_id, text, status FROM inbox") == [
                (answer["id"], "c1", "我的订单到哪了", "queued")
            ]
            assert rows(db, "SELECT number, id FROM timeline") == [(answer["number"], answer["id"])]

    run(test())


def test_the_same_client_id_is_answered_the_same_and_handled_once(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:
            first = await lin.say("hello", "c1")
            again = await lin.say("hello", "c1")
            assert again == first
            await lin.say("the next", "c2")
            assert await lin.sees(4) == ["hello", "echo hello", "the next", "echo the next"]
            assert server.agent.handled == ["hello", "the next"]

    run(test())


def test_two_visitors_may_use_the_same_client_id(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin, customer(server) as sam:
            assert (await lin.say("from lin", "1"))["id"] != (await sam.say("from sam", "1"))["id"]
            assert await lin.sees(2) == ["from lin", "echo from lin"]
            assert await sam.sees(2) == ["from sam", "echo from sam"]

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
        async with serving(db, FakeAgent(turn)) as server, customer(server) as lin:
            answers = await asyncio.gather(*(lin.say(text) for text in ("one", "two", "three")))
            assert [answer["ok"] for answer in answers] == [True] * 3
            await lin.sees(6)
            assert server.agent.handled == ["one", "two", "three"]
            assert lin.arrivals == [1, 2, 3, 4, 5, 6]
            assert [text for text in lin.texts if text.startswith("echo")] == [
                "echo one",
                "echo two",
                "echo three",
            ]

    run(test())


def test_one_conversation_does_not_wait_for_another(db: Path) -> None:
    async def test() -> None:
        released = asyncio.Event()

        async def turn(message: UserMessage) -> None:
            if message.text == "slow":
                await released.wait()
            await message.output_channel.send_text_message(message.sender_id, "answer")

        async with serving(db, FakeAgent(turn)) as server, customer(server) as lin, customer(server) as sam:
            await lin.say("slow")
            await sam.say("fast")
            assert await sam.sees(2) == ["fast", "answer"]
            assert lin.texts == ["slow"]
            released.set()
            assert await lin.sees(2) == ["slow", "answer"]

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
            customer(server) as lin,
        ):
            answer = await lin.say("hi")
            await lin.sees(2)
            assert seen[0].sender_id == f"webchat:shop:{lin.visitor}"
            assert (seen[0].message_id, seen[0].input_channel) == (answer["id"], "webchat")
            assert seen[0].output_channel.name() == "webchat"

    run(test())


def test_what_was_said_while_away_is_replayed_from_the_last_number_seen(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server:
            async with customer(server) as lin:
                await lin.say("hello")
                await lin.sees(2)
            push = BotUttered(
                "Lin here", metadata={"message_id": "m1", "author": "agent", "author_name": "Lin"}
            )
            await server.channel.get_output_channel().send_response(lin.conversation, push.message())
            async with customer(server, lin.token, after=2) as back:
                assert back.visitor == lin.visitor
                assert [(m["number"], m["text"]) for m in back.shown.values()] == [(3, "Lin here")]
            async with customer(server, lin.token) as anew:
                assert anew.texts == ["hello", "echo hello", "Lin here"]
                await anew.say("and on")
                await anew.sees(5)
                assert anew.arrivals == [4, 5], "what was replayed is not sent again"

    run(test())


def test_the_service_speaks_once_per_message_id_and_by_name(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:
            output = server.channel.get_output_channel()
            push = {"message_id": "m1", "author": "agent", "author_name": "Lin"}
            for text in ("您好", "您好"):
                await output.send_response(lin.conversation, BotUttered(text, metadata=dict(push)).message())
            await output.send_response(lin.conversation, {"text": "the bot", "author": "nobody known"})
            assert await lin.sees(2) == ["您好", "the bot"]
            spoken = {key: lin.shown[1].get(key) for key in ("id", "author", "author_name")}
            assert spoken == {"id": "m1", "author": "agent", "author_name": "Lin"}
            assert lin.shown[2]["author"] == "bot"

    run(test())


def test_a_message_taken_back_is_told_once_and_later_comers_never_get_its_words(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:
            output = server.channel.get_output_channel()
            said = {"message_id": "m1", "author": "agent", "author_name": "Lin"}
            recalled = {"message_id": "recall:m1", "author": "agent", "recalls": "m1"}
            await output.send_response(lin.conversation, BotUttered("secret", metadata=said).message())
            for _ in range(2):
                await output.send_response(lin.conversation, BotUttered("", metadata=recalled).message())
            await output.send_response(lin.conversation, {"text": "after"})
            assert await lin.sees(3) == ["secret", "", "after"]
            assert (lin.shown[2]["replaces"], lin.shown[2]["recalled"]) == ("m1", True)
            async with customer(server, lin.token) as later:
                assert await later.sees(3) == ["", "", "after"]
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
        async with serving(db) as server, customer(server) as first:
            async with customer(server, first.token) as second:
                await first.say("hello", "c1")
                await first.sees(2)
                await second.sees(2)
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
            assert len(await first.sees(4)) == 4

    run(test())


def test_a_stranger_sees_nothing(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin, customer(server) as sam:
            await lin.say("secret")
            await lin.sees(2)
            await sam.say("hi")
            await sam.sees(2)
            assert "secret" not in "".join(sam.texts)

    run(test())


@pytest.mark.parametrize(
    "token", ["", "guess", "A" * 43, "A" * 5000, "令牌", 7, {"a": 1}, ["x"], True, "\x00"]
)
def test_a_foreign_or_malformed_token_gets_no_session(db: Path, token: Any) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:
            answer = await lin.ask("session", {"token": token})
            assert answer["ok"] is False
            assert answer["error"]["code"] == "invalid_token"
            assert "token" not in answer
            assert (await lin.say("am I still somebody?"))["error"]["code"] == "no_session"
            assert (await lin.open())["ok"] is True

    run(test())


def test_a_token_dies_after_thirty_idle_days_and_lives_on_when_used(db: Path) -> None:
    now = 1_800_000_000.0
    nearly = IDLE_LIFETIME.total_seconds() - 60

    async def test() -> None:
        nonlocal now
        async with serving(db, now=lambda: now) as server:
            async with customer(server) as lin:
                pass
            for _ in range(2):  # twice almost a month: only the use in between keeps it alive
                now += nearly
                async with customer(server, lin.token) as back:
                    assert back.visitor == lin.visitor
            now += nearly + 120
            late = Customer()
            await late.connect(server.url)
            assert (await late.open(lin.token))["error"]["code"] == "invalid_token"
            await late.close()

    run(test())


def test_the_token_is_kept_as_a_hash_only(db: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        with caplog.at_level("DEBUG", logger="channels"):
            async with serving(db) as server, customer(server) as lin:
                await lin.say("words that are nobody's business")
                await lin.sees(2)
                assert len(lin.token) == 43  # 32 bytes
                assert lin.token.encode() not in contents(db.parent)
                assert lin.token not in caplog.text
                assert "nobody's business" not in caplog.text
                assert f"correlation_id={lin.shown[1]['id']}" in caplog.text

    run(test())
    assert db.stat().st_mode & 0o077 == 0


def test_a_message_before_a_session_is_refused(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server:
            stranger = Customer()
            await stranger.connect(server.url)
            assert (await stranger.say("hello"))["error"]["code"] == "no_session"
            await stranger.close()
            assert rows(db, "SELECT * FROM inbox") == []

    run(test())


RUBBISH_MESSAGES = [
    ("invalid_payload", None),
    ("invalid_payload", "text"),
    ("invalid_payload", 5),
    ("invalid_payload", []),
    ("invalid_payload", {}),
    ("invalid_payload", {"text": "no client id"}),
    ("invalid_payload", {"client_id": "a", "text": None}),
    ("invalid_payload", {"client_id": "a", "text": 5}),
    ("invalid_payload", {"client_id": "a", "text": ["x"]}),
    ("invalid_payload", {"client_id": "a", "text": {"x": {"y": []}}}),
    ("invalid_payload", {"client_id": "", "text": "x"}),
    ("invalid_payload", {"client_id": 7, "text": "x"}),
    ("invalid_payload", {"client_id": "a" * 65, "text": "x"}),
    ("invalid_payload", {"client_id": "a\x00", "text": "x"}),
    ("invalid_payload", {"client_id": "\ud800", "text": "x"}),
    ("empty", {"client_id": "a", "text": ""}),
    ("empty", {"client_id": "a", "text": " \n\t　"}),
    ("too_long", {"client_id": "a", "text": "x" * 10_001}),
    ("too_long", {"client_id": "a", "text": "😀" * 10_001}),
]


def test_rubbish_is_refused_with_a_reason_and_leaves_nothing(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:
            for code, payload in RUBBISH_MESSAGES:
                answer = await lin.ask("message", payload)
                assert answer["ok"] is False, payload
                assert answer["error"]["code"] == code, payload
                assert answer["error"]["message"], payload
            for payload in (None, "x", 1, [], {"after": -1}, {"after": "1"}, {"after": True}, {"after": 1.5}):
                answer = await lin.ask("session", payload)
                assert answer["error"]["code"] == "invalid_payload", payload
            assert (await lin.ask("user_uttered", {"message": "hi"}))["error"]["code"] == "unknown_event"
            assert (await lin.ask("message", {"client_id": "a"}, {"text": "x"}))["ok"] is False
            assert rows(db, "SELECT * FROM inbox") == rows(db, "SELECT * FROM timeline") == []
            assert (await lin.say("still here"))["ok"] is True

    run(test())


def test_the_longest_message_passes_whatever_its_characters(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:
            assert (await lin.say("😀" * 10_000))["ok"] is True
            assert (await lin.sees(2))[0] == "😀" * 10_000

    run(test())


def test_characters_that_nobody_can_store_are_replaced(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:
            text = "a\x00b\ud800c 😀 مرحبا \u202e"
            assert (await lin.say(text))["ok"] is True
            await lin.sees(2)
            await server.channel.get_output_channel().send_response(
                lin.conversation, {"text": "x\ud800\x00", "buttons": [{"title": "\udfff", "payload": "\x00"}]}
            )
            await lin.sees(3)
            assert lin.shown[1]["text"] == "a\ufffdb\ufffdc 😀 مرحبا \u202e"
            assert server.agent.handled == ["a\ufffdb\ufffdc 😀 مرحبا \u202e"]
            assert lin.shown[3]["text"] == "x\ufffd\ufffd"
            assert lin.shown[3]["buttons"] == [{"title": "\ufffd", "payload": "\ufffd"}]

    run(test())


MALFORMED = {
    "no packet": ["x"],
    "unknown type": ["9"],
    "not JSON": ["40", "42[message"],
    "not an array": ["40", '42{"a":1}'],
    "no event": ["40", "42"],
    "no name": ["40", "42[]"],
    "a name that is no name": ["40", "42[[]]"],
    "nested without end": ["40", "42" + "[" * 100_000],
    "attachments that never come": ["40", '451-["message",{"_placeholder":true,"num":0}]'],
    "a million bytes": ["40", '420["message",{"client_id":"a","text":"' + "x" * 1_000_000 + '"}]'],
    "more than the web server takes": ["40", '420["message",{"text":"' + "x" * 2_000_000 + '"}]'],
}


@pytest.mark.parametrize("frames", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_packet_ends_its_own_connection_and_no_other(
    db: Path, frames: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:
            await ask_raw(server.url, frames)
            await lin.say("hello")
            assert await lin.sees(2) == ["hello", "echo hello"]
            assert len(server.channel._sio.eio.sockets) == 1

    run(test())
    assert "Traceback" not in caplog.text


def test_pages_from_elsewhere_cannot_connect(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server:
            page = Customer()
            with pytest.raises(socketio.exceptions.ConnectionError):
                await page.connect(server.url, Origin="http://evil.example")
            page = Customer()
            await page.connect(server.url, Origin=ORIGIN)
            assert (await page.open())["ok"] is True
            await page.close()

    run(test())


def test_a_flood_is_slowed_down_and_nothing_of_it_is_stored(db: Path) -> None:
    now = 1_800_000_000.0

    async def test() -> None:
        nonlocal now
        async with serving(db, now=lambda: now) as server, customer(server) as lin, customer(server) as sam:
            answers = [await lin.say(f"{number}", f"c{number}") for number in range(RATE_MESSAGES + 3)]
            assert [answer["ok"] for answer in answers] == [True] * RATE_MESSAGES + [False] * 3
            assert answers[-1]["error"]["code"] == "slow_down"
            assert rows(db, "SELECT count(*) FROM inbox") == [(RATE_MESSAGES,)]
            assert await lin.say("0", "c0") == answers[0], "a resend is no new message"
            assert (await sam.say("others are not slowed down"))["ok"] is True
            now += 11
            assert (await lin.say("slower", f"c{RATE_MESSAGES}"))["ok"] is True

    run(test())


def test_a_backlog_has_an_end(db: Path) -> None:
    now = 1_800_000_000.0

    async def test() -> None:
        nonlocal now
        agent = FakeAgent()
        agent.loaded = False
        async with serving(db, agent, now=lambda: now) as server, customer(server) as lin:
            refused = None
            for _ in range(60):
                now += 1
                answer = await lin.say("hello?")
                refused = refused or (answer["error"]["code"] if not answer["ok"] else None)
            assert refused == "slow_down"
            assert rows(db, "SELECT count(*) FROM inbox") == [(50,)]
            agent.loaded = True
            await lin.until(lambda: len(lin.shown) == 100)
            assert (await lin.say("there you are"))["ok"] is True

    run(test())


def test_one_connection_cannot_make_visitors_without_end(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:
            answers = [await lin.ask("session", {}) for _ in range(6)]
            assert answers[-1]["error"]["code"] == "slow_down"
            assert rows(db, "SELECT count(*) FROM session")[0][0] <= 5

    run(test())


def test_a_typed_slash_is_words_and_an_offered_button_is_a_command(db: Path) -> None:
    async def turn(message: UserMessage) -> None:
        buttons = [{"title": "是的", "payload": '/affirm{"order":"10023"}'}]
        await message.output_channel.send_response(message.sender_id, {"text": "对吗？", "buttons": buttons})

    async def test() -> None:
        async with serving(db, FakeAgent(turn)) as server, customer(server) as lin, customer(server) as sam:
            await lin.say("/restart")
            await lin.sees(2)
            await lin.say('/affirm{"order":"10023"}')
            await lin.sees(4)
            await sam.say('  /affirm{"order":"10023"}')
            await sam.sees(2)
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


def test_a_live_socket_that_breaks_does_not_fail_the_turn(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:

            async def broken(*_: Any, **__: Any) -> None:
                raise OSError("the network is down")

            with monkeypatch.context() as patched:
                patched.setattr(server.channel._sio, "emit", broken)
                assert (await lin.say("hello"))["ok"] is True
            async with customer(server, lin.token) as back:
                assert await back.sees(2) == ["hello", "echo hello"]

    run(test())


def test_a_file_that_cannot_be_written_is_an_answer_and_not_a_lost_message(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, customer(server) as lin:
            blocker = sqlite3.connect(db, isolation_level=None)
            server.channel.store._db.execute("PRAGMA busy_timeout=0")
            blocker.execute("BEGIN IMMEDIATE")
            client_id = uuid.uuid4().hex
            assert (await lin.say("hello", client_id))["error"]["code"] == "unavailable"
            blocker.execute("ROLLBACK")
            blocker.close()
            assert (await lin.say("hello", client_id))["ok"] is True
            assert await lin.sees(2) == ["hello", "echo hello"]

    run(test())


def test_a_stopping_server_hangs_up_and_leaves_no_task_behind(db: Path) -> None:
    async def test() -> None:
        page = Customer()
        async with serving(db) as server:
            await page.connect(server.url)
            await page.open()
        await page.until(lambda: page.gone)
        left = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]
        assert not [name for name in left if name.startswith(("AsyncSocket", "InboxWorker"))]

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

"""What customers see of queue and agent, and what the service is told of them, over a real connection."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from channels import visits
from channels.limits import CALLS_A_MINUTE
from tests.assistant.channel_fakes import Server, run, serving
from tests.assistant.customer_client import Client, client
from tests.assistant.fake_visits import BOT, LIN, FakeVisits, queued, serving_visits


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "webchat.db"


async def until(condition: Callable[[], bool], limit: float = 10) -> None:
    async def wait() -> None:
        while not condition():  # noqa: ASYNC110 -- nothing announces it
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), limit)


async def says(server: Server, customer: Client, message_id: str, author: str = "agent") -> None:
    """The service speaks to the customer."""
    message = {"text": "您好", "message_id": message_id, "author": author, "author_name": "林"}
    await server.channel.get_output_channel().send_response(customer.conversation, message)


def receipts(desk: FakeVisits) -> list[tuple[str, list[str]]]:
    return [(body["state"], body["message_ids"]) for _, what, body in desk.told if what == "receipts"]


def test_the_state_comes_at_once_and_with_every_change(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            desk.states[lin.conversation] = queued(2)
            async with lin.stream() as stream:
                await stream.until(lambda: stream.states)
                first = stream.states[0]
                assert (first["owner"], first["position"], first["wait_seconds"]) == ("queue", 2, 180)
                desk.becomes(lin.conversation, LIN)
                await stream.until(lambda: stream.states[-1]["owner"] == "agent")
                assert stream.states[-1]["agent"] == {"name": "林"}
                assert "read_message_id" not in stream.states[-1]
                assert (await lin.messages()).body["state"] == stream.states[-1]

    run(test())


def test_a_change_of_the_state_ends_a_long_poll(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            await lin.messages()
            polling = asyncio.create_task(lin.messages(0, 20))
            await until(lambda: bool(server.channel._feed.conversations()))
            await asyncio.sleep(0.1)
            desk.becomes(lin.conversation, LIN)
            answer = await asyncio.wait_for(polling, 5)
            assert answer.body["state"]["owner"] == "agent"

    run(test())


def test_who_waits_moves_up_when_somebody_else_is_served(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            desk.becomes("whatsapp:shop:1", queued(1))
            desk.states[lin.conversation] = queued(2)
            async with lin.stream() as stream:
                await stream.until(lambda: stream.states and stream.states[-1]["position"] == 2)
                desk.states[lin.conversation] = queued(1, 60)
                desk.becomes("whatsapp:shop:1", LIN)
                await stream.until(lambda: stream.states[-1]["position"] == 1)
                assert stream.states[-1]["wait_seconds"] == 60

    run(test())


def test_typing_shows_for_a_moment_or_until_the_agent_has_spoken(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "TYPING_SECONDS", 0.3)

    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            desk.states[lin.conversation] = LIN
            async with lin.stream() as stream:
                await stream.until(lambda: stream.states)
                desk.types(lin.conversation)
                await stream.until(lambda: stream.states[-1]["typing"])
                await stream.until(lambda: not stream.states[-1]["typing"])
                monkeypatch.setattr(visits, "TYPING_SECONDS", 60)
                desk.types(lin.conversation)
                await stream.until(lambda: stream.states[-1]["typing"])
                await says(server, lin, "m1")
                await stream.until(lambda: not stream.states[-1]["typing"])

    run(test())


def test_the_customers_typing_is_passed_on_at_most_once_in_three_seconds(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            for _ in range(5):
                assert (await lin.call("POST", "/typing", {})).status == 204
            await lin.call("POST", "/read", {"number": 1})
            await until(lambda: bool(desk.told))
            await asyncio.sleep(0.2)
            assert desk.told == [(lin.conversation, "typing", {})]

    run(test())


def test_the_customer_learns_up_to_where_the_agent_has_read(db: Path) -> None:
    async def test() -> None:
        async with (
            serving_visits() as desk,
            serving(db, desk=desk.desk) as server,
            client(server) as lin,
            lin.stream() as stream,
        ):
            await stream.until(lambda: stream.states)
            sent = (await lin.say("hello")).body
            desk.becomes(lin.conversation, {**LIN, "read_message_id": sent["id"]})
            await stream.until(lambda: stream.states[-1].get("read_up_to") == sent["number"])
            desk.becomes(lin.conversation, {**LIN, "read_message_id": "from before this channel"})
            await stream.until(lambda: "read_up_to" not in stream.states[-1])

    run(test())


def test_receipts_name_what_the_service_said_and_each_once(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            await lin.say("hello")
            await lin.sees(2)
            await says(server, lin, "m1")
            await says(server, lin, "m2", "system")
            for _ in range(2):
                assert (await lin.call("POST", "/received", {"number": 3})).status == 204
            await until(lambda: receipts(desk) == [("delivered", ["m1"])])
            await lin.messages(4)  # whoever asks for what comes after it has it
            await until(lambda: receipts(desk)[1:] == [("delivered", ["m2"])])
            assert (await lin.call("POST", "/read", {"number": 10**9})).status == 204
            await until(lambda: receipts(desk)[2:] == [("read", ["m1", "m2"])])
            await lin.call("POST", "/read", {"number": 2})
            await says(server, lin, "m3")
            await lin.call("POST", "/read", {"number": 5})
            await until(lambda: receipts(desk)[3:] == [("read", ["m3"])])

    run(test())


def test_receipts_wait_on_disk_for_the_service_and_for_the_next_start(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk:
            away = desk.desk
            await desk.stop()
            async with serving(db, desk=away) as server, client(server) as lin:
                await says(server, lin, "m1")
                assert (await lin.call("POST", "/read", {"number": 1})).status == 204
                token = lin.token
            await desk.start()
            async with serving(db, desk=desk.desk) as server, client(server, token):
                await until(lambda: receipts(desk) == [("read", ["m1"])])

    run(test())


def test_a_receipt_that_the_service_refuses_holds_nobody_back(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            desk.refuse = 404
            await says(server, lin, "m1")
            await lin.call("POST", "/read", {"number": 1})
            await asyncio.sleep(0.3)
            desk.refuse = None
            await says(server, lin, "m2")
            await lin.call("POST", "/read", {"number": 2})
            await until(lambda: receipts(desk) == [("read", ["m2"])])

    run(test())


def test_a_choice_is_the_services_to_take(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            assert (await lin.call("POST", "/choice", {"choice": "bot"})).status == 204
            assert desk.told == [(lin.conversation, "choice", {"choice": "bot"})]
            desk.refuse = 409
            answer = await lin.call("POST", "/choice", {"choice": "wait"})
            assert (answer.status, answer.code) == (409, "not_waiting")
            desk.refuse = 500
            answer = await lin.call("POST", "/choice", {"choice": "wait"})
            assert (answer.status, answer.code) == (503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0

    run(test())


def test_without_the_service_customers_write_and_receive_and_it_is_found_again(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            desk.becomes(lin.conversation, LIN)
            async with lin.stream() as stream:
                await stream.until(lambda: stream.states and stream.states[-1]["owner"] == "agent")
                await desk.stop()
                await lin.say("hello")
                await stream.sees(2)
                assert stream.states[-1]["owner"] == "agent", "the state ages"
                desk.becomes(lin.conversation, BOT)
                await desk.start()
                await stream.until(lambda: stream.states[-1]["owner"] == "bot", 10)
                assert desk.resumed == [None, "1"], "resumed by number"
                assert len(stream.messages) == 2

    run(test())


def test_who_comes_while_the_service_hangs_gets_an_answer(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk:
            away = desk.desk
            await desk.stop()

            async def hang(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
                await asyncio.sleep(60)

            hanging = await asyncio.start_server(hang, "127.0.0.1", desk.port)
            async with serving(db, desk=away) as server, client(server) as lin:
                answer = await asyncio.wait_for(lin.messages(), 3)
                assert answer.body["state"]["owner"] == "bot"
            hanging.close()

    run(test())


def test_a_rating_is_the_services_to_take_once(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            given = {"id": "r1", "score": 4, "comment": "quick\ud800"}
            assert (await lin.call("POST", "/rating", given)).status == 204
            told = {"id": "r1", "score": 4, "comment": "quick\ufffd"}
            assert desk.told == [(lin.conversation, "rating", told)]
            for status, refusal in ((409, (409, "already_rated")), (404, (404, "not_found"))):
                desk.refuse = status
                answer = await lin.call("POST", "/rating", {"id": "r1", "score": 4})
                assert (answer.status, answer.code) == refusal
            desk.refuse = 500
            assert (await lin.call("POST", "/rating", {"id": "r1", "score": 4})).code == "unavailable"

    run(test())


@pytest.mark.parametrize(
    "wrong",
    [
        *({"id": wrong} for wrong in (None, "", "x" * 65, 1, "\ud800")),
        *({"score": wrong} for wrong in (None, 0, 6, "4", 4.0, True)),
        {"comment": 1},
    ],
)
def test_a_rating_has_the_right_shape(db: Path, wrong: dict[str, Any]) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            answer = await lin.call("POST", "/rating", {"id": "r1", "score": 4, **wrong})
            assert answer.code == "invalid_payload"
            answer = await lin.call("POST", "/rating", {"id": "r1", "score": 4, "comment": "x" * 2001})
            assert answer.code == "too_long"
            assert desk.told == []

    run(test())


@pytest.mark.parametrize("number", [None, -1, "1", 1.5, True, [], {}, 2**53])
def test_a_receipt_is_for_a_number(db: Path, number: Any) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin:
            for path in ("/read", "/received"):
                assert (await lin.call("POST", path, {"number": number})).code == "invalid_payload"
            assert (await lin.call("POST", "/choice", {"choice": number})).code == "invalid_payload"

    run(test())


def test_nobody_keeps_the_service_busy_with_choices(db: Path) -> None:
    now = 1_800_000_000.0

    async def test() -> None:
        nonlocal now
        async with (
            serving_visits() as desk,
            serving(db, desk=desk.desk, now=lambda: now) as server,
            client(server) as lin,
            client(server) as mei,
        ):
            chosen = {"choice": "wait"}
            answers = [await lin.call("POST", "/choice", chosen) for _ in range(CALLS_A_MINUTE + 1)]
            assert [answer.status for answer in answers] == [204] * CALLS_A_MINUTE + [429]
            rating = {"id": "r", "score": 5}
            assert (await lin.call("POST", "/rating", rating)).code == "slow_down"
            assert (await mei.call("POST", "/rating", rating)).status == 204
            assert len(desk.told) == CALLS_A_MINUTE + 1
            now += int(answers[-1].headers["retry-after"])
            assert (await lin.call("POST", "/choice", {"choice": "wait"})).status == 204

    run(test())

"""Leaving a message through the customer protocol, and what the service is told of who is there."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from channels import presence
from tests.assistant.channel_fakes import run, serving
from tests.assistant.customer_client import client
from tests.assistant.fake_visits import FakeVisits, serving_visits


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "webchat.db"


async def until(condition: Callable[[], bool], limit: float = 10) -> None:
    async def wait() -> None:
        while not condition():  # noqa: ASYNC110 -- nothing announces it
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), limit)


def told(desk: FakeVisits, what: str) -> list[Any]:
    return [body for _, kind, body in desk.told if kind == what]


LEFT = {"client_id": "c1", "text": "Where is it?", "email": "mei@example.com", "name": "Mei"}


def test_it_goes_to_the_service_and_not_to_the_bot_and_the_customer_sees_it(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
            answer = await mei.call("POST", "/message", {**LEFT, "language": "en"})
            assert (answer.status, answer.body) == (202, {"id": "left:c1", "number": 1})
            assert told(desk, "message") == [
                {
                    "client_id": "c1",
                    "channel": "webchat",
                    "text": "Where is it?",
                    "email": "mei@example.com",
                    "phone": None,
                    "name": "Mei",
                    "language": "en",
                }
            ]
            [shown] = await mei.sees(1)
            assert (shown["author"], shown["client_id"], shown["text"]) == ("customer", "c1", "Where is it?")
            assert "mei@example.com" not in str(shown)
            assert server.agent.handled == []

    run(test())


def test_the_same_again_is_answered_the_same_also_when_the_answer_was_lost(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
            desk.refuse = 500
            assert (await mei.call("POST", "/message", LEFT)).code == "unavailable"
            desk.refuse = None
            first, again = [await mei.call("POST", "/message", LEFT) for _ in range(2)]
            assert first.body == again.body
            assert len(told(desk, "message")) == 1
            assert len((await mei.messages()).body["messages"]) == 1

    run(test())


@pytest.mark.parametrize(
    ("status", "kind", "refusal"),
    [
        (400, "invalid-contact", (400, "invalid_contact")),
        (409, "with-agent", (409, "with_agent")),
        (409, "customer-blocked", (403, "blocked")),
        (422, "unprocessable", (400, "invalid_payload")),
        (429, "too-many", (429, "slow_down")),
        (503, "storage-away", (503, "unavailable")),
    ],
)
def test_what_the_service_refuses_is_refused_and_not_shown(
    db: Path, status: int, kind: str, refusal: tuple[int, str]
) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
            desk.refuse, desk.refuse_kind = status, kind
            answer = await mei.call("POST", "/message", LEFT)
            assert (answer.status, answer.code) == refusal
            assert ("retry-after" in answer.headers) == (refusal[0] in (429, 503))
            assert (await mei.messages()).body["messages"] == []

    run(test())


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"text": " "}, "empty"),
        ({"text": "x" * 10_001}, "too_long"),
        ({"text": 1}, "invalid_payload"),
        ({"client_id": ""}, "invalid_payload"),
        ({"email": ["mei@example.com"]}, "invalid_payload"),
        ({"name": {}}, "invalid_payload"),
    ],
)
def test_nonsense_does_not_reach_the_service(db: Path, given: dict[str, Any], refusal: str) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
            assert (await mei.call("POST", "/message", {**LEFT, **given})).code == refusal
            assert told(desk, "message") == []

    run(test())


def test_what_the_service_could_not_store_is_replaced(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
            odd = {**LEFT, "text": "a\x00", "name": "\ud800", "email": "mei@example.com\x00"}
            assert (await mei.call("POST", "/message", odd)).status == 202
            ((_, body),) = [(who, body) for who, what, body in desk.told if what == "message"]
            assert (body["text"], body["name"], body["email"]) == (
                "a\ufffd",
                "\ufffd",
                "mei@example.com\ufffd",
            )

    run(test())


def test_without_a_session_nobody_leaves_anything(db: Path) -> None:
    async def test() -> None:
        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
            mei.token = "x" * 43
            assert (await mei.call("POST", "/message", LEFT)).code == "invalid_token"

    run(test())


class TestTheLinkOfAMail:
    def test_it_leads_back_into_the_conversation_and_leaves_other_browsers_alone(self, db: Path) -> None:
        async def test() -> None:
            async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
                await mei.call("POST", "/message", LEFT)
                desk.links["the-link"] = mei.conversation
                async with client(server) as phone:
                    answer = await phone.open(resume="the-link")
                    assert (answer.status, phone.visitor, answer.body["last"]) == (200, mei.visitor, 1)
                    assert phone.token != mei.token
                    for page in (phone, mei):
                        assert [each["text"] for each in await page.sees(1)] == ["Where is it?"]
                        assert (await page.open(token=page.token)).status == 200

        run(test())

    @pytest.mark.parametrize("resume", ["unknown", "", "x" * 513, 7, ["the-link"]])
    def test_another_opens_nothing(self, db: Path, resume: Any) -> None:
        async def test() -> None:
            async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
                answer = await mei.open(resume=resume)
                assert (answer.status, answer.code) == (401, "invalid_token")

        run(test())

    @pytest.mark.parametrize(
        "sender", ["webchat:other:0123", "webchat:default:nobody", "rest-1", "webchat:default:"]
    )
    def test_it_leads_to_this_chats_own_customers_alone(self, db: Path, sender: str) -> None:
        async def test() -> None:
            async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
                desk.links["the-link"] = sender
                assert (await mei.open(resume="the-link")).code == "invalid_token"

        run(test())

    def test_without_the_service_it_is_worth_trying_again(self, db: Path) -> None:
        async def test() -> None:
            async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
                desk.refuse = 503
                answer = await mei.open(resume="the-link")
                assert (answer.status, answer.code) == (503, "unavailable")

        run(test())

    def test_its_session_ends_after_a_month_unused_as_any(self, db: Path) -> None:
        async def test() -> None:
            now = 1_000_000.0
            async with (
                serving_visits() as desk,
                serving(db, desk=desk.desk, now=lambda: now) as server,
                client(server) as mei,
            ):
                desk.links["the-link"] = mei.conversation
                async with client(server) as phone:
                    await phone.open(resume="the-link")
                    now += 29 * 24 * 3600
                    assert (await phone.messages()).status == 200
                    assert (await mei.messages()).status == 200
                    now += 29 * 24 * 3600
                    assert (await phone.messages()).status == 200
                    now += 31 * 24 * 3600
                    assert (await phone.messages()).code == "invalid_token"

        run(test())


class TestPresence:
    @pytest.fixture(autouse=True)
    def _quickly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(presence, "AWAY_SECONDS", 0.4)

    def test_the_service_is_told_who_came_and_after_a_while_who_left(self, db: Path) -> None:
        async def test() -> None:
            async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
                await mei.messages()
                async with mei.stream() as stream:
                    await stream.until(lambda: bool(stream.states))
                    await until(lambda: told(desk, "presence") == [{"connected": True}])
                async with mei.stream() as stream:  # another page, or the same one reloaded
                    await stream.until(lambda: bool(stream.states))
                    await asyncio.sleep(0.8)
                    assert told(desk, "presence") == [{"connected": True}]
                await until(lambda: told(desk, "presence") == [{"connected": True}, {"connected": False}])

        run(test())

    def test_looking_in_now_and_then_is_not_being_there(self, db: Path) -> None:
        async def test() -> None:
            async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as mei:
                await mei.messages()
                await mei.call("POST", "/typing", {})
                await until(lambda: bool(told(desk, "typing")))
                assert told(desk, "presence") == []

        run(test())

    def test_who_does_not_come_back_after_a_restart_is_gone(self, db: Path) -> None:
        async def test() -> None:
            async with serving_visits() as desk:
                async with (
                    serving(db, desk=desk.desk) as server,
                    client(server) as mei,
                    mei.stream() as stream,
                ):
                    await stream.until(lambda: bool(stream.states))
                    await until(lambda: told(desk, "presence") == [{"connected": True}])
                assert told(desk, "presence") == [{"connected": True}]
                async with serving(db, desk=desk.desk):
                    await until(lambda: told(desk, "presence") == [{"connected": True}, {"connected": False}])

        run(test())

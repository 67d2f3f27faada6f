"""The WhatsApp connector on a real server, between an emulated Cloud API and an emulated handoff service."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import httpx
import pytest
from pywa import WhatsApp
from pywa.types import Button, Section, SectionList, SectionRow
from pywa.types.templates import BodyText, TemplateLanguage
from rasa.core.channels.channel import UserMessage

from channels import at_work
from channels.whatsapp import WhatsAppInput
from channels.whatsapp_rendering import requests
from tests.assistant.channel_fakes import FakeAgent, Server, echo, run, serving_channel
from tests.assistant.fake_visits import BOT, FakeVisits
from tests.assistant.fake_visits import LIN as AGENT
from tests.emulators.whatsapp import DAY, NUMBER, SECRET, TOKEN, VERIFY, WABA, Cloud, Person, cloud

LIN = Person("林", phone="8613800000000", user_id="CN.1349")
LIN_ID = "whatsapp:default:CN.1349"
SETTINGS = {
    "phone_number_id": NUMBER,
    "access_token": TOKEN,
    "app_secret": SECRET,
    "verify_token": VERIFY,
}


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Running:
    def __init__(self, server: Server, meta: Cloud, visits: FakeVisits, clock: Clock) -> None:
        self.channel: WhatsAppInput = server.channel
        self.agent = server.agent
        self.url = server.url
        self.meta = meta
        self.visits = visits
        self.clock = clock

    async def until(self, condition: Callable[[], Any]) -> None:
        while not condition():  # noqa: ASYNC110 -- several servers; the test has a limit
            await asyncio.sleep(0.01)

    async def says(self, message_id: str, text: str = "", author: str = "agent", **more: Any) -> None:
        said = {"text": text, "message_id": message_id, "author": author, **more}
        await self.channel.get_output_channel().send_response(LIN_ID, said)

    def told(self, what: str, sender: str | None = None) -> list[Any]:
        return [body for whose, kind, body in self.visits.told if kind == what and sender in (None, whose)]

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.meta.sent]

    def failures(self) -> list[tuple[str, str]]:
        return [
            (each["message_ids"][0], each["reason"])
            for each in self.told("receipts")
            if each["state"] == "failed"
        ]


@asynccontextmanager
async def running(
    tmp_path: Path,
    turn: Callable[[UserMessage], Any] | None = echo,
    *,
    templates: list[dict[str, Any]] | None = None,
) -> AsyncIterator[Running]:
    clock = Clock()
    visits = FakeVisits()
    await visits.start()
    async with cloud(now=clock, templates=templates or []) as meta:
        channel = WhatsAppInput(
            **SETTINGS,
            url=meta.url,
            waba_id=WABA,
            path=tmp_path / "whatsapp.db",
            now=clock,
            desk=visits.desk,
        )
        async with serving_channel(channel, FakeAgent(turn)) as server:
            meta.hook = f"{server.url}/webhooks/whatsapp/webhook"
            try:
                yield Running(server, meta, visits, clock)
            finally:
                await visits.stop()


async def silent(_message: UserMessage) -> None:
    """A bot that leaves it to a person."""


def test_meta_shakes_hands_with_the_right_token_alone(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as whatsapp, aiohttp.ClientSession() as http:
            right = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}
            for given, status, text in (
                (right, 200, "1158201444"),
                ({**right, "hub.verify_token": "guessed"}, 403, ""),
                ({**right, "hub.verify_token": "é"}, 403, ""),
                ({**right, "hub.mode": "unsubscribe"}, 403, ""),
                ({}, 403, ""),
            ):
                async with http.get(whatsapp.meta.hook, params=given) as answer:
                    assert (answer.status, await answer.text()) == (status, text)

    run(scenario())


def test_the_signature_is_checked_over_the_bytes_and_the_rest_is_refused(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            meta = whatsapp.meta
            webhook = meta.webhook(LIN, meta.text("你好 😀"))
            escaped = json.dumps(webhook).encode()
            plain = json.dumps(webhook, ensure_ascii=False, indent=1).encode()
            assert escaped != plain
            for signature in ("", "sha256=", "sha256=" + "0" * 64, "é", "sha1=" + "0" * 40):
                assert await meta.bring(plain, 1, signature=signature) == 401
            assert await meta.bring(b"{", 1) == 200, "it is Meta's: refused it would come again for days"
            assert await meta.bring(b"x" * 10_000_000, 1) in (0, 413)
            assert whatsapp.agent.handled == []
            LIN.wrote_at = whatsapp.clock.now
            meta.people.append(LIN)
            assert await meta.bring(plain, 1) == 200
            assert await meta.bring(escaped, 1) == 200
            await whatsapp.until(lambda: whatsapp.texts)
            assert whatsapp.agent.handled == ["你好 😀"], "one message, however it is written down"

    run(scenario())


def test_nothing_of_noise_is_handled_whoever_has_signed_it(tmp_path):
    chance = random.Random(7)

    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            for _ in range(20):
                noise = chance.randbytes(chance.randrange(400))
                assert await whatsapp.meta.bring(noise, 1, signature="sha256=" + "f" * 64) == 401
                assert await whatsapp.meta.bring(noise, 1) == 200
            for odd in (
                None,
                [],
                {},
                {"entry": [{"changes": [{"field": "messages", "value": {"messages": 1}}]}]},
            ):
                assert await whatsapp.meta.bring(odd, 1) == 200
            assert await whatsapp.meta.bring(b"[" * 100_000, 1) == 200
            assert whatsapp.agent.handled == []

    run(scenario())


def test_ids_of_no_text_and_nests_of_no_sense_cost_nobody_else_in_the_batch(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta = whatsapp.meta
            order: Any = {"text": "deep"}
            for _ in range(300):  # JSON takes more, what handles it later does not
                order = {"order": order}
            messages = [
                {**meta.text("of no text"), "id": "wamid.\ud800"},
                meta.message("order", order),
                meta.message("button", {"payload": "\ud800", "text": "pressed"}),
                meta.text("last"),
            ]
            assert await meta.bring(meta.webhook(LIN, *messages), 1) == 200
            for name in ("\ud800", "a\x00", "a b", "../a", "x" * 200):
                nobody = meta.webhook(Person("x", phone=name, user_id=name), meta.text("nobody's"))
                assert await meta.bring(nobody, 1) == 200
            await whatsapp.until(lambda: "last" in whatsapp.agent.handled)
            assert whatsapp.agent.handled == ["of no text", "/send_attachment", "pressed", "last"]

    run(scenario())


def test_a_batch_is_taken_whole_in_order_and_once(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta = whatsapp.meta
            ann = Person("Ann", phone="15550001", user_id="US.1")
            first = meta.webhook(LIN, meta.text("one"), meta.text("two"))
            second = meta.webhook(ann, meta.text("three"), statuses=[meta.status("wamid.unheard", "read")])
            batch = {**first, "entry": [*first["entry"], *second["entry"]]}
            for _ in range(3):
                assert await meta.bring(batch) == 200
            await whatsapp.until(lambda: len(whatsapp.agent.handled) >= 3)
            assert sorted(whatsapp.agent.handled) == ["one", "three", "two"]
            assert [event.text for event in whatsapp.agent.saved[LIN_ID]] == ["one", "two"]

    run(scenario())


def test_another_number_of_the_business_is_not_ours(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            meta = whatsapp.meta
            assert await meta.bring(meta.webhook(LIN, meta.text("hi"), number="999")) == 200
            await meta.writes(LIN, meta.text("hello"))
            await whatsapp.until(lambda: whatsapp.texts)
            assert whatsapp.agent.handled == ["hello"]

    run(scenario())


def test_the_whole_way_of_an_answer_with_its_receipts(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta = whatsapp.meta
            await meta.writes(LIN, meta.text("hello"))
            await whatsapp.says("a1", "你好，我是林。")
            await whatsapp.until(lambda: meta.sent)
            (sent,) = meta.sent
            assert (sent.to, sent.text) == (LIN.phone, "你好，我是林。")
            for state in ("read", "delivered", "sent", "read"):  # in any order, and again
                await meta.bring(meta.webhook(LIN, statuses=[meta.status(sent.id, state)]))
            await whatsapp.until(lambda: len(whatsapp.told("receipts")) == 3)
            assert whatsapp.told("receipts")[0] == {"message_ids": ["a1"], "state": "read"}
            assert whatsapp.told("name") == [{"channel": "whatsapp", "name": "林"}]

    run(scenario())


def test_buttons_are_pressed_and_typed_ones_count_too(tmp_path):
    buttons = [{"title": f"Choice {n}", "payload": f"/choose_{n}"} for n in range(1, 12)]

    async def scenario() -> None:
        async def offers(message: UserMessage) -> None:
            if (count := message.text.removeprefix("offer ")).isdecimal():
                few = buttons[: int(count)]
                await message.output_channel.send_text_with_buttons(message.sender_id, "Which?", few)

        async with running(tmp_path, offers) as whatsapp:
            meta = whatsapp.meta
            for count in (3, 10, 11):
                await meta.writes(LIN, meta.text(f"offer {count}"))
            await whatsapp.until(lambda: len(meta.sent) == 3)
            assert [each.body.get("interactive", {}).get("type") for each in meta.sent] == [
                "button",
                "list",
                None,
            ]
            assert meta.sent[2].text.splitlines()[-1] == "11. Choice 11"
            reply = {"type": "list_reply", "list_reply": {"id": "/choose_9", "title": "Choice 9"}}
            await meta.writes(LIN, meta.message("interactive", reply))
            made_up = {"type": "button_reply", "button_reply": {"id": "/restart", "title": "Choice 0"}}
            await meta.writes(LIN, meta.message("interactive", made_up))
            await meta.writes(LIN, meta.text("11"))
            await whatsapp.until(lambda: len(whatsapp.agent.handled) == 6)
            assert whatsapp.agent.handled[3:] == ["/choose_9", "Choice 0", "/choose_11"]

    run(scenario())


def test_what_is_sent_is_what_another_client_would_send():
    """pywa as the oracle: its requests for the same, caught on their way."""
    caught: list[dict[str, Any]] = []

    def catch(request: httpx.Request) -> httpx.Response:
        caught.append(json.loads(request.content))
        answer = {"contacts": [{"wa_id": "1", "input": "1"}], "messages": [{"id": "wamid.1"}]}
        return httpx.Response(200, json=answer)

    session = httpx.Client(transport=httpx.MockTransport(catch))
    client = WhatsApp(phone_id=NUMBER, token="x", session=session)
    client.send_message("8613800000000", "你好")
    two = [Button("Orders", callback_data="/a"), Button("Refunds", callback_data="/b")]
    client.send_message("8613800000000", "What?", buttons=two)
    rows = [SectionRow(f"Row {n}", f"/{n}") for n in range(4)]
    client.send_message("8613800000000", "What?", buttons=SectionList("Choose", [Section("", rows)]))
    offered = [{"title": "Orders", "payload": "/a"}, {"title": "Refunds", "payload": "/b"}]
    listed = [{"title": f"Row {n}", "payload": f"/{n}"} for n in range(4)]
    ours = [
        *requests({"text": "你好"}),
        *requests({"text": "What?", "buttons": offered}),
        *requests({"text": "What?", "buttons": listed}),
    ]
    for theirs in caught:
        for section in theirs.get("interactive", {}).get("action", {}).get("sections", ()):
            section.pop("title", None)  # one section needs none
    assert [each["type"] for each in ours] == [each["type"] for each in caught]
    for mine, theirs in zip(ours, caught, strict=True):
        assert _bare(theirs[mine["type"]]) == _bare(mine[mine["type"]])


def _bare(value: Any) -> Any:
    """Without what says nothing."""
    if isinstance(value, dict):
        return {key: _bare(each) for key, each in value.items() if each not in (None, False, "")}
    return [_bare(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "message",
    [
        {"text": "x" * 9000},
        {"text": "Which?", "buttons": [{"title": "t" * 60, "payload": "/a"}]},
        {"text": "Which?", "buttons": [{"title": "t" * 90, "payload": "/a"}]},
        {
            "text": "Which?",
            "buttons": [{"title": "same", "payload": "/a"}, {"title": "same", "payload": "/b"}],
        },
        {"text": "W" * 2000, "buttons": [{"title": "A", "payload": "/a"}]},
        {"text": "", "buttons": [{"title": "A", "payload": "/a"}]},
        {"text": "a picture", "image": "https://example.org/a.png"},
        {"text": "p" * 2000, "image": "https://example.org/a.png"},
    ],
)
def test_whatever_is_said_fits(tmp_path, message):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            await whatsapp.meta.writes(LIN, whatsapp.meta.text("hi"))
            await whatsapp.says("a1", **message)
            count = len(requests(message))
            await whatsapp.until(lambda: len(whatsapp.meta.sent) == count)
            assert whatsapp.failures() == []

    run(scenario())


def test_files_go_both_ways(tmp_path):
    kept: list[tuple[bytes, str]] = []

    async def upload(_sender: str, body: Any, kind: str, params: dict[str, str]) -> tuple[int, Any]:
        kept.append((b"".join([chunk async for chunk in body]), params["name"]))
        return 201, {"id": "f1", "name": params["name"], "type": kind}

    async def scenario() -> None:
        heard: list[Any] = []

        async def hears(message: UserMessage) -> None:
            heard.append(message.metadata)

        async with running(tmp_path, hears) as whatsapp, cloud() as files:
            meta, channel = whatsapp.meta, whatsapp.channel
            channel.desk.upload = upload  # type: ignore[union-attr, method-assign]
            meta.files["m1"] = (b"\xff\xd8picture", "image/jpeg")
            picture = {"id": "m1", "mime_type": "image/jpeg", "caption": "坏了"}
            await meta.writes(LIN, meta.message("image", picture))
            await meta.writes(
                LIN, meta.message("audio", {"id": "gone", "mime_type": "audio/ogg; codecs=opus"})
            )
            await whatsapp.until(lambda: len(heard) == 2)
            assert kept == [(b"\xff\xd8picture", "image.jpg")]
            assert heard[0]["attachments"] == [{"id": "f1", "name": "image.jpg", "type": "image/jpeg"}]
            assert "The file could not be received" in heard[1]["shown"]

            files.files["f9"] = (b"%PDF-1.7", "application/pdf")
            channel.links = SimpleNamespace(  # type: ignore[assignment]
                from_inside=lambda _id, _now: f"{files.url}/files/f9"
            )
            channel.http.headers["Authorization"] = f"Bearer {TOKEN}"
            pdf = {"id": "f9", "name": "发票.pdf", "type": "application/pdf", "size": 8}
            await whatsapp.says("a1", "这是发票", attachments=[pdf])
            await whatsapp.until(lambda: meta.sent)
            assert meta.sent[0].body["document"] == {
                "id": "up0",
                "filename": "发票.pdf",
                "caption": "这是发票",
            }
            assert meta.uploaded["up0"] == (b"%PDF-1.7", "application/pdf")

    run(scenario())


def test_who_shows_no_number_is_answered_by_their_id(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            ann = Person("Ann", user_id="US.77")
            await whatsapp.meta.writes(ann, whatsapp.meta.text("hi"))
            await whatsapp.until(lambda: whatsapp.meta.sent)
            assert whatsapp.meta.sent[0].body["recipient"] == "US.77"
            assert "to" not in whatsapp.meta.sent[0].body

    run(scenario())


def test_one_customer_keeps_one_conversation_whatever_they_are_called(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            meta = whatsapp.meta
            by_number = Person("Bo", phone="111")
            with_id = Person("Bo", phone="111", user_id="US.1")
            moved = Person("Bo", phone="222", user_id="US.2")
            await meta.writes(by_number, meta.text("one"))
            await meta.writes(with_id, meta.text("two"))
            await whatsapp.until(lambda: len(meta.sent) == 2)
            system = {
                "type": "user_changed_number",
                "wa_id": "222",
                "user_id": "US.2",
                "previous_user_id": "US.1",
                "body": "User Bo changed from 111 to 222",
            }
            for _ in range(2):
                await meta.bring(meta.webhook(None, meta.message("system", system, **{"from": "111"})))
            await meta.writes(moved, meta.text("three"))
            await whatsapp.until(lambda: len(meta.sent) == 3)
            assert list(whatsapp.agent.saved) == ["whatsapp:default:111"]
            assert [each.to for each in meta.sent] == ["111", "111", "222"]
            gone = {"type": "user_changed_user_id", "user_id": "US.3", "previous_user_id": "US.2"}
            await meta.bring(meta.webhook(None, meta.message("system", gone)))
            await meta.writes(Person("Bo", user_id="US.3"), meta.text("four"))
            await whatsapp.until(lambda: len(meta.sent) == 4)
            assert list(whatsapp.agent.saved) == ["whatsapp:default:111"]
            assert meta.sent[3].body["recipient"] == "US.3"

    run(scenario())


def test_who_gets_somebodys_old_number_gets_nothing_of_theirs(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            meta = whatsapp.meta
            await meta.writes(Person("Old", phone="111", user_id="US.1"), meta.text("one"))
            await whatsapp.until(lambda: len(meta.sent) == 1)
            await meta.writes(Person("New", phone="111", user_id="US.9"), meta.text("two"))
            await whatsapp.until(lambda: len(meta.sent) == 2)
            assert list(whatsapp.agent.saved) == ["whatsapp:default:US.1", "whatsapp:default:US.9"]
            old = whatsapp.channel.address("whatsapp:default:US.1")
            assert old["phone"] is None
            # and a name that was somebody's conversation names another one
            system = {"type": "user_changed_number", "wa_id": "444"}
            await meta.writes(Person("By number", phone="333"), meta.text("three"))
            await whatsapp.until(lambda: len(meta.sent) == 3)
            await meta.bring(meta.webhook(None, meta.message("system", system, **{"from": "333"})))
            await meta.writes(Person("Next", phone="333"), meta.text("four"))
            await whatsapp.until(lambda: len(meta.sent) == 4)
            assert list(whatsapp.agent.saved)[2:] == ["whatsapp:default:333", "whatsapp:default:333.2"]

    run(scenario())


@pytest.mark.parametrize("late", [False, True])
def test_after_a_day_nothing_more_is_said_and_the_agent_knows_why(tmp_path, late):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta = whatsapp.meta
            meta.late_window = late
            await meta.writes(LIN, meta.text("hello"))
            await whatsapp.until(lambda: whatsapp.told("window"))
            assert whatsapp.told("window")[-1]["messages"] is None
            LIN.wrote_at = whatsapp.clock.now - DAY  # Meta counts otherwise than we do
            await whatsapp.says("a1", "are you there?")
            await whatsapp.until(whatsapp.failures)
            assert whatsapp.failures() == [("a1", "window_closed")]
            await whatsapp.until(lambda: whatsapp.told("window")[-1] == {"messages": 0, "until": None})
            await whatsapp.says("a2", "not even tried")
            await whatsapp.until(lambda: len(whatsapp.failures()) == 2)
            whatsapp.clock.now += 5
            await meta.writes(LIN, meta.text("here again"))
            await whatsapp.says("a1", "are you there?", resend=7)
            await whatsapp.until(lambda: whatsapp.texts)
            assert whatsapp.texts == ["are you there?"]

    run(scenario())


def test_an_old_refusal_does_not_close_what_the_customer_has_opened_since(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta = whatsapp.meta
            await meta.writes(LIN, meta.text("hello"))
            await whatsapp.says("a1", "one")
            await whatsapp.until(lambda: meta.sent)
            refused = meta.status(meta.sent[0].id, "failed", 131047)
            whatsapp.clock.now += 60
            await meta.writes(LIN, meta.text("still here"))
            await meta.bring(meta.webhook(LIN, statuses=[refused]))
            await whatsapp.until(whatsapp.failures)
            await whatsapp.says("a2", "two")
            await whatsapp.until(lambda: len(meta.sent) == 2)

    run(scenario())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (190, "not_permitted"),
        (10, "not_permitted"),
        (131031, "not_permitted"),
        (131026, "customer_unreachable"),
        (131050, "customer_refused"),
        (131049, "held_back"),
        (131053, "media_refused"),
        (132001, "template_refused"),
        (999999, "unknown"),
    ],
)
def test_refusals_are_told_with_their_reason_and_hold_nobody_back(tmp_path, caplog, code, reason):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta = whatsapp.meta
            await meta.writes(LIN, meta.text("hello"))
            meta.refuse = [code]
            await whatsapp.says("a1", "one")
            await whatsapp.says("a2", "two")
            await whatsapp.until(lambda: meta.sent and whatsapp.failures())
            assert (whatsapp.texts, whatsapp.failures()) == (["two"], [("a1", reason)])
            later = meta.status(meta.sent[0].id, "failed", code)
            await meta.bring(meta.webhook(LIN, statuses=[later]))
            await whatsapp.until(lambda: len(whatsapp.failures()) == 2)
            assert whatsapp.failures()[1] == ("a2", reason)

    run(scenario())
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert bool(told) == (reason in ("not_permitted", "unknown")), (
        "what people here must mend stands in the log"
    )
    assert not any(TOKEN in line for line in told)


def test_too_fast_is_waited_for_longer_each_time(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta = whatsapp.meta
            await meta.writes(LIN, meta.text("hello"))
            meta.refuse = [131056, 130429, 80007]
            begun, waits = whatsapp.clock.now, []
            await whatsapp.says("a1", "one")
            for seconds in (1, 4, 16):
                await whatsapp.until(lambda: _due(whatsapp) > whatsapp.clock.now)
                waits.append(_due(whatsapp) - whatsapp.clock.now)
                whatsapp.clock.now += seconds
            await whatsapp.until(lambda: meta.sent)
            assert waits == [1, 4, 16]
            assert whatsapp.clock.now == begun + 21

    run(scenario())


def _due(whatsapp: Running) -> float:
    part = whatsapp.channel.outgoing.next(LIN_ID)
    return part.due_at if part is not None else 0.0


def test_an_answer_that_never_came_is_unconfirmed_until_whatsapp_tells_of_the_message(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta = whatsapp.meta
            await meta.writes(LIN, meta.text("hello"))
            meta.drop_answers = 1
            await whatsapp.says("a1", "one")
            await whatsapp.until(whatsapp.failures)
            assert whatsapp.failures() == [("a1", "unconfirmed")]
            (sent,) = meta.sent
            key = sent.body["biz_opaque_callback_data"]
            status = meta.status(sent.id, "delivered", biz_opaque_callback_data=key)
            await meta.bring(meta.webhook(LIN, statuses=[status]))
            await whatsapp.until(lambda: whatsapp.told("receipts")[-1]["state"] == "delivered")
            await whatsapp.says("a1", "one")
            await whatsapp.says("a2", "two")
            await whatsapp.until(lambda: len(meta.sent) == 2)
            assert whatsapp.texts == ["one", "two"], "what has arrived is not said twice"

    run(scenario())


def test_customers_see_that_an_agent_types_and_reads(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta, visits = whatsapp.meta, whatsapp.visits
            visits.states[LIN_ID] = AGENT
            message = meta.text("hello")
            await meta.writes(LIN, message)
            await whatsapp.until(lambda: whatsapp.agent.handled and visits.resumed)
            ours = whatsapp.channel.store.accepted(LIN_ID, message["id"])
            for _ in range(2):
                visits.becomes(LIN_ID, {"owner": "agent", "read_message_id": ours.message_id})
            visits.types(LIN_ID)
            await whatsapp.until(lambda: len(meta.seen) == 2)
            read = {"messaging_product": "whatsapp", "status": "read", "message_id": message["id"]}
            assert sorted(meta.seen, key=len) == [read, {**read, "typing_indicator": {"type": "text"}}]

    run(scenario())


def thinking(until: Callable[[], bool]) -> Callable[[UserMessage], Any]:
    """A bot whose answer takes until then."""

    async def turn(message: UserMessage) -> None:
        while not until():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await echo(message)

    return turn


def test_what_the_bot_answers_at_once_is_shown_as_read(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            meta = whatsapp.meta
            one = meta.text("one")
            await meta.writes(LIN, one)
            await whatsapp.until(lambda: meta.sent and meta.seen)
            read = {"messaging_product": "whatsapp", "status": "read", "message_id": one["id"]}
            assert meta.seen == [read]

    run(scenario())


def test_customers_see_that_the_bot_works_on_each_message_and_the_answer_goes_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(at_work, "AT_ONCE_SECONDS", 0.0)

    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            meta = whatsapp.meta
            tries: list[str] = []

            async def turn(message: UserMessage) -> None:
                tries.append(message.text)
                await whatsapp.until(lambda: len(meta.seen) == len(set(tries)))
                if len(tries) == 1:
                    raise RuntimeError("the action server is away")
                await echo(message)

            whatsapp.agent.turn = turn
            messages = [meta.text("one"), meta.text("two")]
            for number, each in enumerate(messages, 1):
                await meta.writes(LIN, each)
                await whatsapp.until(lambda number=number: len(meta.sent) == number)
            working = {"messaging_product": "whatsapp", "status": "read"}
            typing = {"typing_indicator": {"type": "text"}}
            assert meta.seen == [{**working, "message_id": each["id"], **typing} for each in messages]
            assert [each.get("status", "message") for each in meta.calls] == ["read", "message"] * 2

    run(scenario())


@pytest.mark.parametrize("owner", ["queue", "agent"])
def test_what_the_bot_leaves_to_a_person_is_not_shown_as_read(tmp_path, owner):
    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            meta = whatsapp.meta
            await meta.writes(LIN, meta.text("a person, please"))
            await whatsapp.until(lambda: meta.sent and meta.seen)
            shown = list(meta.seen)
            whatsapp.channel.begin_anew()
            whatsapp.visits.states[LIN_ID] = {**BOT, "owner": owner}
            whatsapp.agent.turn = thinking(lambda: bool(whatsapp.visits.asked))
            await meta.writes(LIN, meta.text("are you there?"))
            await whatsapp.until(lambda: len(meta.sent) == 2)
            assert meta.seen == shown

    run(scenario())


def test_while_the_service_is_away_nothing_is_shown_and_the_bot_answers(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            meta = whatsapp.meta
            await meta.writes(LIN, meta.text("one"))
            await whatsapp.until(lambda: meta.sent and meta.seen)
            whatsapp.channel.begin_anew()
            await whatsapp.visits.stop()
            await meta.writes(LIN, meta.text("two"))
            await whatsapp.until(lambda: len(meta.sent) == 2)
            assert len(meta.seen) == 1

    run(scenario())


def test_it_can_be_switched_off_and_a_slow_service_holds_nothing_up(tmp_path, monkeypatch):
    async def scenario() -> None:
        async with running(tmp_path) as whatsapp:
            whatsapp.channel.bot_typing = False
            await whatsapp.meta.writes(LIN, whatsapp.meta.text("one"))
            await whatsapp.until(lambda: len(whatsapp.meta.sent) == 1)
            assert whatsapp.visits.asked == []
            whatsapp.channel.bot_typing = True
            answers = asyncio.Event()

            async def slow(_conversation: str) -> dict[str, Any]:
                await answers.wait()
                return BOT

            monkeypatch.setattr(whatsapp.channel.desk, "state", slow)
            two = whatsapp.meta.text("two")
            await whatsapp.meta.writes(LIN, two)
            await whatsapp.until(lambda: len(whatsapp.meta.sent) == 2)
            assert whatsapp.meta.seen == []
            answers.set()
            await whatsapp.until(lambda: whatsapp.meta.seen)
            assert [each["message_id"] for each in whatsapp.meta.seen] == [two["id"]]
            assert "typing_indicator" not in whatsapp.meta.seen[0], "it has been answered"

    run(scenario())


def test_what_is_done_to_an_earlier_message_is_told_to_the_desk_and_not_to_the_bot(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta = whatsapp.meta
            first = meta.text("order 123")
            await meta.writes(LIN, first)
            new = {"type": "text", "text": {"body": "order 124"}}
            await whatsapp.says("a1", "Which order?")
            await whatsapp.until(lambda: meta.sent)
            shown = {"message_id": meta.sent[0].id, "emoji": "👍"}
            await meta.writes(
                LIN,
                meta.message("edit", {"original_message_id": first["id"], "message": new}),
                meta.message("reaction", shown),
                meta.message("reaction", {"message_id": meta.sent[0].id}),
                meta.message("reaction", {"message_id": "wamid.unheard", "emoji": "👍"}),
                meta.message("revoke", {"original_message_id": first["id"]}),
                meta.message("revoke", {"original_message_id": "wamid.unheard"}),
            )
            await whatsapp.until(lambda: len(whatsapp.told("changes")) == 4)
            ours = whatsapp.channel.store.accepted(LIN_ID, first["id"]).message_id
            told = [(each["message_id"], each["change"], each["text"]) for each in whatsapp.told("changes")]
            assert told == [
                (ours, "edited", "order 124"),
                ("a1", "reacted", "👍"),
                ("a1", "reacted", ""),
                (ours, "recalled", ""),
            ]
            await meta.writes(LIN, meta.text("bye"))
            await whatsapp.until(lambda: len(whatsapp.agent.handled) == 2)
            assert whatsapp.agent.handled == ["order 123", "bye"]

    run(scenario())


def test_reactions_to_what_the_bot_said_name_its_place_in_the_turn(tmp_path):
    async def scenario() -> None:
        async def turn(message: UserMessage) -> None:
            for text in ("short", "long " * 1000):
                await message.output_channel.send_response(message.sender_id, {"text": text})

        async with running(tmp_path, turn) as whatsapp:
            meta = whatsapp.meta
            written = meta.text("hello")
            await meta.writes(LIN, written)
            await whatsapp.until(lambda: len(meta.sent) == 3)
            ours = whatsapp.channel.store.accepted(LIN_ID, written["id"]).message_id
            emojis = ("👍", "👎", "🤔")
            for sent, emoji in zip(meta.sent, emojis, strict=True):
                await meta.writes(LIN, meta.message("reaction", {"message_id": sent.id, "emoji": emoji}))
            await whatsapp.until(lambda: len(whatsapp.told("changes")) == 3)
            told = [(each["message_id"], each["text"]) for each in whatsapp.told("changes")]
            assert told == [(f"{ours}.0", "👍"), (f"{ours}.1", "👎"), (f"{ours}.1", "🤔")]

    run(scenario())


def test_the_desk_is_told_of_the_templates_that_agents_can_fill_in(tmp_path):
    def approved(name: str, body: str, *more: dict[str, Any], **given: str) -> dict[str, Any]:
        told = {"name": name, "language": "en_US", "status": "APPROVED", "category": "UTILITY", **given}
        return {**told, "components": [{"type": "BODY", "text": body}, *more]}

    picture = {"type": "HEADER", "format": "IMAGE"}
    link = {"type": "URL", "text": "Track", "url": "https://example.org/{{1}}"}
    footer = {"type": "FOOTER", "text": "The shop"}
    templates = [
        approved("shipped", "Order {{1}} comes on {{2}}.", footer),
        approved("named", "Hello {{first_name}}"),
        approved("picture", "Look", picture),
        approved("linked", "Track it", {"type": "BUTTONS", "buttons": [link]}),
        approved("code", "{{1}} is your code", category="AUTHENTICATION"),
        approved("paused", "Hello", status="PAUSED"),
        approved("hello", "Hello"),
    ]

    async def scenario() -> None:
        async with running(tmp_path, templates=templates) as whatsapp:
            await whatsapp.until(lambda: whatsapp.visits.templates)
            (told,) = whatsapp.visits.templates
            assert (told["channel"], told["account"]) == ("whatsapp", "default")
            assert told["templates"] == [
                {"name": "shipped", "language": "en_US", "body": "Order {{1}} comes on {{2}}."},
                {"name": "hello", "language": "en_US", "body": "Hello"},
            ]

    run(scenario())


def test_a_template_goes_out_when_nothing_else_may_and_opens_nothing(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path, silent) as whatsapp:
            meta = whatsapp.meta
            await meta.writes(LIN, meta.text("hello"))
            whatsapp.clock.now += DAY
            shipped = {"name": "shipped", "language": "en_US", "variables": ["AB12", "Monday"]}
            await whatsapp.says("a1", "free words")
            await whatsapp.says("a2", "Order AB12 comes on Monday.", template=shipped)
            await whatsapp.says("a3", "free words again")
            await whatsapp.until(lambda: len(whatsapp.failures()) == 2)
            assert whatsapp.failures() == [("a1", "window_closed"), ("a3", "window_closed")]
            (sent,) = meta.sent
            assert sent.body["template"] == _pywa_template("shipped", "en_US", ["AB12", "Monday"])

    run(scenario())


def _pywa_template(name: str, language: str, values: list[str]) -> dict[str, Any]:
    """As pywa sends it."""
    caught: list[dict[str, Any]] = []

    def catch(request: httpx.Request) -> httpx.Response:
        caught.append(json.loads(request.content))
        answer = {"contacts": [{"wa_id": "1", "input": "1"}], "messages": [{"id": "wamid.1"}]}
        return httpx.Response(200, json=answer)

    client = WhatsApp(phone_id=NUMBER, token="x", session=httpx.Client(transport=httpx.MockTransport(catch)))
    body = BodyText.params(*values)
    client.send_template("8613800000000", name, TemplateLanguage(language), [body])
    template: dict[str, Any] = caught[0]["template"]
    for component in template["components"]:
        component["type"] = component["type"].lower()  # Meta takes both, and writes it so
    return template


def test_what_is_missing_in_the_settings_is_named():
    with pytest.raises(ValueError, match="app_secret, verify_token"):
        WhatsAppInput.from_credentials({"phone_number_id": "1", "access_token": "x", "app_secret": ""})
    made = WhatsAppInput.from_credentials({**SETTINGS, "account": "shop", "version": "v26.0"})
    assert made.url_prefix() == "whatsapp"
    shipped = {"name": "shipped", "language": "en", "body": "Order {{1}}"}
    WhatsAppInput.from_credentials({**SETTINGS, "templates": [shipped]})
    for wrong in ({**shipped, "body": "Order {{2}}"}, {"name": "shipped"}, "shipped"):
        with pytest.raises(ValueError, match="templates"):
            WhatsAppInput.from_credentials({**SETTINGS, "templates": [wrong]})
    with pytest.raises(ValueError, match="account"):
        WhatsAppInput.from_credentials({**SETTINGS, "account": "a:b"})

"""蓝莺IM: the connector against the provider's emulator."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from rasa.core.channels.channel import UserMessage

from channels import lanying_api, recalling, sending
from channels.audio_length import seconds_of
from channels.file_links import FileLinks
from channels.lanying import NOTE, REASON, SENTENCE, LanyingInput
from channels.provider import NOT_RECEIVED
from channels.taking import WITHOUT_WORDS
from tests.assistant.channel_fakes import FakeAgent, Server, run, serving_channel
from tests.assistant.fake_visits import KEY, PUBLIC, FakeVisits, serving_visits
from tests.emulators.lanying import APP, BOT, LIN, OTHER_BOT, SIGNATURE, TOKEN, LanyingEmulator

CONVERSATION = f"lanying:default:{LIN}"
REGISTRATION = "r" * 32


class Assistant(FakeAgent):
    """Keeps what it hears, and what the desk hears without it; answers as `turn` says."""

    def __init__(self, turn: Any = None) -> None:
        super().__init__(self.hear)
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.shipped: list[dict[str, Any]] = []
        self.tracker_store.event_broker = SimpleNamespace(publish=self.shipped.append)
        self.answer = turn

    async def hear(self, message: UserMessage) -> None:
        self.heard.append((message.text, message.metadata))
        if self.answer is not None:
            await self.answer(message)


class House:
    """Provider, connector and handoff service, running."""

    def __init__(
        self, provider: LanyingEmulator, server: Server, agent: Assistant, visits: FakeVisits
    ) -> None:
        self.provider = provider
        self.channel: LanyingInput = server.channel
        self.agent = agent
        self.visits = visits
        self.users = f"{server.url}/webhooks/lanying/users"
        self.callback = f"{server.url}/webhooks/lanying/callback"

    async def writes(self, content: str = "hello", **changed: Any) -> int:
        return await self.provider.calls_back(self.callback, content=content, **changed)

    async def until(self, condition: Callable[[], Any]) -> None:
        while not condition():  # noqa: ASYNC110 -- several processes' worth of servers, no one event
            await asyncio.sleep(0.005)

    async def quiet(self) -> None:
        await self.until(
            lambda: not (self.channel._worker._tasks or self.channel._sender._tasks)  # type: ignore[union-attr]
        )

    async def agent_says(self, message_id: str, text: str = "", **more: Any) -> None:
        message = {"text": text, "message_id": message_id, "author": "agent", "author_name": "林", **more}
        await self.channel.get_output_channel().send_response(CONVERSATION, message)
        await self.quiet()

    def told(self, what: str) -> list[Any]:
        return [body for _, told, body in self.visits.told if told == what]


@asynccontextmanager
async def house(folder: Path, turn: Any = None, **options: Any) -> AsyncIterator[House]:
    agent = Assistant(turn)
    async with LanyingEmulator().running() as provider, serving_visits() as visits:
        settings = {
            "app_id": APP,
            "access_token": TOKEN,
            "user_id": BOT,
            "callback_signature": SIGNATURE,
            "registration_key": REGISTRATION,
            "api": provider.url,
            "path": folder / "lanying.db",
            "desk": visits.desk,
            **options,
        }
        channel = LanyingInput(**settings)
        channel.links = FileLinks(PUBLIC, KEY, f"http://127.0.0.1:{visits.port}")
        async with serving_channel(channel, agent) as server:
            channel.store.open_conversation(CONVERSATION)
            yield House(provider, server, agent, visits)


async def says_twice(message: UserMessage) -> None:
    for word in ("one", "two"):
        await message.output_channel.send_text_message(message.sender_id, f"{message.text} {word}")


def ext(message: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(message["ext"])
    return given


def test_a_customer_writes_and_is_answered_in_order_once(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path, says_twice) as it:
            for _ in range(2):
                assert await it.writes("hello", msgId="1") == 200
            # ids come as numbers, too
            assert await it.writes("again", msgId=2, **{"from": {"uid": LIN}, "to": {"uid": BOT}}) == 200
            await it.quiet()
            assert [text for text, _ in it.agent.heard] == ["hello", "again"]
            assert it.provider.texts == ["hello one", "hello two", "again one", "again two"]
            first = it.provider.messages[0]
            assert (first["type"], first["from_user_id"], first["targets"]) == (1, BOT, [LIN])
            assert ext(first)["ai"] == {"role": "ai"}, "other bots must not answer it"
            assert len({each["transaction_id"] for each in it.provider.messages}) == 4
            assert all(0 < each["transaction_id"] < 2**63 for each in it.provider.messages)

    run(scenario())


@pytest.mark.parametrize(
    "changed",
    [
        {"ext": '{"ai":{"role":"ai"}}'},
        {"from": {"uid": BOT}},
        {"to": {"uid": str(OTHER_BOT)}},
        {"type": "GROUPCHAT"},
        {"ctype": "COMMAND"},
        {"from": {}},
        {"from": None, "to": None},
        {"msgId": ""},
    ],
)
def test_what_bots_and_we_ourselves_say_is_acknowledged_and_left(tmp_path, changed):
    async def scenario() -> None:
        async with house(tmp_path, says_twice) as it:
            assert await it.writes("hello", **changed) == 200
            await it.quiet()
            assert (it.agent.heard, it.provider.messages) == ([], [])

    run(scenario())


def test_what_is_endless_is_cut_and_shows_it(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path, says_twice) as it:
            await it.writes("x" * 200_000)
            await it.quiet()
            assert [text for text, _ in it.agent.heard] == ["x" * 9_999 + "…"]

    run(scenario())


def test_what_is_not_signed_or_cannot_be_read_is_refused(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            for signature in (None, "", "wrong", SIGNATURE + "x", "sig\xe9"):
                assert await it.provider.calls_back(it.callback, signature) == 401
            assert await it.writes("hello", appId="another") == 403
            chance = random.Random(5)
            for size in (0, 1, 100, 5000):
                assert await it.provider.posts(it.callback, chance.randbytes(size)) == 400
            assert await it.provider.posts(it.callback, b"[" * 200_000) == 400
            assert await it.provider.posts(it.callback, b"9" * 5_000) == 400
            await it.quiet()
            assert it.agent.heard == []

    run(scenario())


def test_a_huge_body_is_refused_without_being_read(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            # the connection may be closed while it is still being sent
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                assert await it.provider.posts(it.callback, b"x" * 10_000_000) == 413
            assert await it.writes("hello") == 200

    run(scenario())


def test_events_in_any_shape_are_no_mistake_of_ours(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            chance = random.Random(7)
            shapes = [
                None,
                0,
                "",
                "x",
                [],
                {},
                {"uid": "x"},
                {"uid": -1},
                {"uid": 10**30},
                True,
                "{",
                "[1]",
                "\ud800",
            ]
            names = ["msgId", "from", "to", "type", "ctype", "content", "ext", "config", "attachment"]
            for _ in range(150):
                changed = {name: chance.choice(shapes) for name in chance.sample(names, chance.randint(1, 4))}
                body = json.dumps(
                    {
                        "appId": APP,
                        "msgId": "1",
                        "from": {"uid": LIN},
                        "to": {"uid": BOT},
                        "type": "CHAT",
                        **changed,
                    }
                ).encode()
                assert await it.provider.posts(it.callback, body) == 200
            await it.quiet()

    run(scenario())


def test_an_answer_that_did_not_come_is_not_said_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(sending, "BACKOFF", (0.01,))
    monkeypatch.setattr(lanying_api, "_MEND_SECONDS", 0.01)

    async def scenario() -> None:
        async with house(tmp_path) as it:
            it.provider.answers = [(0, 200), (502, 200), (200, 10099), (200, 10008)]
            await it.agent_says("a1", "said")
            assert (it.provider.texts, len(it.provider.requests)) == (["said"], 5)
            assert it.told("receipts") == []

    run(scenario())


def test_after_the_short_time_a_repetition_is_the_agents_to_decide(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path, remembers=0.0) as it:
            it.provider.answers = [(0, 200)]
            await it.agent_says("a1", "said")
            await it.until(lambda: it.told("receipts"))
            assert it.told("receipts") == [
                {"message_ids": ["a1"], "state": "failed", "reason": "unconfirmed"}
            ]
            await it.agent_says("a1", "said", resend=7)
            assert it.provider.texts == ["said"]

    run(scenario())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (10000, "customer_unreachable"),
        (10002, "not_accepted"),
        (10010, "not_permitted"),
        (30021, "not_permitted"),
    ],
)
def test_a_refusal_comes_with_http_200_and_is_told_in_our_words(tmp_path, code, reason):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            it.provider.answers = [(200, code)]
            await it.agent_says("a1", "first")
            await it.agent_says("a2", "second")
            assert it.provider.texts == ["second"]
            await it.until(lambda: it.told("receipts"))
            assert it.told("receipts")[0] == {"message_ids": ["a1"], "state": "failed", "reason": reason}

    run(scenario())


def test_buttons_are_numbers_and_also_there_for_apps(tmp_path):
    buttons = [{"title": "Orders", "payload": "/ask_order"}, {"title": "Refunds", "payload": "/ask_refund"}]

    async def offers(message: UserMessage) -> None:
        await message.output_channel.send_text_with_buttons(message.sender_id, "What?", buttons)

    async def scenario() -> None:
        async with house(tmp_path, offers) as it:
            await it.writes("hello")
            await it.quiet()
            assert it.provider.texts == ["What?\n1. Orders\n2. Refunds"]
            assert ext(it.provider.messages[0])["baton"]["buttons"] == buttons
            await it.writes("2")
            await it.quiet()
            await it.writes("pressed", ext=json.dumps({"baton": {"payload": "/ask_order"}}))
            await it.quiet()
            await it.writes("made up", ext={"baton": {"payload": "/restart"}})
            await it.quiet()
            heard = [text for text, _ in it.agent.heard]
            assert heard == ["hello", "/ask_refund", "/ask_order", "made up"]

    run(scenario())


@pytest.mark.parametrize(
    ("kind", "name", "type_"),
    [
        ("IMAGE", "a.png", "image/png"),
        ("AUDIO", "1.amr", "audio/amr"),
        ("FILE", "x.pdf", "application/pdf"),
        ("VIDEO", "", "video/mp4"),
    ],
)
def test_a_customers_file_is_fetched_from_the_provider(tmp_path, kind, name, type_):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            link = it.provider.keep(b"content")
            attachment = {"url": link, "dName": name, "fLen": 7}
            await it.writes("", ctype=kind, attachment=json.dumps(attachment))
            await it.quiet()
            ((text, metadata),) = it.agent.heard
            assert text == WITHOUT_WORDS
            assert [(each["name"], each["size"]) for each in metadata["attachments"]] == [(name, 7)]
            assert metadata["media"][0]["type"] == type_
            ((sender, content, _),) = it.visits.uploads
            assert (sender, content) == (CONVERSATION, b"content")

    run(scenario())


def test_a_link_of_the_customers_own_leads_nowhere(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            for address in (
                it.provider.url + "/user/profile?file_sign=x",
                it.provider.url + "/message/send",
                "http://169.254.169.254/latest/meta-data",
                "file:///etc/passwd",
                "",
            ):
                await it.writes("", ctype="FILE", attachment={"url": address, "dName": "x"})
            gone = {"url": "https://api.maximtop.com/file/download/chat?file_sign=unknown"}
            await it.writes("", ctype="IMAGE", attachment=gone)
            await it.quiet()
            assert [metadata["shown"] for _, metadata in it.agent.heard] == [NOT_RECEIVED] * 6
            assert [path for path, _ in it.provider.requests] == ["/file/download/chat"]

    run(scenario())


def test_an_agents_files_go_out_as_what_they_are(tmp_path):
    voice = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 120
    files = {"f1": b"picture", "f2": voice, "f3": b"paper"}
    attachments = [
        {"id": "f1", "name": "a.png", "type": "image/png", "size": 7, "width": 4, "height": 3},
        {"id": "f2", "name": "v.amr", "type": "audio/amr", "size": len(voice)},
        {"id": "f3", "name": "合同.pdf", "type": "application/pdf", "size": 5},
    ]

    async def scenario() -> None:
        async with house(tmp_path) as it:
            it.visits.files = files
            await it.agent_says("a1", "here", attachments=attachments)
            kinds = [each["content_type"] for each in it.provider.messages]
            assert kinds == [0, 1, 2, 4]
            sent = [json.loads(each["attachment"]) for each in it.provider.messages[1:]]
            assert [each.pop("url").rpartition("=")[2] for each in sent] == ["sign0", "sign1", "sign2"]
            assert sent == [
                {"dName": "a.png", "fLen": 7, "width": 4, "height": 3},
                {"dName": "v.amr", "fLen": len(voice), "duration": 3},
                {"dName": "合同.pdf", "fLen": 5},
            ]
            assert list(it.provider.files.values()) == list(files.values())
            assert [each["type"] for each in it.provider.uploads] == [each["type"] for each in attachments]

    run(scenario())


def test_what_an_agent_reads_and_takes_back_is_told_to_the_customers_app(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            await it.writes("hello", msgId="77")
            await it.quiet()
            message_id = it.channel.store.since(CONVERSATION, 0)[0]["id"]
            it.visits.becomes(CONVERSATION, {"owner": "agent", "read_message_id": message_id})
            await it.until(lambda: it.provider.messages)
            assert [(each["content_type"], each["related_mid"]) for each in it.provider.messages] == [(9, 77)]
            await it.agent_says("a1", "a mistake")
            mistake = it.provider.messages[-1]
            await it.agent_says("r1", recalls="a1")
            await it.until(lambda: len(it.provider.messages) == 3)
            last = it.provider.messages[-1]
            assert (last["content_type"], last["related_mid"]) == (10, mistake["id"])

    run(scenario())


def test_taking_back_is_tried_until_the_provider_has_it(tmp_path, monkeypatch):
    monkeypatch.setattr(recalling, "BACKOFF", (0.01,))
    monkeypatch.setattr(lanying_api, "_MEND_SECONDS", 0.01)

    async def scenario() -> None:
        async with house(tmp_path) as it:
            await it.agent_says("a1", "a mistake")
            it.provider.answers = [(502, 200), (200, 10008), (200, 200)]
            await it.agent_says("r1", recalls="a1")
            await it.until(lambda: not it.provider.answers)
            await it.until(lambda: it.provider.messages[-1]["content_type"] == 10)

    run(scenario())


def test_taking_back_that_the_provider_refuses_is_told_to_the_desk(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            await it.agent_says("a1", "a mistake")
            it.provider.answers = [(200, 10010)]
            await it.agent_says("r1", recalls="a1")
            await it.until(lambda: it.told("receipts"))
            assert it.told("receipts") == [{"message_ids": ["a1"], "state": "not_recalled"}]

    run(scenario())


def test_what_is_about_an_earlier_message_is_for_the_desk_and_not_for_the_bot(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            await it.writes("my pasword is 123", msgId="77")
            await it.agent_says("a1", "thank you")
            await it.quiet()
            said = it.provider.messages[-1]["id"]
            await it.writes("", type="READ_ACK", relatedMid=str(said))
            await it.writes("", ctype="READ_ACK", relatedMid="unknown")
            await it.writes("my password", type="REPLACE", relatedMid=77)
            await it.writes("", type="RECALL", related_mid="77")
            await it.writes("", type="RECALL", relatedMid="78")
            await it.until(lambda: len(it.told("changes")) == 2)
            await it.quiet()
            assert len(it.agent.heard) == 1
            assert it.told("receipts") == [{"message_ids": ["a1"], "state": "read"}]
            message_id = it.channel.store.since(CONVERSATION, 0)[0]["id"]
            told = {"channel": "lanying", "message_id": message_id}
            assert it.told("changes") == [
                {**told, "change": "edited", "text": "my password"},
                {**told, "change": "recalled"},
            ]

    run(scenario())


def test_typing_is_passed_on_and_is_no_message(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            await it.writes("", ext='{"input_status":"typing"}')
            await it.until(lambda: it.told("typing"))
            await it.quiet()
            assert it.agent.heard == []

    run(scenario())


def test_what_has_no_words_is_shown_as_what_it_is(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            place = {"lat": 31.2, "lon": 121.4, "addr": "上海市"}
            await it.writes("", ctype="LOCATION", attachment=json.dumps(place))
            await it.writes("new words", type="REPLACE")
            await it.writes("", ctype="HOLOGRAM")
            await it.quiet()
            shown = [metadata["shown"] for _, metadata in it.agent.heard]
            assert shown == [
                "（位置 · Location）\n上海市",
                "（修改了消息 · Changed a message）\nnew words",
                "（HOLOGRAM）",
            ]

    run(scenario())


def test_the_plugins_sentence_opens_a_handoff_before_the_bot_hears_it(tmp_path):
    told_before: list[int] = []

    async def scenario() -> None:
        async def turn(_: UserMessage) -> None:
            told_before.append(len(it.told("handoff")))

        async with house(tmp_path, turn) as it:
            plugin = {"ext": '{"ai":{"role":"ai"}}'}
            assert await it.writes(SENTENCE, msgId="9", **plugin) == 200
            assert await it.writes(SENTENCE, msgId="9", **plugin) == 200
            await it.quiet()
            (asked,) = it.told("handoff")
            assert asked.pop("key").startswith(CONVERSATION)
            assert asked == {"channel": "lanying", "reason": REASON, "note": NOTE}
            assert [text for text, _ in it.agent.heard] == [SENTENCE], "it is the customer's word at the desk"
            assert told_before == [1]

    run(scenario())


UNANSWERED = {"ext": '{"ai":{"ai_generate":false}}'}


def test_what_is_not_to_be_answered_stands_at_the_desk_and_the_bot_does_not_hear_it(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path, says_twice) as it:
            await it.writes("first")
            await it.writes("for the record", msgId="8", **UNANSWERED)
            photo = json.dumps({"url": it.provider.keep(b"png"), "dName": "a.png"})
            await it.writes("", ctype="IMAGE", attachment=photo, **UNANSWERED)
            await it.writes("/restart", ext='{"ai":{"ai_generate":true}}')
            await it.quiet()
            assert [text for text, _ in it.agent.heard] == ["first", "\u2060/restart"]
            shown = it.channel.store.since(CONVERSATION, 0)
            assert [each["text"] for each in shown if each["author"] == "customer"][1] == "for the record"
            first, second = it.agent.shipped
            assert (first["event"], first["text"], first["sender_id"], first["input_channel"]) == (
                *("user", "for the record", CONVERSATION),
                "lanying",
            )
            assert first["message_id"] == shown[3]["id"]
            assert [each["name"] for each in second["metadata"]["attachments"]] == ["a.png"]

    run(scenario())


def test_the_plugins_sentence_opens_a_handoff_also_where_it_is_not_to_be_answered(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path, says_twice) as it:
            it.visits.refuse = 503
            await it.writes(SENTENCE, **UNANSWERED)
            await it.quiet()
            it.visits.refuse = None
            await it.until(lambda: it.told("handoff"))
            assert it.told("handoff")[0]["note"] == NOTE
            assert (it.agent.heard, it.provider.texts) == ([], [])
            assert [each["text"] for each in it.agent.shipped] == [SENTENCE]

    run(scenario())


@pytest.mark.parametrize("refuse", [503, 409])
def test_the_plugins_sentence_is_not_lost_while_the_service_is_away(tmp_path, refuse):
    async def scenario() -> None:
        async with house(tmp_path) as it:
            it.visits.refuse = refuse
            await it.writes(SENTENCE)
            await it.quiet()
            assert len(it.agent.heard) == 1, "the bot does what it can"
            it.visits.refuse = None
            if refuse == 503:
                await it.until(lambda: it.told("handoff"))
                assert it.told("handoff")[0]["note"] == NOTE

    run(scenario())


def test_the_sentence_is_a_setting(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path, handoff_sentence="a person, please") as it:
            await it.writes(SENTENCE)
            await it.writes(" a person, please ")
            await it.quiet()
            assert len(it.told("handoff")) == 1

    run(scenario())


def test_the_apps_server_registers_its_customers(tmp_path):
    async def scenario() -> None:
        async with house(tmp_path) as it, aiohttp.ClientSession() as http:

            async def registers(key: str = REGISTRATION, **body: Any) -> tuple[int, Any]:
                headers = {"Authorization": f"Bearer {key}"}
                async with http.post(it.users, json=body, headers=headers) as answer:
                    return answer.status, await answer.json(
                        content_type=None
                    ) if answer.status != 401 else None

            status, lin = await registers(customer_id="crm-7", name=" 林 小姐 ")
            assert status == 200
            assert (lin["app_id"], lin["service_user_id"]) == (APP, str(BOT))
            assert (lin["token"], lin["expire"]) == (f"token-{lin['user_id']}", 1_900_000_000)
            assert await registers(customer_id="crm-7") == (200, lin), "the same customer"
            assert (await registers(customer_id="crm-8"))[1]["user_id"] != lin["user_id"]
            await it.until(lambda: it.told("name"))
            assert it.told("name") == [{"channel": "lanying", "name": "林 小姐"}]
            assert (await registers("x" * 32, customer_id="crm-7"))[0] == 401
            assert (await registers(customer_id=""))[0] == 400
            assert (await registers(customer_id=7))[0] == 400
            it.provider.passwords = {
                name: ("other", user) for name, (_, user) in it.provider.passwords.items()
            }
            assert (await registers(customer_id="crm-7"))[0] == 502

    run(scenario())


SETTINGS = {"app_id": "a", "access_token": "t", "user_id": "5", "callback_signature": "s"}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"app_id": ""}, "app_id"),
        ({"access_token": None, "user_id": None}, "access_token, user_id"),
        ({"user_id": "bot"}, "user_id"),
        ({"callback_signature": ""}, "callback_signature"),
        ({"registration_key": "short"}, "registration_key"),
    ],
)
def test_wrong_settings_are_named_at_the_start(changed, named):
    with pytest.raises(ValueError, match=named):
        LanyingInput.from_credentials({**SETTINGS, **changed})


def test_settings_that_are_right(monkeypatch):
    monkeypatch.delenv("HANDOFF_SERVICE_KEY", raising=False)
    LanyingInput.from_credentials(SETTINGS)
    LanyingInput.from_credentials({**SETTINGS, "callback_signature": "", "allow_unsigned": True})


def test_how_long_a_voice_message_is():
    amr = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50
    assert [seconds_of("audio/amr", amr), seconds_of("audio/amr", amr + b"\x3c" + bytes(31))] == [1, 2]
    mp3 = b"\xff\xfb\x90\x00" + bytes(16_000 * 3 - 4)  # 128 kbit/s
    tagged = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + mp3
    assert [seconds_of("audio/mpeg", each) for each in (mp3, tagged, b"", b"nothing")] == [3, 3, 0, 0]
    assert seconds_of("audio/amr", b"") == seconds_of("audio/wav", b"RIFF") == 0

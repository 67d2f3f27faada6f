"""Customers' files through the channel: handed on in pieces, shown with fresh links, sent by their owner."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.desk import Desk, DeskAway
from channels.file_links import SECONDS, FileLinks
from tests.assistant.channel_fakes import FakeAgent, run, serving
from tests.assistant.customer_client import Client, client
from tests.assistant.raw_http import Sent, ask

CONTRACT = Path(__file__).parents[1] / "contract"
STORED = {"id": "f1", "name": "a.png", "type": "image/png", "size": 7, "width": 3, "height": 2}


class FakeDesk(Desk):
    """Takes uploads as the service would, and keeps what it was given; nothing else of it is there."""

    def __init__(self, status: int = 201, answer: Any = None) -> None:
        super().__init__("http://127.0.0.1:9", "key")
        self.status = status
        self.answer = {**STORED, "url": "http://elsewhere/"} if answer is None else answer
        self.given: list[tuple[str, bytes, str, dict[str, str]]] = []
        self.largest = 0

    async def upload(
        self, conversation: str, body: AsyncIterator[bytes], content_type: str, params: dict[str, str]
    ) -> tuple[int, Any]:
        content = b""
        try:
            async for chunk in body:
                self.largest = max(self.largest, len(chunk))
                content += chunk
        except Exception as error:
            raise DeskAway(type(error).__name__) from error  # as aiohttp ends the call
        self.given.append((conversation, content, content_type, params))
        return self.status, self.answer


class FromRasa(FakeAgent):
    """Keeps the messages as Rasa gets them, and answers nothing."""

    def __init__(self) -> None:
        super().__init__(self.keep)
        self.messages: list[Any] = []

    async def keep(self, message: Any) -> None:
        self.messages.append(message)


async def upload(who: Client, data: bytes = b"content", client_id: str = "u1", name: str = "a.png") -> Any:
    path = f"/uploads?client_id={client_id}&name={name}"
    return await who.call("POST", path, data=data, Content_Type="image/png")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "webchat.db"


def test_both_sides_sign_links_alike() -> None:
    fixture = json.loads((CONTRACT / "file_link.json").read_text())
    links = FileLinks("https://desk.example.com/", fixture["service_key"])

    assert links.path(fixture["attachment_id"], fixture["expires"]) == fixture["path"]
    linked = links.linked({"id": fixture["attachment_id"]}, fixture["expires"] - SECONDS)
    assert linked["url"] == "https://desk.example.com" + fixture["path"]


def test_an_agents_voice_message_names_where_every_browser_plays_it() -> None:
    links = FileLinks("https://desk.example.com/", "key")
    voice, paper = ({"id": "f1", "type": "audio/amr"}, {"id": "f2", "type": "application/pdf"})

    message = {"author": "agent", "text": "", "attachments": [voice, paper]}
    heard, read = links.fresh(message, 0.0)["attachments"]
    assert heard == {**links.linked(voice, 0.0), "sound_url": links.linked(voice, 0.0)["url"] + "/sound"}
    assert read == links.linked(paper, 0.0)
    (theirs,) = links.fresh({"author": "customer", "text": "", "attachments": [voice]}, 0.0)["attachments"]
    assert "sound_url" not in theirs


def test_a_file_is_handed_on_and_then_sent_without_words(db: Path) -> None:
    async def test() -> None:
        desk, agent = FakeDesk(), FromRasa()
        async with serving(db, agent, desk=desk) as server, client(server) as lin:
            answer = await upload(lin, b"x" * 300_000)
            assert answer.status == 201
            assert {**answer.body, "url": ""} == {**STORED, "url": ""}
            assert "/files/f1/" in answer.body["url"]
            ((conversation, content, kind, params),) = desk.given
            assert (conversation, content, kind) == (lin.conversation, b"x" * 300_000, "image/png")
            assert params == {"client_id": "u1", "name": "a.png"}
            assert desk.largest < 300_000, "handed on in pieces"

            sent = await lin.call("POST", "/messages", {"client_id": "c1", "attachments": ["f1"]})
            assert sent.status == 202
            (shown,) = await lin.sees(1)
            assert (shown["author"], shown["text"]) == ("customer", "")
            assert {**shown["attachments"][0], "url": ""} == {**STORED, "url": ""}
            while not agent.messages:
                await lin.messages()
            (message,) = agent.messages
            assert (message.text, message.metadata) == ("/send_attachment", {"attachments": [STORED]})

    run(test())


def test_words_go_with_a_file_and_a_slash_is_still_no_command(db: Path) -> None:
    async def test() -> None:
        agent = FromRasa()
        async with serving(db, agent, desk=FakeDesk()) as server, client(server) as lin:
            await upload(lin)
            await lin.say("/restart", attachments=["f1"])
            await lin.say("/send_attachment")
            while len(agent.messages) < 2:
                await lin.messages()
            assert [message.text for message in agent.messages] == [
                "\u2060/restart",
                "\u2060/send_attachment",
            ]
            assert agent.messages[0].metadata == {"attachments": [STORED]}

    run(test())


def test_a_file_is_sent_once_and_by_its_owner_alone(db: Path) -> None:
    async def test() -> None:
        async with serving(db, desk=FakeDesk()) as server, client(server) as lin, client(server) as eve:
            await upload(lin)
            assert (await eve.say("mine", attachments=["f1"])).code == "not_found"
            first, again = [await lin.say("here", "c1", attachments=["f1"]) for _ in range(2)]
            assert (first.status, first.body) == (202, again.body)
            assert (await lin.say("here", "c2", attachments=["f1"])).code == "not_found"

    run(test())


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (7, "invalid_payload"),
        ([7], "invalid_payload"),
        (["x"] * 11, "too_long"),
        ([], "empty"),
        (["f9"], "not_found"),
    ],
)
def test_odd_attachments_are_refused(db: Path, given: Any, code: str) -> None:
    async def test() -> None:
        async with serving(db, desk=FakeDesk()) as server, client(server) as lin:
            assert (await lin.say("", attachments=given)).code == code

    run(test())


@pytest.mark.parametrize(
    ("status", "problem", "code"),
    [
        (415, "type-refused", "type_refused"),
        (413, "file-too-large", "too_large"),
        (413, "too-much-unsent", "too_much_unsent"),
        (422, "image-too-large", "too_large"),
        (422, "empty-file", "empty"),
        (401, "not-authenticated", "unavailable"),
        (500, "x", "unavailable"),
    ],
)
def test_what_the_service_refuses_is_told(db: Path, status: int, problem: str, code: str) -> None:
    async def test() -> None:
        desk = FakeDesk(status, {"type": f"urn:baton:problem:{problem}"})
        async with serving(db, desk=desk) as server, client(server) as lin:
            assert (await upload(lin)).code == code
            assert (await lin.say("x", attachments=["f1"])).code == "not_found"

    run(test())


def test_too_large_a_file_is_refused_while_it_comes(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_MAX_ATTACHMENT_BYTES", "1000")

    async def test() -> None:
        desk = FakeDesk()
        async with serving(db, desk=desk) as server, client(server) as lin:
            assert (await lin.open()).body["features"]["upload"]["max_bytes"] == 1000
            assert (await upload(lin, b"x" * 200_000)).code == "too_large"
            assert desk.given == []

    run(test())


def test_who_is_nobody_and_who_uploads_too_much_is_refused(db: Path) -> None:
    async def test() -> None:
        desk = FakeDesk()
        async with serving(db, desk=desk) as server, client(server) as lin:
            assert (await upload(lin, client_id="")).code == "invalid_payload"
            for n in range(30):
                desk.answer = {**STORED, "id": f"f{n}"}
                assert (await upload(lin, client_id=f"u{n}")).status == 201
            refused = await upload(lin, client_id="more")
            assert (refused.code, refused.headers["Retry-After"]) == ("slow_down", "60")
            lin.token = "somebody"
            assert (await upload(lin)).code == "invalid_token"

    run(test())


@pytest.mark.parametrize("wrong", ["image/\udcff", "image/png\nX-Evil: 1", "é", "x" * 201])
def test_a_type_that_no_header_can_carry_is_the_callers_mistake(db: Path, wrong: str) -> None:
    async def test() -> None:
        desk = FakeDesk()
        async with serving(db, desk=desk) as server, client(server) as mei:
            port, token = int(server.url.rpartition(":")[2]), ("Authorization", f"Bearer {mei.token}")
            path = "/webhooks/webchat/v1/uploads?client_id=u1&name=a%00b"
            sent = Sent("POST", path, headers=[token, ("Content-Type", wrong)], body=b"content")
            assert (await ask(port, sent)).status == 400
            assert desk.given == []
            assert (await ask(port, replace(sent, headers=[token]))).status == 201
            assert desk.given[0][3] == {"client_id": "u1", "name": "a\ufffdb"}

    run(test())


def test_without_a_service_nothing_can_be_uploaded(db: Path) -> None:
    async def test() -> None:
        async with serving(db) as server, client(server) as lin:
            assert (await upload(lin)).code == "unavailable"

    run(test())


def test_an_agents_file_reaches_the_customer_with_a_fresh_link_each_time(db: Path) -> None:
    async def test() -> None:
        moment = [1_795_338_000.0]
        async with serving(db, now=lambda: moment[0]) as server, client(server) as lin:
            told = {
                "text": "",
                "author": "agent",
                "message_id": "m1",
                "attachments": [{**STORED, "url": "old"}],
            }
            await server.channel.get_output_channel().send_response(lin.conversation, told)
            (first,) = await lin.sees(1)
            moment[0] += 7200
            (later,) = await lin.sees(1)

            assert (first["author"], first["text"]) == ("agent", "")
            assert {**first["attachments"][0], "url": ""} == {**STORED, "url": ""}
            assert first["attachments"][0]["url"] != later["attachments"][0]["url"] != "old"

    run(test())

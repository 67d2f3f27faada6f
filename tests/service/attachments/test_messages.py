"""Messages show files: of agents to customers, of customers to the desk, each by one message."""

from typing import Any

import pytest

from handoff_service.models import Message
from handoff_service.rasa.bot_event import said_by
from handoff_service.settings import Settings
from tests.service.attachments import files
from tests.service.attachments.test_uploads import upload
from tests.service.callers import AgentCaller, Agents, Caller, Clock
from tests.service.desk import Desk, user


@pytest.fixture
def uploaded(lin: AgentCaller, held: str) -> dict[str, Any]:
    given: dict[str, Any] = upload(lin, f"/conversations/{held}/attachments").json()
    return given


def test_a_message_may_be_a_file_alone(
    lin: AgentCaller, held: str, uploaded: dict[str, Any], desk: Desk
) -> None:
    answer = lin.post(
        f"/conversations/{held}/messages", json={"client_id": "m1", "attachments": [uploaded["id"]]}
    )

    assert answer.status_code == 202
    shown = {**uploaded, "sound_url": None}
    assert (answer.json()["text"], answer.json()["attachments"]) == ("", [shown])
    assert lin.get(f"/conversations/{held}/messages").json()["items"][-1]["attachments"] == [shown]
    assert [entry.kind for entry in desk.outbox("s")][-1] == "say"


def test_the_same_message_again_shows_the_same_file(
    lin: AgentCaller, held: str, uploaded: dict[str, Any]
) -> None:
    said = {"text": "see here", "client_id": "m1", "attachments": [uploaded["id"]]}

    first, second = (lin.post(f"/conversations/{held}/messages", json=said).json() for _ in range(2))
    other = lin.post(f"/conversations/{held}/messages", json={**said, "client_id": "m2"})

    assert first == second
    assert other.status_code == 404, "another message shows it already"


@pytest.mark.parametrize(
    "wrong",
    [{"text": ""}, {"text": " ", "attachments": []}, {"attachments": ["x"] * 11}, {"attachments": [""]}],
)
def test_a_message_of_nothing_is_refused(lin: AgentCaller, held: str, wrong: dict[str, Any]) -> None:
    answer = lin.post(f"/conversations/{held}/messages", json={"client_id": "m1", **wrong})

    assert answer.status_code == 422


def test_a_colleagues_upload_is_not_there_for_others(
    lin: AgentCaller, held: str, uploaded: dict[str, Any], as_agent: Agents
) -> None:
    vera = as_agent("vera", role="supervisor", presence="away")
    note = {"text": "look", "client_id": "n", "attachments": [uploaded["id"]]}

    assert vera.post(f"/conversations/{held}/notes", json=note).status_code == 404
    assert lin.post(f"/conversations/{held}/notes", json=note).status_code == 201
    assert vera.get(uploaded["url"].removeprefix("/api/v1")).status_code == 200


class TestCustomers:
    @pytest.fixture
    def photo(self, assistant: Caller) -> dict[str, Any]:
        given: dict[str, Any] = upload(assistant, "/visits/s/attachments").json()
        return given

    def event(self, photo: dict[str, Any], text: str = "/send_attachment") -> dict[str, Any]:
        return user(text, "m-photo", "send_attachment", metadata={"attachments": [photo]})

    @pytest.mark.parametrize("first", ["turn", "event"])
    def test_a_photo_without_words_is_shown_once_whatever_comes_first(
        self, desk: Desk, lin: AgentCaller, photo: dict[str, Any], first: str
    ) -> None:
        def turn() -> None:
            desk.turn("s", "", message_id="m-photo", attachment_ids=[photo["id"]])

        def event() -> None:
            assert {result.status for result in desk.ingest("s", self.event(photo))} <= {
                "stored",
                "duplicate",
            }

        for step in (turn, event) if first == "turn" else (event, turn):
            step()

        shown = lin.get(f"/conversations/{desk.conversation('s').id}/messages").json()["items"]
        assert [(m["author"], m["text"]) for m in shown] == [("customer", "")]
        assert [(a["name"], a["width"], a["url"]) for a in shown[0]["attachments"]] == [
            ("photo.png", 3, f"/api/v1/attachments/{photo['id']}")
        ]

    def test_words_beside_it_are_kept(self, desk: Desk, photo: dict[str, Any]) -> None:
        desk.ingest("s", self.event(photo, "it came broken"))

        assert desk.said("s") == [("customer", "it came broken")]

    def test_anothers_photo_is_not_shown_and_the_words_are_kept(
        self, desk: Desk, lin: AgentCaller, photo: dict[str, Any]
    ) -> None:
        desk.ingest("thief", user("mine!", "m1", metadata={"attachments": [photo, {"id": 7}, "x"]}))

        shown = lin.get(f"/conversations/{desk.conversation('thief').id}/messages").json()["items"]
        assert [(m["text"], m["attachments"]) for m in shown] == [("mine!", [])]

    def test_a_customer_cannot_show_what_an_agent_has_not_sent(
        self, desk: Desk, lin: AgentCaller, held: str, uploaded: dict[str, Any]
    ) -> None:
        desk.ingest("s", user("hm", "m9", metadata={"attachments": [uploaded]}))

        last = lin.get(f"/conversations/{held}/messages").json()["items"][-1]
        assert (last["text"], last["attachments"]) == ("hm", [])


class TestToldToRasa:
    """What Rasa gets of an agent's message with a picture and a paper."""

    @pytest.fixture
    def message(self, lin: AgentCaller, held: str, uploaded: dict[str, Any], desk: Desk) -> Message:
        paper = upload(lin, f"/conversations/{held}/attachments", files.PDF, "bill.pdf").json()
        said = {"text": "here", "client_id": "m1", "attachments": [uploaded["id"], paper["id"]]}
        sent = lin.post(f"/conversations/{held}/messages", json=said).json()
        with desk.context.database.reading() as session:
            return session.get_one(Message, sent["id"])

    def test_our_channels_get_them_as_metadata(
        self, message: Message, settings: Settings, clock: Clock
    ) -> None:
        event = said_by(message, None, "webchat", settings, clock())

        assert (event["text"], event["data"]) == ("here", {})
        picture, paper = event["metadata"]["attachments"]
        assert picture | {"id": "", "url": ""} == {
            **{"id": "", "name": "photo.png", "type": "image/png", "size": len(files.png())},
            **{"width": 3, "height": 2, "url": ""},
        }
        assert paper["url"].startswith(f"http://127.0.0.1:8000/files/{paper['id']}/")

    def test_others_get_a_picture_and_links(self, message: Message, settings: Settings, clock: Clock) -> None:
        event = said_by(message, None, "telegram", settings, clock())

        picture, paper = event["metadata"]["attachments"]
        assert event["data"] == {"image": picture["url"]}
        assert event["text"] == f"here\nbill.pdf: {paper['url']}"

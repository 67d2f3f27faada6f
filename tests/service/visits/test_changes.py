"""Customers edit, delete and react: it is shown at the message, and nothing follows from it."""

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.models import AuditEntry, Message
from tests.service.callers import AgentCaller, Agents, Caller
from tests.service.desk import Desk, bot, user
from tests.service.live import listening


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


def change(assistant: Caller, message_id: str, what: str, text: str = "", sender: str = "s") -> int:
    body = {"channel": "whatsapp", "message_id": message_id, "change": what, "text": text}
    return assistant.post(f"/visits/{sender}/changes", json=body).status_code


def messages(lin: AgentCaller, desk: Desk) -> list[dict]:
    items: list[dict] = lin.get(f"/conversations/{desk.conversation('s').id}/messages").json()["items"]
    return items


def test_an_edit_shows_the_new_words_and_keeps_the_first(
    assistant: Caller, desk: Desk, lin: AgentCaller, context: Context
) -> None:
    desk.turn("s", "order 123, a human please", message_id="m1", asks_human=True)
    for text in ("order 124", "order 125", "order 125"):
        assert change(assistant, "m1", "edited", text) == 204
    written = messages(lin, desk)[0]
    assert (written["text"], written["original"]) == ("order 125", "order 123, a human please")
    with context.database.reading() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "message.edited"))
        assert len(list(actions)) == 2


def test_a_deleted_message_stays_deleted(assistant: Caller, desk: Desk, lin: AgentCaller) -> None:
    desk.turn("s", "my card is 1234, a human please", message_id="m1", asks_human=True)
    for _ in range(2):
        assert change(assistant, "m1", "recalled") == 204
    assert change(assistant, "m1", "edited", "late") == 204
    written = messages(lin, desk)[0]
    assert (written["recall"], written["original"]) == ("done", None)


def test_a_change_may_be_quicker_than_its_message(
    assistant: Caller, desk: Desk, lin: AgentCaller, context: Context
) -> None:
    desk.asks("s")
    assert change(assistant, "m9", "recalled") == 204
    desk.turn("s", "what was deleted", message_id="m9")
    last = messages(lin, desk)[-1]
    assert (last["author"], last["text"], last["recall"]) == ("customer", "", "done")
    with context.database.reading() as session:
        assert session.scalar(select(Message.id).where(Message.text == "what was deleted")) is None


def test_a_reaction_is_shown_at_our_message_until_it_is_taken_away(
    assistant: Caller, desk: Desk, lin: AgentCaller, live_url: str
) -> None:
    desk.asks("s")
    desk.asks("other")
    conversation = desk.conversation("s")
    said = lin.post(f"/conversations/{conversation.id}/messages", json={"text": "Done", "client_id": "1"})
    ours = said.json()["id"]
    with listening(live_url, lin.headers) as stream:
        stream.frame()
        assert change(assistant, ours, "reacted", "👍", sender="other") == 204
        assert change(assistant, "unknown", "reacted", "👍") == 204
        assert change(assistant, ours, "reacted", "👍") == 204
        event = stream.event()
        while event.event != "message.updated" or event.data["message"]["reaction"] is None:
            event = stream.event()
        assert event.data["message"]["reaction"] == "👍"
    assert next(each for each in messages(lin, desk) if each["id"] == ours)["reaction"] == "👍"
    assert change(assistant, ours, "reacted") == 204
    assert next(each for each in messages(lin, desk) if each["id"] == ours)["reaction"] is None


def test_a_reaction_to_what_the_bot_said_is_shown_there(
    assistant: Caller, desk: Desk, lin: AgentCaller
) -> None:
    desk.turn("s", "how much is shipping?", message_id="m1")
    desk.ingest("s", user("how much is shipping?", "m1"))
    for n, words in enumerate(("It is free.", "From 9 euros on.")):
        desk.ingest("s", bot(words), reply_to="m1", n=n)
    for unknown in ("m1.2", "m2.0", ".0", "m1.x", "m1.²"):
        assert change(assistant, unknown, "reacted", "👎") == 204
    assert change(assistant, "m1.1", "reacted", "👎", sender="other") == 204
    assert change(assistant, "m1.1", "reacted", "👍") == 204
    shown = [(each["text"], each["reaction"]) for each in messages(lin, desk) if each["author"] == "bot"]
    assert shown == [("It is free.", None), ("From 9 euros on.", "👍")]


@pytest.mark.parametrize("body", [{}, {"change": "gone"}, {"change": "edited", "message_id": ""}])
def test_what_makes_no_sense_is_refused(assistant: Caller, body: dict[str, str]) -> None:
    given = {"channel": "whatsapp", "message_id": "m", **body}
    assert assistant.post("/visits/s/changes", json=given).status_code == 422

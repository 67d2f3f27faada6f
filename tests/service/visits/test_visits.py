"""`/visits`: what a channel is told of its customers' conversations, and what it tells."""

from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.models import AuditEntry, Conversation, LostAnswer, Message
from handoff_service.rasa import delivery, outbox
from handoff_service.turns.service import take_turn
from handoff_service.unit import Unit
from handoff_service.visits import told
from handoff_service.visits.schemas import Change, ToldItem
from tests.service.callers import API, AgentCaller, Agents, Caller, Clock
from tests.service.desk import Desk, bot
from tests.service.live import PATIENCE, Stream, listening

NOBODY = {
    "owner": "bot",
    "position": None,
    "wait_seconds": None,
    "agent": None,
    "read_message_id": None,
    "can_leave_message": True,
    "rating": None,
    "blocked": False,
}
WITH_LIN = {**NOBODY, "owner": "agent", "agent": {"name": "Lin"}, "can_leave_message": False}


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="away")


def state(assistant: Caller, sender_id: str) -> dict[str, Any]:
    answer = assistant.get(f"/visits/{sender_id}")
    assert answer.status_code == 200
    assert answer.json()["sender_id"] == sender_id
    given: dict[str, Any] = answer.json()["state"]
    return given


def say(lin: AgentCaller, conversation_id: str, text: str = "Hello, Lin here") -> str:
    answer = lin.post(f"/conversations/{conversation_id}/messages", json={"text": text, "client_id": text})
    assert answer.status_code == 202
    message_id: str = answer.json()["id"]
    return message_id


def delivered(context: Context, message_id: str) -> str | None:
    with context.database.reading() as session:
        return session.scalar(select(Message.delivery).where(Message.id == message_id))


def actions(context: Context, sender_id: str, desk: Desk) -> list[tuple[str, str]]:
    """Who did what, in no particular order."""
    with context.database.reading() as session:
        query = select(AuditEntry).where(AuditEntry.conversation_id == desk.conversation(sender_id).id)
        return [(entry.actor, entry.action) for entry in session.scalars(query)]


def update(stream: Stream) -> tuple[str, dict[str, Any]]:
    """The next change of a state, as (sender, state)."""
    event = stream.event()
    assert event.event == "visit.updated"
    assert event.id is not None
    return event.data["sender_id"], event.data["state"]


def test_the_state_follows_the_conversation(assistant: Caller, desk: Desk, lin: AgentCaller) -> None:
    assert state(assistant, "s") == NOBODY
    desk.turn("s")
    assert state(assistant, "s") == NOBODY
    desk.asks("s")
    assert state(assistant, "s") == WITH_LIN
    assert lin.post(f"/conversations/{desk.conversation('s').id}/return").status_code == 200
    assert state(assistant, "s")["owner"] == "bot"


def test_who_waits_is_told_the_place_and_how_long(assistant: Caller, desk: Desk, clock: Clock) -> None:
    desk.agent("mei", "en", capacity=1)
    for sender_id in ("first", "second", "third"):
        desk.asks(sender_id)
        clock.advance(seconds=1)
    assert state(assistant, "first")["owner"] == "agent"
    waits = state(assistant, "third")
    assert (waits["owner"], waits["position"], waits["agent"]) == ("queue", 2, None)
    assert waits["wait_seconds"] > state(assistant, "second")["wait_seconds"] > 0
    everybody = assistant.get("/visits/waiting").json()["items"]
    assert {visit["sender_id"]: visit["state"]["position"] for visit in everybody} == {
        "second": 1,
        "third": 2,
    }


def test_nobody_online_means_no_estimate(assistant: Caller, desk: Desk) -> None:
    desk.asks("s")
    assert state(assistant, "s") == {**NOBODY, "owner": "queue", "position": 1}


def test_each_change_comes_on_the_stream_and_is_resumed_by_number(
    live_url: str, service_key_headers: dict[str, str], desk: Desk, as_agent: Agents
) -> None:
    with listening(live_url, service_key_headers, path="/visits/stream") as stream:
        stream.frame()
        desk.asks("s")
        event = stream.event()
        assert (event.event, event.data["sender_id"]) == ("visit.updated", "s")
        assert event.data["state"]["owner"] == "queue"
    lin = as_agent("lin", skills=["en"])  # while nobody listens
    with listening(live_url, service_key_headers, path="/visits/stream", after=event.id) as stream:
        assert update(stream) == ("s", WITH_LIN)
    lin.post(f"/conversations/{desk.conversation('s').id}/resolve")
    with listening(live_url, service_key_headers, path="/visits/stream", after=10**9) as stream:
        assert stream.event().event == "reset", "what is not known any more is fetched anew"


def test_a_change_that_is_undone_tells_nothing(
    live_url: str, service_key_headers: dict[str, str], desk: Desk, context: Context
) -> None:
    class Oops(Exception):
        pass

    with listening(live_url, service_key_headers, path="/visits/stream") as stream:
        stream.frame()
        with pytest.raises(Oops), context.work() as unit:
            take_turn(unit, desk.turn_in("lost", "I want a human", asks_human=True))
            raise Oops
        desk.asks("kept")
        assert update(stream)[0] == "kept"


def test_an_old_conversation_says_nothing_of_the_customer_who_has_a_new_one(
    live_url: str, service_key_headers: dict[str, str], desk: Desk, lin: AgentCaller
) -> None:
    desk.asks("s")
    old = desk.conversation("s").id
    lin.post(f"/conversations/{old}/resolve")
    desk.asks("s")
    with listening(live_url, service_key_headers, path="/visits/stream") as stream:
        stream.frame()
        lin.post(f"/conversations/{old}/notes", json={"text": "afterthought", "client_id": "n"})
        desk.turn("other")
        assert update(stream)[0] == "other"


def test_agents_are_not_shown_what_is_for_channels(live_url: str, lin: AgentCaller, desk: Desk) -> None:
    with listening(live_url, lin.headers) as stream:
        stream.frame()
        desk.asks("s")
        event = stream.event()
        while event.event != "conversation.updated":
            event = stream.event()
        assert set(event.data) == {"conversation"}


def test_channels_learn_that_the_agent_types(
    live_url: str, service_key_headers: dict[str, str], desk: Desk, lin: AgentCaller
) -> None:
    desk.asks("s")
    with listening(live_url, service_key_headers, path="/visits/stream") as stream:
        stream.frame()
        url = f"{live_url}{API}/conversations/{desk.conversation('s').id}/typing"
        assert httpx.post(url, headers=lin.headers, timeout=PATIENCE).status_code == 204
        event = stream.event()
        assert (event.id, event.event, event.data) == (None, "visit.typing", {"sender_id": "s"})


def test_desks_learn_that_the_customer_types_once_in_three_seconds(
    live_url: str,
    service_key_headers: dict[str, str],
    desk: Desk,
    lin: AgentCaller,
    as_agent: Agents,
    clock: Clock,
) -> None:
    sam = as_agent("sam", presence="away")
    desk.asks("s")
    held = desk.conversation("s").id

    def types(sender_id: str) -> int:
        return httpx.post(
            f"{live_url}{API}/visits/{sender_id}/typing", headers=service_key_headers, timeout=PATIENCE
        ).status_code

    with listening(live_url, lin.headers) as stream, listening(live_url, sam.headers) as other:
        stream.frame()
        other.frame()
        assert [types("s") for _ in range(3)] == [204] * 3
        clock.advance(seconds=3)
        assert types("s") == 204
        assert types("nobody") == 204
        desk.turn("later")
        events = [stream.event() for _ in range(3)]
        assert [event.event for event in events[:2]] == ["conversation.customer_typing"] * 2
        assert (events[0].id, events[0].data) == (None, {"conversation_id": held})
        assert events[2].event != "conversation.customer_typing"
        assert other.event().event != "conversation.customer_typing", "it is not theirs to see"


def test_receipts_raise_the_delivery_and_never_lower_it(
    assistant: Caller, desk: Desk, lin: AgentCaller, context: Context
) -> None:
    desk.asks("s")
    message_id = say(lin, desk.conversation("s").id)

    def receipt(state: str) -> int:
        given = {"message_ids": [message_id], "state": state}
        return assistant.post("/visits/s/receipts", json=given).status_code

    # the customer's client may be quicker than Rasa's own word
    assert receipt("delivered") == 204
    assert delivered(context, message_id) == "delivered"
    with context.work() as unit:
        for entry in outbox.open_entries(unit.session, "s"):
            delivery.sent(unit, entry)
    assert delivered(context, message_id) == "delivered"
    assert receipt("read") == 204
    assert receipt("delivered") == 204
    assert delivered(context, message_id) == "read"
    desk.ingest("s", bot("Hello, Lin here", message_id=message_id))
    assert delivered(context, message_id) == "read"


def test_a_receipt_proves_that_an_unconfirmed_message_came(
    assistant: Caller, desk: Desk, lin: AgentCaller, context: Context
) -> None:
    desk.asks("s")
    message_id = say(lin, desk.conversation("s").id)
    with context.work() as unit:
        for entry in outbox.open_entries(unit.session, "s"):
            delivery.failed(unit, entry, "unconfirmed")
    assistant.post("/visits/s/receipts", json={"message_ids": [message_id], "state": "delivered"})
    shown = lin.get(f"/conversations/{desk.conversation('s').id}/messages").json()["items"]
    told = next(message for message in shown if message["id"] == message_id)
    assert (told["delivery"], told["failure"]) == ("delivered", None)


def test_receipts_come_to_the_agent_as_they_happen(
    live_url: str, service_key_headers: dict[str, str], desk: Desk, lin: AgentCaller
) -> None:
    desk.asks("s")
    message_id = say(lin, desk.conversation("s").id)
    with listening(live_url, lin.headers) as stream:
        stream.frame()
        given = {"message_ids": [message_id], "state": "read"}
        httpx.post(
            f"{live_url}{API}/visits/s/receipts", json=given, headers=service_key_headers, timeout=PATIENCE
        )
        event = stream.event()
        assert (event.event, event.data["message"]["delivery"]) == ("message.updated", "read")


def test_what_the_provider_has_not_taken_is_shown_as_failed_and_can_be_sent_again(
    assistant: Caller, desk: Desk, lin: AgentCaller, context: Context
) -> None:
    desk.asks("s")
    held = desk.conversation("s").id
    message_id = say(lin, held)

    def refuses(reason: str) -> int:
        given = {"message_ids": [message_id], "state": "failed", "reason": reason}
        return assistant.post("/visits/s/receipts", json=given).status_code

    def leaves() -> None:
        with context.work() as unit:
            for entry in outbox.open_entries(unit.session, "s"):
                entry.state, entry.attempts = "sending", 1

    def is_said() -> None:
        with context.work() as unit:
            for entry in outbox.open_entries(unit.session, "s"):
                delivery.sent(unit, entry)

    leaves()
    assert refuses("window_closed") == 204
    is_said()
    shown = next(
        m for m in lin.get(f"/conversations/{held}/messages").json()["items"] if m["id"] == message_id
    )
    assert (shown["delivery"], shown["failure"]) == ("failed", "window_closed")

    assert lin.post(f"/conversations/{held}/messages/{message_id}/resend").status_code == 202
    is_said()
    assert delivered(context, message_id) == "sent"
    assistant.post("/visits/s/receipts", json={"message_ids": [message_id], "state": "read"})
    assert refuses("window_closed") == 204
    assert delivered(context, message_id) == "failed", "another part of it is lost"
    assert refuses("Not a word of ours") == 422


class TestWhatTheBotSays:
    """The channel names an answer by the message that it answers and its place in the turn."""

    @pytest.mark.parametrize("told_first", [True, False])
    def test_is_marked_where_it_did_not_reach_the_customer(
        self, assistant: Caller, desk: Desk, vera: AgentCaller, told_first: bool
    ) -> None:
        desk.turn("s", message_id="m-1")
        if told_first:  # the provider may refuse it before Rasa has stored the turn
            fails(assistant, "s", "m-1.1", reason="not_permitted")
        for n, text in enumerate(("first", "second")):
            desk.ingest("s", bot(text), reply_to="m-1", n=n)
        if not told_first:
            fails(assistant, "s", "m-1.1", reason="not_permitted")
        fails(assistant, "other", "m-1.0")
        assistant.post("/visits/s/receipts", json={"message_ids": ["m-1.0"], "state": "read"})

        messages = vera.get(f"/conversations/{desk.conversation('s').id}/messages").json()["items"]
        shown = [(each["text"], each["delivery"], each["failure"]) for each in messages]
        assert shown[-2:] == [("first", None, None), ("second", "failed", "not_permitted")]
        told = desk.events("message.added" if told_first else "message.updated")[-1]
        assert told["message"]["failure"] == "not_permitted"

    def test_is_told_once_and_not_kept_for_ever(
        self, assistant: Caller, desk: Desk, context: Context, clock: Clock
    ) -> None:
        fails(assistant, "s", "m-1.0", "m-2.0", "no answer of a turn")
        desk.turn("s", message_id="m-1")
        desk.ingest("s", bot("first"), reply_to="m-1", n=0)
        assert kept(context) == ["bot:s:m-2:0"]
        clock.advance(hours=25)
        fails(assistant, "s", "m-3.0")
        assert kept(context) == ["bot:s:m-3:0"]


def fails(assistant: Caller, sender_id: str, *message_ids: str, reason: str = "unconfirmed") -> None:
    given = {"message_ids": list(message_ids), "state": "failed", "reason": reason}
    assert assistant.post(f"/visits/{sender_id}/receipts", json=given).status_code == 204


def kept(context: Context) -> list[str]:
    with context.database.reading() as session:
        return list(session.scalars(select(LostAnswer.key)))


def test_the_desk_sees_what_the_channel_still_lets_it_say(
    assistant: Caller, desk: Desk, lin: AgentCaller
) -> None:
    window = {"messages": 5, "until": "2026-03-04T09:00:00Z"}
    assert assistant.post("/visits/s/window", json=window).status_code == 204, (
        "before anything is known of them"
    )
    desk.asks("s")
    held = desk.conversation("s").id
    unsaid = {"reason": None, "later": []}
    assert lin.get(f"/conversations/{held}").json()["reach"]["window"] == {**window, **unsaid}
    for left in (
        {"messages": 0, "until": None},
        {"messages": None, "until": "2026-03-02T10:00:00Z"},
        {"messages": 0, "until": None, "reason": "answers_only"},
        {**window, "later": [{"messages": 2, "until": "2026-03-04T10:00:00Z"}]},
    ):
        assert assistant.post("/visits/s/window", json=left).status_code == 204
        assert desk.told_last(held)["reach"]["window"] == {**unsaid, **left}
    assert assistant.post("/visits/s/window", json={"messages": -1, "until": None}).status_code == 422


class TestSeveralAtOnce:
    def test_each_is_taken_or_refused_by_itself(
        self, assistant: Caller, desk: Desk, lin: AgentCaller, context: Context
    ) -> None:
        desk.asks("web:s:c1")
        conversation_id = desk.conversation("web:s:c1").id
        message_id = say(lin, conversation_id)
        name = {"channel": "web", "name": "Mei Lin"}
        items = [
            {"sender_id": "web:s:c1", "what": "name", "body": name},
            {"sender_id": "web:s:c2", "what": "feedback", "body": {"message_id": "m1", "solved": True}},
            {"sender_id": "web:s:c3", "what": "name", "body": {**name, "age": 40}},
            {
                "sender_id": "web:s:c1",
                "what": "receipts",
                "body": {"message_ids": [message_id], "state": "read"},
            },
            {"sender_id": "web:s:c1", "what": "window", "body": {"messages": 4, "until": None}},
            {"sender_id": "web:s:c1", "what": "presence", "body": {"connected": True}},
        ]
        answer = assistant.post("/visits/told", json={"items": items})
        assert answer.status_code == 200
        assert [(each["status"], each["type"]) for each in answer.json()["results"]] == [
            (204, "about:blank"),
            (404, "urn:baton:problem:visit-not-found"),
            (422, "urn:baton:problem:unprocessable"),
            (204, "about:blank"),
            (204, "about:blank"),
            (204, "about:blank"),
        ]
        shown = lin.get(f"/conversations/{conversation_id}").json()
        assert shown["customer"]["name"] == "Mei Lin"
        assert shown["reach"]["window"]["messages"] == 4
        assert delivered(context, message_id) == "read"

    def test_what_it_fails_at_changes_nothing_and_keeps_nothing_from_others(
        self, assistant: Caller, desk: Desk, lin: AgentCaller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.asks("web:s:c1")
        conversation_id = desk.conversation("web:s:c1").id

        def fails(unit: Unit, _sender_id: str, _given: Any) -> None:
            unit.session.get_one(Conversation, conversation_id).topic = "half done"
            raise RuntimeError

        monkeypatch.setitem(told._KINDS, "changes", told._Kind(Change, fails))
        change = {"channel": "web", "message_id": "m1", "change": "recalled"}
        window = {"messages": 4, "until": None}
        items = [
            {"sender_id": "web:s:c1", "what": "changes", "body": change},
            {"sender_id": "web:s:c2", "what": "window", "body": window},
            {"sender_id": "web:s:c1", "what": "window", "body": window},
        ]
        answer = assistant.post("/visits/told", json={"items": items})
        assert [each["status"] for each in answer.json()["results"]] == [500, 204, 424]
        assert lin.get(f"/conversations/{conversation_id}").json()["topic"] is None

    def test_all_that_may_be_told_is_taken(self) -> None:
        assert set(get_args(ToldItem.model_fields["what"].annotation)) == set(told._KINDS)

    @pytest.mark.parametrize("items", [[], [{"sender_id": "web:s:c1", "what": "rating", "body": {}}], None])
    def test_what_is_no_list_of_them_is_refused(self, assistant: Caller, items: Any) -> None:
        assert assistant.post("/visits/told", json={"items": items}).status_code == 422


def test_a_receipt_of_another_customer_changes_nothing(
    assistant: Caller, desk: Desk, lin: AgentCaller, context: Context
) -> None:
    desk.asks("s")
    desk.turn("other")
    message_id = say(lin, desk.conversation("s").id)
    note = lin.post(
        f"/conversations/{desk.conversation('s').id}/notes", json={"text": "hm", "client_id": "n"}
    ).json()["id"]
    assistant.post("/visits/other/receipts", json={"message_ids": [message_id, "x"], "state": "read"})
    assistant.post("/visits/s/receipts", json={"message_ids": [note], "state": "read"})
    assert delivered(context, message_id) == "pending"
    assert delivered(context, note) is None


def test_the_customer_learns_what_the_agent_has_read(assistant: Caller, desk: Desk, lin: AgentCaller) -> None:
    desk.asks("s")
    assert state(assistant, "s")["read_message_id"] is None
    desk.turn("s", "hello?", message_id="m-1")
    held = desk.conversation("s").id
    lin.post(f"/conversations/{held}/read")
    assert state(assistant, "s")["read_message_id"] == "m-1"
    desk.turn("s", "anybody?", message_id="m-2")
    assert state(assistant, "s")["read_message_id"] == "m-1"
    say(lin, held)
    assert state(assistant, "s")["read_message_id"] == "m-2", "who answers has read"
    lin.post(f"/conversations/{held}/resolve")
    desk.turn("s", "thanks", message_id="m-3")
    assert state(assistant, "s")["read_message_id"] == "m-2"


def test_who_waits_may_go_on_with_the_bot(assistant: Caller, desk: Desk, context: Context) -> None:
    desk.asks("s")
    assert assistant.post("/visits/s/choice", json={"choice": "wait"}).status_code == 204
    assert state(assistant, "s")["owner"] == "queue"
    for _ in range(2):  # the first answer may have been lost
        assert assistant.post("/visits/s/choice", json={"choice": "bot"}).status_code == 204
    assert state(assistant, "s")["owner"] == "bot"
    assert [entry.kind for entry in desk.outbox("s")].count("resume") == 1
    told = [action for actor, action in actions(context, "s", desk) if actor == "customer"]
    assert sorted(told) == ["conversation.return", "conversation.wait"]


def test_who_does_not_wait_has_nothing_to_choose(assistant: Caller, desk: Desk, lin: AgentCaller) -> None:
    assert assistant.post("/visits/nobody/choice", json={"choice": "bot"}).status_code == 404
    desk.asks("s")
    for choice in ("bot", "wait"):
        assert assistant.post("/visits/s/choice", json={"choice": choice}).status_code == 409
    assert state(assistant, "s")["owner"] == "agent"


def test_an_answer_that_helped_is_recorded_and_nothing_else(
    assistant: Caller, desk: Desk, context: Context
) -> None:
    desk.turn("s")
    given = {"message_id": "m1.0", "solved": True}
    assert assistant.post("/visits/s/feedback", json=given).status_code == 204
    assert ("customer", "answer.solved") in actions(context, "s", desk)
    assert state(assistant, "s") == NOBODY


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/visits/s", None),
        ("GET", "/visits/waiting", None),
        ("GET", "/visits/stream", None),
        ("POST", "/visits/s/typing", {}),
        ("POST", "/visits/told", {"items": [{"sender_id": "s", "what": "presence", "body": {}}]}),
        ("POST", "/visits/s/receipts", {"message_ids": ["m"], "state": "read"}),
        ("POST", "/visits/s/window", {"messages": 1, "until": None}),
        ("POST", "/visits/s/choice", {"choice": "bot"}),
        ("POST", "/visits/s/feedback", {"message_id": "m", "solved": True}),
    ],
)
def test_visits_are_for_channels_alone(lin: AgentCaller, method: str, path: str, body: Any) -> None:
    assert lin.request(method, path, json=body).status_code == 401


ASKING = {"channel": "lanying", "key": "lanying:app:41", "reason": "The plugin asks", "note": "Mind the bot"}


def test_a_channel_asks_for_a_person_once_with_a_note_for_the_desk(
    assistant: Caller, desk: Desk, context: Context, lin: AgentCaller
) -> None:
    assert assistant.post("/visits/s/handoff", json=ASKING).status_code == 204
    assert state(assistant, "s") == WITH_LIN
    first = desk.conversation("s")

    again = {**ASKING, "key": "lanying:app:42"}
    assert assistant.post("/visits/s/handoff", json=again).status_code == 204

    messages = lin.get(f"/conversations/{first.id}/messages").json()["items"]
    notes = [(each["author"], each["text"]) for each in messages if each["private"]]
    assert notes == [("system", "Mind the bot")]
    shown = lin.get(f"/conversations/{first.id}").json()["handoff"]
    assert shown["reasons"] == [{"rule": "api", "why": {"reason": "The plugin asks"}}]
    told = [entry.payload.get("text") for entry in desk.outbox("s")]
    assert "Mind the bot" not in told, "the customer does not see it"

    lin.post(f"/conversations/{first.id}/return")
    for given in (ASKING, {**ASKING, "note": None}):
        assert assistant.post("/visits/s/handoff", json=given).status_code == 204
    assert desk.conversation("s").owner == "bot", "the same asking comes late"
    assert assistant.post("/visits/s/handoff", json=again).status_code == 204
    assert desk.conversation("s").owner == "agent", "another is another"


def test_asking_for_a_person_needs_the_service_key(lin: AgentCaller) -> None:
    assert lin.post("/visits/s/handoff", json=ASKING).status_code == 401

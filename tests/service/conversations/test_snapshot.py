"""What a desk keeps up to date from the stream equals what it would fetch anew, after every action."""

import datetime as dt
from typing import Any

import pytest

from handoff_service.auth.dependencies import Principal
from handoff_service.context import Context
from handoff_service.stream import repository
from handoff_service.stream.visibility import View
from handoff_service.timers import run_due
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.desk import Desk

OF_THE_QUEUE = {"position", "estimated_wait_seconds"}
"""What the others in the queue and time change: the desk asks for them."""


class Mirror:
    """A desk: conversations, and the messages of each, from a snapshot and the events after it."""

    def __init__(self, caller: AgentCaller, context: Context) -> None:
        self._caller = caller
        self._context = context
        self._view = View(Principal(caller.id, caller.agent.name, caller.email, caller.agent.role))
        with context.database.reading() as session:
            self._number = repository.newest(session)
        self.conversations, self.messages = self.fetched()

    def fetched(self) -> tuple[dict[str, Any], dict[str, Any]]:
        shown = {c["id"]: _plain(c) for c in self._caller.get("/conversations").json()["items"]}
        return shown, {id: self._messages_of(id) for id in shown}

    def catch_up(self) -> None:
        with self._context.database.reading() as session:
            events = repository.after(session, self._number, 10_000)
        for event in events:
            self._number = event.number
            match self._view.show(event):
                case "conversation.updated", {"conversation": conversation}:
                    if conversation["id"] not in self.conversations:  # new to this desk: it reads up
                        self.messages[conversation["id"]] = self._messages_of(conversation["id"])
                    self.conversations[conversation["id"]] = _plain(conversation)
                case "conversation.left", {"id": id}:
                    self.conversations.pop(id, None)
                    self.messages.pop(id, None)
                case (("message.added" | "message.updated"), data):
                    if data["conversation_id"] in self.conversations:
                        message = data["message"]
                        self.messages[data["conversation_id"]][message["id"]] = message

    def _messages_of(self, conversation_id: str) -> dict[str, Any]:
        answer = self._caller.get(f"/conversations/{conversation_id}/messages")
        return {message["id"]: message for message in answer.json().get("items", ())}


def _plain(conversation: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in conversation.items() if name not in OF_THE_QUEUE}


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Who does nothing for an hour stays online: the steps need them."""
    return {"auto_away_after": dt.timedelta(days=1)}


@pytest.mark.parametrize("role", ["supervisor", "agent"])
def test_snapshot_and_events_are_a_fresh_snapshot(
    context: Context, as_agent: Agents, clock: Clock, role: str
) -> None:
    desk = Desk(context)
    lin, sam = as_agent("lin", skills=["en"]), as_agent("sam", skills=["en", "loan"], presence="away")
    watcher = as_agent("vera", role=role, presence="offline")
    boss = as_agent("boss", role="supervisor", presence="offline")
    mirror = Mirror(watcher, context)

    def id_of(sender_id: str) -> str:
        return desk.conversation(sender_id).id

    def does(caller: AgentCaller, what: str, **given: Any) -> None:
        answer = caller.post(f"/conversations/{id_of('s')}/{what}", json=given)
        assert answer.is_success, answer.text

    def time_passes(**duration: float) -> None:
        clock.advance(**duration)
        with context.work() as unit:
            run_due(unit)

    steps = [
        lambda: desk.asks("s"),
        lambda: does(lin, "notes", text="hm", client_id="n"),
        lambda: does(lin, "messages", text="hello", client_id="m"),
        lambda: sam.put("/me/presence", json={"status": "online"}),
        lambda: does(lin, "transfer", agent_id=sam.id, note="loans"),
        lambda: does(sam, "transfer", skill="en"),
        lambda: does(lin, "messages", text="again me", client_id="m2"),
        lambda: boss.post("/teams", json={"name": "T", "skills": ["en"], "member_ids": [lin.id]}),
        lambda: boss.patch(f"/teams/{boss.get('/teams').json()[0]['id']}", json={"name": "Team"}),
        lambda: does(lin, "snooze", until=(clock() + dt.timedelta(hours=1)).isoformat()),
        lambda: time_passes(hours=1),
        lambda: time_passes(minutes=10),
        lambda: time_passes(minutes=10),
        lambda: does(sam, "reopen"),
        lambda: does(sam, "resolve", note="done"),
        lambda: desk.turn("s", "not solved", rejects_answer=True),
        lambda: sam.put("/me/presence", json={"status": "away", "conversations": {"give_to": lin.id}}),
        lambda: lin.put("/me/presence", json={"status": "offline"}),
        lambda: time_passes(minutes=5),
    ]
    for number, step in enumerate(steps):
        step()
        mirror.catch_up()
        conversations, messages = mirror.fetched()
        assert mirror.conversations == conversations, f"after step {number}"
        assert mirror.messages == messages, f"after step {number}"
    assert desk.conversation("s").owner == "queue", "every step did what it is for"

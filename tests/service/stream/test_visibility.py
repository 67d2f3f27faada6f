"""What each listener gets to see of an event."""

from typing import Any

import pytest

from handoff_service.auth.dependencies import Principal
from handoff_service.stream.repository import OF_THE_MOMENT, Event
from handoff_service.stream.visibility import View

LIN = Principal("lin", "Lin", "lin@example.com", "agent")
SAM = Principal("sam", "Sam", "sam@example.com", "agent")
VERA = Principal("vera", "Vera", "vera@example.com", "supervisor")


def conversation(owner: str, assignee: str | None = None, status: str = "open") -> Event:
    shown = {"id": "c1", "owner": owner, "status": status, "assignee": None}
    if assignee:
        shown["assignee"] = {"id": assignee, "name": assignee.capitalize()}  # type: ignore[assignment]
    return Event(1, "conversation.updated", {"conversation": shown})


def message(owner: str, assignee: str | None = None, kind: str = "message.added") -> Event:
    visibility = {"owner": owner, "assignee_id": assignee, "status": "open"}
    payload: dict[str, Any] = {"conversation_id": "c1", "message": {"id": "m1"}, "visibility": visibility}
    return Event(2, kind, payload)


@pytest.mark.parametrize(
    ("who", "event"),
    [
        (LIN, conversation("queue")),
        (LIN, conversation("bot")),
        (LIN, conversation("agent", "lin")),
        (VERA, conversation("agent", "lin")),
    ],
)
def test_a_conversation_is_shown_to_those_it_concerns(who: Principal, event: Event) -> None:
    assert View(who).show(event) == ("conversation.updated", event.payload)


def test_a_conversation_that_somebody_else_took_has_left() -> None:
    view = View(SAM)

    assert view.show(conversation("queue")) is not None
    assert view.show(conversation("agent", "lin")) == ("conversation.left", {"id": "c1"})
    assert view.show(conversation("agent", "lin")) is None
    assert view.show(conversation("queue")) is not None
    assert view.show(conversation("agent", "lin")) == ("conversation.left", {"id": "c1"})


def test_after_a_resume_a_conversation_may_have_left_unseen() -> None:
    assert View(SAM).show(conversation("agent", "lin")) == ("conversation.left", {"id": "c1"})


@pytest.mark.parametrize("kind", ["message.added", "message.updated"])
def test_messages_go_to_those_who_see_the_conversation_without_saying_who_that_is(kind: str) -> None:
    event = message("agent", "lin", kind)

    for who in (LIN, VERA):
        assert View(who).show(event) == (kind, {"conversation_id": "c1", "message": {"id": "m1"}})
    assert View(SAM).show(event) is None
    assert "visibility" in event.payload


def test_who_types_is_told_to_the_others_who_see_the_conversation() -> None:
    shown = {"conversation_id": "c1", "agent": {"id": "lin", "name": "Lin"}}
    visibility = {"owner": "agent", "assignee_id": "lin", "status": "open"}
    event = Event(OF_THE_MOMENT, "conversation.typing", {**shown, "visibility": visibility})

    assert View(VERA).show(event) == ("conversation.typing", shown)
    assert View(LIN).show(event) is None
    assert View(SAM).show(event) is None


def test_agents_learn_of_themselves_and_supervisors_of_all() -> None:
    event = Event(3, "agent.updated", {"agent": {"id": "lin"}})

    assert View(LIN).show(event) == View(VERA).show(event) == ("agent.updated", event.payload)
    assert View(SAM).show(event) is None


def test_an_event_that_nobody_thought_of_is_shown_to_nobody() -> None:
    assert View(VERA).show(Event(4, "secret.told", {"secret": 1})) is None

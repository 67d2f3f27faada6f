"""What one listener gets to see of an event. Pure, but for what it remembers of the listener's own stream."""

from typing import Any

from handoff_service.auth.dependencies import Principal
from handoff_service.conversations.view import may_see
from handoff_service.stream.repository import Event

_REMEMBERED = 10_000  # conversations; forgetting costs a superfluous `conversation.left`


class View:
    """One listener's view. `show` wants the events in order."""

    def __init__(self, who: Principal) -> None:
        self._who = who
        self._visible: dict[str, bool] = {}

    def show(self, event: Event) -> tuple[str, dict[str, Any]] | None:
        """Type and data as sent, or None when the event is not for this listener."""
        payload = event.payload
        match event.type:
            case "conversation.updated":
                return self._conversation(payload["conversation"])
            case "message.added" | "message.updated" | "rating.updated":
                if not self._sees(payload["visibility"]):
                    return None
                return event.type, _without_visibility(payload)
            case "conversation.customer_typing":
                if not self._sees(payload["visibility"]):
                    return None
                return event.type, _without_visibility(payload)
            case "conversation.typing" if payload["agent"]["id"] != self._who.id:
                if not self._sees(payload["visibility"]):
                    return None
                return event.type, _without_visibility(payload)
            case "agent.updated" if self._who.supervises or payload["agent"]["id"] == self._who.id:
                return event.type, payload
            case "closing.updated":
                return event.type, payload
            case "canned.updated" | "canned.removed" if payload["owner_id"] in (None, self._who.id):
                return event.type, {name: value for name, value in payload.items() if name != "owner_id"}
            case "hours.updated" | "team.updated" | "team.removed":
                return event.type, payload
            case "rules.updated" | "alert.added" | "alert.updated" if self._who.supervises:
                return event.type, payload
        return None

    def _sees(self, conversation: dict[str, Any]) -> bool:
        return may_see(self._who.role, self._who.id, conversation, self._who.leads)

    def _conversation(self, conversation: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
        if len(self._visible) > _REMEMBERED:
            self._visible.clear()
        before = self._visible.get(conversation["id"])
        now = self._sees(conversation)
        self._visible[conversation["id"]] = now
        if now:
            return "conversation.updated", {"conversation": conversation}
        # Not seen on this connection is not the same as unknown: a snapshot may have shown it.
        return None if before is False else ("conversation.left", {"id": conversation["id"]})


def _without_visibility(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != "visibility"}

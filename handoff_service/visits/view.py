"""What a channel sees of the stream: where its customers' conversations stand, and who types to them."""

from typing import Any

from handoff_service.stream.repository import Event


class VisitView:
    """Every customer's, whatever the channel: one connection serves all of a server's connectors."""

    def show(self, event: Event) -> tuple[str, dict[str, Any]] | None:
        match event.type:
            case "conversation.updated" if event.payload.get("visit"):
                return "visit.updated", event.payload["visit"]
            case "conversation.typing":
                return "visit.typing", {"sender_id": event.payload["visibility"]["sender_id"]}
        return None

    def in_doubt(self, event: Event) -> bool:
        """The service key does not change while a process runs."""
        return False

    def allowed(self) -> bool:
        return True

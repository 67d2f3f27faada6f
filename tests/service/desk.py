"""A desk to test on: agents, customers' turns and Rasa's events, straight through the services."""

import itertools
from collections.abc import Sequence
from typing import Any

from handoff_service import routing_service
from handoff_service.agents.record import record_duty
from handoff_service.context import Context
from handoff_service.conversations import repository
from handoff_service.ingest.schemas import Result
from handoff_service.ingest.service import take_in
from handoff_service.models import Agent, Conversation, OutboxEntry, StreamEvent
from handoff_service.turns.schemas import TurnIn
from handoff_service.turns.service import take_turn

_ids = itertools.count(1)


class Desk:
    """Short words for what tests do over and over; each is one unit of work."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def agent(self, name: str, *skills: str, capacity: int = 5, presence: str = "online") -> str:
        with self.context.work() as unit:
            agent = Agent(
                email=f"{name}-{next(_ids)}@example.com",
                name=name,
                password_hash="-",
                role="agent",
                skills=list(skills) or ["zh", "en"],
                capacity=capacity,
                presence=presence,
                idle_since=unit.now,
                lapses=0,
                active=True,
            )
            unit.session.add(agent)
            unit.session.flush()
            record_duty(unit, agent)
            return agent.id

    def presence(self, agent_id: str, presence: str) -> None:
        with self.context.work(f"agent:{agent_id}") as unit:
            agent = unit.session.get(Agent, agent_id)
            assert agent is not None
            agent.presence = presence
            record_duty(unit, agent)
            routing_service.assign_waiting(unit)

    def agent_becomes(self, agent_id: str, **values: Any) -> None:
        """Change the agent's row, and nothing that would follow from it."""
        with self.context.work() as unit:
            agent = unit.session.get_one(Agent, agent_id)
            for name, value in values.items():
                setattr(agent, name, value)

    def turn(
        self,
        sender_id: str,
        text: str = "hello",
        *,
        message_id: str | None = None,
        late: bool = False,
        attachment_ids: Sequence[str] = (),
        **signals: Any,
    ) -> dict[str, Any]:
        turn = self.turn_in(sender_id, text, message_id, **signals)
        turn.attachments.extend(attachment_ids)
        with self.context.work("assistant") as unit:
            return take_turn(unit, turn, late=late)

    def turn_in(
        self, sender_id: str, text: str = "hello", message_id: str | None = None, **signals: Any
    ) -> TurnIn:
        return TurnIn(
            sender_id=sender_id,
            channel="webchat",
            message_id=message_id or f"m{next(_ids)}",
            sent_at=self.context.clock(),
            text=text,
            signals={"language": "en", "intent": "greet", "confidence": 0.9, **signals},
        )

    def asks(self, sender_id: str, **signals: Any) -> dict[str, Any]:
        """A plain request for a person."""
        return self.turn(sender_id, "I want a human", asks_human=True, **signals)

    def ingest(self, sender_id: str, *events: dict[str, Any], **item: Any) -> list[Result]:
        stamped = [{"timestamp": self.context.clock().timestamp(), **event} for event in events]
        items = [{"id": n, "sender_id": sender_id, "event": event, **item} for n, event in enumerate(stamped)]
        with self.context.work("assistant") as unit:
            return take_in(unit, items)

    def conversation(self, sender_id: str) -> Conversation:
        with self.context.database.reading() as session:
            conversation = repository.live(session, sender_id) or repository.latest(session, sender_id)
            assert conversation is not None
            return conversation

    def said(self, sender_id: str) -> list[tuple[str, str]]:
        with self.context.database.reading() as session:
            found = repository.latest(session, sender_id)
            assert found is not None
            return [
                (m.author, m.text) for m in repository.messages(session, found.id, after=None, limit=1000)
            ]

    def told_last(self, conversation_id: str) -> dict[str, Any]:
        """The conversation as the stream told it last."""
        with self.context.database.reading() as session:
            events = session.query(StreamEvent).filter_by(
                type="conversation.updated", conversation_id=conversation_id
            )
            shown: dict[str, Any] = events.order_by(StreamEvent.number.desc()).first().payload["conversation"]
            return shown

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the stream told of that kind, in order."""
        with self.context.database.reading() as session:
            told = session.query(StreamEvent).filter_by(type=kind).order_by(StreamEvent.number)
            return [event.payload for event in told]

    def outbox(self, sender_id: str, *states: str) -> list[OutboxEntry]:
        """Entries in order; all states unless some are named."""
        with self.context.database.reading() as session:
            entries = session.query(OutboxEntry).filter_by(sender_id=sender_id).order_by(OutboxEntry.number)
            return [entry for entry in entries if not states or entry.state in states]


def user(text: str, message_id: str | None, intent: str = "greet", **extra: Any) -> dict[str, Any]:
    return {
        "event": "user",
        "text": text,
        "message_id": message_id,
        "input_channel": "webchat",
        "parse_data": {"intent": {"name": intent, "confidence": 0.9}, "entities": []},
        "metadata": {},
        **extra,
    }


def bot(text: str, **metadata: Any) -> dict[str, Any]:
    return {"event": "bot", "text": text, "data": {}, "metadata": metadata}

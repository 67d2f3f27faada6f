"""How a conversation is shown, and to whom."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from handoff_service import routing_service
from handoff_service.contacts.view import hint, reach
from handoff_service.conversations import ownership, repository
from handoff_service.conversations.schemas import HandoffRecord
from handoff_service.decision.priority import Priority
from handoff_service.models import Agent, Conversation, Customer, Handoff
from handoff_service.settings import Settings
from handoff_service.teams import queue as team_queue
from handoff_service.teams.belonging import TeamSkills
from handoff_service.unit import Unit
from handoff_service.visits.state import visit_of

SUPERVISING = ("supervisor", "admin")


def may_see(role: str, agent_id: str, conversation: Mapping[str, Any], leads: str | None = None) -> bool:
    """Agents see what waits, what the bot does, and what they hold; who leads a team, also what its members
    hold; supervisors see all.

    `conversation` is the API's Conversation, or the `visibility` of a message event. `leads`: the team's id.
    """
    if role in SUPERVISING:
        return True
    if conversation["owner"] != "agent":
        return True
    assignee, team = conversation.get("assignee"), conversation.get("team")
    assignee_id = assignee["id"] if assignee else conversation.get("assignee_id")
    team_id = team["id"] if team else conversation.get("team_id")
    return bool(assignee_id == agent_id or (leads is not None and team_id == leads))


def conversation_views(
    session: Session, conversations: Iterable[Conversation], settings: Settings, now: dt.datetime
) -> list[dict[str, Any]]:
    """The API's Conversation for each; the queue and the teams are looked at once for all of them."""
    conversations = list(conversations)
    waiting = {each.id for each in conversations if each.owner == "queue"}
    places = routing_service.places(session, settings, now, waiting) if waiting else {}
    teams = team_queue.known(session) if any(each.owner != "bot" for each in conversations) else []
    _kept = (
        repository.read_together(session, Agent, (each.assignee_id for each in conversations)),
        repository.read_together(session, Customer, (each.customer_id for each in conversations)),
        repository.read_together(session, Handoff, (each.handoff_id for each in conversations)),
    )
    return [_view(session, conversation, places, teams, settings) for conversation in conversations]


def conversation_view(
    session: Session, conversation: Conversation, settings: Settings, now: dt.datetime
) -> dict[str, Any]:
    return conversation_views(session, [conversation], settings, now)[0]


def publish_touched(unit: Unit) -> None:
    """One `conversation.updated` for each conversation that this unit changed."""
    unit.session.flush()
    # without those that were opened for an event that was then refused
    known = [conversation for conversation in unit.touched if conversation in unit.session]
    known.sort(key=lambda conversation: conversation.id)
    views = conversation_views(unit.session, known, unit.settings, unit.now)
    for conversation, view in zip(known, views, strict=True):
        visit = visit_of(unit.session, conversation, view)
        unit.publish("conversation.updated", {"conversation": view, "visit": visit}, view["id"])
    unit.touched.clear()


def _view(
    session: Session,
    conversation: Conversation,
    places: Mapping[str, routing_service.Place],
    teams: Sequence[TeamSkills],
    settings: Settings,
) -> dict[str, Any]:
    assignee = session.get(Agent, conversation.assignee_id) if conversation.assignee_id else None
    customer = session.get(Customer, conversation.customer_id) if conversation.customer_id else None
    handoff = repository.handoff(session, conversation.handoff_id)
    place = places.get(conversation.id)
    team_id = team_queue.of(session, conversation, teams)
    answer_due_at = ownership.answer_due_at(conversation, settings)
    return {
        "id": conversation.id,
        "sender_id": conversation.sender_id,
        "channel": conversation.channel,
        "kind": conversation.kind,
        "due_at": _rfc3339(conversation.due_at) if conversation.due_at else None,
        "owner": conversation.owner,
        "outside": conversation.owner == "queue" and conversation.channel in settings.outside_channels,
        "control": conversation.control,
        "status": conversation.status,
        "snoozed_until": _rfc3339(conversation.snoozed_until) if conversation.snoozed_until else None,
        "epoch": conversation.epoch,
        "previous_id": conversation.previous_id,
        "assignee": {"id": assignee.id, "name": assignee.name} if assignee else None,
        "team": next(({"id": each.id, "name": each.name} for each in teams if each.id == team_id), None),
        "answer_due_at": _rfc3339(answer_due_at) if answer_due_at else None,
        "topic": conversation.topic,
        "priority": Priority(conversation.priority).name,
        "skills": {
            "required": conversation.skills_required,
            "preferred": conversation.skills_preferred,
        },
        "position": place.position if place else None,
        "estimated_wait_seconds": place.wait_seconds if place else None,
        "handoff": None
        if handoff is None
        else {
            "id": handoff.id,
            "rule": handoff.rule,
            "reasons": handoff.reasons,
            "relaxed": handoff.relaxed,
            "requested_at": _rfc3339(handoff.requested_at),
            "mark": handoff.mark,
        },
        "customer": None
        if customer is None
        else {
            "id": customer.id,
            "name": customer.name,
            "tier": customer.tier,
            "language": conversation.language,
        },
        "contact": hint(conversation.contact),
        "reach": reach(conversation.channel, conversation.contact, settings),
        "language": conversation.language,
        "unread": conversation.unread,
        "blocked": conversation.block_id is not None,
        "rating": conversation.rating,
        "created_at": _rfc3339(conversation.created_at),
        "updated_at": _rfc3339(conversation.updated_at),
    }


def handoff_record(handoff: Handoff) -> dict[str, Any]:
    """The API's HandoffRecord."""
    return {name: getattr(handoff, name) for name in HandoffRecord.model_fields}


def _rfc3339(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")

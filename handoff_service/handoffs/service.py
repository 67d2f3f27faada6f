"""Opening a handoff: into the queue, to an agent at once where one is free, and the words that go with it."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from handoff_service import routing_service
from handoff_service.conversations import messages, ownership, repository
from handoff_service.conversations.opening import live_or_new
from handoff_service.conversations.ownership import Request
from handoff_service.decision.decide import Decision
from handoff_service.decision.priority import Priority
from handoff_service.errors import Conflict
from handoff_service.handoffs.schemas import HandoffIn
from handoff_service.hours.service import calendar
from handoff_service.models import Agent, Conversation, Handoff
from handoff_service.rules.service import active_rules
from handoff_service.texts.notices import notice
from handoff_service.unit import Unit


def open_for_decision(
    unit: Unit, conversation: Conversation, decision: Decision, *, late: bool
) -> dict[str, Any]:
    """What a turn's decision asks for. In time, the assistant's action tells the customer and pauses."""
    request = Request(
        source="ingest" if late else "turn",
        rule=decision.rule,
        reasons=[{"rule": reason.rule, "why": dict(reason.why)} for reason in decision.reasons],
        rules_version=decision.rules_version,
        priority=int(decision.priority),
        required=_with_language(conversation, decision.skills_required),
        preferred=list(decision.skills_preferred),
        strict=sorted(decision.skills_strict),
    )
    grace = dt.timedelta(0) if late else unit.settings.pause_grace
    message = decision.messages.get(conversation.language)
    return _open(unit, conversation, request, pause_due=unit.now + grace, message=message, late=late)


def open_for_caller(
    unit: Unit, given: HandoffIn, idempotency_key: str
) -> tuple[dict[str, Any], Conversation]:
    """A handoff asked for outside a turn, once per key; told and paused for by the service."""
    known = unit.session.scalar(select(Handoff).where(Handoff.idempotency_key == idempotency_key))
    if known is not None:
        conversation = unit.session.get(Conversation, known.conversation_id)
        assert conversation is not None  # a foreign key guards it
        if conversation.sender_id != given.sender_id:
            raise Conflict("This Idempotency-Key was used for another sender.")
        return _answer(unit, conversation, known), conversation
    conversation = live_or_new(unit, given.sender_id, given.channel)
    if given.language:
        conversation.language = given.language
    request = Request(
        source="api",
        rule=None,
        reasons=[{"rule": "api", "why": {"reason": given.reason}}] if given.reason else [],
        rules_version=active_rules(unit).version,
        priority=int(Priority[given.priority]),
        required=_with_language(conversation, given.skills),
        idempotency_key=idempotency_key,
    )
    answer = _open(unit, conversation, request, pause_due=unit.now, message=None, late=False)
    return answer, conversation


def wake_if_snoozed(unit: Unit, conversation: Conversation) -> None:
    """A silent customer has written again."""
    if conversation.status == "snoozed":
        ownership.wake(unit, conversation)
        routing_service.assign_waiting(unit)


def give_up(unit: Unit, conversation: Conversation) -> None:
    """The waiting customer would rather go on with the bot."""
    ownership.give_back(unit, conversation, outcome="gave_up", note=None, notice="gave_up")


def place_of(unit: Unit, conversation: Conversation) -> routing_service.Place | None:
    """None when it is not in the queue."""
    if conversation.owner != "queue":
        return None
    unit.session.flush()
    found = routing_service.places(unit.session, unit.settings, unit.now, {conversation.id})
    return found.get(conversation.id)


def tell(unit: Unit, conversation: Conversation) -> None:
    """Tell the customer of the handoff under way, unless they know; where it stands now, not at the start."""
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    if handoff is not None and not handoff.told:
        handoff.told = True
        tells: str | None = _tells(conversation)
        text = _with_lead(handoff, _where_it_stands(unit, conversation, place_of(unit, conversation)))
        if handoff.notice and messages.is_told(unit, conversation, tells):
            tells, text = None, handoff.notice
        messages.system_text(unit, conversation, text, tells=tells, perishable=not handoff.notice)


def tell_of_transfer(unit: Unit, conversation: Conversation) -> None:
    """Who has it now, or the place in the queue; the start of the handoff need not be told after that. Who
    left a message waits for an answer, not for somebody."""
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    if handoff is not None and not handoff.notice:
        handoff.told = True
    if conversation.kind == "live":
        text = _where_it_stands(unit, conversation, place_of(unit, conversation))
        messages.system_text(unit, conversation, text, tells=_tells(conversation), perishable=True)


def _open(
    unit: Unit,
    conversation: Conversation,
    request: Request,
    *,
    pause_due: dt.datetime,
    message: str | None,
    late: bool,
) -> dict[str, Any]:
    handoff = ownership.hand_over(unit, conversation, request, pause_due=pause_due)
    routing_service.assign_waiting(unit, quietly=conversation.id)
    parts = [notice("late_handoff", conversation.language)] if late else []
    parts += [message] if message else []
    handoff.notice = "\n\n".join(parts) or None
    return _answer(unit, conversation, handoff)


def _with_lead(handoff: Handoff, text: str) -> str:
    """What the rule wants said comes first, e.g. the safety advice; it is never outdated."""
    return f"{handoff.notice}\n\n{text}" if handoff.notice else text


def _where_it_stands(unit: Unit, conversation: Conversation, place: routing_service.Place | None) -> str:
    agent = _assignee(unit, conversation)
    if agent is not None:
        return notice("handed_to_agent", conversation.language, name=agent.name)
    if conversation.channel in unit.settings.outside_channels:
        return notice("handed_outside", conversation.language)
    if not repository.agents_online(unit.session):
        leaves = conversation.channel in unit.settings.message_channels
        key = "offline_message" if leaves else "offline"
        return notice(key, conversation.language, opening=_opening(unit))
    return notice(
        "queued",
        conversation.language,
        position=place.position if place else 1,
        wait=place.wait_seconds if place else None,
    )


def _tells(conversation: Conversation) -> str:
    """What `_where_it_stands` tells; see `messages.system_text`."""
    return messages.JOINED if conversation.assignee_id else messages.PLACE


def _opening(unit: Unit) -> tuple[dt.datetime, dt.datetime] | None:
    """When the desk opens next, and now, on its clock; None within business hours."""
    opening = calendar(unit.session, unit.settings).next_opening(unit.now)
    return (opening, unit.now.astimezone(opening.tzinfo)) if opening else None


def _answer(unit: Unit, conversation: Conversation, handoff: Handoff) -> dict[str, Any]:
    agent = _assignee(unit, conversation)
    place = place_of(unit, conversation)
    return {
        "id": handoff.id,
        "owner": conversation.owner,
        "assignee": {"id": agent.id, "name": agent.name} if agent else None,
        "position": place.position if place else None,
        "estimated_wait_seconds": place.wait_seconds if place else None,
        "notice": _with_lead(handoff, _where_it_stands(unit, conversation, place)),
    }


def _assignee(unit: Unit, conversation: Conversation) -> Agent | None:
    return unit.session.get(Agent, conversation.assignee_id) if conversation.assignee_id else None


def _with_language(conversation: Conversation, skills: tuple[str, ...] | list[str]) -> list[str]:
    return list(dict.fromkeys([conversation.language, *skills]))

"""The ownership state machine: `bot → queue → agent → bot`, and every way back.

Each function is one change: the row with its raised epoch, the audit entry, the stream event (published
when the unit ends), and what Rasa has to be told. All of it is in the caller's transaction.

Whoever changes the owner does so against the epoch they read. Writers take turns (`db.py`), so a lost
race is seen as a state that does not fit; the conditional update guards against code that forgets it.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update

from handoff_service.blocks.refusal import refuse_blocked
from handoff_service.conversations import messages, repository
from handoff_service.conversations.topics import topic_of
from handoff_service.errors import Conflict
from handoff_service.models import Agent, Conversation, Handoff, Lapse, Team
from handoff_service.rasa import outbox
from handoff_service.ratings import service as ratings
from handoff_service.settings import Settings
from handoff_service.unit import Unit


class Stale(Conflict):
    title = "The conversation has changed hands since"


class AlreadyTaken(Conflict):
    title = "Somebody else has taken this conversation"


class AtCapacity(Conflict):
    title = "You hold as many conversations as you may"


class Unavailable(Conflict):
    """`reason`: full, away, offline or inactive."""

    title = "This colleague cannot take the conversation now"


class NotResolved(Conflict):
    title = "This conversation is not resolved"


class GoesOn(Conflict):
    title = "The customer has a newer conversation"


class NotQueued(Conflict):
    title = "A message that was left waits in no queue"


class NobodyHasTheSkill(Conflict):
    title = "No agent has this skill"


class NobodyInTheTeam(Conflict):
    title = "No agent of this team could ever take it"


@dataclass(frozen=True, slots=True)
class Request:
    """Why and for whom a person is wanted."""

    source: str  # turn | ingest | api | desk
    rule: str | None
    reasons: list[dict[str, Any]]
    rules_version: int
    priority: int = 1
    required: list[str] = field(default_factory=list)
    preferred: list[str] = field(default_factory=list)
    strict: list[str] = field(default_factory=list)
    idempotency_key: str | None = None


def expect_epoch(conversation: Conversation, epoch: int | None) -> None:
    """A caller who names the epoch they saw is refused when it has passed."""
    if epoch is not None and epoch != conversation.epoch:
        raise Stale(f"You saw epoch {epoch}, it is {conversation.epoch} now. Reload the conversation.")


def answer_due_at(conversation: Conversation, settings: Settings) -> dt.datetime | None:
    """When the agent loses the conversation unless they answer; None where no answer is waited for."""
    if conversation.owner != "agent" or conversation.status != "open" or conversation.kind != "live":
        return None
    if conversation.waiting_since is None:
        return None
    return conversation.waiting_since + settings.reply_within


def hand_over(unit: Unit, conversation: Conversation, request: Request, *, pause_due: dt.datetime) -> Handoff:
    """bot → queue. Rasa is told to pause at `pause_due`, unless the assistant's own pause is seen first."""
    if conversation.owner != "bot":
        raise Conflict("A person is already responsible for this conversation.")
    refuse_blocked(unit, conversation.sender_id)
    ratings.close(unit, conversation.sender_id)
    handoff = _open_handoff(unit, conversation, request)
    if request.source != "desk":
        conversation.kind = "live"  # whoever left a message is here now; it stays owed until somebody answers
    conversation.queued_at = unit.now
    conversation.reminded_at = unit.now
    _move(unit, conversation, "queue", "conversation.handoff", rule=request.rule, source=request.source)
    conversation.control = "pending"
    outbox.put(
        unit,
        conversation,
        "pause",
        payload={"handoff_id": handoff.id, "awaits_action": pause_due > unit.now},
        due_at=pause_due,
    )
    return handoff


def assign(
    unit: Unit,
    conversation: Conversation,
    agent: Agent,
    *,
    relaxed: list[str],
    explanation: dict[str, object],
) -> None:
    """queue → agent, by the router, which says what it gave up and why it chose this agent."""
    if conversation.owner != "queue":
        raise AlreadyTaken()
    _give_to(unit, conversation, agent, "conversation.assign", relaxed=relaxed, why=explanation)
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    if handoff is not None:
        handoff.relaxed = relaxed


def claim(unit: Unit, conversation: Conversation, agent: Agent, *, rules_version: int) -> None:
    """bot or queue → agent, by the agent's own hand. It counts against the capacity like any other, unless
    it is a message that was left: nobody waits for that at this moment."""
    if conversation.owner == "agent":
        if conversation.assignee_id == agent.id:
            return  # a repeated click
        raise AlreadyTaken()
    if conversation.status == "resolved":
        raise Conflict("This conversation is resolved.")
    _expect_room(unit, conversation, agent)
    from_bot = conversation.owner == "bot"
    if from_bot:
        rule = "claimed" if conversation.kind == "live" else "message_left"
        request = Request("desk", rule, [], rules_version, required=[conversation.language])
        hand_over(unit, conversation, request, pause_due=unit.now)
    _give_to(unit, conversation, agent, "conversation.claim")
    announce(unit, conversation, agent, "handed_to_agent" if from_bot else "assigned_from_queue")


def place(unit: Unit, conversation: Conversation, agent: Agent, *, force: bool) -> None:
    """queue or agent → agent, by the hand of who watches over it. The caller tells the customer.

    `force` counts neither capacity nor presence; somebody who may not log in gets nothing. Whom it is taken
    from has not passed it on, so they may get it again. Nobody's presence hinders them from taking it
    themselves.
    """
    if conversation.owner == "bot":
        raise Conflict("The bot has this conversation. Take it over.")
    if conversation.assignee_id == agent.id:
        return  # a repeated click
    hindrance = _hindrance(unit, agent, conversation)
    if unit.actor == f"agent:{agent.id}" and hindrance in ("away", "offline"):
        hindrance = "full" if repository.load(unit.session, agent.id) >= agent.capacity else None
    if hindrance == "inactive" or (hindrance is not None and not force):
        raise Unavailable(f"{agent.name} is {hindrance}.", reason=hindrance)
    from_id = conversation.assignee_id
    _free(unit, from_id)
    _give_to(
        unit,
        conversation,
        agent,
        "conversation.place",
        from_agent_id=from_id,
        forced=hindrance,
    )


def announce(unit: Unit, conversation: Conversation, agent: Agent, key: str) -> None:
    """Tell the customer who has joined. Nothing else of the handoff is then left to be told, unless the rule
    wants something said that has not been. Who left a message hears nothing until it is answered."""
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    if handoff is not None and not handoff.notice:
        handoff.told = True
    if conversation.kind == "live":
        messages.system_says(unit, conversation, key, name=agent.name)


def requeue(unit: Unit, conversation: Conversation, *, reason: str, lapsed: bool = False) -> None:
    """agent → queue, with the priority it had. A lapse is remembered against the agent. A message that was
    left goes back to where it can be picked up, with the time it had."""
    if conversation.owner != "agent":
        raise Conflict("No agent holds this conversation.")
    agent_id = conversation.assignee_id
    if conversation.kind == "message":
        _end_stretch(unit, conversation, reason, None, None)
        _move(unit, conversation, "bot", "conversation.put_back", reason=reason, agent_id=agent_id)
        return
    if lapsed and agent_id and conversation.handoff_id:
        unit.session.add(Lapse(handoff_id=conversation.handoff_id, agent_id=agent_id, at=unit.now))
    _release(unit, conversation)
    conversation.queued_at = unit.now
    conversation.reminded_at = unit.now
    _move(unit, conversation, "queue", "conversation.requeue", reason=reason, agent_id=agent_id)
    messages.system_says(unit, conversation, "back_in_queue")


def transfer(unit: Unit, conversation: Conversation, agent: Agent) -> None:
    """queue or agent → agent, by a person's choice. The caller tells the customer."""
    if conversation.assignee_id == agent.id:
        raise Conflict(f"{agent.name} holds this conversation already.")
    hindrance = _hindrance(unit, agent, conversation)
    if hindrance is not None:
        raise Unavailable(f"{agent.name} is {hindrance}.", reason=hindrance)
    giver_id = _pass_on(unit, conversation)
    conversation.team_id = None
    _give_to(unit, conversation, agent, "conversation.transfer", from_agent_id=giver_id)


def transfer_to_queue(unit: Unit, conversation: Conversation, skill: str) -> None:
    """queue or agent → queue, for whoever has the skill. The caller tells the customer.

    The skill takes the place of what was required before, but for the language and what is never given up.
    The priority stays, and so does the time waited where nobody had taken it.
    """
    if conversation.kind == "message":
        raise NotQueued("Pass it on to a colleague, or return it for whoever picks it up.")
    if not repository.anybody_with(unit.session, skill):
        raise NobodyHasTheSkill(f"No agent has the skill {skill}.", skill=skill)
    _to_queue(unit, conversation, [skill], team_id=None, skill=skill)


def transfer_to_team(unit: Unit, conversation: Conversation, team: Team) -> None:
    """queue or agent → queue, for the team's members. The caller tells the customer.

    Membership takes the place of what was required before, as a skill does, and falls away like one.
    """
    if conversation.kind == "message":
        raise NotQueued("Pass it on to a colleague, or return it for whoever picks it up.")
    if not repository.anybody_in(unit.session, team.id):
        raise NobodyInTheTeam(f"Nobody in {team.name} takes conversations.", team=team.id)
    _to_queue(unit, conversation, [], team_id=team.id, team=team.id)


def _to_queue(
    unit: Unit, conversation: Conversation, skills: list[str], *, team_id: str | None, **details: Any
) -> None:
    giver_id = _pass_on(unit, conversation)
    kept = [
        each
        for each in conversation.skills_required
        if each == conversation.language or each in conversation.skills_strict
    ]
    conversation.skills_required = list(dict.fromkeys([*kept, *skills]))
    conversation.team_id = team_id
    if conversation.owner == "agent":
        _release(unit, conversation)
        conversation.queued_at = unit.now
    conversation.reminded_at = unit.now
    _move(unit, conversation, "queue", "conversation.transfer", from_agent_id=giver_id, **details)


def give_back(
    unit: Unit,
    conversation: Conversation,
    *,
    outcome: str,
    note: str | None,
    category_id: str | None = None,
    notice: str | None = "returned",
) -> None:
    """queue or agent → bot. Control is pending until Rasa has accepted the resume; then the bot goes on.

    A message that is still owed an answer can then be picked up by whoever gets to it. Without a `notice` the
    customer is told nothing here.
    """
    if conversation.owner == "bot":
        raise Conflict("The bot already has this conversation.")
    if conversation.kind == "message" and conversation.due_at is not None:
        notice = None  # the customer never heard that anybody had it
    conversation.kind = "live" if conversation.due_at is None else "message"
    _end_stretch(unit, conversation, outcome, note, category_id)
    ending = {"outcome": outcome, "note": note, "category_id": category_id}
    _move(unit, conversation, "bot", "conversation.return", **ending)
    if notice is None:
        return
    if notice == "returned":
        messages.system_says(unit, conversation, "returned", note=note or "")
    else:
        messages.system_says(unit, conversation, notice)


def resolve(
    unit: Unit, conversation: Conversation, *, outcome: str, note: str | None, category_id: str | None = None
) -> None:
    """Any owner → bot, and the episode is over. The customer's next message opens a new one."""
    if conversation.status == "resolved":
        raise Conflict("This conversation is already resolved.")
    if conversation.owner != "bot":
        _end_stretch(unit, conversation, outcome, note, category_id)
    conversation.status = "resolved"
    conversation.resolved_at = unit.now
    conversation.resolved_by = unit.actor
    conversation.due_at = None
    ending = {"outcome": outcome, "note": note, "category_id": category_id}
    _move(unit, conversation, "bot", "conversation.resolve", **ending)


def reopen(unit: Unit, conversation: Conversation, agent: Agent, *, rules_version: int) -> None:
    """resolved → agent, as a handoff of its own. Nobody waits yet: the agent has come back by themselves."""
    if conversation.status != "resolved":
        if conversation.assignee_id == agent.id:
            return  # a repeated click
        raise AlreadyTaken() if conversation.owner == "agent" else NotResolved("It goes on already.")
    if repository.live(unit.session, conversation.sender_id) is not None:
        raise GoesOn("The customer has written since. Take over the conversation that began with it.")
    _expect_room(unit, conversation, agent)
    conversation.status = "open"
    conversation.resolved_at = conversation.resolved_by = None
    request = Request("desk", "reopened", [], rules_version, required=[conversation.language])
    hand_over(unit, conversation, request, pause_due=unit.now)
    _give_to(unit, conversation, agent, "conversation.reopen")
    conversation.waiting_since = None
    announce(unit, conversation, agent, "reopened")


def snooze(unit: Unit, conversation: Conversation, until: dt.datetime) -> None:
    """Put off by its agent, who stays responsible; the capacity is free for others."""
    conversation.status = "snoozed"
    conversation.snoozed_until = until
    conversation.updated_at = unit.now
    unit.touched.add(conversation)
    _free(unit, conversation.assignee_id)
    unit.audit("conversation.snooze", conversation.id, until=until.isoformat())


def wake(unit: Unit, conversation: Conversation) -> None:
    """Its time has come, or the customer writes: back to the agent if there is room, else to the queue with
    the priority it had. The agent's time to answer, and the customer's to be silent, begin anew."""
    agent = unit.session.get(Agent, conversation.assignee_id) if conversation.assignee_id else None
    has_room = agent is not None and _hindrance(unit, agent, conversation) is None
    conversation.status = "open"
    conversation.snoozed_until = None
    conversation.assigned_at = unit.now
    conversation.waiting_since = unit.now if conversation.waiting_since else None
    conversation.updated_at = unit.now
    unit.touched.add(conversation)
    unit.audit("conversation.wake", conversation.id, kept=has_room)
    if not has_room:
        requeue(unit, conversation, reason="agent_has_no_room")


def _move(unit: Unit, conversation: Conversation, owner: str, action: str, **details: Any) -> None:
    unit.session.flush()
    moved = unit.session.scalar(
        update(Conversation)
        .where(Conversation.id == conversation.id, Conversation.epoch == conversation.epoch)
        .values(owner=owner, epoch=conversation.epoch + 1, updated_at=unit.now)
        .returning(Conversation.epoch)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise Stale()
    before = conversation.owner
    unit.session.refresh(conversation)
    unit.touched.add(conversation)
    unit.audit(action, conversation.id, owner_before=before, owner=owner, epoch=conversation.epoch, **details)


def _open_handoff(unit: Unit, conversation: Conversation, request: Request) -> Handoff:
    handoff = Handoff(
        conversation_id=conversation.id,
        source=request.source,
        idempotency_key=request.idempotency_key,
        rule=request.rule,
        reasons=request.reasons,
        rules_version=request.rules_version,
        relaxed=[],
        told=False,
        requested_at=unit.now,
    )
    unit.session.add(handoff)
    unit.session.flush()
    conversation.handoff_id = handoff.id
    conversation.topic = topic_of(request.reasons, request.required)
    conversation.priority = request.priority
    conversation.skills_required = request.required
    conversation.skills_preferred = request.preferred
    conversation.skills_strict = request.strict
    return handoff


def _give_to(unit: Unit, conversation: Conversation, agent: Agent, action: str, **details: Any) -> None:
    conversation.assignee_id = agent.id
    conversation.last_agent_id = agent.id
    conversation.assigned_at = unit.now
    conversation.waiting_since = unit.now
    conversation.queued_at = None
    conversation.status = "open"
    conversation.snoozed_until = None
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    if handoff is not None:
        handoff.agent_id = agent.id
        handoff.first_assigned_at = handoff.first_assigned_at or unit.now
    _move(unit, conversation, "agent", action, agent_id=agent.id, **details)


def _expect_room(unit: Unit, conversation: Conversation, agent: Agent) -> None:
    if conversation.kind == "live" and repository.load(unit.session, agent.id) >= agent.capacity:
        raise AtCapacity(f"Your capacity is {agent.capacity}. Return or resolve one first.")


def _hindrance(unit: Unit, agent: Agent, conversation: Conversation) -> str | None:
    """Why the agent cannot be given the conversation now; None when they can. A message can wait for them."""
    if not agent.active:
        return "inactive"
    if conversation.kind == "message":
        return None
    if agent.presence != "online":
        return agent.presence
    return "full" if repository.load(unit.session, agent.id) >= agent.capacity else None


def _pass_on(unit: Unit, conversation: Conversation) -> str | None:
    """Remember who gives the conversation away and free them; None where nobody held it."""
    giver_id = conversation.assignee_id
    if giver_id is None:
        return None
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    if handoff is not None:
        earlier = [each for each in handoff.passed_on_by or () if each != giver_id]
        handoff.passed_on_by = [*earlier, giver_id]
    _free(unit, giver_id)
    return giver_id


def _release(unit: Unit, conversation: Conversation) -> None:
    _free(unit, conversation.assignee_id)
    conversation.assignee_id = None
    conversation.assigned_at = None
    conversation.waiting_since = None
    conversation.status = "open"
    conversation.snoozed_until = None


def _free(unit: Unit, agent_id: str | None) -> None:
    agent = unit.session.get(Agent, agent_id) if agent_id else None
    if agent is not None:
        agent.idle_since = unit.now


def _end_stretch(
    unit: Unit, conversation: Conversation, outcome: str, note: str | None, category_id: str | None
) -> None:
    """End the handoff, free who held it, and let Rasa know; the evidence so far is used up. What nobody has
    read of a message that is owed an answer stays unread."""
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    agent = unit.session.get(Agent, conversation.assignee_id) if conversation.assignee_id else None
    if handoff is not None:
        handoff.ended_at = unit.now
        handoff.outcome = outcome
        handoff.category_id = category_id
        handoff.note = note
    _release(unit, conversation)
    conversation.queued_at = None
    conversation.handoff_id = None
    conversation.team_id = None
    conversation.priority = 1
    conversation.skills_required = []
    conversation.skills_preferred = []
    conversation.skills_strict = []
    if conversation.due_at is None:
        conversation.unread = 0
    conversation.returned_seq = unit.next_number("message")
    conversation.control = "pending"
    outbox.put(
        unit,
        conversation,
        "resume",
        payload={
            "outcome": {
                "handoff_id": handoff.id if handoff else None,
                "agent": agent.name if agent else None,
                "outcome": outcome,
                "note": note,
            }
        },
    )

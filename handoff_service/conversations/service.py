"""What agents do with conversations. Each function is one change, or a refusal by name."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from handoff_service import routing_service
from handoff_service.assist.scrubbing import placeholders
from handoff_service.auth.dependencies import Principal
from handoff_service.canned.variables import open_in
from handoff_service.channels.table import channel_of
from handoff_service.closing.service import check_usable
from handoff_service.conversations import messages, ownership, recalling, repository
from handoff_service.conversations.repository import Filters
from handoff_service.conversations.schemas import (
    Answer,
    Assign,
    Claim,
    Counts,
    Ending,
    Say,
    Snooze,
    Transfer,
)
from handoff_service.conversations.view import may_see
from handoff_service.errors import Conflict, NotFound, Unprocessable
from handoff_service.handoffs import marks
from handoff_service.handoffs import service as handoffs
from handoff_service.mail.schedule import owe_mail
from handoff_service.models import Agent, Conversation, Message, Team
from handoff_service.paging import decode_numbered, decode_place, encode_cursor
from handoff_service.rasa import delivery
from handoff_service.ratings import service as ratings
from handoff_service.rules.service import active_rules
from handoff_service.teams import queue as team_queue
from handoff_service.templates.service import words_of
from handoff_service.unit import Unit


class ConversationNotFound(NotFound):
    title = "There is no such conversation"


class MessageNotFound(NotFound):
    title = "There is no such message"


class AgentNotFound(NotFound):
    title = "There is no such agent"


class TeamNotFound(NotFound):
    title = "There is no such team"


class Unread(Conflict):
    title = "The customer has written something that you have not read"


class NotYours(Conflict):
    title = "This conversation is not with you"


class Unresolved(Unprocessable):
    """`variables`: of a canned answer, or placeholders of a suggested one, that nobody has filled in."""

    title = "The text still leaves something open that the customer would see"


class TooLong(Unprocessable):
    title = "The text is too long for this channel"


def visible(session: Session, who: Principal, conversation_id: str) -> Conversation:
    """The conversation, if this agent may see it; else it does not exist for them."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or not may_see(
        who.role, who.id, messages.visibility(session, conversation), who.leads
    ):
        raise ConversationNotFound()
    return conversation


def claim(unit: Unit, who: Principal, conversation_id: str, given: Claim) -> Conversation:
    """Take the conversation. Whoever comes second is told so (409), not that it does not exist."""
    conversation = unit.session.get(Conversation, conversation_id)
    if conversation is None:
        raise ConversationNotFound()
    if conversation.owner == "agent" and conversation.assignee_id != who.id:
        raise ownership.AlreadyTaken()
    if conversation.owner == "agent":
        return conversation  # theirs already: the answer to their first call was lost
    ownership.expect_epoch(conversation, given.epoch)
    ownership.claim(unit, conversation, _agent(unit, who), rules_version=active_rules(unit).version)
    return conversation


def say(unit: Unit, who: Principal, conversation_id: str, given: Answer) -> Message:
    conversation = _held(unit.session, who, conversation_id)
    text = words_of(unit.session, conversation, given.template) if given.template else given.text
    written = " ".join(given.template.variables) if given.template else text
    unresolved = [*open_in(written), *placeholders(written)]
    if unresolved:
        raise Unresolved(variables=unresolved)
    most = channel_of(conversation.channel).max_length
    if len(text) > most:
        raise TooLong(f"This channel takes {most} characters at once.", max_length=most)
    agent = _agent(unit, who)
    agent.lapses = 0
    return messages.agent_says(
        unit,
        conversation,
        agent_id=agent.id,
        agent_name=agent.name,
        text=text,
        client_id=given.client_id,
        attachments=given.attachments,
        template=given.template.model_dump() if given.template else None,
    )


def writable(session: Session, who: Principal, conversation_id: str) -> Conversation:
    """The conversation, if this agent may say something there now."""
    return _held(session, who, conversation_id)


def resend(unit: Unit, who: Principal, conversation_id: str, message_id: str) -> Message:
    """Send a failed message once more, under the same id."""
    conversation = _held(unit.session, who, conversation_id)
    message = unit.session.get(Message, message_id)
    if (
        message is None
        or message.conversation_id != conversation.id
        or message.author != "agent"
        or message.private
    ):
        raise MessageNotFound()
    if message.delivery != "failed":
        raise Conflict(f"This message is {message.delivery}, not failed.")
    if message.recall is not None:
        raise Conflict("This message has been taken back.")
    delivery.send_again(unit, conversation, message)
    owe_mail(unit, conversation)
    return message


def recall(unit: Unit, who: Principal, conversation_id: str, message_id: str) -> Message:
    """Take back one's own words, also when the conversation has been given away or resolved since."""
    conversation = visible(unit.session, who, conversation_id)
    message = unit.session.get(Message, message_id)
    if (
        message is None
        or message.conversation_id != conversation.id
        or message.author != "agent"
        or message.author_id != who.id
        or message.private
    ):
        raise MessageNotFound()
    recalling.recall(unit, conversation, message)
    return message


def note(unit: Unit, who: Principal, conversation_id: str, given: Say) -> Message:
    """A private note; whoever sees the conversation may leave one."""
    conversation = visible(unit.session, who, conversation_id)
    return messages.note(
        unit,
        conversation,
        agent_id=who.id,
        agent_name=who.name,
        text=given.text,
        client_id=given.client_id,
        attachments=given.attachments,
    )


def transfer(unit: Unit, who: Principal, conversation_id: str, given: Transfer) -> Conversation:
    """Pass it on, to a colleague or to the queue. Who watches over it also does so without holding it."""
    conversation = _held(unit.session, who, conversation_id, or_supervised=True)
    ownership.expect_epoch(conversation, given.epoch)
    if given.skill is not None:
        ownership.transfer_to_queue(unit, conversation, given.skill)
    elif given.team_id is not None:
        team = unit.session.get(Team, given.team_id)
        if team is None:
            raise TeamNotFound()
        ownership.transfer_to_team(unit, conversation, team)
    else:
        agent = unit.session.get(Agent, given.agent_id)
        if agent is None:
            raise AgentNotFound()
        ownership.transfer(unit, conversation, agent)
    routing_service.assign_waiting(unit, quietly=conversation.id)
    handoffs.tell_of_transfer(unit, conversation)
    if given.note:
        messages.note(
            unit, conversation, agent_id=who.id, agent_name=who.name, text=given.note, client_id=None
        )
    return conversation


def assign(unit: Unit, who: Principal, conversation_id: str, given: Assign) -> Conversation:
    """Say who is to have it. Supervisors choose anybody, who leads a team one of its members."""
    conversation = visible(unit.session, who, conversation_id)
    agent = unit.session.get(Agent, given.agent_id)
    if not _watches(unit.session, who, conversation):
        raise NotYours("Only who watches over the conversation assigns it.")
    if agent is None or (not who.supervises and agent.id != who.id and agent.team_id != who.leads):
        raise AgentNotFound()
    ownership.expect_epoch(conversation, given.epoch)
    if conversation.assignee_id == agent.id:
        return conversation  # the answer to the first call was lost
    ownership.place(unit, conversation, agent, force=given.force)
    handoffs.tell_of_transfer(unit, conversation)
    routing_service.assign_waiting(unit)
    return conversation


def give_back(unit: Unit, who: Principal, conversation_id: str, given: Ending) -> Conversation:
    conversation = _held(unit.session, who, conversation_id, or_queued=True)
    ownership.expect_epoch(conversation, given.epoch)
    check_usable(unit.session, given.category_id)
    _mark(unit, who, conversation, given)
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    ownership.give_back(
        unit, conversation, outcome=given.outcome, note=given.note or None, category_id=given.category_id
    )
    ratings.ask(unit, conversation, handoff)
    routing_service.assign_waiting(unit)
    return conversation


def resolve(unit: Unit, who: Principal, conversation_id: str, given: Ending) -> Conversation:
    conversation = _held(unit.session, who, conversation_id, or_queued=True)
    ownership.expect_epoch(conversation, given.epoch)
    check_usable(unit.session, given.category_id)
    _mark(unit, who, conversation, given)
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    ownership.resolve(
        unit, conversation, outcome=given.outcome, note=given.note or None, category_id=given.category_id
    )
    ratings.ask(unit, conversation, handoff)
    routing_service.assign_waiting(unit)
    return conversation


def snooze(unit: Unit, who: Principal, conversation_id: str, given: Snooze) -> Conversation:
    """Put it off. Not over words that came while the agent was about to: nobody would see them until then."""
    conversation = _held(unit.session, who, conversation_id)
    ownership.expect_epoch(conversation, given.epoch)
    if not unit.now < given.until <= unit.now + unit.settings.snooze_at_most:
        longest = unit.settings.snooze_at_most.total_seconds()
        raise Unprocessable(f"until must be a time to come, at most {longest:.0f} seconds ahead.")
    if conversation.unread:
        raise Unread()
    ownership.snooze(unit, conversation, given.until)
    routing_service.assign_waiting(unit)
    return conversation


def reopen(unit: Unit, who: Principal, conversation_id: str, given: Claim) -> Conversation:
    """Take up again what was resolved, where the customer has not begun anew."""
    conversation = unit.session.get(Conversation, conversation_id)
    if conversation is None:
        raise ConversationNotFound()
    if conversation.status == "resolved":
        ownership.expect_epoch(conversation, given.epoch)
    ownership.reopen(unit, conversation, _agent(unit, who), rules_version=active_rules(unit).version)
    return conversation


def typing(session: Session, who: Principal, conversation_id: str) -> dict[str, Any]:
    """What is told of an agent who writes in a conversation they hold; nothing is changed."""
    conversation = _held(session, who, conversation_id)
    return {
        "conversation_id": conversation.id,
        "agent": {"id": who.id, "name": who.name},
        "visibility": messages.visibility(session, conversation),
    }


def read(unit: Unit, who: Principal, conversation_id: str) -> Conversation:
    """The agent has seen what the customer wrote."""
    conversation = _held(unit.session, who, conversation_id)
    messages.mark_read(unit, conversation)
    return conversation


def _held(
    session: Session,
    who: Principal,
    conversation_id: str,
    *,
    or_queued: bool = False,
    or_supervised: bool = False,
) -> Conversation:
    """What the agent holds; with `or_queued` also what waits, with either what they watch over."""
    conversation = visible(session, who, conversation_id)
    mine = conversation.owner == "agent" and conversation.assignee_id == who.id
    watched = (or_queued or or_supervised) and _watches(session, who, conversation)
    if not (mine or watched or (or_queued and conversation.owner == "queue")):
        raise NotYours("Take the conversation over first.")
    return conversation


def _watches(session: Session, who: Principal, conversation: Conversation) -> bool:
    """Supervisors watch over all that is not with the bot, who leads a team over what is the team's."""
    if conversation.owner == "bot":
        return False
    if who.supervises:
        return True
    return who.leads is not None and who.leads == team_queue.of(
        session, conversation, team_queue.known(session)
    )


def _mark(unit: Unit, who: Principal, conversation: Conversation, given: Ending) -> None:
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    if given.mark is not None and handoff is not None:
        marks.mark(unit, handoff, given.mark, agent_id=who.id)


def _agent(unit: Unit, who: Principal) -> Agent:
    agent = unit.session.get(Agent, who.id)
    assert agent is not None  # the token's agent was read for this request
    return agent


# --- lists ------------------------------------------------------------------------------------------


def list_conversations(
    session: Session, who: Principal, filters: Filters, cursor: str | None, limit: int
) -> tuple[list[Conversation], str | None]:
    """Newest first, what this agent may see."""
    found = repository.find(
        session, _completed(session, filters), _eyes(who), decode_place(cursor), limit + 1
    )
    page = list(found[:limit])
    more = len(found) > limit
    return page, encode_cursor(page[-1].updated_at.isoformat(), page[-1].id) if more else None


def count_conversations(
    session: Session, who: Principal, filters: Filters, outside: frozenset[str]
) -> Counts:
    """`outside`: channels whose people answer elsewhere."""
    return Counts(**repository.counts(session, _completed(session, filters), _eyes(who), outside))


def _completed(session: Session, filters: Filters) -> Filters:
    """With what rules and not rows decide: what waits in the queue of the team."""
    if filters.team_id is None:
        return filters
    queued = team_queue.of_team(session, repository.waiting(session), filters.team_id)
    return replace(filters, queued_for_team=queued)


def _eyes(who: Principal) -> repository.Eyes:
    return repository.Eyes(who.id, who.supervises, who.team_id, who.leads)


def list_messages(
    session: Session, conversation: Conversation, cursor: str | None, limit: int
) -> tuple[list[Message], str | None]:
    """In display order, from the beginning."""
    found = repository.messages(session, conversation.id, after=decode_numbered(cursor), limit=limit + 1)
    page = list(found[:limit])
    more = len(found) > limit
    return page, encode_cursor(page[-1].sent_at.isoformat(), page[-1].seq) if more else None

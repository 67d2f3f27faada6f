"""All SQL about conversations and their messages."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, false, func, or_, select
from sqlalchemy.orm import Session

from handoff_service.models import Agent, Conversation, Customer, Handoff, Identity, Lapse, Message

# What each turn asks is built once: building takes longer than asking, and a customer waits.
_LIVE = select(Conversation).where(
    Conversation.sender_id == bindparam("sender"), Conversation.status != "resolved"
)
_CUSTOMER_OF = (
    select(Customer)
    .join(Identity, Identity.customer_id == Customer.id)
    .where(Identity.sender_id == bindparam("sender"))
)
_MESSAGE_BY_KEY = select(Message).where(Message.key == bindparam("key"))
_LAST_CUSTOMER_KEY = (
    select(Message.key)
    .where(Message.conversation_id == bindparam("conversation"), Message.author == "customer")
    .order_by(Message.sent_at.desc(), Message.seq.desc())
    .limit(1)
)
# What weighs on an agent: not what is put off, nor a message that was left, which nobody waits for.
_WEIGHS = (Conversation.owner == "agent", Conversation.status == "open", Conversation.kind == "live")
_LOAD = (
    select(func.count())
    .select_from(Conversation)
    .where(Conversation.assignee_id == Agent.id, *_WEIGHS)
    .scalar_subquery()
)
_ONLINE = select(Agent.skills, Agent.capacity, _LOAD).where(
    Agent.active, Agent.role == "agent", Agent.presence == "online"
)


# Read at every change of the queue, so no more of each than routing wants to know.
_QUEUED = (
    select(
        Conversation.id,
        Conversation.handoff_id,
        func.coalesce(Conversation.queued_at, Conversation.updated_at).label("queued_at"),
        Conversation.priority,
        Conversation.team_id,
        Conversation.skills_required,
        Conversation.skills_preferred,
        Conversation.skills_strict,
        Conversation.language,
        Conversation.last_agent_id,
        Handoff.passed_on_by,
    )
    .outerjoin(Handoff, Handoff.id == Conversation.handoff_id)
    .where(Conversation.owner == "queue")
)
_LAPSED = (
    select(Lapse.handoff_id, Lapse.agent_id)
    .join(Conversation, Conversation.handoff_id == Lapse.handoff_id)
    .where(Conversation.owner == "queue")
)
_ANYBODY_FREE = (
    select(Agent.id)
    .where(Agent.active, Agent.role == "agent", Agent.presence == "online", Agent.capacity > _LOAD)
    .limit(1)
)
_CANDIDATES = select(
    Agent.id, Agent.skills, Agent.team_id, Agent.capacity, Agent.presence, Agent.idle_since
).where(Agent.active, Agent.role == "agent")


def live(session: Session, sender_id: str) -> Conversation | None:
    """The one conversation of this sender that is not resolved."""
    return session.scalar(_LIVE, {"sender": sender_id})


def latest(session: Session, sender_id: str) -> Conversation | None:
    return session.scalar(
        select(Conversation)
        .where(Conversation.sender_id == sender_id)
        .order_by(Conversation.created_at.desc())
        .limit(1)
    )


def waiting(session: Session) -> Sequence[Conversation]:
    return session.scalars(select(Conversation).where(Conversation.owner == "queue")).all()


def queued(session: Session, outside: frozenset[str]) -> Sequence[Any]:
    """Those that wait, as routing sees them; not on channels whose people are `outside`."""
    query = _QUEUED.where(Conversation.channel.not_in(outside)) if outside else _QUEUED
    return session.execute(query).all()


def anybody_free(session: Session) -> bool:
    """Whether an agent could take one more. Else nobody can be assigned, and who waits need not be read."""
    return session.scalar(_ANYBODY_FREE) is not None


def candidates(session: Session) -> Sequence[Any]:
    """Active agents, online or not, as routing sees them."""
    return session.execute(_CANDIDATES).all()


def load(session: Session, agent_id: str) -> int:
    """How many conversations weigh on the agent now."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Conversation)
            .where(Conversation.assignee_id == agent_id, *_WEIGHS)
        )
        or 0
    )


def loads(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(Conversation.assignee_id, func.count()).where(*_WEIGHS).group_by(Conversation.assignee_id)
    )
    return {agent_id: count for agent_id, count in rows if agent_id}


def active_agents(session: Session) -> Sequence[Agent]:
    return session.scalars(select(Agent).where(Agent.active, Agent.role == "agent")).all()


@dataclass(frozen=True, slots=True)
class Online:
    """An agent who is online, and how many conversations weigh on them."""

    skills: list[str]
    capacity: int
    load: int

    def could_take(self, language: str) -> bool:
        return self.load < self.capacity and language in self.skills


def agents_online(session: Session) -> list[Online]:
    return [Online(*row) for row in session.execute(_ONLINE)]


def lapsed_agents(session: Session) -> dict[str, set[str]]:
    """Per handoff of what waits, the agents who let it lapse."""
    lapsed: dict[str, set[str]] = {}
    for handoff_id, agent_id in session.execute(_LAPSED):
        lapsed.setdefault(handoff_id, set()).add(agent_id)
    return lapsed


def anybody_with(session: Session, skill: str) -> bool:
    """Whether an active agent has the skill, online or not."""
    return any(skill in agent.skills for agent in active_agents(session))


def anybody_in(session: Session, team_id: str) -> bool:
    """Whether an active agent with any capacity is in the team, online or not."""
    return any(agent.team_id == team_id and agent.capacity > 0 for agent in active_agents(session))


def customer_of(session: Session, sender_id: str) -> Customer | None:
    return session.scalar(_CUSTOMER_OF, {"sender": sender_id})


def message_by_key(session: Session, key: str) -> Message | None:
    return session.scalar(_MESSAGE_BY_KEY, {"key": key})


def last_customer_key(session: Session, conversation_id: str) -> str | None:
    """The key of what the customer wrote last."""
    return session.scalar(_LAST_CUSTOMER_KEY, {"conversation": conversation_id})


def last_answer(session: Session, conversation_id: str) -> Message | None:
    """What an agent said last to the customer, and has not taken back."""
    return session.scalar(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == "agent",
            Message.private == false(),
            or_(Message.recall.is_(None), Message.recall == "failed"),
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )


def last_seq_of_customer(session: Session, conversation_id: str) -> int:
    """0 where the customer has written nothing."""
    query = select(func.max(Message.seq)).where(
        Message.conversation_id == conversation_id, Message.author == "customer"
    )
    return session.scalar(query) or 0


def message_by_client_id(
    session: Session, conversation_id: str, author_id: str, client_id: str
) -> Message | None:
    return session.scalar(
        select(Message).where(
            Message.conversation_id == conversation_id,
            Message.author_id == author_id,
            Message.client_id == client_id,
        )
    )


def messages(
    session: Session, conversation_id: str, *, after: tuple[dt.datetime, int] | None, limit: int
) -> Sequence[Message]:
    """In display order, `(sent_at, seq)`; `after` is the place of the last one seen."""
    query = select(Message).where(Message.conversation_id == conversation_id)
    if after is not None:
        query = query.where(
            or_(Message.sent_at > after[0], (Message.sent_at == after[0]) & (Message.seq > after[1]))
        )
    return session.scalars(query.order_by(Message.sent_at, Message.seq).limit(limit)).all()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of conversations is narrowed to; None means any.

    `queued_for_team`: the waiting ones that are that team's; to be told, as rules and not rows decide it.
    """

    kind: str | None = None
    owner: str | None = None
    assignee_id: str | None = None
    sender_id: str | None = None
    status: str | None = None
    q: str | None = None
    channel: str | None = None
    language: str | None = None
    priority: int | None = None
    topic: str | None = None
    team_id: str | None = None
    queued_for_team: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whose list it is: what other agents hold is left out, but for the team that they lead (`leads`)."""

    agent_id: str
    supervises: bool
    team_id: str | None
    leads: str | None


def find(
    session: Session,
    filters: Filters,
    eyes: Eyes,
    before: tuple[dt.datetime, str] | None,
    limit: int,
) -> Sequence[Conversation]:
    """Newest first."""
    query = _narrowed(select(Conversation), filters, eyes)
    if before is not None:
        at, last_id = before
        query = query.where(
            or_(
                Conversation.updated_at < at,
                (Conversation.updated_at == at) & (Conversation.id < str(last_id)),
            )
        )
    return session.scalars(
        query.order_by(Conversation.updated_at.desc(), Conversation.id.desc()).limit(limit)
    ).all()


def counts(session: Session, filters: Filters, eyes: Eyes, outside: frozenset[str]) -> dict[str, int]:
    """How many there are in each section of the inbox of `eyes`; every conversation is in one of them."""
    held = Conversation.owner == "agent"
    section = case(
        (Conversation.status == "resolved", "resolved"),
        (and_(Conversation.owner == "queue", Conversation.channel.in_(outside)), "outside"),
        (Conversation.owner == "queue", "queue"),
        (and_(Conversation.owner == "bot", Conversation.kind == "message"), "messages"),
        (Conversation.owner == "bot", "bot"),
        (Conversation.status == "snoozed", "snoozed"),
        (and_(held, Conversation.assignee_id == eyes.agent_id), "mine"),
        (and_(held, _held_in(eyes.team_id)), "team"),
        else_="colleagues",
    ).label("section")
    query = _narrowed(select(section, func.count()), filters, eyes).group_by(section)
    return {name: number for name, number in session.execute(query)}


def _narrowed[Columns: Any](query: Select[Columns], filters: Filters, eyes: Eyes) -> Select[Columns]:
    for column, wanted in (
        (Conversation.kind, filters.kind),
        (Conversation.owner, filters.owner),
        (Conversation.assignee_id, filters.assignee_id),
        (Conversation.sender_id, filters.sender_id),
        (Conversation.status, filters.status),
        (Conversation.channel, filters.channel),
        (Conversation.language, filters.language),
        (Conversation.priority, filters.priority),
        (Conversation.topic, filters.topic),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if filters.team_id is not None:
        held = and_(Conversation.owner == "agent", _held_in(filters.team_id))
        query = query.where(or_(held, Conversation.id.in_(filters.queued_for_team)))
    if filters.q:
        named = select(Customer.id).where(Customer.name.icontains(filters.q, autoescape=True))
        said = select(Message.conversation_id).where(Message.text.icontains(filters.q, autoescape=True))
        query = query.where(
            or_(
                Conversation.customer_id.in_(named),
                Conversation.id.in_(said),
                Conversation.sender_id.icontains(filters.q, autoescape=True),
            )
        )
    if not eyes.supervises:
        query = query.where(
            or_(
                Conversation.owner != "agent",
                Conversation.assignee_id == eyes.agent_id,
                _held_in(eyes.leads),
            )
        )
    return query


def _held_in(team_id: str | None) -> ColumnElement[bool]:
    """Held by a member of the team."""
    if team_id is None:
        return false()
    return Conversation.assignee_id.in_(select(Agent.id).where(Agent.team_id == team_id))


def handoffs(session: Session, conversation_id: str) -> Sequence[Handoff]:
    """All of a conversation's, oldest first."""
    return session.scalars(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id)
        .order_by(Handoff.requested_at, Handoff.id)
    ).all()


def read_together[Model: (Agent, Customer, Handoff)](
    session: Session, model: type[Model], ids: Iterable[str | None]
) -> Sequence[Model]:
    """Those rows in one look. While the caller keeps them, the session finds each without asking again."""
    wanted = {one for one in ids if one is not None}
    return session.scalars(select(model).where(model.id.in_(wanted))).all() if len(wanted) > 1 else ()


def handoff(session: Session, handoff_id: str | None) -> Handoff | None:
    return session.get(Handoff, handoff_id) if handoff_id else None

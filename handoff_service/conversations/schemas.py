"""What the conversations' API takes and gives."""

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from handoff_service.agents.schemas import Skill
from handoff_service.attachments.schemas import MOST, AttachmentId, AttachmentView
from handoff_service.schemas import STORABLE
from handoff_service.templates.schemas import Chosen
from handoff_service.turns.schemas import Assignee, Moment

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), STORABLE]
Outcome = Literal["solved", "unsolved", "follow_up"]
Mark = Literal["needed", "not_needed", "too_late"]
"""How an agent judges a handoff, looking back; `too_late`: it should have come earlier."""


PriorityName = Literal["low", "normal", "high", "urgent"]


class Skills(BaseModel):
    required: list[str]
    preferred: list[str]


class HandoffView(BaseModel):
    id: str
    rule: str | None
    reasons: list[dict[str, Any]]
    relaxed: list[str]
    requested_at: dt.datetime
    mark: Mark | None


class HandoffRecord(BaseModel):
    """A handoff looked back on. `agent_id`: who held it last; `ended_at` is None while it is under way.

    `outcome`: an `Outcome` where an agent ended it, else how it ended by itself (gave_up, customer_left).
    """

    id: str
    conversation_id: str
    agent_id: str | None
    source: str
    rule: str | None
    requested_at: dt.datetime
    first_assigned_at: dt.datetime | None
    ended_at: dt.datetime | None
    outcome: str | None
    category_id: str | None
    note: str | None
    mark: Mark | None
    marked_by: str | None
    marked_at: dt.datetime | None


class CustomerView(BaseModel):
    id: str
    name: str | None
    tier: str | None
    language: str


class ContactHint(BaseModel):
    """How the customer can be reached, masked: enough to recognise, too little to use."""

    name: str | None
    email: str | None
    phone: str | None


class WindowLater(BaseModel):
    messages: int | None
    until: dt.datetime


class WindowView(BaseModel):
    """What the channel's provider still lets be said: `messages` (None: no limit) until `until`. `reason`:
    why, where it is not the customer's silence: `answers_only` is an account that cannot write first.
    `later`: what is left when `until` has passed, step by step."""

    messages: int | None
    until: dt.datetime | None
    reason: str | None = None
    later: list[WindowLater] = Field(default_factory=list)


class Reach(BaseModel):
    """How an answer gets to the customer. `connected`: whether they have the chat open, None where the
    channel does not tell; `mail`: unread, it is mailed to them; `window`: None where nothing is counted."""

    connected: bool | None
    mail: bool
    window: WindowView | None


class ConversationView(BaseModel):
    """`kind`: `message` is one that the customer left instead of waiting; nobody is assigned to it by itself.
    `due_at`: when it is owed an answer, until it has one. `snoozed_until`: when one that its agent has put
    off comes back by itself. `blocked`: its customer is. `rating`: the last score, 1 to 5, that the customer
    gave for a human stretch of it. `team`: of whoever holds it, else the one in whose queue it waits.
    `answer_due_at`: then it goes back to the queue unless it is answered. `topic`: what the last handoff was
    about. `outside`: people who answer in the provider's own client have it; it waits for nobody here."""

    id: str
    sender_id: str
    channel: str
    kind: Literal["live", "message"]
    due_at: dt.datetime | None
    owner: Literal["bot", "queue", "agent"]
    outside: bool
    control: Literal["confirmed", "pending"]
    status: Literal["open", "snoozed", "resolved"]
    snoozed_until: dt.datetime | None
    epoch: int
    previous_id: str | None
    assignee: Assignee | None
    team: Assignee | None
    answer_due_at: dt.datetime | None
    topic: str | None
    priority: PriorityName
    skills: Skills
    position: int | None
    estimated_wait_seconds: int | None
    handoff: HandoffView | None
    customer: CustomerView | None
    contact: ContactHint | None
    reach: Reach
    language: str
    unread: int
    blocked: bool
    rating: int | None
    created_at: dt.datetime
    updated_at: dt.datetime


class MessageView(BaseModel):
    """`author_id`: an agent's. `private`: an agent's note, which no customer sees; it has no `delivery`. The
    bot's words have one only where the channel could not bring them: `failed`, and why as `failure`.
    `attachments`: stored files, or what a bot's message had beside its text.

    `recall`: the agent takes it back. Once that is `done` the customer no longer sees it; when it has
    `failed` they may. A customer's own is `done` once they have deleted it.

    `original`: the customer's words before they edited them. `reaction`: the customer's emoji to it.

    `mail`: what became of telling an absent customer of it by mail, where that was tried.
    """

    id: str
    seq: int
    author: Literal["customer", "bot", "agent", "system"]
    author_id: str | None
    author_name: str | None
    private: bool
    text: str
    attachments: list[AttachmentView | dict[str, Any]]
    sent_at: dt.datetime
    delivery: Literal["pending", "sending", "sent", "delivered", "read", "failed"] | None
    failure: str | None
    mail: Literal["sent", "retrying", "failed", "refused"] | None
    client_id: str | None
    recall: Literal["pending", "done", "failed"] | None
    original: str | None
    reaction: str | None


class ConversationPage(BaseModel):
    items: list[ConversationView]
    next_cursor: str | None


class Counts(BaseModel):
    """How many there are in each section of the inbox. Each conversation that the caller may see is in one.

    `team`: held by others of the caller's team; `colleagues`: by anybody else; `snoozed`: put off;
    `messages`: left by customers and not picked up; `outside`: answered elsewhere.
    """

    queue: int = 0
    outside: int = 0
    mine: int = 0
    team: int = 0
    colleagues: int = 0
    snoozed: int = 0
    messages: int = 0
    bot: int = 0
    resolved: int = 0


class MessagePage(BaseModel):
    items: list[MessageView]
    next_cursor: str | None


class Say(BaseModel):
    """Words to the customer, or a note, with files that were uploaded before, or files alone. `client_id`
    makes a repeated call the same message."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(max_length=10_000)] = ""
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE]
    attachments: Annotated[list[AttachmentId], Field(max_length=MOST)] = []

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self._says():
            raise ValueError("text is needed where there are no attachments")
        return self

    def _says(self) -> bool:
        return bool(self.text.strip() or self.attachments)


class Answer(Say):
    """Words to the customer, or in their place a `template` that the channel has approved, filled in."""

    template: Chosen | None = None

    @model_validator(mode="after")
    def _alone(self) -> Self:
        if self.template is not None and (self.text or self.attachments):
            raise ValueError("a template stands alone")
        return self

    def _says(self) -> bool:
        return self.template is not None or super()._says()


class Claim(BaseModel):
    model_config = ConfigDict(extra="forbid")

    epoch: int | None = None


class Transfer(BaseModel):
    """To a colleague, or to the queue for whoever has the skill or is in the team. `note` is for whoever
    takes over."""

    model_config = ConfigDict(extra="forbid")

    agent_id: Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE] | None = None
    skill: Skill | None = None
    team_id: Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE] | None = None
    note: Note | None = None
    epoch: int | None = None

    @model_validator(mode="after")
    def _one_aim(self) -> Self:
        if [self.agent_id, self.skill, self.team_id].count(None) != 2:
            raise ValueError("name one of agent_id, skill and team_id")
        return self


class Assign(BaseModel):
    """Who is to have it. `force`: also when they are full, away or offline."""

    model_config = ConfigDict(extra="forbid")

    agent_id: Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE]
    force: bool = False
    epoch: int | None = None


class Snooze(BaseModel):
    """Put off until then, or until the customer writes."""

    model_config = ConfigDict(extra="forbid")

    until: Moment
    epoch: int | None = None


class Ending(BaseModel):
    """How a human stretch ends; the bot carries on with `outcome` and `note` in mind. `category_id` (of the
    closing categories) and `mark` are for us."""

    model_config = ConfigDict(extra="forbid")

    epoch: int | None = None
    outcome: Outcome = "solved"
    category_id: Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE] | None = None
    note: Note | None = None
    mark: Mark | None = None

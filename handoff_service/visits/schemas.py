"""What a channel asks of a visit and is told."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from handoff_service.customers.schemas import Name
from handoff_service.schemas import Body, Text

Id = Annotated[Text, Field(min_length=1, max_length=200)]


class VisitAgent(BaseModel):
    name: str


class OpenQuestion(BaseModel):
    """How satisfied the customer is with a human stretch, not answered yet."""

    id: str


class VisitState(BaseModel):
    """`position` and `wait_seconds` in the queue alone; the second is None when nobody online could serve.
    `read_message_id`: the last message of the customer that an agent has read. `can_leave_message`: on a
    channel that has the form."""

    owner: Literal["bot", "queue", "agent"]
    position: int | None
    wait_seconds: int | None
    agent: VisitAgent | None
    read_message_id: str | None
    can_leave_message: bool
    rating: OpenQuestion | None
    blocked: bool


class Visit(BaseModel):
    sender_id: str
    state: VisitState


class WaitingVisits(BaseModel):
    items: list[Visit]


class Receipts(Body):
    """Which of our messages the customer's client has got, or the customer has read; or which of them the
    channel's provider has not taken or not brought there, and for what `reason`, or will not take back."""

    message_ids: Annotated[list[Id], Field(min_length=1, max_length=200)]
    state: Literal["delivered", "read", "failed", "not_recalled"]
    reason: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] | None = None


Messages = Annotated[int, Field(ge=0, le=1_000_000)]


class WindowLater(Body):
    messages: Messages | None
    until: dt.datetime


class Window(Body):
    """How many messages may still be said to the customer, and until when; None: as many as one likes, for as
    long as one likes. `messages` 0: nothing, until they write again. `reason`: why, where it is not their
    silence: `answers_only` is an account that cannot write first. `later`: what is left when `until` has
    passed, step by step."""

    messages: Messages | None
    until: dt.datetime | None
    reason: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] | None = None
    later: Annotated[list[WindowLater], Field(default_factory=list, max_length=10)]


class Outside(Body):
    """What people who answer in the provider's own client do: one has `said` something (`key`: the provider's
    id of it) or `recalled` it, the stretch has `ended`, or the customer has `rated` it. `name`: of the
    person. `attachments`: uploaded for this customer, as theirs are. `said_at`: seconds since 1970."""

    channel: Annotated[Text, Field(min_length=1, max_length=100)]
    what: Literal["said", "recalled", "ended", "rated"]
    key: Id
    name: Annotated[Text, Field(max_length=100)] | None = None
    text: Annotated[Text, Field(max_length=10_000)] = ""
    attachments: Annotated[tuple[Id, ...], Field(max_length=10)] = ()
    said_at: Annotated[float, Field(ge=0, le=4e9)] | None = None
    score: Annotated[int, Field(ge=1, le=5)] | None = None


class Change(Body):
    """What the customer has done to a message: `edited` their own (`text`: as it is now) or `recalled` it, by
    the id that the channel gave it; or `reacted` to one of ours (`text`: the emoji; empty: no longer). What
    the bot said in its turn is called `<the customer's message>.<place, from 0>`."""

    channel: Annotated[Text, Field(min_length=1, max_length=100)]
    message_id: Id
    change: Literal["edited", "recalled", "reacted"]
    text: Annotated[Text, Field(max_length=10_000)] = ""


class NameOfCustomer(Body):
    """What the site where the customer is logged in calls them."""

    channel: Annotated[Text, Field(min_length=1, max_length=100)]
    name: Name


class Choice(Body):
    """In the queue: go on waiting, or go on with the bot."""

    choice: Literal["wait", "bot"]


class Feedback(Body):
    """A bot's answer, by the id that the channel gave it, has solved what was asked."""

    message_id: Id
    solved: Literal[True]


class PersonWanted(Body):
    """A person is asked for in the customer's name. `key` names the asking: the same again is the same.
    `reason` is shown with the handoff, `note` as a note for agents in the conversation."""

    channel: Annotated[Text, Field(min_length=1, max_length=100)]
    key: Annotated[Text, Field(min_length=8, max_length=200)]
    reason: Annotated[Text, Field(max_length=2000)] | None = None
    note: Annotated[Text, Field(max_length=4000)] | None = None


class ToldItem(Body):
    """What `POST /visits/{sender_id}/{what}` takes, with its body."""

    sender_id: Annotated[str, Field(max_length=500)]
    what: Literal["receipts", "feedback", "presence", "name", "window", "changes", "handoff", "outside"]
    body: dict[str, Any]


class ToldTogether(Body):
    items: Annotated[list[ToldItem], Field(min_length=1, max_length=100)]


class ToldResult(BaseModel):
    """As the item's own call would be answered: 204 where it was taken, else the status and the problem's
    `type`. 424: not looked at, for one of the same customer before it was not taken and may be told again."""

    status: int
    type: str = "about:blank"


class ToldResults(BaseModel):
    results: list[ToldResult]

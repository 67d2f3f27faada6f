"""A summary and suggestions as they are read."""

from typing import Literal

from pydantic import BaseModel


class WishOut(BaseModel):
    """`sentence` is the customer's own, without numbers that nobody need see; `topic_name` is in words."""

    topic: str | None
    topic_name: str | None
    sentence: str
    message_id: str


class ReferenceOut(BaseModel):
    """`text` is what identifies it, of a card only the last four digits; `label` says it in words."""

    kind: Literal["order", "card", "tracking", "amount", "date"]
    text: str
    label: str
    message_id: str


class TriedOut(BaseModel):
    """`text`: the beginning of the bot's answer, the order it looked up, the message it did not understand,
    or what it asked for (`order_number`, `return_reason` …); `given`: what the customer answered to that."""

    did: Literal["answered", "asked", "looked_up", "not_understood"]
    text: str
    given: str | None
    label: str
    message_id: str


class HandedOverOut(BaseModel):
    rule: str | None
    reason: str


class MoodOut(BaseModel):
    """`sentiment`: the mean of the last turns, from -1 to 1."""

    mood: Literal["pleased", "calm", "displeased", "angry"]
    trend: Literal["better", "steady", "worse"]
    sentiment: float
    label: str


class NoteOut(BaseModel):
    author: str
    text: str
    message_id: str


class SummaryOut(BaseModel):
    """`text` tells all of it; each field names the message it is told from. `note`: a colleague's last."""

    conversation_id: str
    language: Literal["zh", "en"]
    text: str
    wish: WishOut | None
    references: list[ReferenceOut]
    tried: list[TriedOut]
    handed_over: HandedOverOut | None
    mood: MoodOut | None
    note: NoteOut | None


class SuggestionOut(BaseModel):
    """`source`: the bot's `faq`, or an `earlier` answer of an agent. `placeholders` stand in the text as
    `[name]` for what belonged to another customer, and have to be filled in before it can be sent. `given`:
    the customer has already had this answer in this conversation. `worded`: not in its original words."""

    id: str
    source: Literal["faq", "earlier"]
    question: str
    text: str
    placeholders: list[str]
    given: bool
    worded: bool


class SuggestionsOut(BaseModel):
    """At most three, best first; none where the customer asks nothing. `can_be_worded`: ask again with
    `worded=true` to have them in words that fit the question better."""

    conversation_id: str
    language: Literal["zh", "en"]
    question: str | None
    can_be_worded: bool
    items: list[SuggestionOut]

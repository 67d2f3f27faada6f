"""Asking how satisfied the customer is, once after a human stretch, and taking the answer.

Channels whose clients show the question by themselves (a card in the web chat) find it as the open question
of the sender. On all others it is a message, and words answer it: as long as the customer has written
nothing since it was asked, at most for `rating_open_for`. A question that never reached the customer is none.
"""

import datetime as dt

from handoff_service.contacts.view import most_now
from handoff_service.conversations import messages
from handoff_service.conversations import repository as conversations
from handoff_service.errors import Conflict, NotFound
from handoff_service.models import Contact, Conversation, Handoff, Message, Rating
from handoff_service.ratings import repository
from handoff_service.ratings.words import score_in
from handoff_service.texts.notices import notice
from handoff_service.unit import Unit

KEPT_FOR_PEOPLE = 2
"""Messages that a question leaves to people, where each counts: the connectors hold back the system's texts
there."""


class RatingNotFound(NotFound):
    title = "There is no such question"


class AlreadyRated(Conflict):
    title = "This has been rated already"


def ask(unit: Unit, conversation: Conversation, handoff: Handoff | None) -> None:
    """The stretch has just been ended by an agent. Not where nobody had answered the customer in it."""
    if handoff is None or handoff.agent_id is None or not _worth_asking(unit, conversation, handoff):
        return
    close(unit, conversation.sender_id)
    rating = Rating(
        handoff_id=handoff.id,
        conversation_id=conversation.id,
        sender_id=conversation.sender_id,
        channel=conversation.channel,
        agent_id=handoff.agent_id,
        asked_at=unit.now,
    )
    unit.session.add(rating)
    unit.session.flush()
    conversation.rating_id = rating.id
    if conversation.channel not in unit.settings.rating_card_channels:
        scarce = conversation.channel in unit.settings.scarce_channels
        buttons = _buttons(conversation) if scarce else None
        messages.system_says(unit, conversation, "ask_rating", once_in=handoff.id, buttons=buttons)
    unit.audit("rating.ask", conversation.id, rating_id=rating.id, agent_id=rating.agent_id)
    _publish(unit, conversation, rating)


def not_asked(unit: Unit, message: Message) -> None:
    """A message did not get to the customer. If it was the question, there is none: it can neither be
    answered nor counts as unanswered."""
    for rating in repository.unanswered_in(unit.session, message.conversation_id):
        if message.key != messages.told_key(rating.handoff_id, messages.QUESTION):
            continue
        conversation = unit.session.get_one(Conversation, rating.conversation_id)
        _close(unit, rating)
        unit.session.delete(rating)
        unit.audit("rating.not_asked", conversation.id, rating_id=rating.id, agent_id=rating.agent_id)


def open_question(unit: Unit, sender_id: str) -> Rating | None:
    """What this sender may answer now."""
    return repository.open_question(unit.session, sender_id, unit.now - unit.settings.rating_open_for)


def answered_by(unit: Unit, sender_id: str, text: str, said_at: dt.datetime) -> tuple[Rating, int] | None:
    """The question that these words of the customer answer, and the score; they are not stored yet."""
    score = score_in(text)
    rating = open_question(unit, sender_id) if score is not None else None
    if score is None or rating is None or said_at < rating.asked_at:
        return None
    latest = conversations.live(unit.session, sender_id) or conversations.latest(unit.session, sender_id)
    if latest is None or latest.id != rating.conversation_id or latest.owner != "bot":
        return None
    written = latest.customer_wrote_at
    return (rating, score) if written is None or written <= rating.asked_at else None


def take(unit: Unit, rating: Rating, score: int, comment: str | None = None) -> None:
    """Keep the answer."""
    conversation = unit.session.get_one(Conversation, rating.conversation_id)
    rating.score, rating.comment, rating.rated_at = score, comment or None, unit.now
    conversation.rating = score
    unit.touched.add(conversation)
    _no_longer_open(unit, rating)
    actor, unit.actor = unit.actor, "customer"
    unit.audit("rating.give", conversation.id, rating_id=rating.id, agent_id=rating.agent_id, score=score)
    unit.actor = actor
    _publish(unit, conversation, rating)


def thank(unit: Unit, rating: Rating, score: int) -> None:
    """On channels where words were the answer."""
    conversation = unit.session.get_one(Conversation, rating.conversation_id)
    messages.system_says(unit, conversation, "rated_low" if score <= 2 else "rated", perishable=False)


def rate(unit: Unit, sender_id: str, rating_id: str, score: int, comment: str | None) -> None:
    """The answer from a client that showed the question; once."""
    rating = unit.session.get(Rating, rating_id)
    if rating is None or rating.sender_id != sender_id:
        raise RatingNotFound()
    if rating.score is not None:
        raise AlreadyRated()
    if rating.closed_at is not None or rating.asked_at <= unit.now - unit.settings.rating_open_for:
        raise RatingNotFound("It is not open any more.")
    take(unit, rating, score, comment)


def close(unit: Unit, sender_id: str) -> None:
    """Whatever is still open is not to be answered any more: the next stretch has begun, or ended."""
    for rating in repository.unanswered(unit.session, sender_id):
        _close(unit, rating)


def close_old(unit: Unit) -> None:
    """Called by the timer."""
    for rating in repository.asked_before(unit.session, unit.now - unit.settings.rating_open_for):
        _close(unit, rating)


def _worth_asking(unit: Unit, conversation: Conversation, handoff: Handoff) -> bool:
    settings, channel = unit.settings, conversation.channel
    # not where nothing can be pushed, nor where people elsewhere end the stretch and ask for themselves
    unwanted = settings.unrated_channels | settings.deaf_channels | settings.outside_channels
    if not settings.ask_rating or channel in unwanted or conversation.block_id is not None:
        return False
    if channel in settings.scarce_channels:
        contact = unit.session.get(Contact, conversation.sender_id)
        if most_now(contact, unit.now) <= KEPT_FOR_PEOPLE:
            return False
    began, answered = handoff.first_assigned_at, conversation.agent_wrote_at
    if began is None or answered is None or answered < began:
        return False
    return repository.of_handoff(unit.session, handoff.id) is None


def _buttons(conversation: Conversation) -> list[dict[str, str]]:
    """From 1 on, so that a network that has none, and numbers them, numbers them by their score."""
    return [
        {"title": notice(f"score_{score}", conversation.language).replace("\n", " · "), "payload": str(score)}
        for score in range(1, 6)
    ]


def _close(unit: Unit, rating: Rating) -> None:
    rating.closed_at = unit.now
    _no_longer_open(unit, rating)
    _publish(unit, unit.session.get_one(Conversation, rating.conversation_id), rating)


def _no_longer_open(unit: Unit, rating: Rating) -> None:
    for conversation in repository.conversations_asking(unit.session, rating):
        conversation.rating_id = None
        unit.touched.add(conversation)


def _publish(unit: Unit, conversation: Conversation, rating: Rating) -> None:
    unit.publish(
        "rating.updated",
        {
            "conversation_id": conversation.id,
            "sender_id": conversation.sender_id,
            "rating": {
                "id": rating.id,
                "score": rating.score,
                "comment": rating.comment,
                "open": rating.score is None and rating.closed_at is None,
            },
            "visibility": messages.visibility(unit.session, conversation),
        },
        conversation.id,
    )

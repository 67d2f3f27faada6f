"""Stored conversations as dialogues to learn from: what each mark makes of the turns before the handoff."""

import pytest
from sqlalchemy import update

from handoff_service.conversations import ownership, repository
from handoff_service.learned.marked import marked_dialogues
from handoff_service.models import Handoff
from tests.service.desk import Desk, bot


@pytest.fixture
def desk(context) -> Desk:
    desk = Desk(context)
    desk.agent("Mei")
    return desk


def talk(desk, sender_id, *said, **last):
    """Customer and bot by turns, a second apart; the customer's last words ask for a person."""
    for text, signals in said:
        desk.turn(sender_id, text, **signals)
        desk.context.clock.advance(seconds=1)
        desk.ingest(sender_id, bot(f"answer to {text}"))
        desk.context.clock.advance(seconds=1)
    desk.asks(sender_id)
    desk.context.clock.advance(seconds=1)


def mark(desk, sender_id, how):
    with desk.context.work() as unit:
        conversation = repository.live(unit.session, sender_id)
        unit.session.execute(update(Handoff).where(Handoff.id == conversation.handoff_id).values(mark=how))
        ownership.give_back(unit, conversation, outcome="solved", note=None)
    desk.context.clock.advance(seconds=1)


def learned(desk):
    with desk.context.database.reading() as session:
        return marked_dialogues(session)


PLAIN = [("one", {}), ("two", {})]
TROUBLED = [("one", {}), ("two", {"sentiment": -0.5}), ("three", {})]


@pytest.mark.parametrize(
    ("said", "how", "labels"),
    [
        (PLAIN, "needed", (0, 0, 0, 0, 1)),
        (PLAIN, "not_needed", (0, 0, 0, 0, 0)),
        (PLAIN, "too_late", (0, 0, 1, 1, 1)),  # nothing showed trouble: from the turn before
        (TROUBLED, "too_late", (0, 0, 1, 1, 1, 1, 1)),
        (TROUBLED, "needed", (0, 0, 0, 0, 0, 0, 1)),
        ([], "too_late", (1,)),
    ],
)
def test_labels_follow_the_mark(desk, said, how, labels):
    talk(desk, "s", *said)
    mark(desk, "s", how)
    [dialogue] = learned(desk)
    assert dialogue.labels == labels
    assert [turn.role for turn in dialogue.turns] == ["user", "bot"] * len(said) + ["user"]
    assert dialogue.turns[-1].tokens == ("i", "want", "a", "human")


def test_a_handoff_without_a_mark_teaches_nothing(desk):
    talk(desk, "s", *PLAIN)
    mark(desk, "s", None)
    assert learned(desk) == []


def test_each_stretch_begins_after_the_last_return(desk):
    talk(desk, "s", *PLAIN)
    mark(desk, "s", "needed")
    talk(desk, "s", ("again", {}))
    mark(desk, "s", "not_needed")
    assert [dialogue.labels for dialogue in learned(desk)] == [(0, 0, 0, 0, 1), (0, 0, 0)]

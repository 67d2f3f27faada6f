"""A unit of work: what it publishes is numbered at its end, and a savepoint takes back what was refused."""

import pytest
from sqlalchemy import select

from handoff_service.conversations.messages import customer_wrote
from handoff_service.models import Conversation, StreamEvent


def told(context):
    with context.database.reading() as session:
        rows = session.execute(select(StreamEvent.number, StreamEvent.type).order_by(StreamEvent.number))
        return [tuple(row) for row in rows]


def write(unit, sender_id):
    customer_wrote(unit, sender_id=sender_id, channel="rest", message_id="m1", text="hi", sent_at=unit.now)


def test_what_units_publish_is_numbered_without_a_gap_in_the_order_of_publishing(context):
    with context.work() as unit:
        unit.publish("one", {})
        unit.publish("two", {})
    with context.work() as unit:
        unit.publish("three", {})
    assert told(context) == [(1, "one"), (2, "two"), (3, "three")]


def test_a_unit_that_raises_publishes_nothing(context):
    with pytest.raises(RuntimeError), context.work() as unit:
        unit.publish("one", {})
        raise RuntimeError
    with context.work() as unit:
        unit.publish("two", {})
    assert told(context) == [(1, "two")]


def test_what_a_refused_block_published_and_opened_is_not_told(context):
    with context.work() as unit:
        unit.publish("before", {})
        with pytest.raises(RuntimeError), unit.savepoint():
            write(unit, "refused")
            raise RuntimeError
        with unit.savepoint():
            write(unit, "taken")
    assert [kind for _, kind in told(context)] == ["before", "message.added", "conversation.updated"]
    with context.database.reading() as session:
        assert session.scalars(select(Conversation.sender_id)).all() == ["taken"]


def test_named_numbers_follow_each_other(context):
    with context.work() as unit:
        assert [unit.next_number("apples") for _ in range(3)] == [1, 2, 3]
    with context.work() as unit:
        assert (unit.next_number("pears"), unit.next_number("apples")) == (1, 4)

"""A customer waits while a turn is decided: how many statements that takes, and that it stays so."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event

from tests.service.desk import Desk, bot, user

MOST = 16  # with the beginning of the transaction


@pytest.fixture
def desk(context) -> Desk:
    return Desk(context)


@pytest.fixture
def count(context) -> Iterator[Callable[[Callable[[], object]], int]]:
    """The number of statements that something takes."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    def counted(work: Callable[[], object]) -> int:
        statements.clear()
        work()
        return len(statements)

    event.listen(context.database.engine, "before_cursor_execute", note)
    yield counted
    event.remove(context.database.engine, "before_cursor_execute", note)


def test_a_turn_takes_as_many_statements_however_long_the_conversation_and_the_list_of_agents(desk, count):
    desk.agent("Mei")
    desk.turn("s")
    assert count(lambda: desk.turn("s", language="en")) <= MOST
    for name in ("Li", "Wang"):
        desk.agent(name)
    for number in range(30):
        desk.turn("s", f"question {number}")
    assert count(lambda: desk.turn("s", language="zh")) <= MOST


def test_events_that_say_nothing_to_the_desk_ask_the_database_nothing(desk, count):
    desk.turn("s", "hi", message_id="m1")
    said = [user("hi", "m1"), bot("hello")]
    own_affairs = [
        {"event": "action", "timestamp": 1.0, "name": "action_listen"},
        {"event": "slot", "timestamp": 1.0, "name": "language", "value": "en"},
        {"event": "slot", "timestamp": 1.0, "name": "turn", "value": {"decision": "stay"}},
        {"event": "user_featurization", "timestamp": 1.0},
    ]
    desk.ingest("s", *said)
    alone = count(lambda: desk.ingest("s", *said))
    assert count(lambda: desk.ingest("s", *said, *own_affairs * 5)) == alone

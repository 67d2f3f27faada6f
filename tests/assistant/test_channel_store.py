"""The inbox and the timeline on disk."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from channels.store import Store, StoreInUseError, UnknownConversationError

NOW = 1_800_000_000.0
LIN, SAM = "webchat:default:lin", "webchat:default:sam"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "channel.db", lambda: NOW)
    for conversation in (LIN, SAM):
        store.open_conversation(conversation)
    yield store
    store.close()


def take(store: Store, text: str, client_id: str, conversation: str = LIN) -> Any:
    return store.accept(conversation, client_id, text, shown=text, metadata={})


def test_numbers_have_no_gap_and_belong_to_one_conversation(store: Store) -> None:
    take(store, "hi", "1")
    assert store.append(LIN, "a", {"author": "bot", "text": "hello"}) == 2
    assert store.append(SAM, "b", {"author": "bot", "text": "hello"}) == 1
    take(store, "and", "2")
    assert [message["number"] for message in store.since(LIN, 0)] == [1, 2, 3]
    assert store.last_number(LIN) == 3
    assert store.last_number("webchat:default:nobody") == 0


def test_a_repeated_output_takes_no_number(store: Store) -> None:
    assert store.append(LIN, "a", {"author": "agent", "text": "once"}) == 1
    assert store.append(LIN, "a", {"author": "agent", "text": "twice"}) is None
    assert store.append(LIN, "b", {"author": "agent", "text": "next"}) == 2
    assert [message["text"] for message in store.since(LIN, 0)] == ["once", "next"]


def test_a_write_that_fails_half_way_leaves_no_gap(store: Store) -> None:
    with pytest.raises(TypeError):
        store.append(LIN, "a", {"author": "bot", "text": object()})
    with pytest.raises(TypeError):
        store.accept(LIN, "1", "hi", shown="hi", metadata={"no json": object()})
    assert store.append(LIN, "a", {"author": "bot", "text": "hello"}) == 1
    assert store.accepted(LIN, "1") is None


def test_messages_are_given_as_customers_get_them(store: Store) -> None:
    store.append(LIN, "a", {"author": "bot", "text": "one"})
    store.append(LIN, "b", {"author": "agent", "author_name": "Lin", "text": "二"})
    assert store.since(LIN, 1) == [
        {
            "number": 2,
            "id": "b",
            "author": "agent",
            "author_name": "Lin",
            "text": "二",
            "sent_at": "2027-01-15T08:00:00.000Z",
        }
    ]
    assert [message["number"] for message in store.since(LIN, 0, limit=1)] == [1]


def test_a_conversation_must_be_known(store: Store) -> None:
    with pytest.raises(UnknownConversationError):
        store.append("webchat:default:nobody", "a", {"author": "bot", "text": "hello"})
    with pytest.raises(UnknownConversationError):
        take(store, "hi", "1", "webchat:default:nobody")


def test_unfinished_messages_come_in_order_of_acceptance(store: Store) -> None:
    first, second = take(store, "one", "1"), take(store, "two", "2")
    take(store, "other", "1", SAM)
    assert store.unfinished_conversations() == [LIN, SAM]
    store.begin(first.message_id)
    row = store.next_unfinished(LIN)
    assert (row.message_id, row.status, row.attempts) == (first.message_id, "handling", 1)
    store.finish(first.message_id)
    assert store.next_unfinished(LIN).message_id == second.message_id
    assert store.backlog(LIN) == 1
    store.fail(store.next_unfinished(LIN), {"author": "system", "text": "sorry"})
    assert store.next_unfinished(LIN) is None
    assert store.unfinished_conversations() == [SAM]
    assert [message["text"] for message in store.since(LIN, 0)] == ["one", "two", "sorry"]


def test_only_payloads_that_this_customer_was_shown_are_offered(store: Store) -> None:
    buttons = [{"title": "Yes", "payload": "/affirm"}]
    store.append(LIN, "a", {"author": "bot", "text": "sure?", "buttons": buttons})
    assert store.offered_title(LIN, "/affirm") == "Yes"
    assert store.offered_title(LIN, "/deny") is None
    assert store.offered_title(SAM, "/affirm") is None


def test_everything_is_there_after_reopening(tmp_path: Path) -> None:
    store = Store(tmp_path / "channel.db", lambda: NOW)
    store.open_conversation(LIN)
    accepted = take(store, "hi", "1")
    store.close()
    store = Store(tmp_path / "channel.db", lambda: NOW)
    assert store.accepted(LIN, "1").message_id == accepted.message_id
    assert store.next_unfinished(LIN).text == "hi"
    store.close()


def test_a_second_process_is_kept_out(store: Store, tmp_path: Path) -> None:
    def open_it_too(answer: Any) -> None:
        try:
            Store(tmp_path / "channel.db", lambda: NOW)
        except StoreInUseError as error:
            answer.send(str(error))
        else:
            answer.send("opened")

    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()
    process = fork.Process(target=open_it_too, args=(there,))
    process.start()
    assert here.poll(10)
    assert "another process" in here.recv()
    process.join(10)


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "channel.db", lambda: NOW)
    store._db.execute("PRAGMA user_version=99")
    store.close()
    with pytest.raises(RuntimeError, match="another version"):
        Store(tmp_path / "channel.db", lambda: NOW)


def test_a_recalled_message_keeps_its_place_and_loses_its_words(store: Store) -> None:
    store.append(LIN, "a", {"author": "agent", "author_name": "Lin", "text": "secret", "buttons": []})
    store.append(LIN, "b", {"author": "agent", "text": "next"})

    assert store.recall(LIN, "a") == 3

    recalled, _, news = store.since(LIN, 0)
    assert (recalled["number"], recalled["text"], recalled["recalled"]) == (1, "", True)
    assert (recalled["author_name"], recalled["sent_at"]) == ("Lin", "2027-01-15T08:00:00.000Z")
    assert (news["number"], news["replaces"], news["recalled"], news["text"]) == (3, "a", True, "")
    assert "secret" not in str(store.since(LIN, 0))


def test_a_message_is_recalled_once_and_only_where_it_was_said(store: Store) -> None:
    store.append(LIN, "a", {"author": "agent", "text": "once"})
    take(store, "my own words", "1")
    own = store.since(LIN, 1)[0]["id"]

    assert store.recall(SAM, "a") is None
    assert store.recall(LIN, "nothing") is None
    assert store.recall(LIN, own) is None, "a customer's words are theirs"
    assert store.recall(LIN, "a") == 3
    assert store.recall(LIN, "a") is None
    assert store.last_number(LIN) == 3

"""What is taken back at a provider's network: however long that takes, and never before its words."""

import asyncio

import pytest

from channels import recalling, sending
from channels.sending import Later, Refused, Unsure
from tests.assistant.channel_fakes import run
from tests.assistant.post_network import LIN, running


def test_what_is_taken_back_is_tried_again_by_the_next_process_piece_by_piece(tmp_path, monkeypatch):
    monkeypatch.setattr(recalling, "BACKOFF", (0.0,))

    async def scenario() -> None:
        async with running(tmp_path / "post.db") as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "one piece of words, and another piece")
            assert len(post.channel.taken) == 2
            post.channel._recalls._stopping = True  # type: ignore[union-attr]
            await post.channel.recall(LIN, "a1")
            assert post.channel.taken_back == []
        async with running(tmp_path / "post.db") as post:
            post.channel.recall_answers = [Unsure("cut"), Later("busy"), OSError("no network")]
            await post.all_taken_back()
            assert post.channel.taken_back == ["p0", "p1"]
            assert post.channel.told("receipts") == []
        async with running(tmp_path / "post.db") as post:
            await post.all_taken_back()
            assert post.channel.taken_back == [], "once"

    run(scenario())


def test_what_the_provider_goes_on_showing_is_told_to_the_desk_and_may_be_asked_for_again(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path / "post.db") as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "a mistake")
            post.channel.recall_answers = [Refused("not_permitted")]
            await post.channel.recall(LIN, "a1")
            await post.all_taken_back()
            assert post.channel.told("receipts") == [{"message_ids": ["a1"], "state": "not_recalled"}]
            await post.channel.recall(LIN, "a1")
            await post.all_taken_back()
            assert post.channel.taken_back == ["p0"]

    run(scenario())


def test_a_piece_that_cannot_be_taken_back_leaves_the_others_no_reason_to_stay(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path / "post.db") as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "one piece of words, and another piece")
            post.channel.recall_answers = [Refused("not_permitted")]
            await post.channel.recall(LIN, "a1")
            await post.all_taken_back()
            assert post.channel.taken_back == ["p1"]
            assert post.channel.told("receipts") == [{"message_ids": ["a1"], "state": "not_recalled"}]

    run(scenario())


@pytest.mark.parametrize("answer", [Unsure("cut"), None])
def test_what_the_customer_may_have_under_a_name_that_nobody_knows_is_not_called_taken_back(tmp_path, answer):
    async def scenario() -> None:
        async with running(tmp_path / "post.db", answers=[answer]) as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "a mistake")
            await post.channel.recall(LIN, "a1")
            await post.all_taken_back()
            assert post.channel.told("receipts")[-1] == {"message_ids": ["a1"], "state": "not_recalled"}

    run(scenario())


def test_what_is_taken_back_before_it_has_left_never_leaves(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path / "post.db") as post:
            post.channel.store.open_conversation(LIN)
            post.channel._sender._stopping = True  # type: ignore[union-attr]
            await post.agent_says("a1", "first")
            await post.agent_says("a2", "a mistake")
            post.channel.outgoing.render(LIN, lambda messages: post.channel.render(LIN, messages))
            await post.channel.recall(LIN, "a2")
            post.channel._sender._stopping = False  # type: ignore[union-attr]
            await post.agent_says("a3", "third")
            await post.all_taken_back()
            assert (post.channel.taken, post.channel.taken_back) == (["first", "third"], [])

    run(scenario())


def test_what_may_have_left_is_taken_back_behind_its_words_and_holds_nothing_up(tmp_path, monkeypatch):
    monkeypatch.setattr(sending, "BACKOFF", (0.0,))

    async def scenario() -> None:
        async with running(tmp_path / "post.db", idempotent=True) as post:
            post.channel.store.open_conversation(LIN)
            post.channel.answers = [Unsure("cut")]
            output = post.channel.get_output_channel()
            for message_id, text in (("a1", "a mistake"), ("a2", "better")):
                said = {"text": text, "message_id": message_id, "author": "agent"}
                await output.send_response(LIN, said)
            while not post.channel.keys:  # noqa: ASYNC110
                await asyncio.sleep(0)
            post.channel.recall_answers = [Later("busy", 3600.0)]
            await post.channel.recall(LIN, "a1")
            await post.quiet()
            assert post.channel.taken == ["a mistake", "better"]
            while post.channel.recall_answers:  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    run(scenario())

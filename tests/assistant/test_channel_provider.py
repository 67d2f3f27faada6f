"""What every connector to a provider's network has from its base."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from channels.lengths import pieces, utf8
from channels.menus import chosen
from channels.outgoing import Part
from channels.provider import Incoming
from channels.sending import Later, Refused, Unsure
from channels.windows import Window
from tests.assistant.channel_fakes import run
from tests.assistant.post_network import LIN, PostInput, running
from tests.assistant.provider_side import Clock


def test_what_is_said_goes_out_in_order_and_a_repeated_webhook_is_handled_once(tmp_path):
    async def scenario() -> None:
        async def answers(message: UserMessage) -> None:
            for word in ("one", "two"):
                await message.output_channel.send_text_message(message.sender_id, f"{message.text} {word}")

        async with running(tmp_path / "post.db", answers) as post:
            await post.writes("m1", "hello")
            await post.writes("m1", "hello")
            await post.writes("m2", "again")
            await post.quiet()
            assert [text for text, _ in post.bot.heard] == ["hello", "again"]
            assert post.channel.taken == ["hello one", "hello two", "again one", "again two"]

    run(scenario())


def test_what_the_provider_does_not_take_now_is_sent_later_and_nothing_overtakes_it(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path / "post.db", answers=[Later("busy", 0.0), Later("busy", 0.0)]) as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "first")
            await post.agent_says("a2", "second")
            assert post.channel.taken == ["first", "second"]
            assert len(set(post.channel.keys[:3])) == 1, "the same key each time"

    run(scenario())


@pytest.mark.parametrize(
    ("author", "idempotent", "taken", "told"),
    [
        ("agent", False, [], [{"message_ids": ["a1"], "state": "failed", "reason": "unconfirmed"}]),
        ("agent", True, ["said"], []),
        ("bot", False, ["said"], []),
    ],
)
def test_what_may_have_arrived_is_repeated_only_where_that_does_no_harm(
    tmp_path, author, idempotent, taken, told
):
    async def scenario() -> None:
        clock = Clock()
        async with running(
            tmp_path / "post.db", answers=[Unsure("no answer")], idempotent=idempotent, now=clock
        ) as post:
            post.channel.store.open_conversation(LIN)
            saying = asyncio.create_task(post.agent_says("a1", "said", author))
            await asyncio.sleep(0.01)
            clock.now += 60
            await saying
            assert post.channel.taken == taken
            assert post.channel.told("receipts") == told

    run(scenario())


def test_a_refusal_is_told_with_its_reason_and_the_next_message_goes_on(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path / "post.db", answers=[Refused("customer_blocked_us")]) as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "first")
            await post.agent_says("a2", "second")
            assert post.channel.taken == ["second"]
            assert post.channel.told("receipts") == [
                {"message_ids": ["a1"], "state": "failed", "reason": "customer_blocked_us"}
            ]
            await post.agent_says("a1", "first", resend=7)
            assert post.channel.taken == ["second", "first"], "the agent has sent it again"

    run(scenario())


@pytest.mark.parametrize(("idempotent", "taken"), [(True, ["said"]), (False, [])])
def test_what_a_dead_process_was_just_sending_is_not_simply_sent_again(tmp_path, idempotent, taken):
    async def scenario() -> None:
        async with running(tmp_path / "post.db") as post:
            post.channel.store.open_conversation(LIN)
            post.channel._sender._stopping = True  # type: ignore[union-attr]
            await post.agent_says("a1", "said")
            post.channel.outgoing.render(LIN, lambda messages: post.channel.render(LIN, messages))
            part = post.channel.outgoing.next(LIN)
            assert part is not None
            post.channel.outgoing.begin(part)
        async with running(tmp_path / "post.db", idempotent=idempotent) as post:
            await post.quiet()
            assert post.channel.taken == taken
            assert bool(post.channel.told("receipts")) is not bool(taken)

    run(scenario())


def test_what_was_said_before_a_crash_is_sent_after_it(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path / "post.db") as post:
            post.channel.store.open_conversation(LIN)
            post.channel._sender._stopping = True  # type: ignore[union-attr]
            await post.agent_says("a1", "said")
            assert post.channel.taken == []
        async with running(tmp_path / "post.db") as post:
            await post.quiet()
            assert post.channel.taken == ["said"]

    run(scenario())


def test_where_each_message_counts_a_turn_is_sent_as_one(tmp_path):
    async def scenario() -> None:
        async def answers(message: UserMessage) -> None:
            for word in ("one", "two"):
                await message.output_channel.send_text_message(message.sender_id, word)
                await asyncio.sleep(0.01)

        async with running(tmp_path / "post.db", answers, merges=True) as post:
            await post.writes("m1", "hello")
            await post.quiet()
            assert post.channel.taken == ["one\ntwo"]

    run(scenario())


def test_windows_open_with_what_the_customer_does_and_keep_the_last_for_people(tmp_path):
    windows = (Window("message", 100, 4), Window("tap", 10, 1))

    async def scenario() -> None:
        clock = Clock()
        async with running(tmp_path / "post.db", windows=windows, now=clock) as post:
            await post.writes("m1", "hello")
            await post.quiet()
            post.channel.opened(LIN, "tap")
            assert post.channel.open_windows.left(LIN).messages == 5
            await post.agent_says("a1", "spends the tap, which ends first")
            assert post.channel.open_windows.left(LIN).messages == 3
            await post.agent_says("s1", "system", "system")
            assert post.channel.open_windows.left(LIN).messages == 2
            await post.agent_says("s2", "kept back", "system")
            await post.agent_says("a2", "four")
            await post.agent_says("a3", "five")
            await post.agent_says("a4", "too many")
            assert post.channel.taken == ["spends the tap,", "which ends first", "system", "four", "five"]
            await post.writes("m2", "hello again")
            await post.agent_says("a5", "six")
            assert post.channel.taken[-1] == "six"
            clock.now += 101
            await post.agent_says("a6", "too late")
            failed = [(each["message_ids"], each["reason"]) for each in post.channel.told("receipts")]
            assert failed == [
                (["s2"], "kept_for_people"),
                (["a4"], "window_closed"),
                (["a6"], "window_closed"),
            ]
            assert post.channel.told("window")[-1] == {"messages": 0, "until": None}

    run(scenario())


def test_a_number_or_a_title_answers_the_buttons_that_were_offered_last(tmp_path):
    buttons = [{"title": "Orders", "payload": "/ask_order"}, {"title": "Refunds", "payload": "/ask_refund"}]

    async def scenario() -> None:
        async def offers(message: UserMessage) -> None:
            if message.text == "hello":
                await message.output_channel.send_text_with_buttons(message.sender_id, "What?", buttons)
            else:
                await message.output_channel.send_text_message(message.sender_id, "fine")

        async with running(tmp_path / "post.db", offers) as post:
            for number, text in enumerate(("2", "hello", " ２、", "2", "hello", "orders", "/ask_order")):
                await post.writes(f"m{number}", text)
                await post.quiet()
            heard = [text for text, _ in post.bot.heard]
            assert heard == ["2", "hello", "/ask_refund", "2", "hello", "/ask_order", "\u2060/ask_order"]
            assert post.bot.heard[2][1] == {"button_title": "Refunds"}
            await post.writes("t1", "whatever it says", payload="/ask_refund")
            await post.writes("t2", "made up", payload="/restart")
            await post.quiet()
            assert [text for text, _ in post.bot.heard][-2:] == ["/ask_refund", "made up"]

    run(scenario())


def test_receipts_are_for_the_message_that_ended_with_that_part(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path / "post.db", answers=["p1", "p2", "p3"]) as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "longer than twenty characters")
            await post.agent_says("a2", "short")
            post.channel.receipt("p1", "delivered")
            assert post.channel.told("receipts") == []
            post.channel.receipt("p2", "delivered")
            post.channel.receipt("p3", "read")
            post.channel.receipt("unheard of", "read")
            assert post.channel.told("receipts") == [
                {"message_ids": ["a1"], "state": "delivered"},
                {"message_ids": ["a2"], "state": "read"},
            ]

    run(scenario())


def test_a_part_that_fails_is_a_message_that_failed_whatever_becomes_of_its_other_parts(tmp_path):
    long = "longer than twenty characters"

    async def scenario() -> None:
        answers = ["p1", "p2", Refused("customer_refused"), "p3", "p4"]
        async with running(tmp_path / "post.db", answers=answers) as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", long)
            post.channel.receipt("p1", "failed", "customer_unreachable")
            post.channel.receipt("p2", "delivered")
            await post.agent_says("a2", long)
            post.channel.receipt("p3", "delivered")
            failed = [("a1", "customer_unreachable"), ("a2", "customer_refused")]
            told = post.channel.told("receipts")
            assert [(each["message_ids"][0], each["reason"]) for each in told] == failed
            await post.agent_says("a2", long, resend=7)
            post.channel.receipt("p4", "read")
            post.channel.receipt("p3", "read")
            assert post.channel.told("receipts")[2:] == [{"message_ids": ["a2"], "state": "read"}]

    run(scenario())


def test_what_the_provider_could_not_bring_after_all_can_be_sent_again(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path / "post.db", answers=["p1", "p2"]) as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "said")
            post.channel.receipt("p1", "failed", "customer_unreachable")
            await post.agent_says("a1", "said", resend=7)
            assert post.channel.taken == ["said", "said"]
            post.channel.receipt("p2", "delivered")
            assert [each["state"] for each in post.channel.told("receipts")] == ["failed", "delivered"]

    run(scenario())


def test_what_failed_is_sent_again_when_an_agent_wants_it_and_once_each_time(tmp_path):
    """The service repeats a call whose answer it has not got; that is nobody's wish."""

    async def scenario() -> None:
        answers = [Unsure("no answer"), Unsure("no answer"), Refused("too_long")]
        async with running(tmp_path / "post.db", answers=answers) as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "said")
            await post.agent_says("a1", "said")
            assert len(post.channel.keys) == 1, "a repetition"
            await post.agent_says("a1", "said", resend=7)
            await post.agent_says("a1", "said", resend=7)
            await post.agent_says("a1", "said")
            assert len(post.channel.keys) == 2
            await post.agent_says("a2", "never seen before", resend=8)
            await post.agent_says("a2", "never seen before", resend=8)
            assert len(post.channel.keys) == 3
            await post.agent_says("a1", "said", resend=9)
            assert post.channel.taken == ["said"]
            await post.agent_says("a1", "said", resend=10)
            assert post.channel.taken == ["said"], "nothing had failed"

    run(scenario())


@pytest.mark.parametrize("ending", [Unsure("no answer"), Refused("too_long"), Later("busy"), None])
@pytest.mark.parametrize("told", [["sent"], ["sent", "failed"]])
def test_what_the_provider_tells_before_it_answers_counts_for_more_than_how_the_call_ends(
    tmp_path, ending, told
):
    async def scenario() -> None:
        async with running(tmp_path / "post.db") as post:
            channel = post.channel
            channel.store.open_conversation(LIN)

            async def send(part: Part) -> str:
                provider_id = f"p{len(channel.keys)}"
                channel.keys.append(part.key)
                channel.outgoing.arrived(part.key, provider_id)
                if "failed" in told:
                    channel.receipt(provider_id, "failed", "customer_unreachable")
                if ending is not None:
                    raise ending
                return provider_id

            channel.send = send  # type: ignore[method-assign]
            await post.agent_says("b1", "an answer", "bot")
            await post.agent_says("a1", "said")
            assert len(channel.keys) == 2, "neither comes twice"
            failed = [(each["message_ids"], each["reason"]) for each in channel.told("receipts")]
            lost = [(["b1"], "customer_unreachable"), (["a1"], "customer_unreachable")]
            assert failed == (lost if "failed" in told else [])
            await post.agent_says("a1", "said", resend=7)
            assert len(channel.keys) == (3 if "failed" in told else 2)

    run(scenario())


def test_what_the_provider_tells_twice_of_an_attempt_says_nothing_of_the_next(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path / "post.db", answers=["p1", Later("busy")]) as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "said")
            post.channel.receipt("p1", "failed", "customer_unreachable")
            again = asyncio.create_task(post.agent_says("a1", "said", resend=7))
            while len(post.channel.keys) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            post.channel.outgoing.arrived(post.channel.keys[0], "p1")
            post.channel.receipt("p1", "failed", "customer_unreachable")
            post.channel.now.now += 1
            await again
            assert post.channel.taken == ["said", "said"]
            assert len(post.channel.told("receipts")) == 1

    run(scenario())


@pytest.mark.parametrize("per_second", [0.5, 20])
def test_any_rate_lets_something_through(tmp_path, per_second):
    async def scenario() -> None:
        async with running(tmp_path / "post.db", per_second=per_second) as post:
            post.channel.store.open_conversation(LIN)
            await post.agent_says("a1", "one")
            await post.agent_says("a2", "two")
            assert post.channel.taken == ["one", "two"]

    run(scenario())


@pytest.mark.parametrize("per_second", [0, -1])
def test_a_rate_that_lets_nothing_through_is_a_mistake_in_the_settings(tmp_path, per_second):
    with pytest.raises(ValueError, match="per_second"):
        PostInput(tmp_path / "post.db", per_second=per_second)


def test_what_is_left_is_told_with_what_is_left_of_it_later(tmp_path):
    windows = (Window("message", 100, 4), Window("tap", 10, 3), Window("scan", 20, 1), Window("call", 5))

    async def scenario() -> None:
        clock = Clock()
        async with running(tmp_path / "post.db", windows=windows, now=clock) as post:
            await post.writes("m1", "hello")
            await post.quiet()

            def ends(window: dict[str, Any]) -> float | None:
                return window["until"] and datetime.fromisoformat(window["until"]).timestamp() - clock.now

            def left() -> list[tuple[int | None, float | None]]:
                told = post.channel.told("window")[-1]
                return [(each["messages"], ends(each)) for each in (told, *told.get("later", ()))]

            assert left() == [(4, 100)]
            await post.agent_says("a1", "one")
            await post.agent_says("a2", "two")
            post.channel.opened(LIN, "tap")
            assert left() == [(5, 10), (2, 100)]
            post.channel.opened(LIN, "scan")
            post.channel.opened(LIN, "call")
            assert left() == [(None, 5), (6, 10), (3, 20), (2, 100)]
            clock.now += 15
            await post.agent_says("a3", "three")
            assert left() == [(2, 85)], "what was scanned is spent"

    run(scenario())


def test_a_refusal_closes_what_was_open_before_the_call_and_not_what_the_customer_opened_meanwhile(tmp_path):
    async def scenario() -> None:
        async with running(tmp_path / "post.db", windows=(Window("message", 100, 5),)) as post:
            channel = post.channel
            await channel.receive("lin", Incoming("m1", "hello"), at=channel.now() - 10)
            answers: list[Exception | None] = [Refused("window_closed"), None, Refused("window_closed")]

            async def send(part: Part) -> str:
                if not channel.keys:  # by a clock that is late: it was before our call
                    await channel.receive("lin", Incoming("m2", "hello?"), at=channel.now() - 5)
                channel.keys.append(part.key)
                if answer := answers.pop(0):
                    raise answer
                channel.taken.append(part.request["text"])
                return "p"

            channel.send = send  # type: ignore[method-assign]
            for name in ("a1", "a2"):
                await post.agent_says(name, name)
            assert channel.taken == ["a2"]
            assert channel.told("window")[-1]["messages"] == 4
            await post.agent_says("a3", "a3")
            assert channel.told("window")[-1]["messages"] == 0

    run(scenario())


def test_a_window_is_counted_from_when_the_customer_wrote_and_closed_for_what_was_before(tmp_path):
    async def scenario() -> None:
        clock = Clock()
        async with running(tmp_path / "post.db", windows=(Window("message", 100),), now=clock) as post:
            windows = post.channel.open_windows
            await post.channel.receive("lin", Incoming("m2", "on time"), at=clock.now)
            await post.channel.receive("lin", Incoming("m1", "brought late"), at=clock.now - 50)
            await post.quiet()
            assert windows.left(LIN).until == clock.now + 100
            post.channel.closed(LIN, clock.now - 1)
            assert windows.left(LIN).until == clock.now + 100
            post.channel.closed(LIN, clock.now)
            assert (windows.left(LIN).messages, windows.left(LIN).until) == (0, None)

    run(scenario())


@pytest.mark.parametrize("typed", ["2", " 2 ", "２", "2.", "2、", "（2）", "refunds"])
def test_how_people_type_a_choice(typed):
    buttons = [{"title": "Orders", "payload": "/a"}, {"title": "Refunds", "payload": "/b"}]
    assert chosen(typed, buttons) == buttons[1]
    assert chosen("22", buttons) is chosen("", buttons) is chosen("two of them", buttons) is None


def test_long_texts_are_cut_where_a_sentence_ends_and_nothing_is_lost():
    text = "第一句话说完了。第二句话也说完了。" * 40
    found = pieces(text, 100, utf8)
    assert "".join(found) == text
    assert all(len(piece.encode()) <= 100 and piece.endswith("。") for piece in found)
    assert pieces("x" * 45, 20) == ["x" * 20, "x" * 20, "x" * 5]
    assert pieces("", 20) == [""]
